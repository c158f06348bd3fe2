"""Wallet estimates, whitespace, opportunities and their forecast over the API."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import wallet as shapes
from accounts.choices import OpportunityKind, OpportunityStage, WalletConfidence
from accounts.models import Account, Opportunity, WalletEstimate
from accounts.selectors import opportunities as reads
from accounts.selectors.wallet import boards
from accounts.selectors.wallet.cells import default_period, periods_known
from accounts.services import opportunities as services
from accounts.services.wallet import WalletFacts, record_estimate
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.api.problems import QueryError
from kam.core.dates import Period, PeriodError
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from kam.core.selectors.rates import base_currency
from kam.identity.models import User


def _unknown(field: str, words: str) -> Exception:
    return exceptions.ValidationError({field: [exceptions.ErrorDetail(words, "does_not_exist")]})


def _editable(user: Any, pk: int) -> Account:
    """An account that the user may change; unknown and foreign ids answer alike."""
    found: Account | None = Account.objects.editable_by(user).not_merged().filter(pk=pk).first()
    if found is None:
        raise _unknown("account", _("There is no such account."))
    return found


class EstimateFilter(django_filters.FilterSet):
    """Filters of wallet estimates."""

    account = IdFilter(field_name="account_id")
    within = IdFilter(method="by_branch", help_text=gettext_lazy("It and all below it today."))
    category = CodesFilter(field_name="category__code", lookup_expr="in")
    confidence = ChoicesFilter(choices=WalletConfidence, lookup_expr="in")
    on = django_filters.DateFilter(field_name="period", lookup_expr="contains")
    estimated_from = django_filters.DateFilter(field_name="estimated_on", lookup_expr="gte")
    estimated_before = django_filters.DateFilter(field_name="estimated_on", lookup_expr="lt")
    updated_since = django_filters.IsoDateTimeFilter(
        field_name="created_at",
        lookup_expr="gte",
        help_text=gettext_lazy("Recorded at or after this moment; estimates never change."),
    )

    class Meta:
        model = WalletEstimate
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """A node and everything below it today."""
        return rows.filter(account__path__contains=[int(pk)])


class EstimateViewSet(Listed, Retrieved, Resource):
    """Wallet estimates: never changed and never removed; the latest of a cell counts."""

    model = WalletEstimate
    capability = "whitespace.view"
    change_capability = "whitespace.edit"
    output = shapes.EstimateOutput
    filterset_class = EstimateFilter
    orderings = {"id": "pk", "estimated_on": "estimated_on"}
    bodies = {"create": shapes.EstimateInput}
    answers = {"create": {201: shapes.EstimateOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account, category, competitor and author."""
        return queryset.select_related("account", "category", "author", "competitor")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List wallet estimates."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One wallet estimate."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Estimate a wallet, in your name; one below our sales is kept, and not computable."""
        body, today = self.body(), timezone.localdate()
        user = cast("User", request.user)
        account = _editable(user, body.pop("account"))
        category = body.pop("category")
        period = Period(body.pop("starts"), body.pop("until"))
        facts = WalletFacts(
            period=period, estimated_on=body.pop("estimated_on", None) or today, **body
        )
        estimate = record_estimate(
            account=account, category=category, facts=facts, author=user, as_of=today
        )
        return self.answer_created(estimate.pk)


class _WhitespaceView(StrictView):
    """Heat maps as data."""

    capability = "whitespace.view"

    def period(self, text: str, node: int | None = None) -> Period:
        """The period asked for, else the last that has estimates and has begun."""
        if not text:
            user = cast("User", self.request.user)
            return default_period(periods_known(user, node=node), timezone.localdate())
        try:
            return Period.parse(text)
        except PeriodError as error:
            words = _("Write a period as 2026, 2026-Q1 or 2026-01-01/2026-07-01.")
            raise QueryError({"period": [exceptions.ErrorDetail(words, "invalid")]}) from error

    def answer(self, found: boards.HeatMap) -> Response:
        """The map with its currency."""
        return Response(shapes.WhitespaceOutput({"map": found, "currency": base_currency()}).data)


class PortfolioView(_WhitespaceView):
    """Whitespace of one's own accounts."""

    queries = {"get": shapes.PortfolioQuery}
    answers = {"get": {200: shapes.WhitespaceOutput}}

    def get(self, request: Request) -> Response:
        """Your accounts × categories, those with the most whitespace first."""
        query = self.query()
        found = boards.portfolio_map(
            cast("User", request.user),
            period=self.period(query.get("period", "")),
            as_of=timezone.localdate(),
            page=query.get("part", 1),
        )
        return self.answer(found)


