"""Documents of plans in words: a frozen one is drawn from itself alone, whatever the plan is now.

Documents hold codes and texts, not labels; labels come from the fields of the plans' models by
name, so that a frozen document is read in each reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from accounts.choices import PortraitHeading
from kam.core import formats
from plans.analytics.diff import is_money, is_number
from plans.choices.plan import SectionKind
from plans.choices.work import STANDINGS
from plans.selectors.metrics.registry import Metric, metrics

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")
_TITLES = ("title", "name", "text", "label", "what", "element", "detail")
_SKIPPED = frozenset({"id", "plan", "place", "is_hidden"})
_OF_METRIC = frozenset({"metric", "kind"})
"""What a measure of the system says by its title and its figures."""
_FRACTIONS = frozenset({"share", "elapsed", "change", "contribution", "unconditional_share"})
"""Numbers that are parts of one, whatever they stand beside."""
_FIRST = (
    "title", "name", "kind", "measure", "metric", "text", "evidence", "owner", "sponsor",
    "first_day", "last_day", "starts_on", "due_on", "state", "percent", "weight", "baseline",
    "target", "actual",
)  # fmt: skip
LABELS: dict[str, Any] = {
    "title": pgettext_lazy("of a thing", "title"),
    "first_day": gettext_lazy("first day"),
    "last_day": gettext_lazy("last day"),
    "as_of": gettext_lazy("as of"),
    "unit": gettext_lazy("unit"),
    "content": gettext_lazy("what the system shows"),
    "actual": gettext_lazy("actual"),
    "progress": gettext_lazy("progress"),
    "percent": gettext_lazy("progress, percent"),
    "is_derived": gettext_lazy("rolled up from below"),
    "objectives": gettext_lazy("objectives"),
    "initiatives": gettext_lazy("initiatives"),
    "actions": gettext_lazy("actions"),
    "items": gettext_lazy("items"),
    "text": gettext_lazy("text"),
    "kpis": gettext_lazy("targets"),
    "owner": gettext_lazy("owner"),
    "state": gettext_lazy("state"),
    "amount": gettext_lazy("amount"),
    "name": gettext_lazy("name"),
    "revenue": gettext_lazy("revenue"),
    "overdue": gettext_lazy("overdue"),
    "share": gettext_lazy("share"),
    "elapsed": gettext_lazy("share of the time that is over"),
    "standing": gettext_lazy("how it stands"),
    "value": gettext_lazy("value"),
    "on": gettext_lazy("as of"),
    "figures": gettext_lazy("figures"),
    "last_contact_on": gettext_lazy("last contact"),
    "is_inherited": gettext_lazy("from the account above"),
    "switching": gettext_lazy("how hard to do without, of 5"),
    "exit_barrier": gettext_lazy("exit barrier, of 100"),
    "statements": gettext_lazy("what is known"),
    "said_on": gettext_lazy("said on"),
    "elements": gettext_lazy("elements"),
    "done": gettext_lazy("done"),
    "ownerless": gettext_lazy("without an owner"),
    "unmeasured": gettext_lazy("not measured yet"),
    "revision": gettext_lazy("revision"),
    "year": gettext_lazy("year"),
    "planned": gettext_lazy("planned"),
    "forecast": gettext_lazy("forecast"),
    "variance": gettext_lazy("variance"),
    "total": gettext_lazy("total"),
    "to_date": gettext_lazy("to date"),
    "terms": gettext_lazy("terms"),
    "lines": gettext_lazy("lines"),
    "months": gettext_lazy("months"),
    "steps": gettext_lazy("range steps"),
    "months_over": gettext_lazy("months that are over"),
    "where": gettext_lazy("where"),
    "scenarios": gettext_lazy("scenarios"),
    "levers": gettext_lazy("levers"),
    "change": gettext_lazy("change"),
    "contribution": gettext_lazy("contribution"),
    "service_change": gettext_lazy("change of their service"),
    "their_sales_before": gettext_lazy("their sales now"),
    "their_sales_after": gettext_lazy("their sales afterwards"),
    "their_margin_change": gettext_lazy("change of their margin"),
    "their_cost_change": gettext_lazy("change of their operating cost"),
    "their_gain": gettext_lazy("what they gain"),
    "our_revenue_change": gettext_lazy("change of our revenue"),
    "our_gain": gettext_lazy("what we gain"),
    "budget": gettext_lazy("budget"),
    "ours": gettext_lazy("our part"),
    "activities": gettext_lazy("activities"),
    "kind": gettext_lazy("kind"),
    "actual_on": gettext_lazy("seen on"),
    "is_overdue": gettext_lazy("overdue"),
    "briefs": gettext_lazy("negotiations"),
    "issues": gettext_lazy("negotiated issues"),
    "entries": gettext_lazy("gives and gets"),
    "sums": gettext_lazy("sums of gives and gets"),
    "given": gettext_lazy("given a year"),
    "got": gettext_lazy("got a year"),
    "ratio": gettext_lazy("given ÷ got"),
    "unconditional_share": gettext_lazy("given without a condition"),
    "unknown": gettext_lazy("without a value"),
}
SMALL = 4
_SHARES = frozenset({"value", "baseline", "target", "actual"})


@dataclass(frozen=True)
class Node:
    """A part of a document in words: its title, its facts, and rows below it by name."""

    title: str
    facts: Sequence[tuple[str, str]]
    groups: Sequence[tuple[str, Sequence[Node]]]

    def __bool__(self) -> bool:
        return bool(self.title or self.facts or self.groups)

    @property
    def is_small(self) -> bool:
        """Whether it is a few facts alone, as a month is: many of them stand side by side."""
        return not self.groups and len(self.facts) <= SMALL


def section_title(kind: str) -> str:
    """A section by its kind."""
    return str(SectionKind(kind).label) if kind in SectionKind.values else kind


def node_of(value: dict[str, Any], *, is_row: bool = False) -> Node:
    """Return a dict of a document in words; rows leave out what is not known."""
    title_key = next((key for key in _TITLES if is_row and isinstance(value.get(key), str)), "")
    metric = _metric_of(value)
    facts, groups = [], []
    for key in sorted(value, key=_order):
        one = value[key]
        is_skipped = key in _SKIPPED and not is_money(one)  # the plan of a stream is money
        if is_skipped or key == title_key or key.endswith("_id") or one == []:
            continue
        if key in _OF_METRIC and (metric is not None or _is_machine_word(key, one)):
            continue
        if key == "progress" and isinstance(one, dict):
            facts += _progress(one)
        elif metric is not None and metric.kind == "percent" and key in _SHARES and is_number(one):
            facts.append((label_of(key), formats.percent(Decimal(one))))
        elif is_group(one):
            rows = one if isinstance(one, list) else [one]
            found = [node_of(row, is_row=True) for row in rows]
            groups.append((label_of(key), [node for node in found if node]))
        elif one not in (None, "", []) or not is_row or (metric and key == "value"):
            facts.append((label_of(key), spoken(key, one)))
    title = spoken(title_key, value[title_key]) if title_key else ""
    return Node(str(metric.title) if metric and title_key else title, facts, groups)


def _is_machine_word(key: str, value: Any) -> bool:
    """Whether it is a code that nobody reads, as of how a figure is written."""
    return key == "kind" and (key, str(value)) not in _codes()


def name_of(row: dict[str, Any]) -> str:
    """What a row is called: a measure of the system in the reader's language."""
    metric = _metric_of(row)
    if metric is not None:
        return str(metric.title)
    return next((str(row[key]) for key in _TITLES if row.get(key)), "")


