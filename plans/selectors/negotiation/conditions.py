"""What an agreement takes off the price of one product, as conditions of a waterfall.

Percentages and amounts for each unit are taken as they stand; bands and targets as if the most
were reached, because an offer is held against what it may come to. Lump sums for all goods are
spread over the revenue of twelve months with whom the agreement was made. What cannot be put on
one unit (fees by product or by store, lump sums of one category, missing rates) is named, not
counted as zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from accounts.models import Account, AccountFigure, Product
from kam.core.exact import rounded
from kam.core.money import LINE_PLACES
from kam.core.selectors.rates import base_currency, rates_on
from settlements.analytics.prices import Condition, ConditionKind
from settlements.analytics.rates import RateUnit
from settlements.analytics.units import Unit
from settlements.choices.terms import Calculation, Channel, ConditionCycle
from settlements.models import SettlementTerm
from settlements.selectors.terms.conditions import ConditionRules, conditions_of
from settlements.selectors.terms.rules import versions_in_force

HUNDRED = Decimal(100)
PER_YEAR = {
    ConditionCycle.WEEKLY: 52,
    ConditionCycle.HALF_MONTHLY: 24,
    ConditionCycle.MONTHLY: 12,
    ConditionCycle.QUARTERLY: 4,
    ConditionCycle.HALF_YEARLY: 2,
    ConditionCycle.YEARLY: 1,
}


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What the agreement in force takes off; `uncounted` are the names of what cannot be put on a
    unit. Without an agreement nothing is taken."""

    conditions: tuple[Condition, ...] = ()
    uncounted: tuple[str, ...] = ()
    has_agreement: bool = False

    @property
    def off_invoice(self) -> tuple[Condition, ...]:
        """Those that are paid back after the invoice."""
        return tuple(one for one in self.conditions if not one.on_invoice)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    product: Product
    unit: Unit
    currency: str
    base: str
    rates: Mapping[str, Decimal]

    def of_base(self, amount: Decimal, currency: str) -> Decimal | None:
        """An amount in the base currency; None without a rate."""
        rate = self.rates.get(currency)
        return None if rate is None else amount * rate

    def in_currency(self, amount: Decimal, currency: str) -> Fraction | None:
        """An amount in the currency asked for, through the base currency."""
        of, to = self.rates.get(currency), self.rates.get(self.currency)
        if currency == self.currency:
            return Fraction(amount)
        if of is None or not to:
            return None
        return Fraction(amount) * Fraction(of) / Fraction(to)


def taken_off(
    accounts: Iterable[Account], product: Product, day: date, *, unit: Unit, currency: str
) -> dict[int, Taken]:
    """Return for each account what its nearest agreement takes off one unit of a product.

    A constant number of statements at any number of accounts.
    """
    base = base_currency()
    asked = _Asked(
        product=product, unit=unit, currency=currency, base=base, rates=rates_on(base, day)
    )
    versions = {pk: found[0] for pk, found in versions_in_force(accounts, day).items() if found}
    ids = {one.pk for one in versions.values()}
    by_version: dict[int, list[ConditionRules]] = {}
    for one in conditions_of(ids, day=day):
        by_version.setdefault(one.version_id, []).append(one)
    cycles = dict(
        SettlementTerm.objects.filter(version__in=ids, category=None).values_list(
            "version_id", "cycle"
        )
    )
    nodes = {one.agreement.account_id for one in versions.values()}
    revenue = dict(
        AccountFigure.objects.filter(account__in=nodes).values_list("account_id", "net_12m")
    )
    found = {
        pk: _taken(by_version.get(version.pk, ()), asked, cycles, revenue)
        for pk, version in versions.items()
    }
    return {one: found.get(one, Taken()) for one in _ids(accounts)}


def _ids(accounts: Iterable[Account]) -> list[int]:
    return [one.pk for one in accounts]


def _taken(
    rules: Sequence[ConditionRules],
    asked: _Asked,
    cycles: Mapping[int, str],
    revenue: Mapping[int, Decimal],
) -> Taken:
    counted, uncounted = [], []
    for rule in rules:
        if rule.category_id not in (None, asked.product.category_id):
            continue
        found = _condition(rule, asked, cycles.get(rule.version_id, ""), revenue)
        if found is None:
            uncounted.append(rule.name)
        else:
            counted.append(found)
    return Taken(conditions=tuple(counted), uncounted=tuple(uncounted), has_agreement=True)


def _condition(
    rule: ConditionRules, asked: _Asked, cycle: str, revenue: Mapping[int, Decimal]
) -> Condition | None:
    one = Condition(
        name=rule.name,
        kind=ConditionKind.PERCENT,
        value=Decimal(0),
        on_invoice=rule.channel == Channel.ON_INVOICE,
        sales_linked=rule.is_sales_linked,
    )
    if rule.bands:
        value = max(band.rate for band in rule.bands)
        if rule.rate_unit != RateUnit.PER_UNIT:
            return replace(one, value=value)
        money = asked.in_currency(value, rule.currency)
        if money is None:
            return None
        value = rounded(money * asked.unit.factor, LINE_PLACES)
        return replace(one, kind=ConditionKind.PER_UNIT, value=value)
    share = _lump(rule, asked, cycle, revenue.get(rule.account_id))
    return None if share is None else replace(one, value=share)


def _lump(
    rule: ConditionRules, asked: _Asked, cycle: str, revenue: Decimal | None
) -> Decimal | None:
    """A lump sum for all goods in percent of a year's revenue; None where that says nothing."""
    times = 1 if rule.calculation == Calculation.ONCE else PER_YEAR.get(rule.cycle or cycle)  # type: ignore[call-overload]
    is_lump = rule.calculation in (Calculation.ONCE, Calculation.FIXED)
    if not is_lump or rule.category_id is not None or rule.value is None or times is None:
        return None
    year = asked.of_base(rule.value * times, rule.currency)
    if year is None or revenue is None or revenue <= year:
        return None
    return rounded(Fraction(year) * 100 / Fraction(revenue), LINE_PLACES)
