"""Promises of both sides, and how far each kept its word."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import team as shapes
from accounts.api.views.people import unknown
from accounts.choices import PromiseOutcome, PromiseSide
from accounts.forms.team import partners
from accounts.models import Account, Position, Promise
from accounts.selectors.team.members import accounts_worked_on
from accounts.selectors.team.promises import promises_at, tallies
from accounts.services.team import promises
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.filters import ChoicesFilter, IdFilter, UpdatedSince
from kam.identity.models import User


class Working(Resource):
    """Looks up what a body names; unknown and foreign ids answer alike."""

    @property
    def user(self) -> User:
        """The caller."""
        return cast("User", self.request.user)

    def led(self, pk: int) -> Account:
        """An account that the caller leads or directs."""
        rows = Account.objects.editable_by(self.user).not_merged()
        found: Account | None = rows.filter(pk=pk).first()
        if found is None:
            raise unknown("account", _("There is no such account."))
        return found

    def worked_on(self, pk: int) -> Account:
        """An account that the caller sees or supports."""
        found = accounts_worked_on(self.user).filter(pk=pk).first()
        if found is None:
            raise unknown("account", _("There is no such account."))
        return found

    def leads(self, account: Account) -> bool:
        """Whether the caller leads or directs an account."""
        return bool(Account.objects.editable_by(self.user).filter(pk=account.pk).exists())


class OfAccounts(UpdatedSince):
    """Rows by account, with all below it where asked."""

    account = IdFilter(field_name="account_id")
    within = IdFilter(
        method="by_branch", help_text=gettext_lazy("At this account and all below it today.")
    )

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """At a node and everything below it."""
        return rows.filter(account__path__contains=[int(pk)])


class PromiseFilter(OfAccounts):
    """Filters of promises."""

    side = ChoicesFilter(choices=PromiseSide, lookup_expr="in")
    outcome = ChoicesFilter(choices=PromiseOutcome, lookup_expr="in")
    user = IdFilter(field_name="user_id")
    due_from = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lt")

    class Meta:
        model = Promise
        fields: list[str] = []


class PromiseViewSet(Listed, Retrieved, Working):
    """Promises between us and people at accounts, in both directions."""

    model = Promise
    capability = "promises.view"
    change_capability = "promises.edit"
    output = shapes.PromiseOutput
    filterset_class = PromiseFilter
    orderings = {"id": "pk", "due_on": "due_on", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.PromiseInput,
        "partial_update": shapes.PromiseChange,
        "move": shapes.PromiseMoveInput,
        "settle": shapes.PromiseSettleInput,
    }
    answers = {
        "create": {201: shapes.PromiseOutput},
        "move": {200: shapes.PromiseOutput},
        "settle": {200: shapes.PromiseOutput},
        "reopen": {200: shapes.PromiseOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With who is named, and the days agreed before."""
        rows = queryset.select_related("account", "user", "author")
        return rows.prefetch_related("moves__author")

    def changeable(self) -> QuerySet[Any]:
        """Those that the caller gave or got, or of accounts that they lead or direct."""
        return cast("QuerySet[Any]", Promise.objects.editable_by(self.user))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List promises."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One promise."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Note a promise; for a colleague only where you lead or direct the account."""
        body, today = self.body(), timezone.localdate()
        account = self.worked_on(body["account"])
        user = body.get("user") or self.user
        if user != self.user and not self.leads(account):
            raise unknown("user", _("There is no such colleague for you."))
        made = promises.add_promise(
            account=account,
            side=body["side"],
            user=user,
            position=self._position(account, body.get("position")),
            what=body["what"],
            note=body.get("note", ""),
            made_on=body.get("made_on") or today,
            due_on=body["due_on"],
            author=self.user,
            as_of=today,
        )
        return self.answer_created(made.pk)

    def _position(self, account: Account, pk: int | None) -> Position | None:
        if pk is None:
            return None
        rows = partners(account, user=self.user, as_of=timezone.localdate())
        found = rows.filter(pk=pk).first()
        if found is None:
            raise unknown("position", _("There is no such position."))
        return found

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Mend the words."""
        body = self.body()
        with self.locked() as promise:
            promises.update_promise(promise=promise, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def move(self, request: Request, **_kwargs: Any) -> Response:
        """Agree another day; the former one stays known."""
        body, today = self.body(), timezone.localdate()
        with self.locked() as promise:
            promises.move_promise(promise=promise, author=self.user, as_of=today, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def settle(self, request: Request, **_kwargs: Any) -> Response:
        """Say what became of it."""
        body, today = self.body(), timezone.localdate()
        with self.locked() as promise:
            promises.settle_promise(
                promise=promise,
                outcome=body["outcome"],
                settled_on=body.get("settled_on") or today,
                words=body.get("words", ""),
                as_of=today,
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **_kwargs: Any) -> Response:
        """Take back what was said of the outcome."""
        with self.locked() as promise:
            promises.reopen_promise(promise=promise)
        return self.answer(self.row())


class ReliabilityView(StrictView):
    """How far each side kept its word."""

    capability = "promises.view"
    answers = {"get": {200: shapes.ReliabilityOutput}}

    def get(self, request: Request, pk: int) -> Response:
        """Promises kept in time of those due, at an account and all below it today."""
        user = cast("User", request.user)
        account = accounts_worked_on(user).filter(pk=pk).first()
        if account is None:
            raise exceptions.NotFound
        found = tallies(promises_at(account, user), as_of=timezone.localdate())
        return Response(shapes.ReliabilityOutput(found).data)
