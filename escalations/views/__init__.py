"""Pages of escalations: staff's, and those of partners."""
