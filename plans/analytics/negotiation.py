"""What a deal is worth: gives against gets, the way to the pocket margin, the check of an offer.

Nothing that is not known counts as zero: values without a figure are counted apart, and a check
that cannot be made says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kam.core.exact import EXACT, exact_sum, ratio
from kam.core.money import LINE_PLACES, quantise

ZERO, WHOLE = Decimal(0), Decimal(100)


# Gives and gets


@dataclass(frozen=True, slots=True)
class Entry:
    """A give or a get with its value a year; None: nobody has said."""

    is_give: bool
    is_conditional: bool
    value: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Sums over entries whose value is known; the others are counted in `unknown_…`."""

    given: Decimal = ZERO
    got: Decimal = ZERO
    unconditional: Decimal = ZERO
    gives: int = 0
    gets: int = 0
    unknown_gives: int = 0
    unknown_gets: int = 0

    @property
    def ratio(self) -> Decimal | None:
        """Value given ÷ value got; None where nothing of known value was got."""
        return ratio(self.given, self.got)

    @property
    def unconditional_share(self) -> Decimal | None:
        """The part of what we give that asks for nothing; None where nothing known is given."""
        return ratio(self.unconditional, self.given)

    @property
    def balance(self) -> Decimal:
        """What we get less what we give."""
        return EXACT.subtract(self.got, self.given)

    @property
    def is_empty(self) -> bool:
        """Whether there is no entry at all."""
        return not (self.gives or self.gets)


def ledger(entries: Iterable[Entry]) -> Ledger:
    """Return value given, value got and what is given without a condition."""
    rows = list(entries)
    gives = [one for one in rows if one.is_give]
    gets = [one for one in rows if not one.is_give]
    return Ledger(
        given=_sum(gives),
        got=_sum(gets),
        unconditional=_sum(one for one in gives if not one.is_conditional),
        gives=len(gives),
        gets=len(gets),
        unknown_gives=sum(one.value is None for one in gives),
        unknown_gets=sum(one.value is None for one in gets),
    )


def _sum(entries: Iterable[Entry]) -> Decimal:
    return exact_sum(one.value for one in entries if one.value is not None)


# From the list price to the pocket margin


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """What becomes of the list price of one unit until our pocket: each step is the difference.

    `before` is the gross margin at the price on the invoice, before what is paid back; `after` at
    the net-net price; `pocket` after cost to serve too. Shares are of the price that they are at.
    None: a price or cost is not known.
    """

    list_price: Decimal | None
    price: Decimal
    off_invoice: Decimal
    net_net: Decimal
    cost: Decimal | None
    serve: Decimal | None

    @property
    def on_invoice(self) -> Decimal | None:
        """What the invoice takes off the list price; negative above the list."""
        return None if self.list_price is None else EXACT.subtract(self.list_price, self.price)

    @property
    def discount(self) -> Decimal | None:
        """The price below the list price, in percent of it, to 4 decimals."""
        if self.list_price is None or self.on_invoice is None:
            return None
        return ratio(self.on_invoice.scaleb(2, context=EXACT), self.list_price, LINE_PLACES)

    @property
    def before(self) -> Decimal | None:
        """Gross margin of one unit at the price on the invoice."""
        return None if self.cost is None else EXACT.subtract(self.price, self.cost)

    @property
    def before_share(self) -> Decimal | None:
        """The same as a share of the price."""
        return None if self.before is None else ratio(self.before, self.price)

    @property
    def after(self) -> Decimal | None:
        """Gross margin of one unit after all terms."""
        return None if self.cost is None else EXACT.subtract(self.net_net, self.cost)

    @property
    def after_share(self) -> Decimal | None:
        """The same as a share of the net-net price."""
        return None if self.after is None else ratio(self.after, self.net_net)

    @property
    def pocket(self) -> Decimal | None:
        """What is left of one unit after terms, goods and cost to serve."""
        if self.after is None or self.serve is None:
            return None
        return EXACT.subtract(self.after, self.serve)

    @property
    def pocket_share(self) -> Decimal | None:
        """The same as a share of the net-net price."""
        return None if self.pocket is None else ratio(self.pocket, self.net_net)


