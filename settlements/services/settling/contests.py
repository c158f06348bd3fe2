"""How much of a statement can be contested: no line, and not the whole, beyond what it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from kam.core import formats
from settlements.choices.settling import LinePart, StatementDisputeReason
from settlements.models import SettlementStatement, StatementLine
from settlements.services.settling.problems import NotInputError, TooMuchError

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Contest:
    """What the customer contests: an amount, why, of which line (None: of the whole)."""

    amount: Decimal
    reason: StatementDisputeReason
    line_id: int | None = None
    note: str = ""


def check_contests(row: SettlementStatement, contests: Sequence[Contest]) -> None:
    """Refuse what exceeds the statement, with what is contested of it already.

    The row is locked by the caller. Disputes that were not granted leave room again. Fees claimed
    beside the statement are bounded by their own lines alone. The trigger
    `statement_dispute_within` says the same.
    """
    if not contests:
        raise NotInputError(_("Say what is contested."), field="amount")
    lines = {line.pk: line for line in row.lines.all()}
    standing = row.disputes.exclude(is_granted=False).values_list("line_id", "amount")
    held = list(standing)
    for contest in contests:
        _check_one(row, contest, lines, held)
        held.append((contest.line_id, contest.amount))


type Held = list[tuple[int | None, Decimal]]


def _check_one(
    row: SettlementStatement, contest: Contest, lines: dict[int, StatementLine], held: Held
) -> None:
    if contest.amount <= 0:
        raise NotInputError(_("An amount contested is above zero."), field="amount")
    own = _sum(amount for line_id, amount in held if line_id == contest.line_id)
    whole = max(row.gross, abs(row.payable))
    if contest.line_id is None:
        _within(row, contest, whole, own)
    else:
        line = lines.get(contest.line_id)
        if line is None:
            raise NotInputError(_("There is no such line."), field="line")
        _within(row, contest, abs(line.amount), own, line)
        if line.part == LinePart.CLAIM:
            return
    beside = {pk for pk, line in lines.items() if line.part == LinePart.CLAIM}
    rest = [(pk, amount) for pk, amount in held if pk not in beside]
    named = {pk for pk, _amount in rest} | {contest.line_id}
    # One line, such as returns, can be more than the statement comes to.
    most = max(whole, *(abs(lines[pk].amount) for pk in named if pk is not None), ZERO)
    _within(row, contest, most, _sum(amount for _pk, amount in rest))


def _within(
    row: SettlementStatement,
    contest: Contest,
    most: Decimal,
    held: Decimal,
    line: StatementLine | None = None,
) -> None:
    """Raise TooMuchError where the contest and what is contested already exceed what is said."""
    if held + contest.amount <= most:
        return
    said = {
        "line": line.what if line else "",
        "most": formats.money(most, row.currency_id),
        "held": formats.money(held, row.currency_id),
    }
    if line and held:
        words = _("%(line)s comes to %(most)s, and %(held)s of it is contested already.")
    elif line:
        words = _("%(line)s comes to %(most)s, and no more can be contested.")
    elif held:
        words = _("The whole statement comes to %(most)s, and %(held)s is contested already.")
    else:
        words = _("The whole statement comes to %(most)s.")
    raise TooMuchError(words % said)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
