"""Business reviews and joint teams in a user's scope."""
