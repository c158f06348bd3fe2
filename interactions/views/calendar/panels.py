"""The account page's panel of meetings, and what My day says of today's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.models import Account
from accounts.views.accounts import account_crumbs, get_account
from interactions.selectors.calendar import (
    meetings_of_day,
    next_meeting,
    to_be_logged,
    upcoming,
)
from interactions.views.calendar.common import state_badge, when
from kam.core import formats, htmx
from kam.core.cockpit import Answer, Question, questions
from kam.core.todos import Meeting, MeetingProvider, meetings
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

SHOWN = 6


@requires("interactions.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The next meetings at an account and below it, and those that wait for the log."""
    user, now = signed_in(request), timezone.now()
    account = get_account(request, pk)
    to_come = list(upcoming(account, user, now)[: SHOWN + 1])
    waiting = list(to_be_logged(account, user, now)[: SHOWN + 1])
    shown = [*to_come[:SHOWN], *waiting[:SHOWN]]
    context = {
        "account": account,
        "title": _("Meetings"),
        "panel_template": "interactions/panels/meetings.html",
        "crumbs": account_crumbs(account, (_("Meetings"), "")),
        "rows": [(one, when(one), state_badge(one).__html__()) for one in shown],
        "is_more": len(to_come) > SHOWN or len(waiting) > SHOWN,
        "may_plan": user.can("interactions.log"),
        "calendar_url": f"{reverse('interactions:calendar')}?view=agenda&account={account.pk}",
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def register() -> None:
    """Let My day show today's meetings, and the account's page the next one."""
    questions.register(
        Question(
            key="meeting",
            title=gettext_lazy("Next meeting"),
            find=next_one,
            capability="interactions.view",
            order=52,
        )
    )
    meetings.register(
        MeetingProvider(key="calendar", find=todays, capability="interactions.view", order=10)
    )


def next_one(user: User, account: Account, as_of: date) -> Answer | None:
    """The next meeting that is planned; nothing without one."""
    del as_of
    found = next_meeting(account, user, timezone.now())
    if found is None:
        return None
    return Answer(value=formats.date(found.starts_on), detail=found.title, url="#panel-meetings")


def todays(user: User, day: date) -> Iterator[Meeting]:
    """What somebody plans or is invited to on a day; prepared on the account's own page."""
    for one in meetings_of_day(user, day):
        place = one.place.name if one.place is not None else one.place_text
        names = [one.account.name if one.account is not None else "", place]
        yield Meeting(
            starts_at=one.starts_at or datetime.combine(one.starts_on, time(), UTC),
            ends_at=one.ends_at,
            all_day=one.is_all_day,
            title=one.title,
            url=one.get_absolute_url(),
            where=" · ".join(word for word in names if word),
            prepare_url=one.account.get_absolute_url() if one.account is not None else "",
        )
