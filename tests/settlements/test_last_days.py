"""Last days in forms and histories: what is given and shown, which day a refusal is about."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange

from kam.core.selectors.history import _plain
from settlements.forms.days import LastDayField


def test_the_day_typed_is_the_day_judged() -> None:
    field = LastDayField(required=False)
    assert field.clean("2199-12-31") == date(2200, 1, 1)
    assert field.clean("1900-01-01") == date(1900, 1, 2)
    assert field.clean("") is None
    for typed in ("1899-12-31", "2200-01-01", "9999-12-31"):
        with pytest.raises(ValidationError, match="before 2200"):
            field.clean(typed)


def test_what_stands_is_shown_by_its_last_day() -> None:
    field = LastDayField()
    assert field.prepare_value(date(2027, 1, 1)) == date(2026, 12, 31)
    assert field.prepare_value("31.12.") == "31.12."
    assert not field.has_changed(date(2027, 1, 1), "2026-12-31")
    assert field.has_changed(date(2027, 1, 1), "2027-01-01")


def test_histories_name_last_days() -> None:
    start, end = date(2026, 1, 1), date(2027, 1, 1)
    assert _plain(DateRange(start, end)) == "from Jan 1, 2026 to Dec 31, 2026"
    assert _plain(DateRange(None, end)) == "until Dec 31, 2026"
    assert _plain(DateRange(start, None)) == "from Jan 1, 2026 on"
    assert _plain(NumericRange(0, 100)) == "from 0 until before 100"
