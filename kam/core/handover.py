"""What a new lead of an account has to know: each app brings its own part of the pack.

An app registers a `Section` in `AppConfig.ready`, and a `Mover` where open work goes along. Its
part is written down once, as JSON, when a handover is confirmed, so a part holds words, days and
amounts, never rows of a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from kam.core.formats import Text
from kam.core.registry import Registry

type CellKind = Literal["text", "date", "money", "number"]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency, as a cell of kind `money` holds it."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a part. What is `for_new_lead` nobody else reads in the pack: it holds what
    that reader may know, and others may know less."""

    title: Text
    kind: CellKind = "text"
    for_new_lead: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one section says: a sentence, and rows. A cell that is not known is None."""

    summary: Text
    headings: Sequence[Heading] = ()
    rows: Sequence[Sequence[Any]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Section:
    """An app's part of the pack: `find(account, new lead, as_of)`; None leaves it out.

    Who reads the pack later needs `capability`; a confidential section is for the account's team
    and the two leads alone.
    """

    key: str
    title: Text
    find: Callable[[Any, Any, date], Part | None]
    capability: str = ""
    is_confidential: bool = False
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change of lead that takes effect: open work of the old lead at these accounts follows.

    `account_ids` are the account and all below it, less what the old lead keeps leading.
    """

    account_ids: Sequence[int]
    from_user: Any
    to_user: Any
    by: Any
    on: date


@dataclass(frozen=True, kw_only=True)
class Mover:
    """An app's share in a handover: `move(change)` gives the old lead's open work of one kind to
    the new one and answers how many went. Runs once, in the transaction of the change."""

    key: str
    title: Text
    move: Callable[[Change], int]
    order: int = 100


sections: Registry[Section] = Registry()
movers: Registry[Mover] = Registry()


def pack_of(account: Any, reader: Any, as_of: date) -> list[dict[str, Any]]:
    """All parts as plain data, in order: texts in the language in force, days in ISO form,
    amounts as text, so that they can be stored and hashed."""
    found = []
    for section in sections:
        part = section.find(account, reader, as_of)
        if part is not None:
            found.append(_plain(section, part))
    return found


def _plain(section: Section, part: Part) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": str(section.title),
        "capability": section.capability,
        "is_confidential": section.is_confidential,
        "summary": str(part.summary),
        "headings": [
            {"title": str(one.title), "kind": one.kind, "for_new_lead": one.for_new_lead}
            for one in part.headings
        ],
        "rows": [[_cell(value) for value in row] for row in part.rows],
    }


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
