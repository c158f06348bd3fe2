"""Tier models, computed tiers, ratings and overrides."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import tiers as shapes
from accounts.choices import RatedMeasure, TierModelStatus
from accounts.models import Account, TierAssignment, TierModel, TierOverride, TierRating
from accounts.selectors.tiers.models import tiers_in_force
from accounts.selectors.tiers.whatif import what_if
from accounts.services.tiers import drafts, overrides, publishing
from accounts.services.tiers.ratings import rate_account
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.api.shapes import JobRunOutput
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince


def _unknown(field: str, words: str) -> Exception:
    return exceptions.ValidationError({field: [exceptions.ErrorDetail(words, "does_not_exist")]})


def _editable(user: Any, pk: int) -> Account:
    """An account that the user may change; unknown and foreign ids answer alike."""
    found: Account | None = Account.objects.editable_by(user).not_merged().filter(pk=pk).first()
    if found is None:
        raise _unknown("account", _("There is no such account."))
    return found


class ModelFilter(UpdatedSince):
    """Filters of tier models."""

    status = ChoicesFilter(choices=TierModelStatus, lookup_expr="in")

    class Meta:
        model = TierModel
        fields: list[str] = []


class TierModelViewSet(Listed, Retrieved, Resource):
    """How accounts are scored, version by version. A published model never changes."""

    model = TierModel
    capability = "tiers.view"
    change_capability = "tiers.manage"
    capabilities = {"what_if": "tiers.manage"}
    output = shapes.TierModelOutput
    filterset_class = ModelFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.TierModelInput,
        "update": shapes.TierModelInput,
        "publish": shapes.TierPublishInput,
    }
    queries = {"what_if": shapes.TierWhatIfInput}
    answers = {
        "create": {201: shapes.TierModelOutput},
        "update": {200: shapes.TierModelOutput},
        "destroy": {204: None},
        "publish": {200: shapes.TierModelOutput},
        "withdraw": {200: shapes.TierModelOutput},
        "what_if": {200: shapes.TierWhatIfOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With criteria and tiers."""
        return queryset.select_related("published_by").prefetch_related("criteria", "tiers")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List tier models, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One tier model."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Write a draft. Nothing changes for anybody until it is published."""
        return self.answer_created(drafts.save_draft(draft=shapes.draft_from(self.body())).pk)

    def update(self, request: Request, **_kwargs: Any) -> Response:
        """Write a draft anew, as a whole. A published model is refused."""
        draft = shapes.draft_from(self.body())
        with self.locked() as model:
            drafts.save_draft(draft=draft, model=model)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Throw a draft away. A published model is refused."""
        with self.locked() as model:
            drafts.discard_draft(model=model)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, **_kwargs: Any) -> Response:
        """Bring a draft into force from a day on; then it never changes again."""
        body, user = self.body(), request.user
        with self.locked() as model:
            publishing.publish_model(
                model=model,
                effective_on=body["effective_on"],
                by=user,  # type: ignore[arg-type]  # signed in: the capability was demanded
                as_of=timezone.localdate(),
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **_kwargs: Any) -> Response:
        """Take back a published model before its day has come."""
        with self.locked() as model:
            publishing.withdraw_model(model=model, as_of=timezone.localdate())
        return self.answer(self.row())

    @action(detail=True, methods=["get"], url_path="what-if")
    def what_if(self, request: Request, **_kwargs: Any) -> Response:
        """Every account that would move if the model were in force, and why."""
        today = timezone.localdate()
        on = max(self.query().get("on") or today, today)
        user: Any = request.user
        return Response(shapes.what_if_data(what_if(self.row(), as_of=on, user=user)))


class AssignmentFilter(django_filters.FilterSet):
    """Filters of computed tiers."""

    account = IdFilter(field_name="account_id")
    model = IdFilter(field_name="model_id")
    tier = CodesFilter(field_name="tier__code", lookup_expr="in")
    on = django_filters.DateFilter(field_name="valid", lookup_expr="contains")

    class Meta:
        model = TierAssignment
        fields: list[str] = []


class AssignmentViewSet(Listed, Retrieved, Resource):
    """Computed tiers over time. At most one holds for an account on a day (`on`)."""

    model = TierAssignment
    capability = "tiers.view"
    output = shapes.TierAssignmentOutput
    detail_output = shapes.TierAssignmentDetailOutput
    filterset_class = AssignmentFilter
    orderings = {"id": "pk", "score": "score"}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and tier; a list leaves the explanations out."""
        rows = queryset.select_related("account", "tier")
        if self.action == "list":
            return rows.defer("explanation")
        return rows.select_related("model").prefetch_related("model__criteria")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List computed tiers."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One computed tier with its explanation, criterion by criterion."""
        return super().retrieve(request, *args, **kwargs)


