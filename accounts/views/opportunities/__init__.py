"""Pages of opportunities: board, list, forecast, one in depth."""
