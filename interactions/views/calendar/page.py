"""The calendar: month, week and agenda, of oneself, the team or an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.forms.fields import LinkedAccountField, give_user
from accounts.models import Account
from interactions.models import Meeting
from interactions.selectors.calendar import WHO, Asked, found_in
from interactions.views.calendar.items import WEEK, Day, days_of, items_of, weeks_of
from kam.core import formats, htmx
from kam.core.nav import Tab
from kam.core.tables import Empty
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

VIEWS = ("month", "week", "agenda")
AGENDA_DAYS = 30
FIRST, LAST = date(1990, 1, 1), date(2200, 1, 1)


class FilterForm(forms.Form):
    """Whose calendar, and of which account."""

    who = forms.ChoiceField(
        label=gettext_lazy("Whose"),
        choices=[("mine", gettext_lazy("Mine")), ("team", gettext_lazy("Everybody I may see"))],
        required=False,
    )
    account = LinkedAccountField(label=gettext_lazy("Account"), required=False, help_text="")


@dataclass(frozen=True, slots=True)
class Look:
    """What the address asks for."""

    view: str
    on: date
    who: str
    account: Account | None

    @property
    def span(self) -> tuple[date, date]:
        """First and last day shown: whole weeks from Monday, or the days from the one asked."""
        if self.view == "agenda":
            return self.on, self.on + timedelta(days=AGENDA_DAYS - 1)
        if self.view == "week":
            monday = self.on - timedelta(days=self.on.weekday())
            return monday, monday + timedelta(days=6)
        first = self.on.replace(day=1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        start = first - timedelta(days=first.weekday())
        return start, last + timedelta(days=6 - last.weekday())

    @property
    def before(self) -> date:
        """A day of the period before."""
        if self.view == "month":
            return self.on.replace(day=1) - timedelta(days=1)
        return self.on - (WEEK if self.view == "week" else timedelta(days=AGENDA_DAYS))

    @property
    def after(self) -> date:
        """A day of the period after."""
        if self.view == "month":
            return (self.on.replace(day=1) + timedelta(days=32)).replace(day=1)
        return self.on + (WEEK if self.view == "week" else timedelta(days=AGENDA_DAYS))

    def url(self, **changes: Any) -> str:
        """The address of another look."""
        query = QueryDict(mutable=True)
        values = {"view": self.view, "on": self.on.isoformat(), "who": self.who, **changes}
        if self.account is not None:
            values.setdefault("account", self.account.pk)
        for name, value in values.items():
            query[name] = str(value)
        return f"{reverse('interactions:calendar')}?{query.urlencode()}"


@requires("interactions.view")
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a month, a week or what comes next."""
    return htmx.render_part(
        request, "interactions/calendar.html", page_context(request), "calendar"
    )


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows for the address's own question."""
    user, today = signed_in(request), timezone.localdate()
    form = FilterForm(request.GET)
    give_user(form, user)
    look = _look(request.GET, form, today)
    first, last = look.span
    found = found_in(user, Asked(first=first, last=last, who=look.who, account=look.account))
    items = items_of(found, user, _editable(user, found.meetings))
    month = look.on.month if look.view == "month" else None
    days = days_of(items, first, last, today=today, month=month)
    return {
        "look": look,
        "form": form,
        "days": days,
        "weeks": weeks_of(days) if look.view != "agenda" else [],
        "agenda": _agenda(look, days, today),
        "heading": _heading(look),
        "tabs": _tabs(look),
        "today_url": look.url(on=today.isoformat()),
        "before_url": look.url(on=max(look.before, FIRST).isoformat()),
        "after_url": look.url(on=min(look.after, LAST).isoformat()),
        "is_cut": found.is_cut,
        "may_plan": user.can("interactions.log"),
        "can_move": any(item.move_url for item in items),
        "nothing": _nothing(user),
        "crumbs": [(_("Calendar"), "")],
    }


def _agenda(look: Look, days: Sequence[Day], today: date) -> list[Day]:
    """Days with something in them; beside a month or week (a phone's view) from today on."""
    found = [day for day in days if day.items and not day.is_outside]
    if look.view == "agenda" or not days[0].day <= today <= days[-1].day:
        return found
    return [day for day in found if day.day >= today]


def _look(query: QueryDict, form: FilterForm, today: date) -> Look:
    form.is_valid()
    values = getattr(form, "cleaned_data", {})
    who = values.get("who") or "mine"
    view = query.get("view") or "month"
    return Look(
        view=view if view in VIEWS else "month",
        on=_day(query.get("on") or "", today),
        who=who if who in WHO else "mine",
        account=values.get("account"),
    )


def _day(typed: str, today: date) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return today
    return day if FIRST <= day <= LAST else today


def _editable(user: User, meetings: Any) -> set[int]:
    ids = [one.pk for one in meetings]
    return set(Meeting.objects.editable_by(user).filter(pk__in=ids).values_list("pk", flat=True))


def _heading(look: Look) -> str:
    if look.view == "month":
        return date_format(look.on, "YEAR_MONTH_FORMAT")
    first, last = look.span
    return f"{formats.date(first)} – {formats.date(last)}"


def _tabs(look: Look) -> list[Tab]:
    names = {"month": _("Month"), "week": _("Week"), "agenda": _("Agenda")}
    return [Tab(names[one], look.url(view=one), active=look.view == one) for one in VIEWS]


def _nothing(user: User) -> Empty:
    may_plan = user.can("interactions.log")
    return Empty(
        _("Nothing in these days"),
        _("Meetings you plan or are invited to stand here, beside customers' dates, "
          "follow-ups and promises that fall due."),
        _("Plan a meeting") if may_plan else "",
        reverse("interactions:meeting-create") if may_plan else "",
    )  # fmt: skip
