"""The form of a contact: shape of input only. People and notes come in rows of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import PromiseSide
from accounts.forms.fields import NUMBER
from accounts.forms.team import colleagues
from accounts.models import Account, Position
from interactions.choices import Direction, InteractionKind, NoteKind, Sentiment
from interactions.models import Interaction
from interactions.services.becoming import TASK_DAYS, Wish
from interactions.services.log import Contact, Said

DURATIONS = (15, 30, 45, 60, 90, 120)
MOST_NOTES = 20
STAYS_CONFIDENTIAL = (NoteKind.NEED, NoteKind.CONCERN)
ONE_WAY = (InteractionKind.EMAIL, InteractionKind.MESSAGE)
LOCAL = "%Y-%m-%dT%H:%M"


def usual_direction(kind: str) -> str:
    """Whom a contact of a kind usually comes from: mail and messages go out, the rest is both."""
    return Direction.OUTBOUND if kind in ONE_WAY else Direction.TWO_WAY


@dataclass(slots=True)
class NoteRow:
    """One row of the form, as it was typed."""

    number: int
    kind: str = NoteKind.NEED
    text: str = ""
    by: str = ""
    keep: bool = True
    side: str = PromiseSide.OURS
    due: str = ""
    competitor: str = ""
    follow: bool = False


class LogForm(forms.Form):
    """What was spoken about, with whom, when and where."""

    kind = forms.ChoiceField(label=_("Kind"), choices=InteractionKind.choices)
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices, required=False)
    occurred_at = forms.DateTimeField(
        label=_("When"),
        input_formats=[LOCAL, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
    )
    minutes = forms.IntegerField(
        label=_("Duration, minutes"), required=False, min_value=1, max_value=1440
    )
    place = forms.CharField(label=_("Store or place"), required=False, max_length=400)
    summary = forms.CharField(label=_("In one line"), max_length=300)
    text = forms.CharField(label=_("What was said"), required=False, max_length=20_000)
    is_confidential = forms.BooleanField(label=_("Confidential"), required=False)

    def __init__(
        self,
        *args: Any,
        people: Sequence[Position],
        places: Sequence[Account],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {position.pk: position for position in people}
        self.places = {place.pk: place for place in places}

    def clean_place(self) -> Account | None:
        """A store of the group, by its name and number or by its whole name."""
        typed = (self.cleaned_data["place"] or "").strip()
        if not typed:
            return None
        number = NUMBER.search(typed)
        if number and (place := self.places.get(int(number[1]))):
            return place
        named = [one for one in self.places.values() if one.name.casefold() == typed.casefold()]
        if len(named) == 1:
            return named[0]
        raise forms.ValidationError(
            _("There is no such store of this customer. Choose from the list.")
        )

    def clean(self) -> dict[str, Any]:
        """Without a direction the usual one of the kind holds."""
        values = super().clean() or self.cleaned_data
        values["direction"] = values.get("direction") or usual_direction(values.get("kind", ""))
        return values

    # Rows

    def _list(self, name: str) -> list[str]:
        data = cast("QueryDict", self.data)
        return data.getlist(name) if hasattr(data, "getlist") else []

    def chosen_people(self) -> dict[int, str]:
        """Who is ticked, with how they sounded as it was typed."""
        if not self.is_bound:
            return dict(self.initial.get("people", {}))
        ids = whole_numbers(self._list("people"))
        return {pk: self.data.get(f"mood-{pk}", "") for pk in ids if pk in self.people}

    def participants(self) -> dict[Position, int | None]:
        """Who took part and how they sounded; what is no number on the scale is not told."""
        known = {str(value): value for value in Sentiment.values}
        return {self.people[pk]: known.get(mood) for pk, mood in self.chosen_people().items()}

    def chosen_colleagues(self) -> list[int]:
        """Ids of colleagues that are ticked."""
        if not self.is_bound:
            return list(self.initial.get("colleagues", []))
        return whole_numbers(self._list("colleagues"))

    def note_rows(self) -> list[NoteRow]:
        """The rows as typed, an empty one last for the next."""
        rows = list(self._typed_rows()) if self.is_bound else []
        wants_more = not rows or rows[-1].text.strip() or "more" in self.data
        if wants_more and len(rows) < MOST_NOTES:
            rows.append(NoteRow(len(rows)))
        return rows

    def _typed_rows(self) -> Iterator[NoteRow]:
        def get(name: str) -> str:
            return str(self.data.get(name) or "").replace("\x00", "")

        place = 0
        for number in range(MOST_NOTES):
            name = f"note-{number}-"
            if f"{name}text" not in self.data:
                continue
            yield NoteRow(
                number=place,
                kind=get(f"{name}kind") or NoteKind.NEED,
                text=get(f"{name}text")[:1000],
                by=get(f"{name}by"),
                keep=f"{name}keep" in self.data,
                side=get(f"{name}side") or PromiseSide.OURS,
                due=get(f"{name}due"),
                competitor=get(f"{name}competitor")[:200],
                follow=f"{name}follow" in self.data,
            )
            place += 1

    def _said(self, row: NoteRow, today: date) -> Said:
        """A note; of a confidential contact only a need and a concern, which stay so, are kept by
        themselves: what becomes of other notes can be read by others, as its own form says."""
        is_open = not self.cleaned_data["is_confidential"]
        wish = Wish(
            keep=row.keep and (is_open or row.kind in STAYS_CONFIDENTIAL),
            side=row.side if row.side in PromiseSide.values else PromiseSide.OURS,
            due_on=_day(row.due),
            competitor=row.competitor,
            follow_up_on=today + timedelta(days=TASK_DAYS) if row.follow else None,
        )
        kind = row.kind if row.kind in NoteKind.values else NoteKind.NEED
        position = next((self.people.get(pk) for pk in whole_numbers([row.by])), None)
        return Said(kind=kind, text=row.text, position=position, wish=wish)

    def contact(self, account: Account, today: date) -> Contact:
        """What the service wants to know."""
        values = self.cleaned_data
        return Contact(
            account=account,
            participants=self.participants(),
            colleagues=list(colleagues().filter(pk__in=self.chosen_colleagues())),
            notes=[
                self._said(row, today)
                for row in (self._typed_rows() if self.is_bound else ())
                if row.text.strip()
            ],
            **values,
        )

    def shown(self, name: str) -> str:
        """What stands in a field: as typed, else the start."""
        value = self[name].value()
        if isinstance(value, datetime):
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            return local.strftime(LOCAL)
        return "" if value is None else str(value)


def start_of(contact: Interaction) -> Mapping[str, Any]:
    """A logged contact as the form begins with it."""
    place = contact.place
    return {
        "kind": contact.kind,
        "direction": contact.direction,
        "occurred_at": contact.occurred_at,
        "minutes": contact.minutes,
        "place": f"{place.name} #{place.pk}" if place else "",
        "summary": contact.summary,
        "text": contact.text,
        "is_confidential": contact.is_confidential,
        "people": {
            one.position_id: "" if one.sentiment is None else str(one.sentiment)
            for one in contact.participants.all()
        },
        "colleagues": [one.user_id for one in contact.colleagues.all()],
    }


class WhyForm(forms.Form):
    """Why a contact is put right."""

    why = forms.CharField(label=_("Why is it put right?"), max_length=500)


def whole_numbers(typed: Sequence[str]) -> list[int]:
    """The ids among what was sent; what is none is left out."""
    return [int(one) for one in typed if one.isdecimal() and len(one) < 19]


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
