"""What a pass over a file found: counts, totals by currency, rejects by reason, notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Self

from kam.core.exact import exact_sum
from kam.imports.engine.notices import Notice, is_conflict, reason_text
from kam.imports.engine.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectGroup:
    """Rejected rows of one reason and currency; the amount adds up those that could be read,
    and is None where none could, or where the kind has none."""

    reason: str
    count: int
    amount: Decimal | None
    currency: str = ""

    @property
    def text(self) -> str:
        """The reason in the reader's language."""
        return reason_text(self.reason)

    @property
    def is_conflict(self) -> bool:
        """Whether the rows differ from what stands here."""
        return is_conflict(self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyTotal:
    """All rows of one currency (empty: not known), and how much of them is rejected."""

    currency: str
    rows: int
    amount: Decimal
    rejected_rows: int
    rejected_amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The outcome of a preview or commit. `removed` are entries that a replaced period lost.

    `totals` and `rejects` are of the whole file; amounts of different currencies are never added.
    `also` counts what is created besides the rows, such as accounts named by a sales file.
    """

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    removed: int = 0
    totals: tuple[CurrencyTotal, ...] = ()
    rejects: tuple[RejectGroup, ...] = ()
    notices: tuple[Notice, ...] = ()
    blockers: tuple[str, ...] = ()
    also: Mapping[str, int] = field(default_factory=dict)
    file: Mapping[str, str] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None
    timings: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the summary as JSON; amounts as text."""
        return {
            **{name: getattr(self, name) for name in _COUNTS},
            "totals": [
                {**_fields(total), "amount": str(total.amount),
                 "rejected_amount": str(total.rejected_amount)}
                for total in self.totals
            ],
            "rejects": [
                {**_fields(r), "amount": None if r.amount is None else str(r.amount)}
                for r in self.rejects
            ],
            "notices": [notice.to_json() for notice in self.notices],
            "blockers": list(self.blockers),
            "also": dict(self.also),
            "file": dict(self.file),
            "first": self.first and self.first.isoformat(),
            "last": self.last and self.last.isoformat(),
            "timings": {name: round(value, 3) for name, value in self.timings.items()},
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; what is missing is empty."""
        return cls(
            **{name: int(data.get(name) or 0) for name in _COUNTS},
            totals=tuple(_total(item) for item in data.get("totals") or ()),
            rejects=tuple(_reject(item) for item in data.get("rejects") or ()),
            notices=tuple(Notice.from_json(item) for item in data.get("notices") or ()),
            blockers=tuple(data.get("blockers") or ()),
            also=dict(data.get("also") or {}),
            file=dict(data.get("file") or {}),
            first=date.fromisoformat(data["first"]) if data.get("first") else None,
            last=date.fromisoformat(data["last"]) if data.get("last") else None,
            timings=dict(data.get("timings") or {}),
        )


_COUNTS = ("rows", "created", "updated", "unchanged", "rejected", "removed")


def _fields(item: RejectGroup | CurrencyTotal) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__dataclass_fields__}


def _total(data: Mapping[str, Any]) -> CurrencyTotal:
    amounts = {key: Decimal(data[key]) for key in ("amount", "rejected_amount")}
    return CurrencyTotal(
        currency=data["currency"], rows=data["rows"], rejected_rows=data["rejected_rows"], **amounts
    )


def _reject(data: Mapping[str, Any]) -> RejectGroup:
    amount = data["amount"]
    return RejectGroup(
        reason=data["reason"],
        count=data["count"],
        amount=None if amount is None else Decimal(amount),
        currency=data.get("currency", ""),
    )


_GROUPS = """
SELECT COALESCE(currency, ''), COALESCE(reason, ''), action, count(*), sum(amount)
FROM import_rows GROUP BY 1, 2, 3
"""

type Group = tuple[str, str, str | None, int, Decimal | None]


def summarise(run: Run, *, has_amounts: bool) -> Summary:
    """Read counts, totals and rejects off `import_rows`, in one pass."""
    groups: list[Group] = run.rows(_GROUPS)
    actions = Counter[str | None]()
    for _currency, reason, action, rows, _amount in groups:
        actions["rejected" if reason else action] += rows
    return Summary(
        rows=actions.total(),
        created=actions["c"],
        updated=actions["u"],
        unchanged=actions["n"],
        rejected=actions["rejected"],
        removed=run.removed,
        totals=tuple(_totals(groups)) if has_amounts else (),
        rejects=tuple(_rejects(groups)),
        notices=tuple(run.notices),
        also=dict(run.also),
        first=run.first,
        last=run.last,
    )


def _totals(groups: list[Group]) -> list[CurrencyTotal]:
    """Add up the groups of each currency, the one with the most rows first."""
    totals = []
    for currency in {group[0] for group in groups}:
        own = [group for group in groups if group[0] == currency]
        rejected = [group for group in own if group[1]]
        totals.append(
            CurrencyTotal(
                currency=currency,
                rows=sum(group[3] for group in own),
                amount=_added(own),
                rejected_rows=sum(group[3] for group in rejected),
                rejected_amount=_added(rejected),
            )
        )
    return sorted(totals, key=lambda total: (-total.rows, total.currency))


def _added(groups: list[Group]) -> Decimal:
    return exact_sum(amount for *_others, amount in groups if amount is not None)


def _rejects(groups: list[Group]) -> list[RejectGroup]:
    found = [
        RejectGroup(reason=reason, count=rows, amount=amount, currency=currency)
        for currency, reason, _action, rows, amount in groups
        if reason
    ]
    return sorted(found, key=lambda group: (-group.count, group.reason, group.currency))
