"""Which fees and promotions of a version its statements carry, and why not the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from settlements.choices.terms import (
    Calculation,
    Channel,
    Conditionality,
    ConditionKind,
    MeasuredAt,
)
from settlements.models import SettlementTerm, TradeCondition
from settlements.selectors.settling.jobs import KINDS
from settlements.selectors.terms.conditions import ConditionRules

ON_STATEMENTS = (Channel.ON_INVOICE, Channel.SET_OFF)
"""Channels that a statement carries; what we pay, or give in goods, has documents of its own."""
OF_GOODS = (
    Calculation.PERCENT_OF_TURNOVER,
    Calculation.PER_UNIT,
    Calculation.PER_PRODUCT,
    Calculation.SCHEDULE,
)
"""Computed from the goods of a statement: of each term from its own. Others are charged once."""


class Absent(StrEnum):
    """Why statements do not carry a fee or a promotion that they might."""

    NO_STATEMENTS = "no_statements"
    ON_INVOICES = "on_invoices"
    OF_GROUP = "of_group"
    GOODS_TOGETHER = "goods_together"
    OTHER_PERIODS = "other_periods"


@dataclass(frozen=True, slots=True)
class Settled:
    """A term that statements settle, as far as it says which conditions they carry."""

    term_id: int
    category_id: int | None
    cycle: str


def settled_of(version_ids: Iterable[int]) -> dict[int, list[Settled]]:
    """Return the terms of versions that statements settle, in their order; one query."""
    found: dict[int, list[Settled]] = defaultdict(list)
    rows = SettlementTerm.objects.filter(
        version__in=list(version_ids), settlement_basis__in=KINDS
    ).order_by("pk")
    for version_id, *facts in rows.values_list("version_id", "pk", "category_id", "cycle"):
        found[version_id].append(Settled(*facts))
    return found


def why_absent(one: ConditionRules | TradeCondition, terms: Sequence[Settled]) -> Absent | None:
    """Return why no statement of a version carries a condition; None: one does, or none could.

    Rebates are settled by themselves, and what we pay or give in goods has its own documents.
    """
    if one.kind == ConditionKind.REBATE or one.channel not in ON_STATEMENTS:
        return None
    if not terms:
        return Absent.NO_STATEMENTS
    if one.calculation == Calculation.PERCENT_OF_PURCHASES:
        if one.channel == Channel.ON_INVOICE:
            return Absent.ON_INVOICES
        if one.measured_at == MeasuredAt.GROUP:
            return Absent.OF_GROUP
    own = {term.category_id for term in terms}
    if one.calculation in OF_GOODS and one.category_id is not None and one.category_id not in own:
        return Absent.GOODS_TOGETHER
    has_periods = one.conditionality != Conditionality.UNCONDITIONAL and bool(one.cycle)
    if has_periods and any(term.cycle != one.cycle for term in terms):
        return Absent.OTHER_PERIODS
    return None


def is_carried(one: ConditionRules, terms: Sequence[Settled]) -> bool:
    """Whether some statement of the version carries a condition."""
    on_statements = one.kind != ConditionKind.REBATE and one.channel in ON_STATEMENTS
    return on_statements and why_absent(one, terms) is None


def carries(term_id: int, one: ConditionRules, terms: Sequence[Settled]) -> bool:
    """Whether a term's statements are those that carry a condition.

    One of a category is left to the term of it. One of all goods that counts goods is charged by
    every term, of its own; any other by the term of all goods, or by the first one.
    """
    by_category = {term.category_id: term.term_id for term in reversed(terms)}
    if one.calculation in OF_GOODS and one.category_id is None:
        return True
    nearest = by_category.get(one.category_id, by_category.get(None, terms[0].term_id))
    return nearest == term_id
