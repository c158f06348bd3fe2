"""Pages about people at accounts."""
