"""The demo company: an invented food supplier, the same for the same seed and month."""
