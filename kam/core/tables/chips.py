"""Filter chips: what the rows are filtered by, in words, each with the address that removes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django_filters import FilterSet

from kam.core import formats
from kam.core.tables.state import State


@dataclass(frozen=True)
class Chip:
    """One filter in force."""

    label: str
    value: str
    remove_url: str


def chips(filters: FilterSet, state: State, *, skip: str = "") -> list[Chip]:
    """The chips of every filter in force but the search box."""
    if not filters.is_bound or not hasattr(filters.form, "cleaned_data"):
        return []
    found: list[Chip] = []
    for name, field in filters.form.fields.items():
        value = filters.form.cleaned_data.get(name)
        if name != skip and not _is_blank(value):
            found += _of_field(filters, state, name, field, value)
    return found


def _of_field(
    filters: FilterSet, state: State, name: str, field: forms.Field, value: Any
) -> Iterator[Chip]:
    label = str(field.label or name)
    keys = keys_of(filters, name, field)
    if isinstance(value, slice):
        yield Chip(label, _span(value), _without(state, keys))
    elif not isinstance(value, str) and isinstance(value, Iterable):
        values = state.query.getlist(filters.form.add_prefix(name))
        for raw, item in zip(values, _items(value, values), strict=False):
            yield Chip(label, _words(field, item), state.url_without_value(keys[0], raw))
    else:
        yield Chip(label, _words(field, value), _without(state, keys))


def _is_blank(value: Any) -> bool:
    if isinstance(value, slice):
        return value.start is None and value.stop is None
    if isinstance(value, str | None):
        return not value
    return not isinstance(value, bool | int | Model) and hasattr(value, "__len__") and not value


def _items(value: Iterable[Any], raw: list[str]) -> list[Any]:
    """The chosen objects in the order of the address."""
    items = list(value)
    if items and isinstance(items[0], Model):
        by_pk = {str(item.pk): item for item in items}
        return [by_pk.get(text, text) for text in raw]
    return list(raw) if len(items) == len(raw) else items


def filter_keys(filters: FilterSet) -> list[str]:
    """Every query parameter that the filters read."""
    fields = filters.form.fields.items()
    return [key for name, field in fields for key in keys_of(filters, name, field)]


def keys_of(filters: FilterSet, name: str, field: forms.Field) -> list[str]:
    """The query parameters that a field reads (a range reads two)."""
    full = filters.form.add_prefix(name)
    suffixes = getattr(field.widget, "suffixes", None)
    if suffixes is None:
        return [full]
    return [f"{full}_{suffix}" if suffix else full for suffix in suffixes]


def _without(state: State, keys: list[str]) -> str:
    return state.without(keys).url()


def _span(value: slice) -> str:
    low, high = (_plain(end) for end in (value.start, value.stop))
    if low and high:
        return f"{low} – {high}"
    return _("from {low}").format(low=low) if low else _("up to {high}").format(high=high)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.datetime | dt.date):
        return formats.date(value)
    return str(value)


def _words(field: forms.Field, value: Any) -> str:
    choices = getattr(field, "choices", None)
    if choices is not None and not isinstance(value, Model):
        flat = dict(_flatten(choices))
        return flat.get(str(value), _plain(value))
    return _plain(value)


def _flatten(choices: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for value, text in choices:
        if isinstance(text, list | tuple):
            yield from _flatten(text)
        else:
            yield str(value), str(text)
