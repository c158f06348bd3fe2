"""Sales reports, movements, counts and consigned stock: read, record, decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Account
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.filters import ChoicesFilter, IdFilter, UpdatedSince
from kam.identity.models import User
from settlements.api.filters import Scoped
from settlements.api.scope import (
    account_of,
    company_of,
    ledger_key,
    naming_rows,
    unknown,
    user_of,
)
from settlements.api.serializers import consignment as shapes
from settlements.choices.consignment import MovementKind
from settlements.choices.reports import ReportKind, ReportState
from settlements.models import (
    ConsignedStock,
    ConsignmentMovement,
    SalesReport,
    SalesReportLine,
    StockCount,
)
from settlements.services.consignment.counting import record_count
from settlements.services.consignment.moving import (
    Goods,
    record_movements,
    take_back,
    transfer,
)
from settlements.services.reports.deciding import accept_report, reject_report
from settlements.services.reports.receiving import Line, receive_report

VIEW, EDIT = "consignment.view", "consignment.edit"


class _Recorded(Scoped):
    """Filters of rows of a store that never change."""

    within = IdFilter(method="by_store", help_text=_("Of this account or below it."))
    product = django_filters.CharFilter(field_name="product__code", help_text=_("Our code."))
    updated_since = django_filters.IsoDateTimeFilter(
        field_name="recorded_at",
        lookup_expr="gte",
        help_text=_("Recorded at or after this moment (ISO 8601)."),
    )

    def by_store(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Rows of stores of an account and of everything below it today."""
        seen = self.seen_accounts(pk)
        return rows.filter(store__path__contains=[int(pk)]) if seen.exists() else rows.none()


class MovementFilter(_Recorded):
    """Filters of movements."""

    kind = ChoicesFilter(choices=MovementKind.choices, lookup_expr="in")
    report = IdFilter(field_name="report_id", help_text=_("Of this sales report."))
    count = IdFilter(field_name="count_id", help_text=_("Of this count."))
    moved_from = django_filters.DateFilter(
        field_name="moved_on", lookup_expr="gte", help_text=_("From this day on.")
    )
    moved_before = django_filters.DateFilter(
        field_name="moved_on", lookup_expr="lt", help_text=_("Before this day.")
    )

    class Meta:
        model = ConsignmentMovement
        fields: list[str] = []


class CountFilter(_Recorded):
    """Filters of counts."""

    product = django_filters.CharFilter(
        field_name="lines__product__code", help_text=_("Our code of a product counted.")
    )

    class Meta:
        model = StockCount
        fields: list[str] = []


class StockFilter(_Recorded):
    """Filters of stock."""

    updated_since = None  # type: ignore[assignment] # stock has no moment of change
    below_zero = django_filters.BooleanFilter(
        field_name="is_flagged", help_text=_("Below zero knowingly.")
    )

    class Meta:
        model = ConsignedStock
        fields: list[str] = []


class ReportFilter(Scoped, UpdatedSince):
    """Filters of sales reports."""

    within = IdFilter(method="by_branch", help_text=_("Of this account or below it."))
    kind = ChoicesFilter(choices=ReportKind.choices, lookup_expr="in")
    state = ChoicesFilter(choices=ReportState.choices, lookup_expr="in")
    number = django_filters.CharFilter(field_name="their_number", help_text=_("Theirs, exactly."))

    class Meta:
        model = SalesReport
        fields: list[str] = []


class LineFilter(Scoped):
    """Filters of lines."""

    report = IdFilter(field_name="report_id", required=True, help_text=_("Of this report."))
    store = IdFilter(field_name="store_id", help_text=_("Of this store."))
    product = django_filters.CharFilter(field_name="product__code", help_text=_("Our code."))

    class Meta:
        model = SalesReportLine
        fields: list[str] = []


