"""The pages of what happened before it was typed: one discussion, a whole night, and the morning after."""
