"""Receivables, what is not in the ledger yet, and stock: what of them would be lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from plans.analytics.loss.inputs import (
    NOTHING,
    ZERO,
    Assumptions,
    AtRisk,
    Case,
    Facts,
    Kind,
    Range,
    cases,
)


@dataclass(frozen=True, slots=True)
class RiskLine:
    """Receivables of a method, what secures them, and what of them would be lost."""

    method: str
    open: Decimal
    secured: Decimal
    loss: Range


def receivable_losses(rows: Sequence[AtRisk], given: Assumptions) -> list[RiskLine]:
    """Return what would be lost by settlement method, the largest claim first.

    Only an insolvency loses receivables. Raises KeyError for a method or security without LGD.
    """
    methods = dict.fromkeys(row.method for row in rows)
    lines = [_risk_line([r for r in rows if r.method == one], one, given) for one in methods]
    return sorted(lines, key=lambda line: (-line.open, line.method))


def _risk_line(rows: Sequence[AtRisk], method: str, given: Assumptions) -> RiskLine:
    return RiskLine(
        method=method,
        open=sum((row.amount for row in rows), ZERO),
        secured=sum((row.amount for row in rows if row.security), ZERO),
        loss=_over_cases(given, lambda case: sum((_lost(row, case) for row in rows), ZERO)),
    )


def _over_cases(given: Assumptions, lose: Callable[[Case], Decimal]) -> Range:
    """Range of a loss that only an insolvency brings."""
    if given.kind != Kind.INSOLVENCY:
        return NOTHING
    mild, base, severe = (lose(case) for case in cases(given))
    return Range.over(mild, base, severe)


def _lost(row: AtRisk, case: Case) -> Decimal:
    rate = case.secured_lgd[row.security] if row.security else case.lgd[row.method]
    return row.amount * case.probability * rate


def unbilled_losses(facts: Facts, given: Assumptions) -> dict[str, Range]:
    """Return what would be lost of what is not in the ledger yet, by component."""
    return {
        key: _over_cases(given, _unbilled(AtRisk(method, "", amount)))
        for key, (method, amount) in facts.unbilled.items()
    }


def _unbilled(row: AtRisk) -> Callable[[Case], Decimal]:
    return lambda case: _lost(row, case)


def stock_loss(facts: Facts, given: Assumptions) -> Range | None:
    """Return customer-specific stock · (1 − recoverable), as far as business is lost."""
    if facts.consigned is None or given.stock_recoverable is None:
        return None
    stock = facts.consigned
    return Range.over(*(stock * (case.stock_lost or ZERO) * case.gone for case in cases(given)))


def clawed_back(facts: Facts, given: Assumptions) -> Range | None:
    """Return what an administrator may ask back: nothing in the best and base case."""
    if given.kind != Kind.INSOLVENCY or facts.clawback is None:
        return None
    return Range(ZERO, ZERO, facts.clawback * given.probability.high)