def _metric_of(row: dict[str, Any]) -> Metric | None:
    """The measure of the system that a row is about: it speaks the reader's language."""
    return metrics.get(str(row.get("metric") or row.get("id") or ""))


def _progress(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Progress in one fact, with what is late where something is."""
    words = spoken("percent", found.get("percent"))
    facts = [(label_of("progress"), words if words == "–" else f"{words} %")]
    late = [(label_of(key), found[key]) for key in ("overdue", "ownerless") if found.get(key)]
    return facts + [(label, str(count)) for label, count in late]


def is_group(value: Any) -> bool:
    """Whether a value is rows, or a dict of facts that is neither money nor the name of a thing."""
    if isinstance(value, list):
        return any(isinstance(one, dict) for one in value) and not all(map(_is_atom, value))
    return isinstance(value, dict) and bool(value) and not _is_atom(value)


def _is_atom(value: Any) -> bool:
    if not isinstance(value, dict):
        return not isinstance(value, list)
    return is_money(value) or value.keys() <= {"id", "name"}


def spoken(key: str, value: Any) -> str:
    """Return a value of a document in words."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(spoken(key, one) for one in value)
    if isinstance(value, dict):
        return _of_dict(value)
    if key in _FRACTIONS and is_number(value):
        return formats.percent(Decimal(value))
    if key not in _TITLES and is_number(value):
        # A year or a number of a thing stands as it is.
        return str(value) if isinstance(value, int) else formats.number(Decimal(value))
    return _of_text(key, str(value))


def _of_dict(value: dict[str, Any]) -> str:
    if is_money(value):
        if value["amount"] is None:
            return "–"
        return formats.money(Decimal(value["amount"]), value["currency"] or "")
    name = next((value[key] for key in _TITLES if value.get(key)), None)
    return str(name) if name is not None else "–"


def _of_text(key: str, value: str) -> str:
    if _DAY.fullmatch(value):
        return formats.date(date.fromisoformat(value))
    if _MONTH.fullmatch(value):
        return formats.month(date.fromisoformat(f"{value}-01"))
    if _MOMENT.fullmatch(value):
        return _moment(value)
    return str(_codes().get((key, value), value))


def _moment(value: str) -> str:
    moment = datetime.fromisoformat(value)
    return formats.datetime(timezone.localtime(moment) if moment.tzinfo else moment)


def difference_words(difference: Any, key: str = "") -> str:
    """Return a difference with its sign; `key` is the field that differs."""
    if difference is None:
        return ""
    if isinstance(difference, dict):
        amount = Decimal(difference["amount"])
        return formats.signed(formats.money(amount, difference["currency"]), amount)
    number = Decimal(difference)
    if key in _FRACTIONS:
        return formats.signed(formats.percent(number), number)
    return formats.signed(formats.number(number), number)


def label_of(key: str) -> str:
    """Return what a field is called, in the reader's language."""
    if key.startswith("#"):
        return key[1:]
    if key in SectionKind.values and key not in LABELS:
        return section_title(key)
    found = LABELS.get(key) or _labels().get(key) or key.replace("_", " ")
    return str(found)


def _order(key: str) -> tuple[int, str]:
    return (_FIRST.index(key) if key in _FIRST else len(_FIRST), key)


def _fields() -> Iterator[Any]:
    for model in apps.get_app_config("plans").get_models():
        if not model.__name__.endswith("Event"):
            yield from model._meta.fields


@cache
def _labels() -> dict[str, Any]:
    """Names of fields, those of the first model that has one."""
    found: dict[str, Any] = {}
    for field in _fields():
        found.setdefault(field.name, field.verbose_name)
    return found


@cache
def _codes() -> dict[tuple[str, str], Any]:
    """Words for codes, by the field's name; headings are those of portraits."""
    found: dict[tuple[str, str], Any] = {
        ("heading", code): words for code, words in PortraitHeading.choices
    }
    found |= {("standing", code.value): words for code, words in STANDINGS.items()}
    for field in _fields():
        for code, words in field.choices or ():
            found.setdefault((field.name, str(code)), words)
    return found
