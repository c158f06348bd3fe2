"""Sales reports: taken in, checked, accepted, replaced."""
