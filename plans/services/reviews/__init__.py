"""Business reviews: planned, held, written down; their lines become actions and concerns."""
