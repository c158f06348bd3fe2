"""Pages of whitespace: heat maps, a cell in depth, estimating."""
