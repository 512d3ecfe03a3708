"""Pages of the request."""
