"""Computing a statement again, by the version that it pins: what it says, or would say today."""

from __future__ import annotations

from settlements.analytics.settling import CLAIM, Line
from settlements.choices.settling import StatementKind
from settlements.models import SettlementStatement, StatementLine
from settlements.selectors.settling.computing import Outcome, compute
from settlements.selectors.settling.jobs import Job
from settlements.selectors.settling.true_ups import compute_true_up
from settlements.selectors.terms.rules import rules_of, term_rows


def recompute(statement: SettlementStatement) -> tuple[Line, ...]:
    """Return the lines that the statement comes to from what is accepted today.

    Equal to `stored_lines` unless a report was replaced, a price changed or a claim was put right
    after it was computed. Nothing where it cannot be computed any more.
    """
    outcome = outcome_of(statement)
    return outcome.computed.lines if outcome.computed else ()


def outcome_of(statement: SettlementStatement, *, trading_days: int | None = None) -> Outcome:
    """Return what the statement comes to today, with its own brought forward."""
    job = job_like(statement, trading_days=trading_days)
    if statement.kind == StatementKind.TRUE_UP:
        return compute_true_up(job)
    (outcome,) = compute([job], besides=statement)
    return outcome


def job_like(row: SettlementStatement, *, trading_days: int | None = None) -> Job:
    """Return the job that a statement was computed by, with the version that it pins."""
    return Job(
        rules=rules_of(term_rows().get(pk=row.term_id)),
        kind=StatementKind(row.kind),
        start=row.period.lower,
        end=row.period.upper,
        store_id=row.store_id,
        trading_days=row.trading_days if trading_days is None else trading_days,
        brought_forward=row.brought_forward,
    )


def stored_lines(statement: SettlementStatement) -> tuple[Line, ...]:
    """Return the lines as they are stored, in the shape of those computed."""
    return tuple(_line(line) for line in statement.lines.order_by("sequence"))


def _line(row: StatementLine) -> Line:
    return Line(
        kind=row.kind,
        part=row.part,
        amount=row.amount,
        basis=row.basis,
        rate=row.rate,
        tax_rate=row.tax_rate,
        quantity=row.quantity,
        product_id=row.product_id,
        category_id=row.category_id,
        store_id=row.store_id,
        condition_id=row.condition_id,
        label=row.label,
    )


def is_as_computed(statement: SettlementStatement) -> bool:
    """Whether the statement says what would be computed today.

    Claims of a corrected one are not looked at: they are what was agreed, not what was computed.
    """
    now, then = recompute(statement), stored_lines(statement)
    if statement.replaces_id is not None:
        now, then = _without_claims(now), _without_claims(then)
    return now == then


def _without_claims(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(one for one in lines if one.part != CLAIM)
