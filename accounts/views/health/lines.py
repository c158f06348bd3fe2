"""What health says at the head of an account's page and on My day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import HealthLevel
from accounts.models import Account
from accounts.selectors.health import board
from accounts.selectors.health.standing import HealthStanding, standing_of
from accounts.views.columns import account_url
from accounts.views.health import words
from kam.core import formats
from kam.core.cockpit import Answer, Line, Question, questions
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User

VIEW = "health.view"
PANEL = "#panel-health"
LOST_MUCH = 10
"""Points lost by one measure from which it is a risk of its own."""
FELL_WITHIN, FELL_BY, AT_MOST = timedelta(days=14), 10, 5


def register() -> None:
    """Register the question and what waits on My day."""
    questions.register(
        Question(
            key="health",
            part="business",
            title=gettext_lazy("Health"),
            find=answer,
            capability=VIEW,
            order=25,
        )
    )
    todo_providers.register(TodoProvider(key="health", find=fell, capability=VIEW, order=21))


def answer(user: User, account: Account, as_of: date) -> Answer:
    """The level with the score, and what holds it down."""
    standing = standing_of(account, as_of=as_of)
    if standing is None:
        return Answer(value=formats.DASH, detail=_("Not measured yet"), state="muted", url=PANEL)
    row = standing.row
    value: str = str(HealthLevel(row.level).label)
    if row.score is not None:
        value = f"{value}, {words.score(row.score)}"
    return Answer(
        value=value,
        detail=_why(standing),
        state=words.STATES[row.level],
        url=PANEL,
        risks=list(_risks(standing)),
    )


def _why(standing: HealthStanding) -> str:
    if standing.row.level == HealthLevel.INSUFFICIENT:
        share = formats.percent(standing.row.confidence, 0)
        return _("Only %(share)s of the weight is fresh") % {"share": share}
    if standing.taken:
        lowest = min(standing.held, key=lambda one: one.limit)
        return str(lowest.title)
    if not (lost := standing.largest_losses):
        return _("No points are lost")
    found = "; ".join(
        f"{line.measure.title} {formats.MINUS}{formats.number(line.lost or 0, 0)}"
        for line in lost[: words.SHOWN]
    )
    return _("Loses most in: %(measures)s") % {"measures": found}


def _risks(standing: HealthStanding) -> Iterator[Line]:
    """Caps that apply, and the measures that lose most."""
    for held in standing.held:
        yield Line(
            title=held.title,
            detail=held.said,
            url=held.url or PANEL,
            state="danger",
            urgency=0,
        )
    for line in standing.largest_losses[: words.SHOWN]:
        if (line.lost or 0) >= LOST_MUCH:
            points = formats.number(line.lost or 0, 0)
            yield Line(
                title=_("%(measure)s: %(points)s points of health lost")
                % {"measure": line.measure.title, "points": points},
                detail=line.said,
                url=line.measure.url or PANEL,
                state="warning",
                urgency=1,
            )


def fell(user: User, as_of: date) -> Iterator[Todo]:
    """One's own accounts whose health fell in the last two weeks."""
    since = as_of - FELL_WITHIN
    for one in board.fallen(user, since=since, points=FELL_BY, limit=AT_MOST):
        yield Todo(
            title=_("%(account)s: health fell to %(level)s")
            % {"account": one.account.name, "level": HealthLevel(one.after.level).label},
            detail=words.shifts(one.shifts),
            url=f"{account_url(one.account)}{PANEL}",
            action=_("See why"),
            state="danger" if one.after.level == HealthLevel.POOR else "warning",
            icon="heartbeat",
            urgency=1,
        )
