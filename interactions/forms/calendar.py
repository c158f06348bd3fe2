"""Forms of the calendar: shape of input only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AccountField, give_user
from accounts.forms.people import PositionChoice
from accounts.forms.team import colleagues, partners
from accounts.models import Account, Position
from interactions.analytics.mail import Part
from interactions.choices import Direction, InteractionKind
from interactions.models import Meeting
from interactions.services.calendar import Plan, Span
from interactions.services.calendar_problems import out_of_reach
from kam.core.clock import zone_named
from kam.core.forms import time_zones
from kam.identity.models import User

HOUR = timedelta(hours=1)
LOCAL = "%Y-%m-%dT%H:%M"


def _clock(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


class _Positions(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several places, called as one is."""

    label_from_instance = PositionChoice.label_from_instance


class MeetingForm(forms.Form):
    """What is planned: about what, with whom, from when to when, where."""

    title = forms.CharField(label=_("What it is about"), max_length=300)
    account = AccountField(label=_("Account"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=InteractionKind.choices, initial=InteractionKind.MEETING
    )
    starts_on = forms.DateField(label=_("First day"))
    starts_time = _clock(_("From"))
    ends_time = _clock(_("Until"))
    is_all_day = forms.BooleanField(label=_("The whole day"), required=False)
    participants = _Positions(
        label=_("People of theirs"),
        queryset=Position.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    place_text = forms.CharField(label=_("Where"), max_length=300, required=False)
    place = AccountField(
        label=_("Store of theirs"), required=False, help_text=_("A part of the name is enough.")
    )
    ends_on = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Empty: the same day.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("Hours are those of this zone, also when it is moved."),
    )
    colleagues = forms.ModelMultipleChoiceField(
        label=_("Colleagues"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    description = forms.CharField(
        label=_("Agenda or notes"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_private = forms.BooleanField(
        label=_("Private: others see only that you are busy"), required=False
    )
    more = ("place", "ends_on", "time_zone", "colleagues", "description", "is_private")

    def __init__(
        self,
        *args: Any,
        user: User,
        as_of: date,
        zone: str,
        account: Account | None = None,
        meeting: Meeting | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)
        self.meeting = meeting
        rows = self._people(account, user, as_of)
        cast("_Positions", self.fields["participants"]).queryset = rows
        if account is None:
            del self.fields["participants"]
        ours = cast("forms.ModelMultipleChoiceField[User]", self.fields["colleagues"])
        owner = meeting.owner_id if meeting is not None else user.pk
        ours.queryset = colleagues().exclude(pk=owner)
        zones = cast("forms.ChoiceField", self.fields["time_zone"])
        zones.choices = self._zones(zone)

    def _people(self, account: Account | None, user: User, as_of: date) -> QuerySet[Position]:
        """Who stands at the customer, and who is expected already."""
        if account is None:
            return Position.objects.none()
        rows = partners(account, user=user, as_of=as_of)
        if self.meeting is None:
            return rows
        invited = Position.objects.visible_to(user).filter(meetings__meeting=self.meeting)
        ids = {row.pk for row in rows} | {row.pk for row in invited}
        found = Position.objects.filter(pk__in=ids)
        return found.select_related("person", "account").order_by("person__name_key", "pk")

    @staticmethod
    def _zones(zone: str) -> Sequence[tuple[str, str]]:
        """All zones, the usual one first: without a start of its own the field stays folded."""
        rest = [choice for choice in time_zones() if choice[0] != zone]
        return [(zone, zone.replace("_", " ")), *rest]

    def clean(self) -> dict[str, Any]:
        """Hours for one that does not last all day; the end is after the start."""
        values = super().clean() or self.cleaned_data
        if not values.get("is_all_day"):
            if not values.get("starts_time") and "starts_time" not in self.errors:
                self.add_error("starts_time", _("Say when it starts, or that it lasts all day."))
            elif values.get("starts_on") and "ends_time" not in self.errors:
                try:
                    self._check_hours(values)
                except OverflowError:
                    self.add_error("starts_on", str(out_of_reach(values["starts_on"])))
        elif self._is_backwards(values):
            self.add_error("ends_on", _("The last day is before the first."))
        return values

    def _check_hours(self, values: dict[str, Any]) -> None:
        span = self._timed(values)
        if span.starts_at and span.ends_at and span.ends_at <= span.starts_at:
            name = "ends_on" if self._is_backwards(values) else "ends_time"
            self.add_error(name, _("It ends before it starts."))

    @staticmethod
    def _is_backwards(values: dict[str, Any]) -> bool:
        first, last = values.get("starts_on"), values.get("ends_on")
        return bool(first and last and last < first)

    @staticmethod
    def _timed(values: dict[str, Any]) -> Span:
        """Hours of the zone; an hour long where nothing says when it ends."""
        zone = zone_named(values.get("time_zone"))
        first: date = values["starts_on"]
        starts = datetime.combine(first, values["starts_time"], zone)
        hour: time | None = values.get("ends_time")
        ends = datetime.combine(values.get("ends_on") or first, hour, zone) if hour else None
        return Span(starts_at=starts, ends_at=ends or starts + HOUR)

    def plan(self) -> Plan:
        """What the service wants to know."""
        values = self.cleaned_data
        span = Span(starts_on=values["starts_on"], ends_on=values["ends_on"])
        if not values["is_all_day"]:
            span = self._timed(values)
        names = ("title", "account", "kind", "place_text", "place", "description", "is_private")
        return Plan(
            span=span,
            time_zone=values["time_zone"],
            others=self.meeting.others if self.meeting is not None else "",
            participants=list(values.get("participants") or ()),
            colleagues=list(values["colleagues"]),
            **{name: values[name] for name in names},
        )


def start_of(meeting: Meeting) -> dict[str, Any]:
    """A planned meeting as the form begins with it, in its own time zone."""
    values: dict[str, Any] = {
        name: getattr(meeting, name)
        for name in (
            *("title", "account", "kind", "is_all_day", "place_text", "place", "description"),
            *("is_private", "starts_on", "ends_on", "time_zone"),
        )
    }
    values["participants"] = list(meeting.participants.values_list("position", flat=True))
    values["colleagues"] = list(meeting.colleagues.values_list("user", flat=True))
    if meeting.starts_at is not None and meeting.ends_at is not None:
        zone = zone_named(meeting.time_zone)
        starts, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
        values |= {
            "starts_on": starts.date(),
            "starts_time": starts.time(),
            "ends_on": ends.date(),
            "ends_time": ends.time(),
        }
    if values["ends_on"] == values["starts_on"]:
        values["ends_on"] = None
    return values


class MoveForm(forms.Form):
    """Another day; the hour stays unless it is said."""

    to_day = forms.DateField(label=_("Day"))
    at = _clock(_("From"))


class CancelForm(forms.Form):
    """Why it is called off."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class FeedForm(forms.Form):
    """What the feed tells."""

    shows_private = forms.BooleanField(
        label=_("Show details of private meetings"),
        required=False,
        help_text=_("Otherwise the feed says of them only that you are busy."),
    )


class CalendarFileForm(forms.Form):
    """A calendar file."""

    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_("An .ics file of at most 5 MB, as calendars export it or mails bring it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )


class MailFileForm(forms.Form):
    """An e-mail saved as a file."""

    file = forms.FileField(
        label=_("E-mail"),
        help_text=_("An .eml file of at most 20 MB: save or drag the mail out of your mailbox."),
        widget=forms.ClearableFileInput(attrs={"accept": ".eml,message/rfc822"}),
    )


class MailForm(forms.Form):
    """What an e-mail becomes in the log."""

    account = AccountField(label=_("Account"))
    summary = forms.CharField(label=_("In one line"), max_length=300)
    occurred_at = forms.DateTimeField(
        label=_("When"),
        input_formats=[LOCAL, f"{LOCAL}:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices)
    participants = _Positions(
        label=_("People of theirs"),
        queryset=Position.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = forms.CharField(
        label=_("What was said"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    attachments = forms.TypedMultipleChoiceField(
        label=_("Files"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    is_confidential = forms.BooleanField(
        label=_("Confidential: only the account's team and you can read it"), required=False
    )

    def __init__(
        self,
        *args: Any,
        user: User,
        people: Sequence[Position],
        parts: Sequence[Part],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)
        rows = Position.objects.visible_to(user).filter(pk__in=[one.pk for one in people])
        field = cast("_Positions", self.fields["participants"])
        field.queryset = rows.select_related("person", "account").order_by("person__name_key")
        kept = cast("forms.TypedMultipleChoiceField", self.fields["attachments"])
        kept.choices = [(str(part.number), part.name) for part in parts]
        for name, is_there in (("participants", people), ("attachments", parts)):
            if not is_there:
                del self.fields[name]


def local(moment: datetime) -> datetime:
    """A moment as fields of day and time show it."""
    return timezone.localtime(moment).replace(second=0, microsecond=0)
