"""Papers of plans and reviews: asked for, drawn, kept for a month."""
