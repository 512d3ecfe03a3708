"""What is typed of a discussion that has been held, and of a whole night."""
