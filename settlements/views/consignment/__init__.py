"""Pages of consigned goods."""
