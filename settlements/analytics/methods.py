"""Comparing methods on an account's own history: outright on credit, consignment, concession.

Every method is given the same consumer sales. Money is without tax, in one currency; shares are
from 0 to 1, percentages from 0 to 100, a year has 365 days and a month 30. s is shrink ÷ sold,
u the part of delivered goods that does not sell; so (1 + s) ÷ (1 − u) is delivered for 1 sold.

- Revenue. Outright: supply value × (1 + s), or × (1 + s) ÷ (1 − u) where unsold goods are not
  taken back. Consignment: supply value × (1 + s × the retailer's share of shrink). Concession:
  consumer value × (1 − rate ÷ 100).
- Margin: revenue − cost of goods billed or lost at our risk. Goods taken back unsold cost nothing
  here: they can be sold again. Fees, rebates, staff, freight are not in it.
- Days until cash, from delivery. Outright: term + delay. Others: days in stock + days from sale to
  the confirmed statement + term + delay.
- Cash: cost goes out at delivery, `stock_days` before the middle of the month of sale; revenue
  comes in after the days until cash. All months together are the margin. The peak is the deepest
  the sum ever is below zero.
- Capital cost: cost of goods × days until cash × percent ÷ 365, and of goods taken back unsold ×
  days in stock.
- Stock risk: goods that come back unsold and shrink that is ours, at cost.
- Exposure peak: the most ever owed to us (outright from delivery, others from the sale on, until
  cash) with goods of ours at the retailer at cost × `stock_weight`.
- Expected loss: revenue × loss percent. Result: margin − capital cost − expected loss.

What is not known is never zero: a figure that needs it is None and `missing` names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from math import floor

from kam.core.exact import rounded
from settlements.analytics.problems import CalculationError

PLACES = 2
"""Decimals of days and percentages; those of money are the currency's."""
DAYS_OF_MONTH = 30
DAYS_OF_YEAR = 365
ZERO = Fraction(0)


class MethodKind(StrEnum):
    """How goods become money."""

    OUTRIGHT = "outright"
    CONSIGNMENT = "consignment"
    CONCESSION = "concession"


@dataclass(frozen=True, kw_only=True)
class MonthSales:
    """What consumers bought in a month, net of returns: at supply price, their price, our cost."""

    at_supply: Decimal | None = None
    at_consumer: Decimal | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class History:
    """An account's own months, oldest first, and how it sells and pays; None is not known.

    `unsold_share` of delivered goods, `shrink_share` of sold goods, `delay_days` beyond terms,
    `stock_days` from delivery to sale, `capital_percent` a year, `loss_percent` of revenue.
    Raises CalculationError `share_out_of_range` with the name of the share.
    """

    months: tuple[MonthSales, ...]
    unsold_share: Decimal | None = None
    shrink_share: Decimal | None = None
    delay_days: Decimal | None = None
    stock_days: Decimal | None = None
    capital_percent: Decimal | None = None
    loss_percent: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse shares that no goods can have."""
        _check_share("unsold_share", self.unsold_share, below=Decimal(1))
        _check_share("shrink_share", self.shrink_share)
        _check_share("stock_days", self.stock_days)


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method with the terms it would have.

    `statement_days` pass on average from a sale to the confirmed statement. `rate` (percent) is
    the concession's deduction, `retailer_shrink` the retailer's share of a consignment's shrink.
    Of outright sales `takes_back_unsold` says whether unsold goods come back to us.
    """

    kind: MethodKind
    term_days: int
    statement_days: int = 0
    rate: Decimal | None = None
    retailer_shrink: Decimal = Decimal(0)
    takes_back_unsold: bool = False

    def __post_init__(self) -> None:
        """Refuse shares out of range."""
        _check_share("rate", self.rate, below=Decimal("100.0001"))
        _check_share("retailer_shrink", self.retailer_shrink, below=Decimal("1.0001"))

    @property
    def is_outright(self) -> bool:
        """Whether the retailer owes at delivery."""
        return self.kind is MethodKind.OUTRIGHT

    @property
    def unsold_is_ours(self) -> bool:
        """Whether goods that do not sell come back to us."""
        return not self.is_outright or self.takes_back_unsold


def _check_share(name: str, share: Decimal | None, below: Decimal | None = None) -> None:
    if share is not None and (share < 0 or (below is not None and share >= below)):
        raise CalculationError("share_out_of_range", name=name, value=share)


