"""What rebates come to on a day, read anew; runs keep the same figures by the same statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import ngettext

from kam.core import formats
from kam.core.models import Organisation
from settlements.analytics.rates import Scheme, Slice, slices
from settlements.analytics.rebate_outlook import Outlook, RebateRule, outlook
from settlements.analytics.rebates import Conditionality
from settlements.choices.terms import RebateBasis
from settlements.selectors.rebates import figures_sql as sql
from settlements.selectors.terms.conditions import condition_rules

if TYPE_CHECKING:
    from settlements.models import TradeCondition

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A rebate's period by a day: as a run would write it, with what was accrued before."""

    condition_id: int
    period: DateRange
    basis_amount: Decimal
    expected_total: Decimal | None
    earned_to_date: Decimal
    accrued: Decimal
    accrued_before: Decimal
    rate: Decimal
    to_next: Decimal | None
    gain: Decimal | None
    currency: str

    @property
    def catch_up(self) -> Decimal:
        """What the next run adds to what was accrued."""
        return self.accrued - self.accrued_before


def fiscal_start() -> int:
    """Return the month in which our year begins."""
    return int(Organisation.objects.values_list("fiscal_year_start", flat=True).get(pk=1))


def figures_of(condition_ids: Sequence[int] | None, *, through: date) -> list[Figure]:
    """Return periods of rebates that are not settled, by a day; None: of all conditions.

    The period that holds the day, and those before that were accrued or have a basis.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            sql.READ,
            {
                "through": through,
                "fiscal": fiscal_start(),
                "only": None if condition_ids is None else list(condition_ids),
            },
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["currency"] = row.pop("currency_id")
        found = row["period"]
        row["period"] = DateRange(found.lower, found.upper)
    return [Figure(**row) for row in rows]


def final_figure(condition_id: int, start: date, end: date) -> Figure | None:
    """Return a period of a rebate once it is over: all of its basis, no expectation."""
    last = end - timedelta(days=1)
    rows = figures_of([condition_id], through=last)
    return next((row for row in rows if row.period.lower == start), None)


def rule_of(condition: TradeCondition) -> RebateRule | None:
    """Return how a rebate is computed; None for sums without a rate. No query: see `with_rules`."""
    rules = condition_rules(condition)
    if rules.scheme is None:
        return None
    return RebateRule(
        bands=rules.bands,
        scheme=Scheme(rules.scheme),
        rate_unit=rules.rate_unit,
        conditionality=Conditionality(rules.conditionality),
        target=rules.target,
        floor=rules.floor,
        cap=rules.cap,
    )


def outlook_of(
    condition: TradeCondition, basis: Decimal, expected_total: Decimal | None, places: int
) -> Outlook | None:
    """Return a rebate to date with the tiers on both sides; None for sums without a rate."""
    rule = rule_of(condition)
    if rule is None:
        return None
    return outlook(rule, basis, expected_total=expected_total, places=places)


def slices_of(condition: TradeCondition, basis: Decimal) -> list[Slice]:
    """Return the parts of a basis by rate, as they make what is earned before its bounds.

    Nothing where a target is missed; of a growth rebate the parts above its base.
    """
    rule = rule_of(condition)
    if rule is None or (
        rule.conditionality is not Conditionality.UNCONDITIONAL and rule.misses_target(basis)
    ):
        return []
    return slices(basis - rule.baseline, rule.bands, rule.scheme, rule.rate_unit)


def counted(condition: TradeCondition, amount: Decimal) -> str:
    """An amount of what the rebate counts: money, or units."""
    if condition.basis == RebateBasis.UNITS:
        words = ngettext("%(n)s unit", "%(n)s units", ceil(abs(amount)))
        return words % {"n": formats.number(amount)}
    return formats.money(amount, condition.version.agreement.currency_id)
