"""What is asked while a discussion is held."""
