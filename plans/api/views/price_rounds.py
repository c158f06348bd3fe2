"""Mandates and price change rounds."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.promises import OfAccounts
from kam.core.api.base import Listed, Retrieved
from kam.core.filters import ChoicesFilter, IdFilter, UpdatedSince
from plans.api.serializers import negotiation as shapes
from plans.api.views.negotiation import Negotiating
from plans.choices.negotiation import RoundAccountState, RoundReason, RoundState, Subject
from plans.models import Mandate, PriceRound, PriceRoundAccount
from plans.services.negotiation import rounds


class MandateFilter(UpdatedSince):
    """Filters of mandates."""

    subject = ChoicesFilter(choices=Subject, lookup_expr="in")

    class Meta:
        model = Mandate
        fields: list[str] = []


class MandateViewSet(Listed, Retrieved, Negotiating):
    """How far each role may go alone."""

    model = Mandate
    output = shapes.MandateOutput
    filterset_class = MandateFilter

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List mandates."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One mandate."""
        return super().retrieve(request, *args, **kwargs)


class RoundFilter(UpdatedSince):
    """Filters of price rounds."""

    state = ChoicesFilter(choices=RoundState, lookup_expr="in")
    reason = ChoicesFilter(choices=RoundReason, lookup_expr="in")

    class Meta:
        model = PriceRound
        fields: list[str] = []


class PriceRoundViewSet(Listed, Retrieved, Negotiating):
    """Price changes that many accounts are told of."""

    model = PriceRound
    output = shapes.RoundOutput
    filterset_class = RoundFilter
    orderings = {"id": "pk", "effective_on": "effective_on", "updated_at": "updated_at"}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what changes."""
        return queryset.select_related("owner").prefetch_related("steps")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List price rounds."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One price round."""
        return super().retrieve(request, *args, **kwargs)


class RoundAccountFilter(OfAccounts):
    """Filters of accounts in price rounds."""

    state = ChoicesFilter(choices=RoundAccountState, lookup_expr="in")
    round = IdFilter(field_name="round_id")
    notice_before = django_filters.DateFilter(field_name="notice_by", lookup_expr="lt")

    class Meta:
        model = PriceRoundAccount
        fields: list[str] = []


class PriceRoundAccountViewSet(Listed, Retrieved, Negotiating):
    """How far price rounds are with each account."""

    model = PriceRoundAccount
    output = shapes.RoundAccountOutput
    filterset_class = RoundAccountFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"partial_update": shapes.RoundAccountChange}
    answers = {"partial_update": {200: shapes.RoundAccountOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the account."""
        return queryset.select_related("account", "round")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List accounts in price rounds."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One account in a price round."""
        return super().retrieve(request, *args, **kwargs)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Say how far a running round is with the account."""
        body = self.body()
        with self.locked() as entry:
            state = body.pop("state", entry.state)
            rounds.set_account(entry=entry, state=state, facts=body)
        return self.answer(self.row())
