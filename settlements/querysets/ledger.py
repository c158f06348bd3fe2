"""The vocabulary of the ledger: whose rows, from when, how much of them is open on a date."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from settlements.choices import DocumentKind, Side, WorkState

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User


class LedgerQuerySet(models.QuerySet[Any]):
    """Rows that carry the account they belong to: documents and their items."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of accounts whose lead, or a lead above it, is in the user's scope today."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(account__lead_chain__overlap=user.scope_user_ids())

    def within(self, account_id: int) -> Self:
        """Rows of the account and of everything below it today."""
        return self.filter(account__path__contains=[account_id])


class DocumentQuerySet(LedgerQuerySet):
    def standing(self) -> Self:
        """Documents that are neither reversed nor a reversal."""
        return self.filter(reverses__isnull=True, reversed_by__isnull=True)


class LedgerItemQuerySet(LedgerQuerySet):
    def debits(self) -> Self:
        """What customers owe."""
        return self.filter(side=Side.DEBIT)

    def credits(self) -> Self:
        """What speaks for customers: receipts, credit notes."""
        return self.filter(side=Side.CREDIT)

    def unapplied_cash(self) -> Self:
        """Credits that are money: receipts."""
        return self.credits().filter(kind=DocumentKind.RECEIPT)

    def open_now(self) -> Self:
        """Items that are not fully allocated, whatever the dates of the allocations."""
        return self.filter(allocated__lt=F("amount"))

    def posted_as_of(self, as_of: date, known_at: datetime | None = None) -> Self:
        """Items that existed on the date, as far as was recorded at `known_at` (None: by now)."""
        posted = self.filter(posting_date__lte=as_of)
        return posted if known_at is None else posted.filter(recorded_at__lte=known_at)

    def open_as_of(self, as_of: date, known_at: datetime | None = None) -> Self:
        """Items with something open on the date, with `open_amount` (unsigned) at that date.

        What is allocated in total less what was allocated later (effective after `as_of`, or
        recorded after `known_at`). For a page of items; volume reads the database's function
        `settlements_open_items(as_of, known_at)`, which tells the same.
        """
        return self.with_open_amount(as_of, known_at).filter(open_amount__gt=0)

    def with_open_amount(self, as_of: date, known_at: datetime | None = None) -> Self:
        """Items that existed on the date, settled ones too, with `open_amount` at that date."""
        later = Q(effective_date__gt=as_of)
        if known_at is not None:
            later |= Q(recorded_at__gt=known_at)
        return self.posted_as_of(as_of, known_at).annotate(
            open_amount=F("amount") - F("allocated") + _allocated_where(later)
        )


def _allocated_where(later: Q) -> Case:
    """The sum of an item's allocations that fulfil the condition, from its own side's index."""
    from settlements.models import Allocation

    def total(column: str) -> Coalesce:
        rows = Allocation.objects.filter(later, **{column: OuterRef("pk")}).order_by()
        sums = rows.values(column).annotate(total=Sum("amount")).values("total")
        zero = Value(0, output_field=models.DecimalField())
        return Coalesce(Subquery(sums), zero)

    return Case(When(side=Side.DEBIT, then=total("debit_item")), default=total("credit_item"))


class AllocationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Allocations of which the user may see one of the two items."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        mine = user.scope_user_ids()
        return self.filter(
            Q(debit_item__account__lead_chain__overlap=mine)
            | Q(credit_item__account__lead_chain__overlap=mine)
        )

    def standing(self) -> Self:
        """Allocations that were not reversed, without the reversals themselves."""
        return self.filter(reversal_of__isnull=True, reversed_by__isnull=True)

    def of_item(self, item_id: int) -> Self:
        """Allocations of the item on whichever side."""
        return self.filter(Q(debit_item=item_id) | Q(credit_item=item_id))


class PeriodQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Which periods are closed is known to everybody who may sign in."""
        return self if user.is_authenticated else self.none()

    def closed(self) -> Self:
        """Periods that take no postings."""
        return self.filter(closed_at__isnull=False)


class PartyQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of payers whose lead, or a lead above it, is in the user's scope today."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(party__lead_chain__overlap=user.scope_user_ids())


class WorkQuerySet(PartyQuerySet):
    def not_done(self) -> Self:
        """Work that waits, put off or not."""
        return self.exclude(state=WorkState.DONE)

    def waiting(self) -> Self:
        """Work to be done now."""
        return self.filter(state=WorkState.OPEN)

    def in_queue(self) -> Self:
        """Work that nobody is named for."""
        return self.filter(user__isnull=True)


class GapQuerySet(PartyQuerySet):
    def unanswered(self) -> Self:
        """Gaps of which nobody said what became of them."""
        return self.filter(outcome="")


class ControllerQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Assignments of accounts whose lead, or a lead above it, is in the user's scope today."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(account__lead_chain__overlap=user.scope_user_ids())

    def at(self, day: date) -> Self:
        """Assignments that hold on a day."""
        return self.filter(valid__contains=day)
