"""What the pages of settlement statements share: rows in scope, words, crumbs, who may what."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.exact import rounded
from kam.core.nav import Tab
from kam.core.pages import Crumbs
from kam.identity.decorators import signed_in
from kam.identity.models import User
from settlements.choices.settling import StatementLineKind, StatementState
from settlements.models import SettlementStatement, StatementLine
from settlements.selectors.settling.reads import left_open, statements_for, whole

VIEW, DRAFT, POST = "statements.view", "statements.draft", "statements.post"
STATES: dict[str, State] = {
    StatementState.DRAFT: "muted",
    StatementState.ISSUED: "info",
    StatementState.DISPUTED: "danger",
    StatementState.CONFIRMED: "warning",
    StatementState.POSTED: "success",
    StatementState.CANCELLED: "muted",
}


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of pages about settlement statements."""
    own = reverse("settlements:settling-list") if steps else ""
    return [(_("Settlement statements"), own), *steps]


def tabs(active: str) -> list[Tab]:
    """The ways to look at settlement statements."""
    return [
        Tab(_("All statements"), reverse("settlements:settling-list"), active == "all"),
        Tab(_("To be made"), reverse("settlements:settling-due"), active == "due"),
    ]


def state_badge(row: SettlementStatement) -> Badge:
    """Where a statement stands."""
    if row.taken_back_on is not None:
        return Badge(_("Taken back"), "muted")
    return Badge(row.get_state_display(), STATES[row.state])


def get_statement(request: HttpRequest, pk: int) -> SettlementStatement:
    """A statement in the user's scope. Raises Http404."""
    rows = whole(statements_for(signed_in(request)))
    found: SettlementStatement = get_object_or_404(rows, pk=pk)
    return found


def days(start: date, end: date) -> str:
    """A period by its first and its last day."""
    return f"{formats.date(start)} – {formats.date(end - timedelta(days=1))}"


def may(user: User, row: SettlementStatement) -> dict[str, bool]:
    """What the user may do with a statement as it stands."""
    drafts, posts, state = user.can(DRAFT), user.can(POST), row.state
    return {
        "redraft": drafts and state == StatementState.DRAFT and row.kind != "true_up",
        "issue": drafts and state == StatementState.DRAFT,
        "dispute": drafts and state in (StatementState.ISSUED, StatementState.DISPUTED),
        "reject": drafts and state == StatementState.DISPUTED,
        "correct": drafts and state == StatementState.DISPUTED,
        "confirm": drafts and state == StatementState.ISSUED,
        "post": posts and state == StatementState.CONFIRMED,
        "cancel": drafts and state not in (StatementState.POSTED, StatementState.CANCELLED),
        "take_back": posts and state == StatementState.POSTED and row.taken_back_on is None,
    }


def rate_by_bands(line: StatementLine) -> Decimal | None:
    """Return what a deduction by bands comes to in percent; None for lines with a rate."""
    if line.kind != StatementLineKind.COMMISSION or line.rate is not None or line.medium:
        return None
    if not line.basis:
        return None
    return abs(rounded(Fraction(line.amount) * 100 / Fraction(line.basis), 2))


def left_open_words(row: SettlementStatement) -> str:
    """What becomes of claims that exceed what is payable; "" where they do not."""
    if not left_open(row) or row.state == StatementState.CANCELLED or row.taken_back_on:
        return ""
    words = _(
        "Their claims exceed what is payable by %(amount)s. That much is not set off when the"
        " statement is posted: it stays open in the ledger until it is paid or set off there."
    )
    return words % {"amount": formats.money(left_open(row), row.currency_id)}
