"""Account teams, requests to them, handovers."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import team as shapes
from accounts.api.views.promises import OfAccounts, Working
from accounts.choices import RequestStatus, TeamFunction
from accounts.models import Account, Handover, TeamMember, TeamRequest
from accounts.selectors.team.requests import received_by
from accounts.services.team import handovers, members, requests
from kam.core.api.base import Listed, Retrieved
from kam.core.filters import ChoicesFilter, IdFilter


class MemberFilter(OfAccounts):
    """Filters of team members."""

    user = IdFilter(field_name="user_id")
    function = ChoicesFilter(choices=TeamFunction, lookup_expr="in")
    on = django_filters.DateFilter(
        field_name="valid", lookup_expr="contains", help_text=gettext_lazy("In force on this day.")
    )

    class Meta:
        model = TeamMember
        fields: list[str] = []


class MemberViewSet(Listed, Retrieved, Working):
    """Who supports the lead at accounts, from when to when. Accounts below inherit them."""

    model = TeamMember
    capability = "team.view"
    change_capability = "team.edit"
    output = shapes.TeamMemberOutput
    filterset_class = MemberFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.TeamMemberInput, "end": shapes.MemberEndInput}
    answers = {
        "create": {201: shapes.TeamMemberOutput},
        "end": {200: shapes.TeamMemberOutput, 204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and colleague."""
        return queryset.select_related("account", "user")

    def changeable(self) -> QuerySet[Any]:
        """Of accounts that the caller leads or directs."""
        accounts = Account.objects.editable_by(self.user)
        return self.get_queryset().filter(account__in=accounts.values("pk"))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List members of account teams."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One member."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Let a colleague stand for a function from a day on."""
        body = self.body()
        made = members.add_member(
            account=self.led(body["account"]),
            user=body["user"],
            function=body["function"],
            note=body.get("note", ""),
            from_date=body.get("from") or timezone.localdate(),
            until=body.get("until"),
        )
        return self.answer_created(made.pk)

    @action(detail=True, methods=["post"])
    def end(self, request: Request, **_kwargs: Any) -> Response:
        """Let a colleague stand down; one who would not have stood a day goes altogether."""
        body = self.body()
        with self.locked() as member:
            members.end_member(member=member, on=body["on"])
        if not self.get_queryset().filter(pk=self.row_key()).exists():
            return Response(status=204)
        return self.answer(self.row())


class RequestFilter(OfAccounts):
    """Filters of requests."""

    status = ChoicesFilter(choices=RequestStatus, lookup_expr="in")
    function = ChoicesFilter(choices=TeamFunction, lookup_expr="in")
    sender = IdFilter(field_name="sender_id")
    to_user = IdFilter(field_name="to_user_id")
    is_open = django_filters.BooleanFilter(field_name="closed_on", lookup_expr="isnull")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lt")

    class Meta:
        model = TeamRequest
        fields: list[str] = []


_ANSWERED: dict[int, Any] = {200: shapes.TeamRequestDetailOutput}


class RequestViewSet(Listed, Retrieved, Working):
    """What leads ask of supporting functions: sent, accepted, declined, done or cancelled."""

    model = TeamRequest
    capability = "team.view"
    change_capability = "requests.answer"
    capabilities = {"create": "requests.send", "cancel": "requests.send"}
    output = shapes.TeamRequestOutput
    detail_output = shapes.TeamRequestDetailOutput
    filterset_class = RequestFilter
    orderings = {"id": "pk", "due_on": "due_on", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.TeamRequestInput,
        "decline": shapes.WordsInput,
        "finish": shapes.WordsInput,
        "cancel": shapes.CancelInput,
        "comment": shapes.CommentInput,
    }
    answers = {
        "create": {201: shapes.TeamRequestDetailOutput},
        "accept": _ANSWERED,
        "decline": _ANSWERED,
        "finish": _ANSWERED,
        "cancel": _ANSWERED,
        "comment": _ANSWERED,
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With who is named; one alone with what was said."""
        rows = queryset.select_related("account", "sender", "to_user")
        return rows if self.action == "list" else rows.prefetch_related("comments__author")

    def changeable(self) -> QuerySet[Any]:
        """What the caller may answer, take back, or say something about."""
        if self.action == "comment":
            return self.get_queryset()
        if self.action == "cancel":
            led = Account.objects.editable_by(self.user).values("pk")
            own = Q(sender__in=self.user.acting_user_ids()) | Q(account__in=led)
            return self.get_queryset().filter(own)
        return received_by(self.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List requests."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One request with its comments."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Ask something of the team of an account that you lead or direct."""
        body = self.body()
        account = self.led(body.pop("account"))
        sent = requests.send_request(
            account=account,
            sender=self.user,
            to_user=body.pop("to_user", None),
            as_of=timezone.localdate(),
            **body,
        )
        return self.answer_created(sent.pk)

    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **_kwargs: Any) -> Response:
        """Take a request on."""
        with self.locked() as row:
            requests.accept_request(request=row, by=self.user)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def decline(self, request: Request, **_kwargs: Any) -> Response:
        """Say no, and why."""
        words, today = self.body()["words"], timezone.localdate()
        with self.locked() as row:
            requests.decline_request(request=row, reason=words, by=self.user, as_of=today)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def finish(self, request: Request, **_kwargs: Any) -> Response:
        """Say that it is done, and what came of it."""
        words, today = self.body()["words"], timezone.localdate()
        with self.locked() as row:
            requests.finish_request(request=row, outcome=words, by=self.user, as_of=today)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **_kwargs: Any) -> Response:
        """Take a request back."""
        words, today = self.body().get("words", ""), timezone.localdate()
        with self.locked() as row:
            requests.cancel_request(request=row, reason=words, as_of=today)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def comment(self, request: Request, **_kwargs: Any) -> Response:
        """Say something about a request."""
        text = self.body()["text"]
        with self.locked() as row:
            requests.comment_on(request=row, author=self.user, text=text)
        return self.answer(self.row())


class HandoverFilter(django_filters.FilterSet):
    """Filters of handovers."""

    account = IdFilter(field_name="account_id")
    from_user = IdFilter(field_name="from_user_id")
    to_user = IdFilter(field_name="to_user_id")
    waits = django_filters.BooleanFilter(
        field_name="acknowledged_at",
        lookup_expr="isnull",
        help_text=gettext_lazy("Whether the new lead has yet to acknowledge it."),
    )

    class Meta:
        model = Handover
        fields: list[str] = []


class HandoverViewSet(Listed, Retrieved, Working):
    """Accounts handed over, with the pack as it was confirmed."""

    model = Handover
    capability = "handovers.view"
    change_capability = "handovers.view"
    capabilities = {"create": "handovers.make"}
    output = shapes.HandoverOutput
    detail_output = shapes.HandoverDetailOutput
    filterset_class = HandoverFilter
    orderings = {"id": "pk", "effective_on": "effective_on"}
    bodies = {"create": shapes.HandoverInput, "acknowledge": shapes.AcknowledgeInput}
    answers = {
        "create": {201: shapes.HandoverDetailOutput},
        "acknowledge": {200: shapes.HandoverDetailOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With who is named; a list leaves the packs out."""
        rows = queryset.select_related("account", "from_user", "to_user", "made_by")
        return rows.defer("pack") if self.action == "list" else rows

    def changeable(self) -> QuerySet[Any]:
        """Those that were handed over to the caller."""
        return self.get_queryset().filter(to_user=self.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List handovers."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One handover with what of its pack you may read."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Change the lead from a day on and freeze the pack of this moment.

        Where somebody changed the lead meanwhile this is refused and nothing changes.
        """
        body = self.body()
        made = handovers.hand_over(
            account=self.led(body["account"]),
            from_user=body.get("from_user"),
            to_user=body["to_user"],
            effective_on=body["effective_on"],
            reason=body.get("reason", ""),
            made_by=self.user,
            as_of=timezone.localdate(),
        )
        return self.answer_created(made.pk)

    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, **_kwargs: Any) -> Response:
        """Say that you have read the pack of an account handed over to you."""
        note = self.body().get("note", "")
        with self.locked() as row:
            handovers.acknowledge(handover=row, by=self.user, at=timezone.now(), note=note)
        return self.answer(self.row())
