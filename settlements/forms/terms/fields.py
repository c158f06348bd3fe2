"""Fields that forms of agreements share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from kam.core.number_fields import NumberField, plain_number
from kam.core.problems import Blocker, RefusedError, tell_stale


def plain(value: Any) -> Any:
    """A decimal as people type it: no zeros that say nothing."""
    return plain_number(value, least=0) if isinstance(value, Decimal) else value


def number_field(*, digits: int = 20, places: int = 4, **kwargs: Any) -> forms.DecimalField:
    """An amount or a percentage."""
    kwargs.setdefault("required", False)
    return NumberField(max_digits=digits, decimal_places=places, **kwargs)


def percent_field(**kwargs: Any) -> forms.DecimalField:
    """A percentage; 22 is 22 %."""
    return number_field(digits=7, min_value=Decimal(0), max_value=Decimal(100), **kwargs)


def count_field(**kwargs: Any) -> forms.IntegerField:
    """A whole number of days or months."""
    kwargs.setdefault("required", False)
    return forms.IntegerField(min_value=0, max_value=3660, **kwargs)


def note(form: forms.BaseForm, problem: Blocker | RefusedError, *, names: Any = None) -> None:
    """Show a problem beside the field it is about, else above the form; what somebody else wrote
    meanwhile beside each field that differs."""
    name = (names or {}).get(problem.field, problem.field.rpartition(".")[2])
    form.add_error(name if name in form.fields else None, str(problem.message))
    tell_stale(form, problem)


ALL_READ = {"empty_permitted": False}
"""Every row of a list is read, also one that says what stands already: rows that somebody else
added meanwhile are no reason to leave out the same row of whoever saves later."""


def typed(form: forms.BaseForm) -> dict[str, Any]:
    """What was typed, without the version that was read."""
    return {name: one for name, one in form.cleaned_data.items() if name != "version"}
