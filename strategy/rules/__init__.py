"""Pure rules of the request: what it must say, what changed in it, and when a line is answered."""
