"""Pages of the days after a discussion: check, authorise, circulate, read, sign, file, follow through."""
