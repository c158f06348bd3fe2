"""Which settlement statement falls due when, of thousands of terms without reading their rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Min

from accounts.models import Account
from kam.core.dates import add_months
from kam.core.id_arrays import id_rows
from kam.core.models import Organisation
from kam.identity.models import User
from settlements.choices.settling import StatementKind
from settlements.models import SalesReport, SettlementStatement, SettlementTerm
from settlements.querysets.terms import APPROVED
from settlements.selectors.settling.jobs import KINDS, periods_of
from settlements.selectors.settling.previous import Asked, taken
from settlements.selectors.settling.true_ups import tested_each

BACK, AHEAD = 3, 2
"""Months before and after today in which the calendar looks for statements of every term.

Further back it looks no further than to the first report or statement of the account.
"""
GRACE = timedelta(days=10)
"""A statement that is not made this long after its period is late."""
_FACTS = (
    "pk", "version__agreement__account_id", "settlement_basis", "cycle", "version__valid",
    "guarantee__test_period",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCycle:
    """As much of a term as says when it is settled; `end` is the first day after it, if any.

    Its statements are of one kind; the true-ups of a guarantee have a cycle of their own.
    """

    term_id: int
    account_id: int
    kind: StatementKind
    cycle: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A statement that is still to be made, `end` excluded; `is_late` some days after its period.

    `is_over` says that the period has ended, `is_old` that it did so months ago.
    """

    term_id: int
    account_id: int
    start: date
    end: date
    is_over: bool
    is_late: bool
    is_old: bool
    is_true_up: bool = False

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.end - timedelta(days=1)


def statements_due(
    user: User, *, as_of: date, account: Account | None = None, ahead: int = AHEAD
) -> list[Due]:
    """Return the statements of visible accounts that have to be made, the oldest period first.

    Periods that ended without a live statement, and those that end soon; the true-ups of
    guarantees among them. Those that ended before the last months (`is_old`) count from the first
    accepted report or live statement of the account on: what was settled before elsewhere is
    left out. Six queries, however many there are; `with_terms` reads what a page shows of some.
    """
    this_month = as_of.replace(day=1)
    recent, end = add_months(this_month, -BACK), add_months(this_month, ahead)
    fiscal_start = Organisation.objects.values_list("fiscal_year_start", flat=True).get(pk=1)
    cycles = list(_cycles(user, account))
    began = _began({one.account_id for one in cycles})
    slots = [
        (one, first, last)
        for one in cycles
        for first, last in periods_of(
            one, min(began.get(one.account_id, recent), recent), end, fiscal_start
        )
    ]
    busy = taken([Asked(one.term_id, one.kind, None, first, last) for one, first, last in slots])
    free = [
        Due(
            term_id=one.term_id,
            account_id=one.account_id,
            start=first,
            end=last,
            is_over=last <= as_of,
            is_late=last + GRACE <= as_of,
            is_old=last <= recent,
            is_true_up=one.kind == StatementKind.TRUE_UP,
        )
        for place, (one, first, last) in enumerate(slots)
        if place not in busy
    ]
    return sorted(free, key=lambda one: (one.end, one.account_id))


def _began(account_ids: Collection[int]) -> dict[int, date]:
    """Since when each account is settled here: its first accepted report or live statement.

    Reports of those below it are its own. Two queries.
    """
    reports = (
        SalesReport.objects.in_force()
        .filter(account__path__overlap=list(account_ids))
        .values_list("account__path")
        .annotate(Min("period__startswith"))
    )
    statements = (
        SettlementStatement.objects.live()
        .filter(account__in=id_rows(account_ids))
        .values_list("account_id")
        .annotate(Min("period__startswith"))
    )
    found = [(one, first) for path, first in reports for one in path if one in account_ids]
    began: dict[int, date] = {}
    for account_id, first in [*found, *statements]:
        began[account_id] = min(first, began.get(account_id, first))
    return began


def _cycles(user: User, account: Account | None) -> Iterable[TermCycle]:
    rows = SettlementTerm.objects.visible_to(user).filter(
        settlement_basis__in=KINDS, version__state__in=APPROVED
    )
    if account is not None:
        rows = rows.filter(version__agreement__account__path__contains=[account.pk])
    for facts in rows.order_by("version_id", "pk").values_list(*_FACTS):
        yield from _of_term(*facts)


def _of_term(
    pk: int, account_id: int, basis: str, cycle: str, valid: DateRange, test_period: str | None
) -> Iterator[TermCycle]:
    """The statements of a term, and the true-ups of its guarantee."""
    own = TermCycle(
        term_id=pk,
        account_id=account_id,
        kind=KINDS[basis],
        cycle=cycle,
        start=valid.lower,
        end=valid.upper,
    )
    yield own
    if test_period and (tested := tested_each(test_period, cycle)):
        yield replace(own, kind=StatementKind.TRUE_UP, cycle=tested)


def with_terms(rows: Sequence[Due]) -> list[tuple[Due, SettlementTerm]]:
    """Return statements that fall due, each with its term, agreement and account; one query."""
    terms = SettlementTerm.objects.select_related("version__agreement__account", "category")
    found = terms.in_bulk({one.term_id for one in rows})
    return [(one, found[one.term_id]) for one in rows]
