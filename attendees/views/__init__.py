"""Pages of booking, of a discussion, and of partners."""
