"""Items of the ledger as lists ask for them: open on a date, in a band, of an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.expressions import RawSQL

from kam.core.dates import ONE_DAY
from kam.identity.models import User
from settlements.analytics.ageing import NO_DUE_DATE, NOT_DUE, Bands
from settlements.choices import Side
from settlements.models import Allocation, Document, LedgerItem
from settlements.querysets import LedgerItemQuerySet
from settlements.selectors.ageing import Basis
from settlements.selectors.ageing_sql import BELOW

ZERO = Decimal(0)
OVERDUE = "overdue"
"""All overdue bands together, by due date."""


class State(StrEnum):
    """What an item is like on the day asked about."""

    OPEN = "open"
    OVERDUE = "overdue"
    SETTLED = "settled"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class ItemQuery:
    """Which items, as of a day: `bucket` is a band's name or `overdue`, and means debits alone.

    `account` takes everything below it on the day, unless `own`: then only itself and what was
    merged into it.
    """

    as_of: date
    state: State = State.OPEN
    bands: Bands = field(default_factory=Bands)
    basis: Basis = Basis.DUE_DATE
    bucket: str = ""
    account: int | None = None
    own: bool = False


def items_for(user: User) -> LedgerItemQuerySet:
    """Return the items that a user may see, with what a list shows of them.

    Documents and accounts are read for the rows of a page, not joined: a join of all items comes
    before the page is cut.
    """
    rows: LedgerItemQuerySet = LedgerItem.objects.visible_to(user).prefetch_related(
        "document", "account", "selling_company"
    )
    return rows


def asked(rows: LedgerItemQuerySet, query: ItemQuery) -> LedgerItemQuerySet:
    """Return the items that a query is about, each with `open_amount` (unsigned) on its day.

    The sum of the open debits of a bucket is the bucket's figure in the ageing.
    """
    rows = _of_account(rows.with_open_amount(query.as_of), query)
    rows = _in_state(rows, query)
    return _in_bucket(rows, query) if query.bucket else rows


def _of_account(rows: LedgerItemQuerySet, query: ItemQuery) -> LedgerItemQuerySet:
    if query.account is None:
        return rows
    if query.own:
        return rows.filter(Q(account=query.account) | Q(account__merged_into=query.account))
    below = BELOW.replace("%(account)s", "%s").replace("%(as_of)s", "%s")
    return rows.filter(account__in=RawSQL(below, (query.account, query.as_of)))  # noqa: S611 - our own text


def _in_state(rows: LedgerItemQuerySet, query: ItemQuery) -> LedgerItemQuerySet:
    """What is open now tells it for all items but those that moved later, which are added up."""
    if query.state is State.ALL:
        return rows
    later = Allocation.objects.filter(effective_date__gt=query.as_of).order_by()
    ids = later.values("debit_item").union(later.values("credit_item"), all=True)
    moved = Q(pk__in=ids)
    if query.state is State.SETTLED:
        still = Q(allocated=F("amount")) & ~moved
        return rows.filter(still | (moved & Q(open_amount__lte=0)))
    still = Q(allocated__lt=F("amount")) & ~moved
    rows = rows.filter(still | (moved & Q(open_amount__gt=0)))
    return _late(rows, query.as_of) if query.state is State.OVERDUE else rows


def _late(rows: LedgerItemQuerySet, as_of: date) -> LedgerItemQuerySet:
    return rows.filter(side=Side.DEBIT, due_date__lt=as_of)


def _in_bucket(rows: LedgerItemQuerySet, query: ItemQuery) -> LedgerItemQuerySet:
    if query.bucket == OVERDUE:
        return _late(rows, query.as_of)
    name = query.basis.value
    rows = rows.filter(side=Side.DEBIT)
    if query.bucket == NO_DUE_DATE:
        return rows.filter(**{f"{name}__isnull": True})
    if query.bucket == NOT_DUE:
        return rows.filter(**{f"{name}__gte": query.as_of})
    first, last = _days(query.bands, query.bucket)
    within = {f"{name}__lte": query.as_of - timedelta(days=first)}
    if last is not None:
        within[f"{name}__gte"] = query.as_of - timedelta(days=last)
    return rows.filter(**within)


def _days(bands: Bands, bucket: str) -> tuple[int, int | None]:
    """The first and the last day of an overdue band; the oldest one has no end."""
    place = bands.overdue_names.index(bucket)
    first = bands.bounds[place - 1] + 1 if place else 1
    return first, bands.bounds[place] if place < len(bands.bounds) else None


def matching(rows: LedgerItemQuerySet, text: str) -> LedgerItemQuerySet:
    """Return the items whose document's number or reference holds the text."""
    found = Document.objects.filter(Q(number__icontains=text) | Q(reference__icontains=text))
    return rows.filter(document__in=found.order_by().values("pk"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyTotal:
    """Items of one currency added up: `open` are debits, `credits` receipts and credit notes.

    `overdue` is the part of `open` past its due date.
    """

    currency: str
    items: int
    open: Decimal
    overdue: Decimal
    credits: Decimal

    @property
    def net(self) -> Decimal:
        """What is owed once the credits are taken off."""
        return self.open - self.credits


def totals(rows: LedgerItemQuerySet, as_of: date) -> list[CurrencyTotal]:
    """Return the sums of what `asked` found, per currency and never across currencies."""
    late = Q(side=Side.DEBIT, due_date__lt=as_of)
    found = (
        rows.order_by()
        .values("currency_id")
        .annotate(
            items=Count("pk"),
            debits=Sum("open_amount", filter=Q(side=Side.DEBIT), default=ZERO),
            overdue=Sum("open_amount", filter=late, default=ZERO),
            credits=Sum("open_amount", filter=Q(side=Side.CREDIT), default=ZERO),
        )
    )
    return [_total(row) for row in found.order_by("currency_id")]


def _total(row: dict[str, Any]) -> CurrencyTotal:
    return CurrencyTotal(
        currency=row["currency_id"],
        items=row["items"],
        open=row["debits"],
        overdue=row["overdue"],
        credits=row["credits"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A selling company and currency in which a payer owes something, after all allocations."""

    company: int
    name: str
    currency: str
    items: int
    open: Decimal


def places_owed(user: User, party_id: int) -> list[Place]:
    """Return where a payer owes something, as far as the user may see it, the most items first."""
    rows = LedgerItem.objects.visible_to(user).debits().open_now().filter(party=party_id)
    found = rows.order_by().values("selling_company", "selling_company__name", "currency_id")
    summed = found.annotate(items=Count("pk"), open=Sum(F("amount") - F("allocated")))
    return [
        Place(
            company=row["selling_company"],
            name=row["selling_company__name"],
            currency=row["currency_id"],
            items=row["items"],
            open=row["open"],
        )
        for row in summed.order_by("-items", "currency_id")
    ]


def days_late(item: LedgerItem, as_of: date) -> int | None:
    """Return the days past the due date; zero and less: not late; None without a due date."""
    return None if item.due_date is None else (as_of - item.due_date) // ONE_DAY


def credits_for(user: User) -> LedgerItemQuerySet:
    """Return receipts and credits that a user may see and that are not fully allocated.

    By allocations of every date: what will be taken up tomorrow is not offered today.
    """
    rows = items_for(user).credits().open_now()
    found: LedgerItemQuerySet = rows.annotate(open_amount=F("amount") - F("allocated"))
    return found


def visible_documents(user: User, ids: Sequence[int]) -> set[int]:
    """Return which of the documents a user may see."""
    rows = Document.objects.visible_to(user).filter(pk__in=ids)
    return set(rows.order_by().values_list("pk", flat=True))
