"""The meeting room and its pages."""