class AccountWhitespaceView(_WhitespaceView):
    """Whitespace of an account."""

    queries = {"get": shapes.WhitespaceQuery}
    answers = {"get": {200: shapes.WhitespaceOutput}}

    def get(self, request: Request, pk: int) -> Response:
        """Categories × the account and what stands directly below it."""
        user = cast("User", request.user)
        account = Account.objects.visible_to(user).not_merged().filter(pk=pk).first()
        if account is None:
            raise Http404
        period = self.period(self.query().get("period", ""), account.pk)
        return self.answer(
            boards.account_map(account, period=period, as_of=timezone.localdate(), units=500)
        )


class OpportunityApiFilter(UpdatedSince):
    """Filters of opportunities."""

    account = IdFilter(field_name="account_id")
    within = IdFilter(method="by_branch", help_text=gettext_lazy("It and all below it today."))
    category = CodesFilter(field_name="category__code", lookup_expr="in")
    kind = ChoicesFilter(choices=OpportunityKind, lookup_expr="in")
    stage = ChoicesFilter(choices=OpportunityStage, lookup_expr="in")
    owner = IdFilter(field_name="owner_id")
    close_from = django_filters.DateFilter(field_name="expected_close", lookup_expr="gte")
    close_before = django_filters.DateFilter(field_name="expected_close", lookup_expr="lt")
    step_before = django_filters.DateFilter(field_name="next_step_on", lookup_expr="lt")

    class Meta:
        model = Opportunity
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """A node and everything below it today."""
        return rows.filter(account__path__contains=[int(pk)])


class OpportunityViewSet(Listed, Retrieved, Resource):
    """Opportunities. The stage moves by `stage/` alone, and what was stays in `changes`."""

    model = Opportunity
    capability = "opportunities.view"
    change_capability = "opportunities.edit"
    output = shapes.OpportunityOutput
    detail_output = shapes.OpportunityDetailOutput
    filterset_class = OpportunityApiFilter
    orderings = {
        "id": "pk",
        "expected_close": "expected_close",
        "value": "value",
        "updated_at": "updated_at",
    }
    bodies = {
        "create": shapes.OpportunityInput,
        "partial_update": shapes.OpportunityChange,
        "stage": shapes.StageInput,
    }
    answers = {
        "create": {201: shapes.OpportunityDetailOutput},
        "partial_update": {200: shapes.OpportunityDetailOutput},
        "stage": {200: shapes.OpportunityDetailOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what it names, values in base currency, and for one of them its way so far."""
        rows = reads.with_base(queryset, as_of=timezone.localdate())
        rows = rows.select_related("account", "category", "owner")
        return rows if self.action == "list" else rows.prefetch_related("changes__changed_by")

    def changeable(self) -> QuerySet[Any]:
        """Of accounts that the user may change."""
        user = cast("User", self.request.user)
        editable = Opportunity.objects.editable_by(user)
        return self.get_queryset().filter(pk__in=editable.values("pk"))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List opportunities."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One opportunity with the stages that it went through."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Write an opportunity down, at its first stage."""
        body, user = self.body(), cast("User", request.user)
        account = _editable(user, body.pop("account"))
        facts = services.OpportunityFacts(**{**body, "owner": self._owner(body.get("owner"))})
        one = services.create_opportunity(
            account=account, facts=facts, by=user, as_of=timezone.localdate()
        )
        return self.answer_created(one.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change what an opportunity says. A probability of null is that of its stage."""
        body = self.body()
        if "owner" in body:
            body["owner"] = self._owner(body["owner"])
        with self.locked() as one:
            facts = services.OpportunityFacts(**{**services.facts_of(one), **body})
            services.change_opportunity(opportunity=one, facts=facts)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def stage(self, request: Request, **_kwargs: Any) -> Response:
        """Move an opportunity to another stage; lost needs a reason, won a proposal before."""
        body, user = self.body(), cast("User", request.user)
        with self.locked() as one:
            services.move_stage(
                opportunity=one,
                to_stage=body.pop("stage"),
                by=user,
                as_of=timezone.localdate(),
                **body,
            )
        return self.answer(self.row())

    def _owner(self, owner: User | None) -> User:
        user = cast("User", self.request.user)
        if owner is None or owner == user:
            return user
        if user.sees_everything() or owner.pk in user.scope_user_ids():
            return owner
        raise _unknown("owner", _("There is no such person."))


class ForecastView(StrictView):
    """The forecast."""

    capability = "opportunities.view"
    queries = {"get": shapes.ForecastQuery}
    answers = {"get": {200: shapes.ForecastOutput}}

    def get(self, request: Request) -> Response:
        """Value and value × probability of open opportunities by month of expected close."""
        query, today = self.query(), timezone.localdate()
        user = cast("User", request.user)
        rows = reads.opportunities_for(user, as_of=today)
        if account := query.get("account"):
            rows = rows.filter(account__path__contains=[account])
        if query.get("mine"):
            rows = rows.filter(owner__in=user.acting_user_ids())
        return Response(shapes.ForecastOutput(reads.forecast_of(rows, as_of=today)).data)
