"""What a version of something without a row of its own is known by."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kam.core.forms import time_of, version_of
from kam.core.problems import StaleError, refuse_stale
from kam.core.versions import fingerprint


def test_the_same_words_have_the_same_fingerprint() -> None:
    said = ("Oats", Decimal("2.50"), None)
    assert fingerprint(*said) == fingerprint("Oats", Decimal("2.50"), None)
    others = [("Oats", Decimal("2.50")), ("Oats", Decimal("2.50"), ""), ("Oats2.50", None, None)]
    assert fingerprint(*said) not in {fingerprint(*one) for one in others}


def test_a_version_of_a_row_is_read_back_to_the_microsecond() -> None:
    saved = datetime(2026, 11, 23, 13, 5, 7, 123456, tzinfo=UTC)
    assert time_of(version_of(saved)) == saved
    assert (time_of("yesterday"), time_of(None)) == (None, None)


def test_only_who_says_what_was_read_is_refused() -> None:
    refuse_stale("b", None)
    refuse_stale("b", "b")
    with pytest.raises(StaleError):
        refuse_stale("b", "a")
