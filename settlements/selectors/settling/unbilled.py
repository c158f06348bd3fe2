"""What was sold and is in no posted statement yet: owed, without an invoice.

Shown beside the ageing, never in it: there is no document that could be late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Account
from kam.core.dates import add_months
from kam.identity.models import User
from settlements.models import SettlementStatement, SettlementTerm
from settlements.selectors.settling.computing import compute
from settlements.selectors.settling.jobs import KINDS, Job, jobs_due, settled_terms
from settlements.selectors.settling.previous import taken_periods

LOOKS_BACK = 12
"""Months that are searched for sales that no statement covers."""


@dataclass(frozen=True, slots=True)
class Unbilled:
    """Of an account in a currency: in statements that wait for posting, and in none at all."""

    account_id: int
    currency: str
    in_statements: Decimal
    in_none: Decimal

    @property
    def amount(self) -> Decimal:
        """Both together, with tax."""
        return self.in_statements + self.in_none


def sold_not_stated(
    *,
    as_of: date,
    user: User | None = None,
    account: Account | None = None,
    account_ids: Sequence[int] | None = None,
) -> list[Unbilled]:
    """Return what was sold up to the day and not posted by it, by account and currency.

    With tax, as the statements would say; fees are not taken off. Statements that wait count with
    what they say, accepted reports of periods without one with what they come to; what cannot be
    computed (no price, no tax rate) is left out. Of all accounts, those below one, or some.
    """
    found: dict[tuple[int, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    statements = SettlementStatement.objects.live().filter(period__startswith__lte=as_of)
    terms = SettlementTerm.objects.filter(settlement_basis__in=KINDS)
    if user is not None:
        statements, terms = statements.visible_to(user), terms.visible_to(user)
    if account is not None:
        statements = statements.within(account.pk)
        terms = terms.filter(version__agreement__account__path__contains=[account.pk])
    if account_ids is not None:
        statements = statements.filter(account__in=account_ids)
        terms = terms.filter(version__agreement__account__in=account_ids)
    waiting = statements.exclude(state="posted", posted_on__lte=as_of)
    for account_id, currency, payable in waiting.values_list("account_id", "currency", "payable"):
        found[account_id, currency][0] += payable
    for outcome in compute(_uncovered(list(terms.values_list("pk", flat=True)), as_of)):
        if outcome.computed is not None:
            rules = outcome.job.rules
            found[rules.account_id, rules.currency][1] += outcome.computed.payable
    return [
        Unbilled(account_id, currency, *amounts)
        for (account_id, currency), amounts in sorted(found.items())
        if any(amounts)
    ]


def _uncovered(term_ids: Sequence[int], as_of: date) -> list[Job]:
    """Return the periods without a statement, the running one up to the day."""
    end = as_of + timedelta(days=1)
    start = add_months(as_of.replace(day=1), -LOOKS_BACK)
    jobs = jobs_due(settled_terms(term_ids=term_ids), start, add_months(end, 4))
    jobs = [replace(job, end=min(job.end, end)) for job in jobs if job.start < end]
    busy = taken_periods(jobs)
    return [job for place, job in enumerate(jobs) if place not in busy]
