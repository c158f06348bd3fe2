"""Pages of settlement statements."""
