from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from kam.core.forms import time_zones
from kam.notifications.choices import Mail
from kam.notifications.models import Delivery
from kam.notifications.registry import NotificationKind
from kam.notifications.selectors import KindChoice
from kam.notifications.services.choosing import Ways


def _hours() -> list[tuple[int, str]]:
    return [(hour, f"{hour:02}:00") for hour in range(24)]


def _days() -> list[tuple[int, Any]]:
    return [(index + 1, name) for index, name in WEEKDAYS.items()]


class ChoicesForm(forms.Form):
    """The ways of every kind, and when mails may come."""

    wants_digest = forms.BooleanField(label=_("Send the daily digest"), required=False)
    digest_hour = forms.TypedChoiceField(
        label=_("Digest from"), choices=_hours, coerce=int, help_text=_("On your clock.")
    )
    quiet_days = forms.TypedMultipleChoiceField(
        label=_("Days without e-mail"),
        choices=_days,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What comes on these days is sent on the next day with e-mail."),
    )
    time_zone = forms.ChoiceField(
        label=_("Your time zone"),
        choices=lambda: [("", _("As the organisation")), *time_zones()],
        required=False,
    )

    def __init__(self, data: Any = None, *, choices: list[KindChoice], delivery: Delivery) -> None:
        initial = {
            "wants_digest": delivery.wants_digest,
            "digest_hour": delivery.digest_hour,
            "quiet_days": delivery.quiet_days,
            "time_zone": delivery.time_zone,
        }
        super().__init__(data, initial=initial)
        self.kinds = choices
        for choice in choices:
            self.fields[f"{choice.kind.key}:app"] = forms.BooleanField(
                initial=choice.in_app,
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
            self.fields[f"{choice.kind.key}:mail"] = forms.ChoiceField(
                choices=Mail.choices,
                initial=choice.mail,
                widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
            )

    def lines(self) -> Iterator[tuple[NotificationKind, forms.BoundField, forms.BoundField]]:
        """Each kind with its two fields."""
        for choice in self.kinds:
            key = choice.kind.key
            yield choice.kind, self[f"{key}:app"], self[f"{key}:mail"]

    def ways(self) -> dict[str, Ways]:
        """The ways that were changed; untouched kinds keep following their defaults."""
        found = {}
        for choice in self.kinds:
            key = choice.kind.key
            in_app = self.cleaned_data[f"{key}:app"]
            mail = Mail(self.cleaned_data[f"{key}:mail"])
            if (in_app, mail) != (choice.in_app, choice.mail):
                found[key] = Ways(in_app, mail)
        return found

    def delivery(self) -> dict[str, Any]:
        """When mails may come, as the service wants to know it."""
        names = ("wants_digest", "digest_hour", "quiet_days", "time_zone")
        return {name: self.cleaned_data[name] for name in names}
