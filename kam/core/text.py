"""Keys for searching and sorting text, the same in Python and wherever they are stored."""

from __future__ import annotations

import unicodedata

_SPECIAL = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def search_key(text: str) -> str:
    """Lower case, diacritics of Latin letters removed, white space folded; other scripts kept."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFKC", bare).translate(_SPECIAL).split())
