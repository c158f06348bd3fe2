"""Meetings: planned, changed, moved, called off, put into the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.api.views.promises import OfAccounts, Working
from accounts.models import Position
from interactions.api.serializers import calendar as shapes
from interactions.choices import InteractionKind, MeetingSource, MeetingState
from interactions.models import Meeting
from interactions.services import calendar as services
from interactions.services.calendar import Origin, Plan, Span
from kam.core.api.base import Listed, Retrieved
from kam.core.filters import ChoicesFilter, IdFilter

WHEN = ("starts_at", "ends_at", "starts_on", "ends_on")


class MeetingFilter(OfAccounts):
    """Filters of meetings."""

    owner = IdFilter(field_name="owner_id")
    kind = ChoicesFilter(choices=InteractionKind, lookup_expr="in")
    state = ChoicesFilter(choices=MeetingState, lookup_expr="in")
    ends_from = django_filters.DateFilter(field_name="ends_on", lookup_expr="gte")
    starts_before = django_filters.DateFilter(field_name="starts_on", lookup_expr="lt")

    class Meta:
        model = Meeting
        fields: list[str] = []


_SHOWN: dict[int, Any] = {200: shapes.MeetingOutput}


class MeetingViewSet(Listed, Retrieved, Working):
    """Planned contacts. Private ones are their owner's and the invited colleagues' alone."""

    model = Meeting
    capability = "interactions.view"
    change_capability = "interactions.log"
    output = shapes.MeetingOutput
    filterset_class = MeetingFilter
    orderings = {"id": "pk", "starts_on": "starts_on", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.MeetingInput,
        "partial_update": shapes.MeetingChange,
        "move": shapes.MeetingMoveInput,
        "cancel": shapes.MeetingCancelInput,
    }
    answers = {
        "create": {201: shapes.MeetingOutput},
        "partial_update": _SHOWN,
        "move": _SHOWN,
        "cancel": _SHOWN,
        "reopen": _SHOWN,
        "log": _SHOWN,
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With who is named."""
        rows = queryset.select_related("account", "owner", "place")
        return rows.prefetch_related("participants", "colleagues")

    def changeable(self) -> QuerySet[Any]:
        """One's own, and those of whom one stands in for."""
        return cast("QuerySet[Any]", Meeting.objects.editable_by(self.user))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List meetings, cancelled ones too."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One meeting."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Plan a meeting of yours."""
        body = self.body()
        start = Plan(title=body["title"], span=_span(body))
        made = services.plan_meeting(
            plan=self._plan(start, body),
            owner=self.user,
            as_of=timezone.localdate(),
            origin=Origin(source=MeetingSource.API),
        )
        return self.answer_created(made.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Say a part of it anew."""
        body = self.body()
        with self.locked() as meeting:
            plan = self._plan(services.plan_of(meeting), body)
            services.change_meeting(meeting=meeting, plan=plan, as_of=timezone.localdate())
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def move(self, request: Request, **_kwargs: Any) -> Response:
        """Move it to another day, at the same hour of its own time zone or at another one."""
        body = self.body()
        with self.locked() as meeting:
            services.move_meeting(meeting=meeting, as_of=timezone.localdate(), **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **_kwargs: Any) -> Response:
        """Call it off."""
        body = self.body()
        with self.locked() as meeting:
            services.cancel_meeting(meeting=meeting, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **_kwargs: Any) -> Response:
        """Plan it again after it was called off."""
        with self.locked() as meeting:
            services.reopen_meeting(meeting=meeting)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def log(self, request: Request, **_kwargs: Any) -> Response:
        """Put it into the log, once, after it has begun."""
        with self.locked() as meeting:
            if meeting.account_id is not None:
                self.worked_on(meeting.account_id)
            services.log_meeting(meeting=meeting, author=self.user, now=timezone.now())
        return self.answer(self.row())

    def _plan(self, start: Plan, body: dict[str, Any]) -> Plan:
        """What is planned with what was sent; unknown and foreign ids answer alike."""
        sent = {name: value for name, value in body.items() if name not in WHEN}
        for name in ("account", "place"):
            if sent.get(name) is not None:
                sent[name] = self.worked_on(sent[name])
        if "participants" in sent:
            sent["participants"] = self._positions(sent["participants"])
        elif "account" in sent and sent["account"] != start.account:
            sent["participants"] = []
        if any(name in body for name in WHEN):
            sent["span"] = _span(body)
        return replace(start, **sent)

    def _positions(self, ids: Iterable[int]) -> Sequence[Position]:
        wanted = set(ids)
        rows = Position.objects.visible_to(self.user).filter(pk__in=wanted, person__isnull=False)
        found = tuple(rows.select_related("account"))
        if len(found) != len(wanted):
            raise unknown("participants", _("There is no such position."))
        return found


def _span(body: dict[str, Any]) -> Span:
    return Span(**{name: body[name] for name in WHEN if name in body})