class ReportViewSet(Listed, Retrieved, Resource):
    """Sales reports: what customers say was sold."""

    model = SalesReport
    capability = VIEW
    change_capability = EDIT
    output = shapes.ReportOutput
    filterset_class = ReportFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.ReportInput,
        "accept": shapes.AcceptInput,
        "reject": shapes.RejectInput,
    }
    answers = {
        "create": {201: shapes.ReportOutput},
        "accept": {200: shapes.ReportOutput},
        "reject": {200: shapes.ReportOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what a report names."""
        return queryset.select_related("account", "selling_company", "decided_by")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List sales reports, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One sales report; its lines are at `sales-report-lines/?report=`."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Send a sales report with its lines.

        It counts once it is accepted. A replacement, an addition and a cancellation are about the
        latest report with their number.
        """
        body, user = self.body(), user_of(request)
        rows = body.pop("lines", [])
        stores = _accounts(user, {f"lines.{n}.store": row["store"] for n, row in enumerate(rows)})
        with naming_rows("lines", "lines"):
            report = receive_report(
                account=account_of(user, body.pop("account")),
                selling_company=company_of(body.pop("selling_company", None)),
                currency=body.pop("currency").pk,
                lines=[Line(**{**row, "store": stores[row["store"]]}) for row in rows],
                created_by=user,
                idempotency_key=ledger_key(request),
                **body,
            )
        return self.answer_created(report.pk)

    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **_kwargs: Any) -> Response:
        """Accept a report: its lines count and consigned goods move. Twice has one effect."""
        body = self.body()
        accept_report(report=self.row(), decided_by=user_of(request), **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def reject(self, request: Request, **_kwargs: Any) -> Response:
        """Reject a report that nobody accepted."""
        body = self.body()
        reject_report(report=self.row(), decided_by=user_of(request), **body)
        return self.answer(self.row())


class ReportLineViewSet(Listed, Resource):
    """Lines of one sales report."""

    model = SalesReportLine
    capability = VIEW
    output = shapes.ReportLineOutput
    filterset_class = LineFilter
    orderings = {"id": "pk"}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what a line names."""
        return queryset.select_related("store", "product", "category")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the lines of a report."""
        return super().list(request, *args, **kwargs)


class MovementViewSet(Listed, Retrieved, Resource):
    """Movements of consigned goods: they never change, corrections are opposite movements."""

    model = ConsignmentMovement
    capability = VIEW
    change_capability = EDIT
    output = shapes.MovementOutput
    filterset_class = MovementFilter
    orderings = {"id": "pk", "moved_on": "moved_on", "updated_at": "recorded_at"}
    bodies = {"create": shapes.MovementInput, "take_back": shapes.TakeBackInput}
    answers = {
        "create": {201: shapes.MovementsOutput},
        "take_back": {201: shapes.MovementsOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what a movement names."""
        return queryset.select_related("account", "store", "product", "selling_company")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List movements, the latest recorded first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One movement."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Record a fill-up, pick-up, transfer, adjustment or shrink, all of it or nothing.

        What was sold comes with a sales report.
        """
        body, user = self.body(), user_of(request)
        store = account_of(user, body.pop("store"), "store")
        body |= _shared(request, body)
        if body["kind"] == MovementKind.TRANSFER:
            del body["kind"]
            to_store = account_of(user, body.pop("to_store"), "to_store")
            with naming_rows("goods", "goods"):
                rows = transfer(from_store=store, to_store=to_store, **body)
        else:
            kind = MovementKind(body.pop("kind"))
            with naming_rows("goods", "goods"):
                rows = record_movements(kind=kind, store=store, **body)
        return self._answer_rows(rows)

    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, **_kwargs: Any) -> Response:
        """Take a movement back by its opposite; a transfer as a whole."""
        body = self.body()
        rows = take_back(
            movement=self.row(),
            created_by=user_of(request),
            idempotency_key=ledger_key(request),
            **body,
        )
        return self._answer_rows(rows)

    def _answer_rows(self, rows: Sequence[ConsignmentMovement]) -> Response:
        found = self.shown(self.get_queryset()).filter(pk__in=[row.pk for row in rows])
        data = shapes.MovementsOutput(
            {"movements": found.order_by("pk")}, context=self.get_serializer_context()
        ).data
        return Response(data, status=status.HTTP_201_CREATED)


class CountViewSet(Listed, Retrieved, Resource):
    """Counts of consigned goods."""

    model = StockCount
    capability = VIEW
    change_capability = EDIT
    output = shapes.CountOutput
    filterset_class = CountFilter
    orderings = {"id": "pk", "counted_on": "counted_on", "updated_at": "recorded_at"}
    bodies = {"create": shapes.CountInput}
    answers = {"create": {201: shapes.CountOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what a count names, and its lines."""
        rows = queryset.select_related("account", "store", "selling_company")
        return rows.prefetch_related("lines__product").distinct()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List counts, the latest recorded first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One count with its lines."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Record a count: what is missing becomes shrink, what is more is found."""
        body, user = self.body(), user_of(request)
        store = account_of(user, body.pop("store"), "store")
        body |= _shared(request, body)
        with naming_rows("goods", "goods"):
            count = record_count(store=store, **body)
        return self.answer_created(count.pk)


class StockViewSet(Listed, Retrieved, Resource):
    """Consigned stock by store and product."""

    model = ConsignedStock
    capability = VIEW
    output = shapes.StockOutput
    filterset_class = StockFilter
    orderings = {"id": "pk"}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what a row names."""
        return queryset.select_related("store", "product", "selling_company")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what lies in stores by everything recorded."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One store and product."""
        return super().retrieve(request, *args, **kwargs)


def _shared(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    user = user_of(request)
    account = body.pop("account", None)
    return {
        "account": account_of(user, account) if account else None,
        "selling_company": company_of(body.pop("selling_company", None)),
        "goods": [Goods(row["product"], row["quantity"]) for row in body.pop("goods")],
        "created_by": user,
        "idempotency_key": ledger_key(request),
    }


def _accounts(user: User, wanted: dict[str, int]) -> dict[int, Account]:
    """The accounts that a body names, by id; the first that is out of sight is named."""
    found: dict[int, Account] = Account.objects.visible_to(user).in_bulk(set(wanted.values()))
    for place, pk in wanted.items():
        if pk not in found:
            raise unknown(place, str(_("There is no such account.")))
    return found
