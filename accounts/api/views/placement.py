"""Addresses, placements, store checks, and the figures of availability."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import django_filters
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import placement as shapes
from accounts.api.views.people import Looking, unknown
from accounts.choices import AddressKind, CheckState, PlacementKind
from accounts.models import (
    Account,
    AccountAddress,
    Placement,
    Product,
    ProductCategory,
    StoreCheck,
)
from accounts.selectors.placement import compliance, service
from accounts.selectors.placement.gaps import open_gaps
from accounts.services import addresses
from accounts.services.placement import checks, placements
from kam.core.api.base import Listed, Retrieved, StrictView
from kam.core.api.problems import QueryError
from kam.core.dates import Period, PeriodError, add_months, month_start
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from kam.identity.models import User


class _Within(UpdatedSince):
    account = IdFilter(field_name="account_id")
    within = IdFilter(method="by_branch")

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """An account and everything below it today."""
        return rows.filter(account__path__contains=[int(pk)])


class AddressFilter(_Within):
    """Filters of addresses."""

    kind = ChoicesFilter(choices=AddressKind, lookup_expr="in")

    class Meta:
        model = AccountAddress
        fields: list[str] = []


class AddressViewSet(Listed, Retrieved, Looking):
    """Where accounts are visited, invoiced and delivered."""

    model = AccountAddress
    capability = "accounts.view"
    change_capability = "accounts.edit"
    output = shapes.AddressOutput
    filterset_class = AddressFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.AddressInput, "partial_update": shapes.AddressChange}
    answers = {
        "create": {201: shapes.AddressOutput},
        "partial_update": {200: shapes.AddressOutput},
        "destroy": {204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the account."""
        return queryset.select_related("account")

    def changeable(self) -> QuerySet[Any]:
        """Of accounts that the user may change."""
        return self.get_queryset().filter(account__in=Account.objects.editable_by(self.user))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List addresses."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One address."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add an address; the first of its kind is the main one."""
        body = self.body()
        account = self.staffable(body.pop("account"))
        return self.answer_created(addresses.add_address(account=account, **body).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change an address; what is not sent stays."""
        body = self.body()
        with self.locked() as address:
            addresses.update_address(address=address, **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take an address away; its history stays."""
        with self.locked() as address:
            addresses.remove_address(address=address)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PlacementFilter(_Within):
    """Filters of placements."""

    product = CodesFilter(field_name="product__code", lookup_expr="in")
    category = CodesFilter(field_name="category__code", lookup_expr="in")
    kind = ChoicesFilter(choices=PlacementKind, lookup_expr="in")
    stage = django_filters.ChoiceFilter(choices=shapes.STAGE_CHOICES, method="by_stage")
    on = django_filters.DateFilter(field_name="valid", lookup_expr="contains")

    class Meta:
        model = Placement
        fields: list[str] = []

    def by_stage(self, rows: QuerySet[Any], _name: str, code: str) -> QuerySet[Any]:
        """Those at a step."""
        return rows.filter(stage=shapes.STAGE_CODES[code])


class PlacementViewSet(Listed, Retrieved, Looking):
    """What is agreed for the shelves. Agreed at any account, it applies to every store below."""

    model = Placement
    capability = "placement.view"
    change_capability = "placement.edit"
    output = shapes.PlacementOutput
    detail_output = shapes.PlacementDetailOutput
    filterset_class = PlacementFilter
    orderings = {"id": "pk", "updated_at": "updated_at", "stage": "stage"}
    bodies = {
        "create": shapes.PlacementInput,
        "partial_update": shapes.PlacementChange,
        "step": shapes.PlacementStepInput,
    }
    answers = {
        "create": {201: shapes.PlacementDetailOutput},
        "partial_update": {200: shapes.PlacementDetailOutput},
        "step": {200: shapes.PlacementDetailOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account, item and person; one row with its steps."""
        rows = queryset.select_related("account", "product", "category", "agreed_by")
        return rows if self.action == "list" else rows.prefetch_related("steps__author")

    def changeable(self) -> QuerySet[Any]:
        """Of accounts that the user may change."""
        return cast("QuerySet[Any]", Placement.objects.editable_by(self.user))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List placements, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One placement with its steps."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Note what is to be agreed; it begins as a proposal and then takes its steps."""
        body = self.body()
        account = self.staffable(body.pop("account"))
        return self.answer_created(
            placements.add_placement(account=account, **self._facts(body)).pk
        )

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change what is agreed; what is not sent stays, and so do the steps."""
        facts = self._facts(self.body())
        with self.locked() as placement:
            placements.update_placement(placement=placement, **facts)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def step(self, request: Request, **_kwargs: Any) -> Response:
        """Take the next step, or fall back to an earlier one with evidence."""
        body, today = self.body(), timezone.localdate()
        with self.locked() as placement:
            placements.reach_step(
                placement=placement,
                stage=shapes.STAGE_CODES[body["stage"]].value,
                reached_on=body.get("reached_on", today),
                evidence=body.get("evidence", ""),
                as_of=today,
                author=self.user,
            )
        return self.answer(self.row())

    def _facts(self, body: dict[str, Any]) -> Any:
        """What a body says, codes and ids looked up."""
        facts = dict(body)
        if "product" in facts:
            facts["product"] = _by_code(Product, facts["product"], "product")
        if "category" in facts:
            facts["category"] = _by_code(ProductCategory, facts["category"], "category")
        if "agreed_by" in facts:
            facts["agreed_by"] = self.visible_person(facts["agreed_by"], "agreed_by")
        if "valid_before" in facts:
            facts["valid_until"] = facts.pop("valid_before")
        return facts


def _by_code(model: Any, code: str | None, field: str) -> Any:
    if code is None:
        return None
    found = model.objects.filter(code=code).first()
    if found is None:
        raise unknown(field, _("There is nothing with this code."))
    return found


class CheckFilter(_Within):
    """Filters of store checks."""

    state = ChoicesFilter(choices=CheckState, lookup_expr="in")
    checked_from = django_filters.DateFilter(field_name="checked_on", lookup_expr="gte")
    checked_before = django_filters.DateFilter(field_name="checked_on", lookup_expr="lt")

    class Meta:
        model = StoreCheck
        fields: list[str] = []


class StoreCheckViewSet(Listed, Retrieved, Looking):
    """What was seen in stores. Finished checks, and drafts of your own; a finished one is fixed."""

    model = StoreCheck
    capability = "placement.view"
    change_capability = "placement.check"
    output = shapes.StoreCheckOutput
    detail_output = shapes.StoreCheckDetailOutput
    filterset_class = CheckFilter
    orderings = {"id": "pk", "updated_at": "updated_at", "checked_on": "checked_on"}
    bodies = {"create": shapes.StoreCheckInput, "finish": shapes.StoreCheckFinish}
    answers = {
        "create": {201: shapes.StoreCheckDetailOutput},
        "finish": {200: shapes.StoreCheckDetailOutput},
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Others' drafts are theirs alone."""
        rows = super().get_queryset()
        if not isinstance(self.request.user, User):
            return rows
        return rows.filter(Q(state=CheckState.FINISHED) | Q(checker=self.user))

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With store and checker; one row with its lines."""
        rows = queryset.select_related("account", "checker")
        if self.action == "list":
            return rows
        return rows.prefetch_related("lines__placement__product", "lines__placement__category")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List store checks, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One check with every placement that applied; `store-check-photos` has the photos."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Record a whole check of today and finish it: all lines or nothing.

        A check of the store that you have begun on the page is finished by it. With `finish`
        false it stays your draft: add photos to its lines, then finish it.
        """
        body = self.body()
        store = self.staffable(body["account"])
        with transaction.atomic():
            check = checks.begin_check(
                store=store, checker=self.user, checked_on=timezone.localdate()
            )
            _record(check, body["lines"])
            if body["finish"]:
                checks.finish_check(check=check, now=timezone.now(), note=body.get("note", ""))
        return self.answer_created(check.pk)

    @action(detail=True, methods=["post"])
    def finish(self, request: Request, **_kwargs: Any) -> Response:
        """Close a draft of your own; what nobody looked at stays unknown."""
        body = self.body()
        check = self.row()
        self.staffable(check.account_id)
        checks.finish_check(check=check, now=timezone.now(), note=body.get("note", ""))
        return self.answer(self.row())


def _record(check: StoreCheck, rows: list[dict[str, Any]]) -> None:
    lines = {line.placement_id: line for line in check.lines.select_related("check_of")}
    for place, row in enumerate(rows):
        line = lines.get(row.pop("placement"))
        if line is None:
            words = _("This placement does not apply to the store today.")
            raise unknown(f"lines.{place}.placement", words)
        checks.record(line=line, seen=checks.Seen(**row))


class AvailabilityView(StrictView):
    """How much of what was agreed stands in stores, and how we delivered."""

    capability = "placement.view"
    queries = {"get": shapes.AvailabilityQuery}
    answers = {"get": {200: shapes.AvailabilityOutput}}

    def get(self, request: Request) -> Response:
        """Compliance, gaps, fill rate and on time in full of a period: 6 months unless said."""
        query, today = self.query(), timezone.localdate()
        user = cast("User", request.user)
        period = _period(query, today)
        within = query.get("within")
        seen = compliance.total(user, period, within=within)
        gaps = open_gaps(user, as_of=today, within=within)
        level = service.service_level(user, period, within=within)
        figures = {
            "start": period.start,
            "until": period.end,
            **{name: getattr(seen, name) for name in ("planned", "checked", "found")},
            "compliance": seen.compliance,
            "coverage": seen.coverage,
            "stores_checked": compliance.stores_checked(user, period, within=within),
            "stores_with_agreements": compliance.stores_with_agreements(
                user, as_of=today, within=within
            ),
            "gaps": len(gaps),
            "old_gaps": sum(gap.is_old for gap in gaps),
            "fill_rate": level.fill_rate,
            "otif": level.otif,
        }
        return Response(shapes.AvailabilityOutput(figures).data)


def _period(query: dict[str, Any], today: date) -> Period:
    start = query.get("from") or add_months(month_start(today), -5)
    until = query.get("until") or add_months(month_start(today), 1)
    try:
        return Period(start, until)
    except PeriodError as error:
        words = _("The period ends before it begins.")
        raise QueryError({"until": [words]}) from error