def bridge(
    *,
    price: Decimal,
    off_invoice: Decimal,
    list_price: Decimal | None = None,
    cost: Decimal | None = None,
    serve_share: Decimal | None = None,
) -> Bridge:
    """Return the bridge of one unit; cost to serve is a share of the price on the invoice."""
    serve = None
    if serve_share is not None:
        serve = quantise(EXACT.multiply(max(price, ZERO), serve_share), LINE_PLACES)
    return Bridge(
        list_price=list_price,
        price=price,
        off_invoice=off_invoice,
        net_net=EXACT.subtract(price, off_invoice),
        cost=cost,
        serve=serve,
    )


# The check of an offer


class Need(StrEnum):
    """Why an offer needs somebody else's approval."""

    BELOW_FLOOR = "below_floor"
    BELOW_MARGIN = "below_margin"
    BELOW_OTHERS = "below_others"
    BEYOND_MANDATE = "beyond_mandate"
    NOT_CHECKED = "not_checked"
    """Neither list price nor floor nor margin nor others' prices are known."""


class Stop(StrEnum):
    """Why an offer is none."""

    NOTHING_LEFT = "nothing_left"
    """Terms pay back all of the price, or more."""


class Note(StrEnum):
    """What one should know of an offer; it does not stand in the way."""

    NO_LIST_PRICE = "no_list_price"
    NO_FLOOR = "no_floor"
    NO_COST = "no_cost"
    NO_SERVE_COST = "no_serve_cost"
    NO_MARGIN_TARGET = "no_margin_target"
    NO_OTHERS = "no_others"
    NO_AGREEMENT = "no_agreement"
    NOT_COUNTED = "not_counted"
    ABOVE_LIST = "above_list"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an offer is held against. `mandate` is in percent below the list price; it counts
    where mandates for prices are in use."""

    floor: Decimal | None = None
    margin_target: Decimal | None = None
    others: Decimal | None = None
    mandate: Decimal | None = None
    has_mandates: bool = False
    has_agreement: bool = True
    uncounted: int = 0


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is to be said of an offer."""

    stops: tuple[Stop, ...]
    needs: tuple[Need, ...]
    notes: tuple[Note, ...]


def judged_share(found: Bridge) -> Decimal | None:
    """The margin held against the target: the pocket margin, else the gross margin after terms."""
    return found.after_share if found.pocket_share is None else found.pocket_share


def check_offer(found: Bridge, limits: Limits) -> Verdict:
    """Hold an offer against floor, margin target, what others pay, and the mandate."""
    stops = (Stop.NOTHING_LEFT,) if found.net_net <= ZERO else ()
    return Verdict(
        stops=stops, needs=tuple(_needs(found, limits)), notes=tuple(_notes(found, limits))
    )


def _needs(found: Bridge, limits: Limits) -> Iterable[Need]:
    share, target = judged_share(found), limits.margin_target
    if limits.floor is not None and found.net_net < limits.floor:
        yield Need.BELOW_FLOOR
    if share is not None and target is not None and share < target:
        yield Need.BELOW_MARGIN
    if limits.others is not None and found.net_net < limits.others:
        yield Need.BELOW_OTHERS
    if limits.has_mandates and is_beyond(found.discount, limits.mandate):
        yield Need.BEYOND_MANDATE
    is_unjudged = share is None or target is None
    if found.list_price is None and limits.floor is None and limits.others is None and is_unjudged:
        yield Need.NOT_CHECKED


def is_beyond(discount: Decimal | None, mandate: Decimal | None) -> bool:
    """Whether a discount goes further than a mandate; without one any does, none never does."""
    return discount is not None and discount > (mandate or ZERO)


def _notes(found: Bridge, limits: Limits) -> Iterable[Note]:
    told = (
        (Note.NO_LIST_PRICE, found.list_price is None),
        (Note.NO_FLOOR, limits.floor is None),
        (Note.NO_COST, found.cost is None),
        (Note.NO_SERVE_COST, found.serve is None),
        (Note.NO_MARGIN_TARGET, limits.margin_target is None),
        (Note.NO_OTHERS, limits.others is None),
        (Note.NO_AGREEMENT, not limits.has_agreement),
        (Note.NOT_COUNTED, limits.uncounted > 0),
        (Note.ABOVE_LIST, found.on_invoice is not None and found.on_invoice < ZERO),
    )
    return (note for note, holds in told if holds)
