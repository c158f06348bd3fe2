"""What an account gets, what would hold it back from leaving, and who depends on whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from accounts.analytics import programme as maths
from accounts.models import Account, ProgrammeElement, ProgrammeItem
from accounts.selectors.cockpit import share_of_ours, shares_of_ours
from kam.core.selectors.rates import base_currency, rates_on
from kam.identity.models import User

TOP_RANK = 3


@dataclass(frozen=True, slots=True)
class Line:
    """An element that an account has: its own, or agreed for an account above it."""

    item: ProgrammeItem
    is_inherited: bool
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Dependence:
    """Both sides: what holds them, and what part of our revenue they are.

    `share` is for who sees the whole company; `rank` among `of` visible accounts of its kind by
    revenue is for everybody. `balance`: −1 we depend more, 0 about equal, 1 they do.
    """

    score: Decimal | None
    share: Decimal | None
    rank: int | None
    of: int

    @property
    def balance(self) -> int | None:
        """Who depends more; None while one side is unknown."""
        return maths.balance(self.score, self.share)

    @property
    def is_exposed(self) -> bool:
        """Whether much of our revenue hangs on an account that little holds back.

        Who does not see the share goes by the rank: the first three of ten or more.
        """
        if maths.their_level(self.score) not in {0, None}:
            return False
        if self.share is not None:
            return maths.our_level(self.share) == 2
        return self.rank is not None and self.rank <= TOP_RANK and self.of >= 10


@dataclass(frozen=True, slots=True)
class Programme:
    """What an account gets on a day, with what is agreed above it, as the reader may see it.

    Totals are of its own items alone, in `currency`: that of all of them, else the base currency
    at the day's rates; `unconverted` counts items left out for want of a rate.
    """

    lines: Sequence[Line]
    over: Sequence[ProgrammeItem]
    barrier: maths.ExitBarrier[int]
    totals: maths.Totals
    currency: str
    unconverted: int


def items_for(user: User) -> QuerySet[ProgrammeItem]:
    """Return what visible accounts get or got."""
    rows: QuerySet[ProgrammeItem] = ProgrammeItem.objects.visible_to(user)
    return rows.select_related("element", "account")


def programme_of(account: Account, *, user: User, as_of: date) -> Programme:
    """Return the programme of an account; of an element agreed twice its own item counts."""
    rows = items_for(user).filter(account__in=account.path).order_by("element__place", "pk")
    present, over = [], []
    for row in rows:
        if holds(row, as_of):
            present.append(row)
        elif row.account_id == account.pk:
            over.append(row)
    held = _nearest(present, account)
    barrier = maths.exit_barrier([maths.Held(row.pk, row.switching) for row in held])
    points = {part.key: part.points for part in barrier.parts}
    own = [row for row in present if row.account_id == account.pk]
    totals, currency, unconverted = _totals(own, as_of)
    lines = [Line(row, row.account_id != account.pk, points[row.pk]) for row in held]
    return Programme(lines, over, barrier, totals, currency, unconverted)


def holds(row: ProgrammeItem, day: date) -> bool:
    """Whether an item is in force on a day."""
    lower, upper = row.valid.lower, row.valid.upper
    return (lower is None or lower <= day) and (upper is None or day < upper)


def _nearest(rows: Sequence[ProgrammeItem], account: Account) -> list[ProgrammeItem]:
    depth = {pk: place for place, pk in enumerate(account.path)}
    chosen: dict[int, ProgrammeItem] = {}
    for row in sorted(rows, key=lambda one: depth[one.account_id]):
        chosen[row.element_id] = row
    return sorted(chosen.values(), key=lambda one: (one.element.place, one.pk))


def _totals(rows: Sequence[ProgrammeItem], as_of: date) -> tuple[maths.Totals, str, int]:
    codes = {row.currency_id for row in rows}
    if len(codes) == 1:
        return maths.totals([_given(row, Decimal(1)) for row in rows]), codes.pop(), 0
    base = base_currency()
    rates = rates_on(base, as_of) if rows else {}
    known = [_given(row, rates[row.currency_id]) for row in rows if row.currency_id in rates]
    return maths.totals(known), base, len(rows) - len(known)


def _given(row: ProgrammeItem, rate: Decimal) -> maths.Given:
    amounts = (row.cost, row.saving, row.worth)
    cost, saving, worth = (None if one is None else one * rate for one in amounts)
    return maths.Given(is_price=row.element.is_price, cost=cost, saving=saving, worth=worth)


def barrier_of(account: Account, *, user: User, as_of: date) -> maths.ExitBarrier[int]:
    """Return the exit barrier of an account on a day, in one statement."""
    rows = items_for(user).filter(account__in=account.path, valid__contains=as_of)
    held = _nearest(list(rows), account)
    return maths.exit_barrier([maths.Held(row.pk, row.switching) for row in held])


def dependence_of(
    account: Account, score: Decimal | None, *, user: User, as_of: date
) -> Dependence:
    """Return both sides of an account: its score, and its share or rank in our revenue."""
    peers = Account.objects.visible_to(user).not_merged().filter(kind=account.kind)
    counted = peers.aggregate(
        above=Count("pk", filter=Q(figure__net_12m__gt=account.figure.net_12m)),
        all=Count("figure"),
    )
    return Dependence(
        score=score,
        share=share_of_ours(account, user, as_of=as_of),
        rank=counted["above"] + 1,
        of=counted["all"],
    )


def elements_not_given(programme: Programme) -> list[ProgrammeElement]:
    """Return what the catalogue offers and the account does not get."""
    given = [line.item.element_id for line in programme.lines]
    rows = ProgrammeElement.objects.filter(is_active=True).exclude(pk__in=given)
    return list(rows.order_by("place", "pk"))


def catalogue(*, only_active: bool = False) -> QuerySet[ProgrammeElement]:
    """Return the elements of the catalogue."""
    rows = ProgrammeElement.objects.all()
    return rows.filter(is_active=True) if only_active else rows


@dataclass(frozen=True, slots=True)
class Compared:
    """One account in the comparison; `pk` is the account's."""

    account: Account
    elements: int
    barrier: maths.ExitBarrier[int]
    totals: maths.Totals
    share: Decimal | None

    @property
    def pk(self) -> int:
        """The account's key."""
        return int(self.account.pk)

    @property
    def score(self) -> Decimal | None:
        """The exit barrier."""
        return self.barrier.score

    @property
    def balance(self) -> int | None:
        """Who depends more; None while one side is unknown."""
        return maths.balance(self.score, self.share)


