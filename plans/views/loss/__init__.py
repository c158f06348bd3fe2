"""Pages of loss scenarios."""
