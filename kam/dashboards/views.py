"""My day: what to do next, and what changed."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kam.core.models import Organisation
from kam.core.registry import cards_for
from kam.core.todos import meetings, meetings_for
from kam.dashboards.selectors import feeds, first_steps, news_for, waiting_for
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

NOON, EVENING = 12, 18


@require_GET
@requires("accounts.view")
def my_day(request: HttpRequest) -> HttpResponse:
    """What waits for the user, how fresh the data is, and the cards of all apps."""
    user, today = signed_in(request), timezone.localdate()
    steps = first_steps(user)
    organisation = Organisation.objects.get(pk=1)
    waiting, has_meetings = waiting_for(user, today), len(meetings) > 0
    context = {
        "greeting": _greeting(user, timezone.localtime().hour),
        "today": today,
        "organisation": organisation,
        "steps": steps,
        "next_step": next((step for step in steps if not step.is_done), None),
        "todos": waiting.todos,
        "put_off": waiting.put_off,
        "tomorrow": today + timedelta(days=1),
        "meetings": meetings_for(user, today) if has_meetings else None,
        "news": news_for(user, timezone.localtime()),
        "feeds": feeds(user, today),
        "cards": [] if steps else _cards(user),
        "may_clear_demo": user.can("demo.clear"),
    }
    return render(request, "dashboards/my_day.html", context)


def _cards(user: User) -> list[tuple[str, str, str]]:
    """Key, title and address of each card; company-wide ones only for who sees the company."""
    return [
        (card.key, str(card.title), reverse(card.url_name))
        for card in cards_for("my-day", user)
        if user.sees_everything() or not card.options.get("company_wide")
    ]


def _greeting(user: User, hour: int) -> str:
    name = {"name": user.full_name.split()[0] if user.full_name else user.email}
    if hour < NOON:
        return _("Good morning, %(name)s") % name
    if hour < EVENING:
        return _("Good afternoon, %(name)s") % name
    return _("Good evening, %(name)s") % name
