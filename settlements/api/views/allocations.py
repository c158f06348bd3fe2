"""Allocations: credits set against debits, and taken back."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.base import Listed, Resource, Retrieved
from settlements.api.filters import AllocationFilter
from settlements.api.scope import check_items, ledger_key, naming_rows, user_of
from settlements.api.serializers import documents as shapes
from settlements.api.views.documents import with_items
from settlements.models import Allocation
from settlements.services.allocating import Match, allocate, reverse_allocation


class AllocationViewSet(Listed, Retrieved, Resource):
    """Allocations: they never change, a reversal takes one back from a day on."""

    model = Allocation
    capability = "receivables.view"
    change_capability = "receivables.allocate"
    capabilities = {"reverse": "receivables.reverse"}
    output = shapes.AllocationOutput
    filterset_class = AllocationFilter
    orderings = {"id": "pk", "effective_date": "effective_date", "updated_at": "recorded_at"}
    bodies = {"create": shapes.AllocationsInput, "reverse": shapes.AllocationReversalInput}
    answers = {
        "create": {201: shapes.AllocationsOutput},
        "reverse": {201: shapes.AllocationOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the items on both sides."""
        return with_items(queryset)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List allocations and their reversals, the latest recorded first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One allocation."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Set credits against debits of one payer, currency and company: all rows or none.

        Never more than is open, on any date.
        """
        body = self.body()
        rows = body["rows"]
        sides = ("debit_item", "credit_item")
        wanted = {f"rows.{n}.{side}": row[side] for n, row in enumerate(rows) for side in sides}
        check_items(user_of(request), wanted)
        with naming_rows("matches", "rows"):
            made = allocate(
                matches=[Match(*(row[name] for name in (*sides, "amount"))) for row in rows],
                effective_date=body.get("effective_date"),
                note=body.get("note", ""),
                created_by=user_of(request),
                idempotency_key=ledger_key(request),
            )
        found = self.shown(self.get_queryset()).filter(pk__in=[one.pk for one in made])
        data = {"results": found.order_by("pk")}
        context = self.get_serializer_context()
        answer = shapes.AllocationsOutput(data, context=context).data
        return Response(answer, status=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, **_kwargs: Any) -> Response:
        """Take an allocation back from a day on; what was before that day stays as it was.

        Answers the reversal.
        """
        body = self.body()
        reversal = reverse_allocation(
            allocation=self.row(),
            effective_date=body.get("effective_date") or timezone.localdate(),
            note=body.get("note", ""),
            created_by=user_of(request),
            idempotency_key=ledger_key(request),
        )
        self.kwargs["pk"] = reversal.pk
        return self.answer(self.row(), status.HTTP_201_CREATED)
