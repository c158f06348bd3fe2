"""What changed between two versions of an agreement: every fact that both, or one, say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Field
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kam.core import formats
from settlements.models import AgreementVersion, SettlementTerm
from settlements.views.terms import reading, words
from settlements.views.terms.conditions import bearer_rows, condition_rows

type Facts = dict[tuple[str, str], str]
_SKIPPED = frozenset(
    {"id", "version", "category", "deduction_schedule", "created_at", "updated_at"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that was added, taken out, or says something else now."""

    part: str
    what: str
    before: str
    after: str


def changes(before: AgreementVersion, after: AgreementVersion, *, today: date) -> list[Change]:
    """What a version says otherwise than the one before it, in the order of the page."""
    old, new = facts(before, today=today), facts(after, today=today)
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Change(*key, old.get(key, ""), new.get(key, ""))
        for key in keys
        if old.get(key, "") != new.get(key, "")
    ]


def facts(version: AgreementVersion, *, today: date) -> Facts:
    """Everything that a version says, by part and name."""
    currency = version.agreement.currency_id
    last = words.last_day(version)
    part = _("Period")
    found: Facts = {
        (part, _("First day")): formats.date(version.valid.lower),
        (part, _("Last day")): formats.date(last) if last else "",
        (part, _("Renewal")): str(version.get_renewal_display()),
        (part, _("Goes on for months")): _shown(version.renewal_months),
        (part, _("Notice, days")): _shown(version.notice_days),
        (part, _("What else was agreed")): version.note,
    }
    for block in reading.blocks(version, today=today):
        found |= _term(block)
    for row in condition_rows(version.conditions.select_related("schedule", "category"), currency):
        said = [row.how_much, *row.when, str(row.condition.get_channel_display()), *row.flags]
        found[_("Conditions"), row.condition.name] = " · ".join(said)
    for schedule in version.schedules.prefetch_related("bands", "conditions"):
        rows = reading.schedule_rows(schedule, currency)
        found[_("Bands"), schedule.name] = " · ".join(f"{one.words}: {one.rate}" for one in rows)
    for bearer in bearer_rows(version.responsibilities.all()):
        said = [part for part in (bearer.bearer, bearer.note) if part]
        found[_("Who bears what"), bearer.subject] = " · ".join(said)
    return {key: value for key, value in found.items() if value}


def _term(block: reading.TermBlock) -> Facts:
    part = block.goods
    found: Facts = {}
    for field in SettlementTerm._meta.concrete_fields:
        if field.name not in _SKIPPED:
            found[part, capfirst(str(field.verbose_name))] = _value(block.term, field)
    said = [f"{one.part}: {' '.join(one.timing)}" for one in block.payment]
    found[part, _("Payment")] = " · ".join(said)
    found[part, pgettext("concession", "Guarantee")] = " ".join(block.guarantee)
    found[part, _("Payment media")] = " ".join(words.media(block.term))
    return found


def _value(term: SettlementTerm, field: Field[Any, Any]) -> str:
    if field.choices:
        return str(getattr(term, f"get_{field.name}_display")())
    return _shown(getattr(term, field.name))


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value) if isinstance(value, str) or hasattr(value, "pk") else formats.number(value)
