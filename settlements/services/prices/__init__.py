"""Writing prices, units and product codes."""
