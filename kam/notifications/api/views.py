"""One's own notifications and choices over the API."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api import etags
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.identity.models import User
from kam.notifications import selectors
from kam.notifications.api.shapes import (
    NotificationOutput,
    NotificationPreferencesInput,
    NotificationPreferencesOutput,
    ReadInput,
    ReadOutput,
)
from kam.notifications.choices import Mail
from kam.notifications.filters import NotificationApiFilter
from kam.notifications.models import Notification
from kam.notifications.services import choosing, reading


class NotificationViewSet(Listed, Retrieved, Resource):
    """What the caller was told in the app."""

    model = Notification
    capability = "notifications.view"
    output = NotificationOutput
    filterset_class = NotificationApiFilter
    orderings = {"id": "pk", "occurred_at": "occurred_at"}
    default_ordering = "-id"
    bodies = {"read": ReadInput}
    answers = {"read": {200: ReadOutput}}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List one's own notifications, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One notification; reading it here does not mark it."""
        return super().retrieve(request, *args, **kwargs)

    @action(detail=False, methods=["post"])
    def read(self, request: Request) -> Response:
        """Mark notifications as read, by id or all up to an id."""
        body, user, now = self.body(), _user(request), timezone.now()
        marked = reading.mark_read(user=user, ids=body.get("ids", []), at=now)
        if "up_to" in body:
            marked += reading.mark_all_read(user=user, up_to=body["up_to"], at=now)
        return Response({"marked": marked, "unread": selectors.unread_count(user)})


class PreferencesView(StrictView):
    """How the caller is told, and when."""

    capability = "notifications.view"
    bodies = {"put": NotificationPreferencesInput}
    answers = {
        "get": {200: NotificationPreferencesOutput},
        "put": {200: NotificationPreferencesOutput},
    }

    def get(self, request: Request) -> Response:
        """The ways of every kind, the digest's hour and quiet days."""
        return _answer(_user(request))

    def put(self, request: Request) -> Response:
        """Choose ways and times; kinds that are not named stay as they are."""
        body, user = self.body(), _user(request)
        ways = {
            one["kind"]: choosing.Ways(one["in_app"], Mail(one["mail"]))
            for one in body.pop("kinds", [])
        }
        with transaction.atomic():
            etags.demand_match(request, _choices(user))
            choosing.choose_ways(user=user, ways=ways)
            choosing.choose_delivery(user=user, **body)
        return _answer(user)


def _user(request: Request) -> User:
    user = request.user
    if not isinstance(user, User):  # the view's capability lets nobody else in
        raise TypeError
    return user


def _choices(user: User) -> Any:
    delivery = selectors.delivery_for(user)
    kinds = [
        {
            "kind": one.kind.key,
            "title": str(one.kind.title),
            "explains": str(one.kind.explains),
            "in_app": one.in_app,
            "mail": one.mail.value,
        }
        for one in selectors.choices_of(user)
    ]
    values = {
        "kinds": kinds,
        "wants_digest": delivery.wants_digest,
        "digest_hour": delivery.digest_hour,
        "quiet_days": delivery.quiet_days,
        "time_zone": delivery.time_zone,
    }
    return NotificationPreferencesOutput(values).data


def _answer(user: User) -> Response:
    data = _choices(user)
    return Response(data, headers={"ETag": etags.etag_of(data)})
