"""An offer held against floor, margin, what others of the channel pay, and the mandate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self

from accounts.choices import AccountStatus
from accounts.models import Account, Product
from accounts.selectors.profitability.account import account_profit
from accounts.selectors.profitability.tiers import held_tiers
from kam.core.dates import Period, add_months, month_start
from kam.core.exact import rounded
from kam.core.money import LINE_PLACES
from kam.core.selectors.rates import MissingRateError, rate_on
from kam.identity.models import User
from plans.analytics.negotiation import (
    Bridge,
    Limits,
    bridge,
    check_offer,
)
from plans.choices.negotiation import Subject
from plans.selectors.negotiation.conditions import Taken, taken_off
from plans.selectors.negotiation.mandates import mandate_of
from settlements.analytics.prices import waterfall
from settlements.analytics.units import Unit, price_in
from settlements.models import AccountPrice
from settlements.selectors.prices import floor_on, list_price_on, prices_on, unit_of

MONTHS = 12
SECRET = ("floor",)
FIGURES = (
    "cost", "serve", "before", "before_share", "after", "after_share", "pocket", "pocket_share",
    "margin_target",
)  # fmt: skip
"""What is said of the account's own profit: for who sees the account by scope."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What an offer was held against on a day, for one unit; kept with the offer as it stood.

    `others` is the lowest net-net price among `others_count` accounts of the same channel that
    belong to other groups: which ones is not kept. `steps` is what terms take off after the
    invoice. Shares are fractions; `discount` and `mandate` percent below the list price.
    """

    price: Decimal
    net_net: Decimal
    off_invoice: Decimal
    list_price: Decimal | None = None
    discount: Decimal | None = None
    floor: Decimal | None = None
    others: Decimal | None = None
    others_count: int = 0
    cost: Decimal | None = None
    serve: Decimal | None = None
    before: Decimal | None = None
    before_share: Decimal | None = None
    after: Decimal | None = None
    after_share: Decimal | None = None
    pocket: Decimal | None = None
    pocket_share: Decimal | None = None
    margin_target: Decimal | None = None
    mandate: Decimal | None = None
    has_mandates: bool = False
    steps: tuple[tuple[str, Decimal], ...] = ()
    uncounted: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the offer: amounts as text."""
        return {
            name: [[one, str(amount)] for one, amount in value]
            if name == "steps"
            else str(value)
            if isinstance(value, Decimal)
            else list(value)
            if isinstance(value, tuple)
            else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """As it was kept; what a later version adds is unknown."""
        known = {one.name: one.type for one in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in data.items():
            kind = str(known.get(name, ""))
            if name == "steps":
                values[name] = tuple((one, Decimal(amount)) for one, amount in value)
            elif kind.startswith("Decimal") and value is not None:
                values[name] = Decimal(value)
            elif kind.startswith("tuple"):
                values[name] = tuple(value)
            elif kind:
                values[name] = value
        return cls(**values)

    def for_reader(self, user: User, *, sees_account: bool) -> Self:
        """Without the floor where the user may not see floors, and without the account's profit
        for who does not see the account by scope."""
        hidden: tuple[str, ...] = () if user.can("prices.see_floor") else SECRET
        if not sees_account:
            hidden = (*hidden, *FIGURES)
        empty: dict[str, Any] = dict.fromkeys(hidden)
        return replace(self, **empty)


def check(
    account: Account,
    product: Product,
    *,
    price: Decimal,
    unit: str,
    currency: str,
    by: User,
    as_of: date,
) -> Checked:
    """Hold a price against everything that is known on a day. Raises UnknownUnitError."""
    asked = unit_of(product, unit, as_of, account=account)
    taken = taken_off([account], product, as_of, unit=asked, currency=currency)[account.pk]
    fall = waterfall(price, taken.off_invoice)
    found = bridge(
        price=price,
        off_invoice=fall.off_invoice,
        list_price=list_price_on(product, as_of, unit=asked, currency=currency),
        cost=_cost(product, asked, currency, as_of),
        serve_share=serve_share(account, as_of=as_of),
    )
    others, count = others_pay(account, product, as_of, unit=asked, currency=currency)
    reach = mandate_of(by, Subject.PRICE)
    limits = Limits(
        floor=floor_on(product, as_of, unit=asked, currency=currency),
        margin_target=margin_target(account, as_of=as_of),
        others=others,
        mandate=reach.most,
        has_mandates=reach.is_used,
        has_agreement=taken.has_agreement,
        uncounted=len(taken.uncounted),
    )
    steps = tuple((one.condition.name, one.amount) for one in fall.steps)
    return _checked(found, limits, taken, count, steps)


def _checked(
    found: Bridge,
    limits: Limits,
    taken: Taken,
    others: int,
    steps: tuple[tuple[str, Decimal], ...],
) -> Checked:
    verdict = check_offer(found, limits)
    return Checked(
        **{name: getattr(found, name) for name in (
            "price", "net_net", "off_invoice", "list_price", "discount", "cost", "serve", "before",
            "before_share", "after", "after_share", "pocket", "pocket_share",
        )},
        floor=limits.floor, others=limits.others, others_count=others,
        margin_target=limits.margin_target, mandate=limits.mandate,
        has_mandates=limits.has_mandates, steps=steps, uncounted=taken.uncounted,
        stops=tuple(map(str, verdict.stops)), needs=tuple(map(str, verdict.needs)),
        notes=tuple(map(str, verdict.notes)),
    )  # fmt: skip


def _cost(product: Product, unit: Unit, currency: str, day: date) -> Decimal | None:
    """The standard cost of one unit in a currency; None where it, or its rate, is not known."""
    if product.standard_cost is None or product.currency_id is None:
        return None
    try:
        rate = rate_on(product.currency_id, currency, day)
    except MissingRateError:
        return None
    return rounded(Fraction(product.standard_cost) * Fraction(rate) * unit.factor, LINE_PLACES)


def serve_share(account: Account, *, as_of: date) -> Decimal | None:
    """Return cost to serve ÷ net revenue of the last twelve whole months, of the account with all
    below it; None where no cost is kept or rates are missing."""
    end = month_start(as_of)
    period = Period(add_months(end, -MONTHS), end)
    share: Decimal | None = account_profit(account.pk, period, as_of=as_of).costing.serve_share
    return share


def margin_target(account: Account, *, as_of: date) -> Decimal | None:
    """Return the margin that the account's tier asks for, as a fraction; None: none is set."""
    tier = held_tiers([account.pk], as_of=as_of).get(account.pk)
    return tier.floor if tier else None


def channel_of(account: Account) -> str:
    """Return the sales channel of an account, or of the nearest one above that has one."""
    return account.channel or _channels([account])[account.pk]


def _channels(accounts: Sequence[Account]) -> dict[int, str]:
    """Of each account the channel, its own or the nearest above; one query."""
    nodes = {pk for one in accounts for pk in one.path}
    rows = dict(
        Account.objects.filter(pk__in=nodes).exclude(channel="").values_list("pk", "channel")
    )
    return {
        one.pk: next((rows[pk] for pk in reversed(one.path) if pk in rows), "") for one in accounts
    }


def others_pay(
    account: Account, product: Product, day: date, *, unit: Unit, currency: str
) -> tuple[Decimal | None, int]:
    """Return the lowest net-net price of one unit among accounts of the same channel in other
    groups, with their number.

    Of accounts with a price of their own for the day and currency: the lowest of its breaks, less
    what their agreement takes off on and after the invoice. Whose price it is, is not told.
    """
    channel = channel_of(account)
    if not channel:
        return None, 0
    rows = AccountPrice.objects.at(day).filter(
        product=product, currency=currency, account__channel__in=["", channel],
        account__status=AccountStatus.ACTIVE,
    )  # fmt: skip
    ids = rows.exclude(account__path__contains=account.path[:1]).values("account")
    found_there = list(Account.objects.filter(pk__in=ids, merged_into__isnull=True))
    channels = _channels(found_there)
    accounts = [one for one in found_there if channels[one.pk] == channel]
    if not accounts:
        return None, 0
    prices = prices_on([one.pk for one in accounts], [product.pk], day)
    taken = taken_off(accounts, product, day, unit=unit, currency=currency)
    found = []
    for one in accounts:
        price = prices.get((one.pk, product.pk, currency))
        if price is not None:
            lowest = min(step.price for step in price.breaks)
            amount = price_in(lowest, price.unit, unit, places=LINE_PLACES)
            found.append(waterfall(amount, taken[one.pk].conditions).net_net)
    found = [one for one in found if one > 0]
    return min(found, default=None), len(found)
