"""Pages of prices, units and product codes."""
