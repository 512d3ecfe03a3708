"""Forms of booking, of the discussion's page, and of partners."""
