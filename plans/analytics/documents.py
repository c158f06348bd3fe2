"""Documents as plain data: one canonical text of a document, and its hash.

A document is made of dicts with text keys, lists, text, integers, booleans and None. Decimals
become text without trailing zeros and dates ISO text, so that what is read back from the database
has the same hash as what was frozen, and two equal amounts are equal whatever their scale.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

type Plain = dict[str, Any] | list[Any] | str | int | bool | None
type Document = dict[str, Any]

SCALARS = (str, int, bool, type(None))


def plain(value: Any) -> Any:
    """Return a value as a document holds it; what is none of those is spoken as text."""
    if isinstance(value, Mapping):
        return {_key(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, Decimal | float):
        return number(Decimal(str(value)))
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\x00", "")


def number(value: Decimal) -> str:
    """Return a decimal as text: no exponent, no trailing zeros, no negative zero."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def canonical(document: Any) -> str:
    """Return the one text of a document: keys sorted, no spaces, every letter as it is."""
    return json.dumps(plain(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(document: Any) -> str:
    """Return the SHA-256 of the canonical text, in hexadecimal digits."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def _key(value: Any) -> str:
    return str(value).replace("\x00", "")