@dataclass(frozen=True, slots=True)
class MonthCash:
    """Cash of a month: 0 is the month of the first sales, −1 the one before."""

    month: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What one method comes to; each figure None where `missing` names an input that it needs.

    `margin_percent` is None without positive revenue, too.
    """

    method: Method
    revenue: Decimal | None
    margin: Decimal | None
    margin_percent: Decimal | None
    days_to_cash: Decimal | None
    peak_cash_out: Decimal | None
    capital_cost: Decimal | None
    stock_risk: Decimal | None
    exposure_peak: Decimal | None
    expected_loss: Decimal | None
    result: Decimal | None
    cash: tuple[MonthCash, ...] | None
    missing: Mapping[str, tuple[str, ...]]


def compare(
    history: History,
    methods: Iterable[Method],
    *,
    places: int,
    stock_weight: Decimal = Decimal("0.5"),
) -> list[Comparison]:
    """Return each method on the same history, in the order given, money rounded to `places`."""
    _check_share("stock_weight", stock_weight, below=Decimal("1.0001"))
    return [_one(history, method, places, Fraction(stock_weight)) for method in methods]


def _one(history: History, method: Method, places: int, weight: Fraction) -> Comparison:
    unknown = _unknown(history, method)
    missing = {
        figure: tuple(name for name in needs if name in unknown)
        for figure, needs in _needs(method).items()
    }
    model = _Model(history, method, weight)

    def shown(name: str, value: Fraction | None, places: int = places) -> Decimal | None:
        """Return a figure, or None where it needs what is not known."""
        return None if missing[name] or value is None else rounded(value, places)

    return Comparison(
        method=method,
        revenue=shown("revenue", model.revenue),
        margin=shown("margin", model.margin),
        margin_percent=shown("margin", model.margin_percent, PLACES),
        days_to_cash=shown("days_to_cash", model.days, PLACES),
        peak_cash_out=shown("cash", model.peak_cash_out),
        capital_cost=shown("capital_cost", model.capital_cost),
        stock_risk=shown("stock_risk", model.stock_risk),
        exposure_peak=shown("exposure_peak", model.exposure_peak),
        expected_loss=shown("expected_loss", model.expected_loss),
        result=shown("result", model.margin - model.capital_cost - model.expected_loss),
        cash=None if missing["cash"] else tuple(_by_month(model.movements, places)),
        missing={name: names for name, names in missing.items() if names},
    )


# What is needed


def _unknown(history: History, method: Method) -> set[str]:
    """Return the inputs that are not known; a column is known only if every month has it."""
    found = {name for name in _SCALARS if getattr(history, name) is None}
    found |= {
        name for name in _COLUMNS if any(getattr(row, name) is None for row in history.months)
    }
    if not history.months:
        found.add("months")
    if method.rate is None:
        found.add("rate")
    return found


_COLUMNS = ("at_supply", "at_consumer", "cost")
_SCALARS = (
    "unsold_share",
    "shrink_share",
    "delay_days",
    "stock_days",
    "capital_percent",
    "loss_percent",
)


def _needs(method: Method) -> dict[str, list[str]]:
    """Return which inputs each figure needs, without repeats, in a fixed order."""
    unsold = [] if method.unsold_is_ours else ["unsold_share"]
    if method.kind is MethodKind.CONCESSION:
        revenue = ["months", "at_consumer", "rate"]
    elif method.is_outright or method.retailer_shrink:
        revenue = ["months", "at_supply", "shrink_share", *unsold]
    else:
        revenue = ["months", "at_supply"]
    cost = ["months", "cost", "shrink_share", *unsold]
    days = ["delay_days"] if method.is_outright else ["stock_days", "delay_days"]
    at_risk = [*cost, "unsold_share"] if method.unsold_is_ours else ["months"]
    idle = ["unsold_share", "stock_days"] if method.unsold_is_ours else []
    capital = [*cost, *days, *idle, "capital_percent"]
    stock = [] if method.is_outright else at_risk
    needs = {
        "revenue": revenue,
        "margin": [*revenue, *cost],
        "days_to_cash": days,
        "cash": [*revenue, *cost, *days, "stock_days"],
        "capital_cost": capital,
        "stock_risk": at_risk,
        "exposure_peak": [*revenue, *days, "stock_days", *stock],
        "expected_loss": [*revenue, "loss_percent"],
        "result": [*revenue, *capital, "loss_percent"],
    }
    return {figure: list(dict.fromkeys(names)) for figure, names in needs.items()}


# The model


def _exact(value: Decimal | None) -> Fraction:
    """Return a number for the model; figures that need one that is not known are not shown."""
    return ZERO if value is None else Fraction(value)


class _Model:
    """One method on one history, exactly. Multiples are of what was sold."""

    def __init__(self, history: History, method: Method, weight: Fraction) -> None:
        self._history, self._method, self._weight = history, method, weight
        shrink, unsold = _exact(history.shrink_share), _exact(history.unsold_share)
        left_over = (1 + shrink) * unsold / (1 - unsold)
        self._own_shrink = shrink * (1 - self._retailer_shrink)
        kept = ZERO if method.unsold_is_ours else left_over
        self._own_left = left_over if method.unsold_is_ours else ZERO
        self._cost = 1 + shrink + kept
        self._billed = 1 + shrink * self._retailer_shrink + kept
        self._stock_days = _exact(history.stock_days)
        self._wait = _exact(history.delay_days) + method.term_days
        if not method.is_outright:
            self._wait += method.statement_days

    @property
    def _retailer_shrink(self) -> Fraction:
        """The part of shrink that the retailer pays for."""
        if self._method.kind is MethodKind.CONCESSION:
            return ZERO
        return Fraction(1) if self._method.is_outright else Fraction(self._method.retailer_shrink)

    def _month_revenue(self, month: MonthSales) -> Fraction:
        if self._method.kind is MethodKind.CONCESSION:
            return _exact(month.at_consumer) * (1 - _exact(self._method.rate) / 100)
        return _exact(month.at_supply) * self._billed

    @property
    def revenue(self) -> Fraction:
        """What is billed, less a deduction."""
        return sum((self._month_revenue(one) for one in self._history.months), ZERO)

    @property
    def _sold_cost(self) -> Fraction:
        return sum((_exact(one.cost) for one in self._history.months), ZERO)

    @property
    def margin(self) -> Fraction:
        """Revenue less cost of goods billed or lost."""
        return self.revenue - self._sold_cost * self._cost

    @property
    def margin_percent(self) -> Fraction | None:
        """Margin in percent of revenue."""
        return self.margin * 100 / self.revenue if self.revenue > 0 else None

    @property
    def days(self) -> Fraction:
        """Days from delivery until cash."""
        return self._wait if self._method.is_outright else self._stock_days + self._wait

    @property
    def stock_risk(self) -> Fraction:
        """Our goods that do not sell or get lost, at cost."""
        return self._sold_cost * (self._own_left + self._own_shrink)

    @property
    def capital_cost(self) -> Fraction:
        """What the goods cost while they are not paid."""
        tied = self._cost * self.days + self._own_left * self._stock_days
        return self._sold_cost * tied * _exact(self._history.capital_percent) / 100 / DAYS_OF_YEAR

    @property
    def expected_loss(self) -> Fraction:
        """The part of revenue that is never paid."""
        return self.revenue * _exact(self._history.loss_percent) / 100

    def _days_of(self, place: int) -> tuple[Fraction, Fraction, Fraction]:
        """Return the days of delivery, sale and cash of a month's sales; 0 is its first day."""
        sold = Fraction(place * DAYS_OF_MONTH + DAYS_OF_MONTH // 2)
        delivered = sold - self._stock_days
        return delivered, sold, delivered + self.days

    @property
    def movements(self) -> list[tuple[Fraction, Fraction]]:
        """Return cash out and in with their days."""
        rows = []
        for place, month in enumerate(self._history.months):
            delivered, _sold, cash = self._days_of(place)
            rows.append((delivered, -_exact(month.cost) * self._cost))
            rows.append((cash, self._month_revenue(month)))
        return sorted(rows)

    @property
    def peak_cash_out(self) -> Fraction:
        """How deep cash ever is below zero."""
        return max(-min(_running(self.movements), default=ZERO), ZERO)

    @property
    def exposure_peak(self) -> Fraction:
        """The most that ever stands at risk with the retailer."""
        rows = []
        at_retailer = (self._cost + self._own_left) * self._weight
        for place, month in enumerate(self._history.months):
            delivered, sold, cash = self._days_of(place)
            owed_from = delivered if self._method.is_outright else sold
            owed = self._month_revenue(month)
            rows += [(owed_from, owed), (cash, -owed)]
            if not self._method.is_outright:
                lying = _exact(month.cost) * at_retailer
                rows += [(delivered, lying), (sold, -lying)]
        return max(_running(sorted(rows)), default=ZERO)


def _running(rows: Sequence[tuple[Fraction, Fraction]]) -> Iterable[Fraction]:
    """Return the sums so far, from 0, of movements by day; decreases of a day come first."""
    return accumulate((amount for _day, amount in rows), initial=ZERO)


def _by_month(rows: Sequence[tuple[Fraction, Fraction]], places: int) -> Iterable[MonthCash]:
    """Return cash by month without gaps; rounded so that the months add up to the whole."""
    sums: dict[int, Fraction] = {}
    for day, amount in rows:
        month = floor(day / DAYS_OF_MONTH)
        sums[month] = sums.get(month, ZERO) + amount
    so_far, told = ZERO, Decimal(0)
    for month in range(min(sums), max(sums) + 1):
        so_far += sums.get(month, ZERO)
        here = rounded(so_far, places) - told
        told += here
        yield MonthCash(month, here)
