"""What the address of a timeline asks, and the events as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from interactions.forms.timeline import TimelineForm
from interactions.selectors.search import marker
from kam.core import timeline
from kam.core.badges import State
from kam.core.clock import organisation_zone
from kam.core.timeline import BadPointError, Event, Subject, TimelineSource, Wanted
from kam.identity.decorators import signed_in
from kam.identity.models import User

DETAIL = 280
LIMIT = 30
STATE_WORDS: dict[State, Any] = {
    "success": _("Good"),
    "warning": _("Attention"),
    "danger": _("Serious"),
}


@dataclass(frozen=True)
class Line:
    """An event ready to be shown: what was searched is marked."""

    event: Event
    title: SafeString
    detail: SafeString
    notes: Sequence[tuple[Any, SafeString]]
    has_account: bool

    @property
    def sign(self) -> Any:
        """Its state in a word, for who does not see the colour; empty for a neutral one."""
        return STATE_WORDS.get(self.event.state, "")


def lines_of(events: Iterable[Event], typed: str = "", account_id: int | None = None) -> list[Line]:
    """The events as lines; those of other accounts than the page's say whose they are."""
    shown = list(events)
    texts = [text for event in shown for text in _texts(event)] if typed else []
    marks = marker(typed, texts)
    own = reverse("accounts:account-detail", args=[account_id]) if account_id else ""
    return [
        Line(
            event=event,
            title=marks.mark(event.title),
            detail=marks.mark(event.detail, DETAIL),
            notes=[(kind, marks.mark(text, DETAIL)) for kind, text in event.notes],
            has_account=bool(event.account) and event.account_url != own,
        )
        for event in shown
    ]


def _texts(event: Event) -> list[Any]:
    return [event.title, event.detail, *(text for _kind, text in event.notes)]


@dataclass(frozen=True)
class Chip:
    """A kind of events that one can choose: where a click leads."""

    source: TimelineSource
    url: str
    is_on: bool


class Asked:
    """A request for a page of a timeline."""

    def __init__(
        self,
        request: HttpRequest,
        subject: Subject,
        form: TimelineForm,
        *,
        limit: int = LIMIT,
    ) -> None:
        self.user: User = signed_in(request)
        self.request, self.form = request, form
        self.person: Person | None = form.value("person")
        # Of one person among an account's only what is about people is told.
        self.subject: Subject = "person" if self.person is not None else subject
        self.sources = timeline.sources_for(self.user, self.subject)
        known = {source.key for source in self.sources}
        self.keys = tuple(key for key in request.GET.getlist("source") if key in known)
        self.text: str = form.value("q") or ""
        self.limit = limit

    def wanted(self, account_ids: Sequence[int] | None, person_id: int | None = None) -> Wanted:
        """What is asked of the sources; nothing that is still to come."""
        tomorrow = timezone.localdate() + timedelta(days=1)
        until: date | None = self.form.value("until")
        return Wanted(
            account_ids=account_ids,
            person_id=self.person.pk if self.person is not None else person_id,
            before=self._before(),
            since=self.form.value("since"),
            until=until + timedelta(days=1) if until and until < tomorrow else tomorrow,
            text=self.text,
            limit=self.limit,
            zone=organisation_zone(),
        )

    def _before(self) -> timeline.Point | None:
        try:
            return timeline.decode(self.request.GET["before"])
        except (KeyError, BadPointError):
            return None

    def read(self, wanted: Wanted) -> timeline.Page:
        """The page asked for."""
        return timeline.read(self.user, self.subject, wanted, keys=self.keys)

    def read_all(self, wanted: Wanted) -> Iterable[Event]:
        """Everything from the newest on, for a file."""
        whole = replace(wanted, before=None)
        return timeline.read_all(self.user, self.subject, whole, keys=self.keys)

    def url(self, **changes: Any) -> str:
        """The address with parameters changed; None takes one out. A change begins anew."""
        query = self.request.GET.copy()
        for name in ("before", "export", *changes):
            query.pop(name, None)
        for name, value in changes.items():
            if value is not None:
                query.setlist(name, value if isinstance(value, list) else [value])
        text = query.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path

    @property
    def chips(self) -> list[Chip]:
        """The kinds to choose from; only those that can be searched while something is."""
        return [
            Chip(source, self.url(source=self._toggled(source.key)), source.key in self.keys)
            for source in self.sources
            if source.searches or not self.text
        ]

    def _toggled(self, key: str) -> list[str]:
        kept = [one for one in self.keys if one != key]
        return kept if key in self.keys else [*kept, key]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the newest of everything is asked."""
        return bool(self.keys) or any(self.form.value(name) for name in self.form.fields)
