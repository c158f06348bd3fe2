"""Who changed what and when, from the rows that database triggers write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from kam.core import formats
from kam.core.dates import ONE_DAY
from kam.core.formats import Text

SHOWN = 20
BOOKKEEPING = frozenset({"id", "created_at", "updated_at", "idempotency_key"})


@dataclass(frozen=True)
class FieldChange:
    """A field's value before and after, in words; None where there was nothing."""

    title: Text
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Change:
    """One change of a row: when, by whom, what kind, and each field that changed.

    `who` is the signed-in user, or “kam” where a command or job without a user did it. `subject`
    names the row where the list is about several.
    """

    at: datetime
    who: Text
    kind: str
    fields: Sequence[FieldChange]
    subject: Text = ""

    @property
    def title(self) -> Text:
        """The kind of change as a word."""
        return {"insert": _("Created"), "delete": _("Deleted")}.get(self.kind, _("Changed"))


def history_of(obj: models.Model, limit: int = SHOWN) -> list[Change]:
    """The last changes of a row, the newest first.

    A creation lists no fields. Fields that the history does not keep (passwords, digests), keys
    and timestamps are left out, and with them changes that touched nothing else.
    """
    events = _event_model(type(obj))._default_manager.filter(pgh_obj=obj.pk)
    rows: list[Any] = list(events.select_related("pgh_context").order_by("-pgh_id")[: limit + 1])
    people = _names(rows)
    words = _Words(type(obj), rows)
    changes = []
    for row, former in zip(rows, [*rows[1:], None], strict=True):
        fields = words.changes(former, row) if former is not None else []
        if fields or row.pgh_label != "update":
            changes.append(Change(row.pgh_created_at, _who(row, people), row.pgh_label, fields))
    return changes[:limit]


def history_of_rows(
    model: type[models.Model],
    *,
    subject: Text,
    hidden: Collection[str] = (),
    limit: int = SHOWN,
    **where: Any,
) -> list[Change]:
    """The last changes of all rows that a page is about, gone ones too, the newest first.

    `where` filters the history's own rows; fields named in `hidden` are not shown. What is made
    or removed lists its values.
    """
    events = _event_model(model)._default_manager.filter(**where)
    rows: list[Any] = list(events.select_related("pgh_context").order_by("-pgh_id")[: limit * 2])
    people = _names(rows)
    words = _Words(model, rows, hidden)
    former: dict[Any, Any] = {}
    changes = []
    for row in reversed(rows):
        before, after = former.get(row.pgh_obj_id), row
        if row.pgh_label == "delete":
            before, after = row, None
        fields = words.changes(before, after)
        if row.pgh_label != "update" or (fields and row.pgh_obj_id in former):
            who = _who(row, people)
            changes.append(Change(row.pgh_created_at, who, row.pgh_label, fields, subject))
        former[row.pgh_obj_id] = row
    return changes[::-1][:limit]


def _event_model(model: type[models.Model]) -> type[models.Model]:
    found: Iterable[type[models.Model]] = getattr(model, "pgh_event_models", {}).values()
    for event in found:
        return event
    raise LookupError(f"{model._meta.label} keeps no history.")


def _user_id(row: Any) -> Any:
    return row.pgh_context.metadata.get("user") if row.pgh_context else None


def _names(rows: Iterable[Any]) -> dict[Any, str]:
    ids = {user for row in rows if (user := _user_id(row)) is not None}
    users = get_user_model()._default_manager.in_bulk(ids) if ids else {}
    return {pk: str(user) for pk, user in users.items()}


def _who(row: Any, people: dict[Any, str]) -> Text:
    user = _user_id(row)
    if user is None:
        return "kam"
    return people.get(user, _("a user who is gone"))


class _Words:
    """A model's values in words; the names of related rows are read once per model."""

    def __init__(
        self, model: type[models.Model], rows: Sequence[Any], hidden: Collection[str] = ()
    ) -> None:
        event_fields = {field.name for field in type(rows[0])._meta.fields} if rows else set()
        shown = event_fields - BOOKKEEPING - set(hidden)
        self.fields = [field for field in model._meta.fields if field.name in shown]
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for field in self.fields:
            if isinstance(field.related_model, type):
                wanted[field.related_model] |= {getattr(row, field.attname) for row in rows}
        self.related = {
            target: {pk: str(obj) for pk, obj in target._base_manager.in_bulk(ids - {None}).items()}
            for target, ids in wanted.items()
        }

    def changes(self, former: Any, row: Any) -> list[FieldChange]:
        """What differs between two states of a row; None is the state of not being there."""
        found = []
        for field in self.fields:
            before, after = (getattr(one, field.attname, None) for one in (former, row))
            if before != after:
                words = self.word(field, before), self.word(field, after)
                found.append(FieldChange(str(field.verbose_name), *words))
        return found

    def word(self, field: Any, value: Any) -> str | None:
        """A value as a person would say it."""
        if value is None or value in ("", []):
            return None
        if isinstance(field.related_model, type):
            return self.related[field.related_model].get(value, str(value))
        choices = dict(getattr(field, "base_field", field).flatchoices)
        if isinstance(value, list):
            return ", ".join(str(choices.get(item, item)) for item in value)
        return str(choices[value]) if value in choices else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, datetime):
        return formats.datetime(value)
    if isinstance(value, date):
        return formats.date(value)
    if isinstance(value, Range):
        return _range(value)
    return formats.number(value.normalize()) if isinstance(value, Decimal) else str(value)


def _range(value: Range[Any]) -> str:
    """A half-open range, said so that its end is not taken for a part of it: days by the last."""
    if isinstance(value.upper, date) and not isinstance(value.upper, datetime):
        return _days(value.lower, value.upper - ONE_DAY)
    ends = {"start": _plain(value.lower), "end": _plain(value.upper)}
    if value.lower is None:
        return str(_("always") if value.upper is None else _("until before %(end)s")) % ends
    if value.upper is None:
        return str(_("from %(start)s on")) % ends
    return str(_("from %(start)s until before %(end)s")) % ends


def _days(first: date | None, last: date) -> str:
    if first is None:
        return str(_("until %s")) % formats.date(last)
    return str(_("from %(start)s to %(end)s")) % {
        "start": formats.date(first),
        "end": formats.date(last),
    }
