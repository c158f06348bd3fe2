"""A hash of something that was said, so that it can be shown to be unchanged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def seal(said: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain data, keys in order and without blanks, in hexadecimal."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
