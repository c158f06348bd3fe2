"""What this app puts on My day: cards, and lines of what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import AlertLevel
from accounts.models import ConcentrationAlert, ConcentrationSnapshot
from accounts.selectors.concentration.alerts import alerts_for
from accounts.selectors.concentration.query import has_revenue
from accounts.selectors.people.listing import reminders_for
from accounts.views.concentration.thresholds import shown_value, what_moved_url
from kam.core import formats
from kam.core.registry import Card, cards
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User

MY_DAY = "my-day"


def register() -> None:
    """Register the cards and the finder."""
    shared: dict[str, Any] = {"board": MY_DAY, "capability": "accounts.view"}
    cards.register(
        Card(
            key="revenue",
            title=gettext_lazy("Revenue"),
            url_name="accounts:card-revenue",
            order=10,
            **shared,
        ),
        Card(
            key="concentration",
            title=gettext_lazy("Concentration"),
            url_name="accounts:card-concentration",
            order=20,
            options={"company_wide": True},
            **shared,
        ),
        Card(
            key="movers",
            title=gettext_lazy("Who moved most"),
            url_name="accounts:card-movers",
            order=30,
            **shared,
        ),
    )
    todo_providers.register(
        TodoProvider(key="concentration", find=waiting, capability="concentration.view", order=20)
    )
    todo_providers.register(
        TodoProvider(key="customer-dates", find=dates_ahead, capability="people.view", order=22)
    )


def waiting(user: User, as_of: date) -> Iterator[Todo]:
    """Open alerts about the company, and figures that nobody ever computed."""
    for alert in alerts_for(user, only_open=True):
        yield _of_alert(alert)
    never_computed = not ConcentrationSnapshot.objects.exists() and has_revenue()
    if never_computed and user.can("concentration.recompute"):
        yield Todo(
            title=_("Compute the concentration figures"),
            detail=_("The nightly job has not run since sales came in."),
            url=reverse("accounts:concentration"),
            action=_("Open the board"),
            icon="refresh",
        )


def _of_alert(alert: ConcentrationAlert) -> Todo:
    measure = alert.threshold.measure
    is_alert = alert.level == AlertLevel.ALERT
    return Todo(
        title=_("%(measure)s: %(value)s")
        % {
            "measure": alert.threshold.get_measure_display(),
            "value": shown_value(measure, alert.value),
        },
        detail=_("At or above %(level)s since %(day)s.")
        % {
            "level": shown_value(
                measure, alert.threshold.alert if is_alert else alert.threshold.watch
            ),
            "day": formats.date(alert.opened_at.date()),
        },
        url=what_moved_url(alert),
        action=_("See what moved"),
        state="warning" if is_alert else "info",
        icon="chart-pie",
        urgency=1 if is_alert else 2,
    )


def dates_ahead(user: User, as_of: date) -> Iterator[Todo]:
    """Dates in the calendars of one's own customers whose reminder is due."""
    for reminder in reminders_for(user, as_of=as_of):
        entry = reminder.entry
        yield Todo(
            title=_("%(what)s at %(account)s")
            % {"what": entry.title or entry.get_kind_display(), "account": entry.account.name},
            url=f"{entry.account.get_absolute_url()}#panel-deciding",
            key=f"date-{entry.pk}-{entry.starts_on}",
            detail=formats.date(entry.starts_on),
            action=_("Prepare"),
            icon="calendar-event",
            urgency=1 if reminder.days <= 7 else 2,
        )
