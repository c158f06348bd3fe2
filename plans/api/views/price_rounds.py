"""Mandates and price change rounds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.api.views.promises import OfAccounts
from accounts.models import Account, Product, ProductCategory
from kam.core.api.base import Listed, Retrieved
from kam.core.filters import ChoicesFilter, IdFilter, UpdatedSince
from plans.api.serializers import mandates as mandate_shapes
from plans.api.serializers import negotiation as shapes
from plans.api.views.negotiation import Negotiating
from plans.choices.negotiation import RoundAccountState, RoundReason, RoundState, Subject
from plans.models import Mandate, PriceRound, PriceRoundAccount
from plans.selectors.negotiation.buyers import buyers_of
from plans.services.negotiation import mandates, rounds


class MandateFilter(UpdatedSince):
    """Filters of mandates."""

    subject = ChoicesFilter(choices=Subject, lookup_expr="in")

    class Meta:
        model = Mandate
        fields: list[str] = []


class MandateViewSet(Listed, Retrieved, Negotiating):
    """How far each role may go alone."""

    model = Mandate
    output = mandate_shapes.MandateOutput
    filterset_class = MandateFilter
    change_capability = "negotiations.configure"
    bodies = {"create": mandate_shapes.MandateInput, "partial_update": mandate_shapes.MandateChange}
    answers = {
        "create": {201: mandate_shapes.MandateOutput},
        "partial_update": {200: mandate_shapes.MandateOutput},
        "destroy": {204: None},
    }

    def changeable(self) -> QuerySet[Mandate]:
        """Mandates are the company's: whoever may set one may set any."""
        return Mandate.objects.visible_to(self.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List mandates."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One mandate."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Give a role its mandate in a subject; from the first one on mandates hold there."""
        return self.answer_created(mandates.give_mandate(**self.body()).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Say anew how far the role goes."""
        body = self.body()
        with self.locked() as row:
            if "most" in body:
                mandates.set_mandates(subject=row.subject, most={row.role: body["most"]})
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take the mandate away."""
        with self.locked() as row:
            mandates.set_mandates(subject=row.subject, most={row.role: None})
        return Response(status=status.HTTP_204_NO_CONTENT)


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
    change_capability = "negotiations.configure"
    bodies = {
        "create": shapes.RoundInput,
        "partial_update": shapes.RoundChange,
        "add_step": shapes.RoundStepInput,
        "add_accounts": shapes.RoundAccountsInput,
    }
    answers = {
        "create": {201: shapes.RoundOutput},
        "partial_update": {200: shapes.RoundOutput},
        "add_step": {200: shapes.RoundOutput},
        "add_accounts": {200: shapes.RoundOutput},
        "begin": {200: shapes.RoundOutput},
        "finish": {200: shapes.RoundOutput},
        "cancel": {200: shapes.RoundOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what changes."""
        return queryset.select_related("owner").prefetch_related("steps")

    def changeable(self) -> QuerySet[PriceRound]:
        """Rounds are the company's: whoever may run one may run any."""
        return PriceRound.objects.visible_to(self.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List price rounds."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One price round."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Draft a price round; it is yours unless you name somebody."""
        made = rounds.save_round(facts={"owner": self.user, **self.body()})
        return self.answer_created(made.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change what is told of a round that is not over."""
        body = self.body()
        with self.locked() as found:
            rounds.save_round(facts=body, found=found)
        return self.answer(self.row())

    @action(detail=True, methods=["post"], url_path="add-step")
    def add_step(self, request: Request, **_kwargs: Any) -> Response:
        """Say by how much a product or a category changes, while the round is a draft."""
        body = self.body()
        facts = {
            "percent": body["percent"],
            "product": _named(Product, body.get("product"), "product"),
            "category": _named(ProductCategory, body.get("category"), "category"),
        }
        with self.locked() as found:
            rounds.add_step(found=found, facts=facts)
        return self.answer(self.row())

    @action(detail=True, methods=["post"], url_path="add-accounts")
    def add_accounts(self, request: Request, **_kwargs: Any) -> Response:
        """Take accounts into a round that is not over; those that are in stay as they are."""
        body, today = self.body(), timezone.localdate()
        with self.locked() as found:
            rounds.add_accounts(found=found, accounts=self._whom(found, body, today), as_of=today)
        return self.answer(self.row())

    def _whom(self, found: PriceRound, body: dict[str, Any], today: date) -> Iterable[Account]:
        if "accounts" in body:
            wanted = set(body["accounts"])
            rows = list(Account.objects.visible_to(self.user).not_merged().filter(pk__in=wanted))
            if len(rows) != len(wanted):
                raise unknown("accounts", _("There is no such account."))
            return rows
        tops = body.get("level", "tops") == "tops"
        return buyers_of(found, self.user, as_of=today, tops=tops)

    @action(detail=True, methods=["post"])
    def begin(self, request: Request, **_kwargs: Any) -> Response:
        """Begin a draft: accounts are told from now on."""
        with self.locked() as found:
            rounds.begin_round(found=found)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def finish(self, request: Request, **_kwargs: Any) -> Response:
        """Close a running round once it is known how it ended with every account."""
        with self.locked() as found:
            rounds.finish_round(found=found)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **_kwargs: Any) -> Response:
        """Call a round off; what was told to accounts stays."""
        with self.locked() as found:
            rounds.cancel_round(found=found)
        return self.answer(self.row())


def _named[M: (Product, ProductCategory)](model: type[M], pk: int | None, field: str) -> M | None:
    """A product or category by id."""
    if pk is None:
        return None
    found: M | None = model._default_manager.filter(pk=pk).first()
    if found is None:
        raise unknown(field, _("There is no such product or category."))
    return found


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
