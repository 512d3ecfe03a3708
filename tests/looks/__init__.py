"""How the pages look and can be used: by everybody, on any screen, with or without scripts."""
