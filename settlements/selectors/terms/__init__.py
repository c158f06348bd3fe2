"""Agreements and what they say: rules to compute with, lists, histories."""