def compared(user: User, *, as_of: date, where: Q | None = None) -> list[Compared]:
    """Return every visible account with items of its own in force, in base currency.

    In four statements at any size. What is agreed above an account is left out; so is an amount
    without a rate.
    """
    rows = items_for(user).filter(valid__contains=as_of, account__merged_into__isnull=True)
    rows = rows.filter(where) if where is not None else rows
    by_account: dict[int, list[ProgrammeItem]] = {}
    for row in rows.select_related("element", "account__figure").order_by("account_id", "pk"):
        by_account.setdefault(row.account_id, []).append(row)
    rates = rates_on(base_currency(), as_of) if by_account else {}
    accounts = [items[0].account for items in by_account.values()]
    shares = shares_of_ours(accounts, user, as_of=as_of)
    return [_compared(items, rates, shares) for items in by_account.values()]


def _compared(
    items: Sequence[ProgrammeItem], rates: dict[str, Decimal], shares: dict[int, Decimal | None]
) -> Compared:
    account = items[0].account
    known = [_given(row, rates[row.currency_id]) for row in items if row.currency_id in rates]
    barrier = maths.exit_barrier([maths.Held(row.pk, row.switching) for row in items])
    return Compared(account, len(items), barrier, maths.totals(known), shares.get(account.pk))
