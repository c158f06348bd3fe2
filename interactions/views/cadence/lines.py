"""What cadence says at the head of an account's page and on My day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from interactions.selectors.cadence.account import AccountPace, paces_at
from interactions.selectors.cadence.touches import (
    DAYS_AHEAD,
    OVERDUE,
    TODAY,
    led_by,
    touches_of,
)
from interactions.views.cadence import words
from kam.core import formats
from kam.core.badges import State
from kam.core.cockpit import Answer, Line, Question, once, questions
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User

VIEW = "interactions.view"
PANEL = "#panel-cadence"
SHOWN = 5


def register() -> None:
    """Register the question, its risks and what waits on My day."""
    questions.register(
        Question(
            key="contact",
            title=gettext_lazy("Next contact"),
            find=answer,
            capability=VIEW,
            order=51,
        )
    )
    todo_providers.register(
        TodoProvider(key="cadence", find=touches_due, capability=VIEW, order=14)
    )


def answer(user: User, account: Account, as_of: date) -> Answer | None:
    """When the next contact is due, and with whom."""
    del user
    found = once(account, "cadence", lambda: paces_at(account, as_of=as_of))
    if (touch := found.next_due) is None:
        return None
    states: dict[str, State] = {OVERDUE: "danger", TODAY: "warning"}
    return Answer(
        value=formats.date(touch.due_on),
        detail=f"{words.what(touch)}: {words.standing(touch)}",
        state=states.get(touch.state, "neutral"),
        url=PANEL,
        risks=list(_risks(found)),
    )


def _risks(found: AccountPace) -> Iterator[Line]:
    """Required functions of which the contact is overdue."""
    for one in found.overdue[:SHOWN]:
        if one.touch is not None:
            yield Line(
                title=_("%(function)s: no contact in time") % {"function": one.touch.what},
                detail=f"{words.standing(one.touch)}. {words.last_contact(one.touch)}",
                url=PANEL,
                state="warning",
                urgency=1,
            )


def touches_due(user: User, as_of: date) -> Iterator[Todo]:
    """Contacts with one's own accounts that are overdue, due today or within a week."""
    until = as_of + timedelta(days=DAYS_AHEAD)
    found = touches_of(led_by(user), as_of=as_of, until=until)
    may_log = user.can("interactions.log")
    for touch in found[:SHOWN]:
        said = {"account": touch.account.name, "who": words.who(touch) or words.what(touch)}
        urgency = {OVERDUE: 0, TODAY: 1}.get(touch.state, 2)
        yield Todo(
            key=f"touch-{touch.pk}",
            title=_("Contact %(account)s: %(who)s") % said,
            detail=f"{words.what(touch)}: {words.standing(touch)}. {words.last_contact(touch)}",
            url=words.log_url(touch) if may_log else reverse("interactions:cadence"),
            action=_("Log contact") if may_log else "",
            state=words.STATES.get(touch.state, "info"),
            icon="message-circle",
            urgency=urgency,
        )
    if (more := len(found) - SHOWN) > 0:
        title = ngettext("%(count)s more contact is due", "%(count)s more contacts are due", more)
        yield Todo(
            key="touches-more",
            title=title % {"count": formats.number(more)},
            url=reverse("interactions:cadence"),
            action=_("See them"),
            icon="message-circle",
            urgency=2,
        )
