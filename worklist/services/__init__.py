"""The little that is done here, because only the highest room sees all of it: hand-over, closing, merging."""
