"""Rules of cadence, pauses, and the contacts that are due."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.choices import Function
from accounts.models import Account
from interactions.api.serializers import cadence as shapes
from interactions.choices import PauseReason
from interactions.models import CadencePause, CadencePolicy
from interactions.selectors.cadence.pauses import pauses_for
from interactions.selectors.cadence.touches import OVERDUE, touches_of, touches_with_people
from interactions.services import cadence as services
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from kam.identity.models import User

VIEW, CONFIGURE = "interactions.view", "interactions.configure"


class CadencePolicyFilter(UpdatedSince):
    """Filters of rules."""

    tier = CodesFilter(field_name="tier_code", lookup_expr="in")
    function = ChoicesFilter(choices=Function, lookup_expr="in")
    on = django_filters.DateFilter(field_name="valid", lookup_expr="contains")

    class Meta:
        model = CadencePolicy
        fields: list[str] = []


class CadencePolicyViewSet(Listed, Retrieved, Resource):
    """How often accounts of a tier are met, by function."""

    model = CadencePolicy
    capability = VIEW
    change_capability = CONFIGURE
    output = shapes.CadencePolicyOutput
    filterset_class = CadencePolicyFilter
    orderings = {"id": "pk", "tier": "tier_code", "updated_at": "updated_at"}
    bodies = {"create": shapes.CadencePolicyInput}
    answers = {"create": {201: shapes.CadencePolicyOutput}, "destroy": {204: None}}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List rules."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One rule."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Let a pace hold in a period; what held then gives way."""
        return self.answer_created(services.set_policy(**self.body()).pk)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """End a rule today; one that has not begun goes."""
        with self.locked() as policy:
            services.end_policy(policy=policy, on=timezone.localdate())
        return Response(status=status.HTTP_204_NO_CONTENT)


class CadencePauseFilter(UpdatedSince):
    """Filters of pauses."""

    account = IdFilter(field_name="account_id")
    reason = ChoicesFilter(choices=PauseReason, lookup_expr="in")
    on = django_filters.DateFilter(field_name="valid", lookup_expr="contains")

    class Meta:
        model = CadencePause
        fields: list[str] = []


class CadencePauseViewSet(Listed, Retrieved, Resource):
    """Days that do not count."""

    model = CadencePause
    capability = VIEW
    change_capability = CONFIGURE
    output = shapes.CadencePauseOutput
    filterset_class = CadencePauseFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.CadencePauseInput, "partial_update": shapes.CadencePauseChange}
    answers = {"create": {201: shapes.CadencePauseOutput}, "destroy": {204: None}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the account."""
        return queryset.select_related("account")

    def changeable(self) -> QuerySet[Any]:
        """Those that the caller sees."""
        return pauses_for(cast("User", self.request.user))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List pauses."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One pause."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Let days not count, for every account or for one with all below it."""
        body = self.body()
        if (pk := body.pop("account", None)) is not None:
            body["account"] = _account(cast("User", request.user), pk)
        return self.answer_created(services.add_pause(**body).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change reason, note or days."""
        body = self.body()
        with self.locked() as pause:
            held = {
                "reason": pause.reason,
                "note": pause.note,
                "from_date": pause.valid.lower,
                "until": pause.valid.upper,
            }
            services.change_pause(pause=pause, **{**held, **body})
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Let the days count again; the history keeps the pause."""
        with self.locked() as pause:
            services.remove_pause(pause=pause)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _account(user: User, pk: int, field: str = "account") -> Account:
    found: Account | None = Account.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise unknown(field, _("There is no such account."))
    return found


class TouchesView(StrictView):
    """The contacts that tiers ask for."""

    capability = VIEW
    queries = {"get": shapes.TouchQuery}
    answers = {"get": {200: shapes.TouchesOutput}}

    def get(self, request: Request) -> Response:
        """Due and overdue contacts of accounts that the caller sees, as of today."""
        query, today = self.query(), timezone.localdate()
        accounts = _asked(cast("User", request.user), query)
        find = touches_with_people if query["by"] == "person" else touches_of
        found = find(accounts, as_of=today, until=query.get("until"))
        if query["overdue"]:
            found = [one for one in found if one.state == OVERDUE]
        answer = {
            "as_of": today,
            "overdue": sum(one.is_overdue for one in found),
            "results": found,
        }
        return Response(shapes.TouchesOutput(answer).data)


def _asked(user: User, query: dict[str, Any]) -> QuerySet[Account]:
    rows: QuerySet[Account] = Account.objects.visible_to(user).not_merged()
    if (pk := query.get("account")) is not None:
        rows = rows.filter(pk=_account(user, pk).pk)
    if (pk := query.get("within")) is not None:
        rows = rows.filter(path__contains=[_account(user, pk, "within").pk])
    if (lead := query.get("lead")) is not None:
        rows = rows.filter(current_lead=lead)
    return rows
