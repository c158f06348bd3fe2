"""Versions of what is written in parts, where a row's own `updated_at` would say too much."""

from __future__ import annotations

import hashlib


def fingerprint(*said: object) -> str:
    """Return what a version of something is known by: whatever says the same has the same.

    Give it plain values as they are read from the database (days, numbers, texts, keys).
    """
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]
