"""The letter that tells of deadlines, and those of an escalation to both agencies."""
