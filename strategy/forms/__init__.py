"""Forms of the request."""
