"""How one account stands: what it owes by age, what it paid last, who looks after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, DecimalField, F, Q, When
from django.db.models.expressions import OrderBy

from accounts.models import Account
from kam.core.selectors.rates import rates_on
from kam.identity.models import User
from settlements.choices import DocumentKind, WorkRole
from settlements.models import ControllerAssignment, Document, WorkItem
from settlements.selectors.ageing import AgeingQuery, AgeingRow, ageing
from settlements.selectors.ledger import party_of

RECEIPTS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an account with everything below it owes on a day, per currency, and what is done.

    `rows` are per document currency, never converted. `receipts` are the latest ones that were
    not reversed; `work` is what waits with the payers, the largest amount first; `has_ledger`
    tells whether anything was ever posted.
    """

    as_of: date
    rows: tuple[AgeingRow, ...]
    receipts: tuple[Document, ...]
    controller: User | None
    work: WorkItem | None
    has_ledger: bool


def standing(account: Account, user: User, *, as_of: date) -> Standing:
    """Return how an account stands on a day, in a handful of statements at any size."""
    query = AgeingQuery(as_of=as_of, account=account.pk)
    rows = ageing(query, limit=0, convert=False).by_currency
    receipts = tuple(_receipts(account, as_of))
    return Standing(
        as_of=as_of,
        rows=rows,
        receipts=receipts,
        controller=controller_of(account, on=as_of),
        work=_work(account, user),
        has_ledger=bool(rows or receipts) or Document.objects.within(account.pk).exists(),
    )


def _receipts(account: Account, as_of: date) -> list[Document]:
    paid = Document.objects.within(account.pk).standing().filter(kind=DocumentKind.RECEIPT)
    return list(
        paid.filter(posting_date__lte=as_of).order_by("-posting_date", "-pk")[:RECEIPTS_SHOWN]
    )


def controller_of(account: Account, *, on: date) -> User | None:
    """Return who watches over the account on a day: named for it, or for the nearest node above."""
    found = (
        ControllerAssignment.objects.filter(account__in=account.path).at(on).select_related("user")
    )
    nearest = max(found, key=lambda one: account.path.index(one.account_id), default=None)
    return None if nearest is None else nearest.user


def _work(account: Account, user: User) -> WorkItem | None:
    """The largest work with the payer or payers below it, one with a next step first."""
    whose = Q(party__path__contains=[account.pk]) | Q(party=party_of(account))
    waiting = WorkItem.objects.visible_to(user).not_done().filter(whose)
    return waiting.select_related("user").order_by("-amount", "-next_step", "pk").first()


def overdue_since(row: AgeingRow) -> date | None:
    """Return the first day on which the oldest overdue item was late."""
    if row.oldest_due_on is None:
        return None
    return row.oldest_due_on.fromordinal(row.oldest_due_on.toordinal() + 1)


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return a part as a fraction; None of nothing."""
    return part / whole if whole > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What waits with one payer in one currency, whoever it is for."""

    party: Account
    currency: str
    amount: Decimal
    items: int
    oldest_due_on: date
    lead: User | None
    controller: User | None
    last_contact_on: date | None
    next_step: str
    next_step_on: date | None
    work_id: int


def largest_tasks(user: User, *, into: str, as_of: date, limit: int = 8) -> list[Task]:
    """Return the largest overdue amounts that work waits for, in the user's scope.

    As of the last overdue run, each in its own currency; put in order by what they are worth in
    one, at the day's rates. What has no rate stands last.
    """
    waiting = WorkItem.objects.visible_to(user).not_done().select_related("party", "user")
    found: dict[tuple[int, str], list[WorkItem]] = {}
    worth = _worth(into, as_of)
    for work in waiting.order_by(worth, "-pk")[: limit * len(WorkRole)]:
        found.setdefault((work.party_id, work.currency_id), []).append(work)
    return [_task(pieces) for pieces in list(found.values())[:limit]]


def _worth(into: str, on: date) -> OrderBy:
    rates = rates_on(into, on)
    steps = [When(currency_id=code, then=F("amount") * rate) for code, rate in rates.items()]
    return Case(*steps, output_field=DecimalField()).desc(nulls_last=True)


def _task(pieces: list[WorkItem]) -> Task:
    """One line of the pieces for lead and controller; the one with a plan speaks for both."""
    by_role = {work.role: work for work in pieces}
    lead, controller = by_role.get(WorkRole.LEAD), by_role.get(WorkRole.CONTROLLER)
    says = max(pieces, key=lambda work: (bool(work.next_step), work.role == WorkRole.CONTROLLER))
    contacts = [work.last_contact_on for work in pieces if work.last_contact_on]
    return Task(
        party=says.party,
        currency=says.currency_id,
        amount=says.amount,
        items=says.overdue_items,
        oldest_due_on=says.oldest_due_on,
        lead=None if lead is None else lead.user,
        controller=None if controller is None else controller.user,
        last_contact_on=max(contacts, default=None),
        next_step=says.next_step,
        next_step_on=says.next_step_on,
        work_id=says.pk,
    )
