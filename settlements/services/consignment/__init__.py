"""Consigned goods: what moves, what is counted."""
