"""What a pass over a file found: counts, totals by currency, rejects by reason, notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Self

from kam.imports.engine.notices import Notice, reason_text
from kam.imports.engine.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectGroup:
    """Rejected rows of one reason and currency; the amount adds up those that could be read."""

    reason: str
    count: int
    amount: Decimal
    currency: str = ""

    @property
    def text(self) -> str:
        """The reason in the reader's language."""
        return reason_text(self.reason)


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
            "rejects": [{**_fields(r), "amount": str(r.amount)} for r in self.rejects],
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
    return RejectGroup(
        reason=data["reason"],
        count=data["count"],
        amount=Decimal(data["amount"]),
        currency=data.get("currency", ""),
    )


_ACTIONS = """
SELECT count(*), count(*) FILTER (WHERE action = 'c'), count(*) FILTER (WHERE action = 'u'),
    count(*) FILTER (WHERE action = 'n'), count(*) FILTER (WHERE reason IS NOT NULL)
FROM import_rows
"""
_TOTALS = """
SELECT COALESCE(currency, ''), count(*), COALESCE(sum(amount), 0),
    count(*) FILTER (WHERE reason IS NOT NULL),
    COALESCE(sum(amount) FILTER (WHERE reason IS NOT NULL), 0)
FROM import_rows GROUP BY 1 ORDER BY 2 DESC, 1
"""
_REJECTS = """
SELECT reason, count(*), COALESCE(sum(amount), 0), COALESCE(currency, '')
FROM import_rows WHERE reason IS NOT NULL GROUP BY 1, 4 ORDER BY 2 DESC, 1, 4
"""


def summarise(run: Run, *, has_amounts: bool) -> Summary:
    """Read counts, totals and rejects off `import_rows`."""
    rows, created, updated, unchanged, rejected = run.rows(_ACTIONS)[0]
    totals = [CurrencyTotal(currency=c, rows=n, amount=a, rejected_rows=rn, rejected_amount=ra)
              for c, n, a, rn, ra in run.rows(_TOTALS)] if has_amounts else []  # fmt: skip
    rejects = run.rows(_REJECTS) if rejected else []
    return Summary(
        rows=rows,
        created=created,
        updated=updated,
        unchanged=unchanged,
        rejected=rejected,
        removed=run.removed,
        totals=tuple(totals),
        rejects=tuple(
            RejectGroup(reason=r, count=n, amount=a, currency=c) for r, n, a, c in rejects
        ),
        notices=tuple(run.notices),
        also=dict(run.also),
        first=run.first,
        last=run.last,
    )
