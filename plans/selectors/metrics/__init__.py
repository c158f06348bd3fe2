"""Measures that the system knows: one definition each, read for KPIs of plans."""
