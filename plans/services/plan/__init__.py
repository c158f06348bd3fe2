"""Writes of plans: making one, its header and texts, who takes part, templates."""