class RatingFilter(django_filters.FilterSet):
    """Filters of ratings."""

    account = IdFilter(field_name="account_id")
    measure = ChoicesFilter(choices=RatedMeasure, lookup_expr="in")
    rated_from = django_filters.DateFilter(field_name="rated_on", lookup_expr="gte")
    rated_before = django_filters.DateFilter(field_name="rated_on", lookup_expr="lt")

    class Meta:
        model = TierRating
        fields: list[str] = []


class RatingViewSet(Listed, Retrieved, Resource):
    """Rated measures: dated records with evidence, never changed and never removed."""

    model = TierRating
    capability = "tiers.view"
    change_capability = "tiers.rate"
    output = shapes.TierRatingOutput
    filterset_class = RatingFilter
    orderings = {"id": "pk", "rated_on": "rated_on"}
    bodies = {"create": shapes.TierRatingInput}
    answers = {"create": {201: shapes.TierRatingOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and author."""
        return queryset.select_related("account", "author")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List ratings, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One rating."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Rate an account, in your name. It counts when tiers are computed next."""
        body, today, user = self.body(), timezone.localdate(), request.user
        account = _editable(user, body.pop("account"))
        rated_on = body.pop("rated_on", today)
        rating = rate_account(
            account=account,
            author=user,  # type: ignore[arg-type]  # signed in: the capability was demanded
            as_of=today,
            rated_on=rated_on,
            **body,
        )
        return self.answer_created(rating.pk)


class OverrideFilter(UpdatedSince):
    """Filters of overrides."""

    account = IdFilter(field_name="account_id")
    on = django_filters.DateFilter(field_name="valid", lookup_expr="contains")

    class Meta:
        model = TierOverride
        fields: list[str] = []


class OverrideViewSet(Listed, Retrieved, Resource):
    """Tiers by decision, with reason, approver and expiry."""

    model = TierOverride
    capability = "tiers.view"
    change_capability = "tiers.override"
    output = shapes.TierOverrideOutput
    filterset_class = OverrideFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.TierOverrideInput}
    answers = {
        "create": {201: shapes.TierOverrideOutput},
        "end": {200: shapes.TierOverrideOutput, 204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account, tier and approver."""
        return queryset.select_related("account", "tier", "approver")

    def changeable(self) -> QuerySet[Any]:
        """Of accounts that the user may change."""
        user: Any = self.request.user
        accounts = Account.objects.editable_by(user)
        return self.get_queryset().filter(account__in=accounts.values("pk"))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List overrides, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One override."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Give an account a tier by decision for a period; you are its approver."""
        body, today, user = self.body(), timezone.localdate(), request.user
        account = _editable(user, body["account"])
        tier = tiers_in_force(today).filter(code=body["tier"]).first()
        if tier is None:
            raise _unknown("tier", _("The model in force has no such tier."))
        override = overrides.set_override(
            account=account,
            tier=tier,
            reason=body["reason"],
            approver=user,  # type: ignore[arg-type]  # signed in: the capability was demanded
            from_date=body.get("from") or today,
            until=body["until"],
            as_of=today,
        )
        return self.answer_created(override.pk)

    @action(detail=True, methods=["post"])
    def end(self, request: Request, **_kwargs: Any) -> Response:
        """End an override with today; one that has not held for a day yet goes altogether."""
        with self.locked() as override:
            overrides.end_override(override=override, as_of=timezone.localdate())
        if not self.get_queryset().filter(pk=self.row_key()).exists():
            return Response(status=status.HTTP_204_NO_CONTENT)
        return self.answer(self.row())


class RescoreView(StrictView):
    """Computing tiers."""

    capability = "tiers.manage"
    answers = {"post": {202: JobRunOutput}}

    def post(self, request: Request) -> Response:
        """Compute the tiers of all accounts by the model in force, as a job.

        While one waits, asking again answers that one.
        """
        user: Any = request.user
        run = publishing.ask_to_rescore(by=user)
        return Response(JobRunOutput(run).data, status=status.HTTP_202_ACCEPTED)
