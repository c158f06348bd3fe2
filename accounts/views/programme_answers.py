"""What programmes answer at the head of an account's page: the exit barrier, and its risk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.analytics.programme import their_level
from accounts.models import Account
from accounts.selectors.programme import barrier_of, dependence_of
from kam.core import formats
from kam.core.badges import State
from kam.core.cockpit import Answer, Line, Question, questions
from kam.identity.models import User

URL = "#panel-programme"
STATES: dict[int | None, State] = {None: "muted", 0: "warning", 1: "info", 2: "success"}


def register() -> None:
    """Register the question."""
    questions.register(
        Question(
            key="exit-barriers",
            part="business",
            title=gettext_lazy("Exit barrier"),
            find=exit_barrier,
            capability="programme.view",
            order=55,
        )
    )


def exit_barrier(user: User, account: Account, as_of: date) -> Answer:
    """How much holds them back, and how much of it is rated."""
    barrier = barrier_of(account, user=user, as_of=as_of)
    risks = list(_risks(user, account, barrier.score, as_of))
    if barrier.score is None:
        detail = _("Nothing is rated") if barrier.parts else _("Nothing is noted that it gets")
        return Answer(value="–", detail=detail, state="muted", url=URL, risks=risks)
    rated = sum(part.rating is not None for part in barrier.parts)
    return Answer(
        value=_("%(score)s of 100") % {"score": formats.number(barrier.score, 0)},
        detail=ngettext(
            "%(rated)s of %(all)s element rated",
            "%(rated)s of %(all)s elements rated",
            len(barrier.parts),
        )
        % {"rated": rated, "all": len(barrier.parts)},
        state=STATES[their_level(barrier.score)],
        url=URL,
        risks=risks,
    )


def _risks(user: User, account: Account, score: Decimal | None, as_of: date) -> Iterator[Line]:
    """Much of our revenue on an account that little holds back."""
    if their_level(score) not in {0, None}:
        return
    both = dependence_of(account, score, user=user, as_of=as_of)
    if not both.is_exposed:
        return
    ours = (
        _("%(share)s of our revenue") % {"share": formats.percent(both.share)}
        if both.share is not None
        else _("No. %(rank)s by revenue") % {"rank": both.rank}
    )
    held = (
        _("no exit barrier is known")
        if score is None
        else _("exit barrier %(score)s of 100") % {"score": formats.number(score, 0)}
    )
    yield Line(
        title=_("Little holds them back from leaving"),
        detail=f"{ours}, {held}",
        url=URL,
        state="warning",
        urgency=1,
    )
