"""How consumers paid, as reports and terms name it."""

from __future__ import annotations


def medium_code(text: str) -> str:
    """Return a payment medium as it is kept: without space around it, in capitals."""
    return " ".join(text.split()).upper()
