"""Documents, receipts and items: read, post, take back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.base import Listed, Resource, Retrieved
from settlements.analytics.instalments import Instalment
from settlements.analytics.proposals import Share
from settlements.api.filters import DocumentFilter, ItemFilter, ReceiptFilter, day_of
from settlements.api.scope import (
    account_of,
    check_items,
    company_of,
    corrected,
    ledger_key,
    naming_rows,
    user_of,
)
from settlements.api.serializers import documents as shapes
from settlements.choices import DocumentKind
from settlements.models import Allocation, Document, LedgerItem
from settlements.services.allocating import propose_allocation
from settlements.services.cash import Applied, post_receipt, refund, write_off
from settlements.services.posting import post_document
from settlements.services.reversing import reverse_document

BY_POSTING = {"id": "pk", "posting_date": "posting_date", "updated_at": "recorded_at"}


class Documents(Listed, Retrieved, Resource):
    """What documents and receipts have in common."""

    model = Document
    capability = "receivables.view"
    change_capability = "receivables.post"
    capabilities = {"reverse": "receivables.reverse", "proposal": "receivables.allocate"}
    output = shapes.DocumentOutput
    orderings = BY_POSTING

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what a document names, its items and its reversal."""
        rows = queryset.select_related(
            "party", "account", "selling_company", "source", "created_by"
        )
        return rows.prefetch_related("items", "reversed_by")

    def answer_document(self, document: Document) -> Response:
        """A document that was just posted, with its address."""
        self.kwargs["pk"] = document.pk
        response = self.answer(self.row(), status.HTTP_201_CREATED)
        kind = "receipts" if document.kind == DocumentKind.RECEIPT else "documents"
        path = f"/api/v1/receivables/{kind}/{document.pk}/"
        response["Location"] = self.request.build_absolute_uri(path)
        return response

    def facts(self, body: dict[str, Any]) -> dict[str, Any]:
        """What every posting says beside amounts and dates."""
        named = ("number", "posting_date", "reference", "note")
        return {
            "account": account_of(user_of(self.request), body["account"]),
            "selling_company": company_of(body.get("selling_company")),
            "currency": body["currency"].pk,
            "created_by": user_of(self.request),
            "idempotency_key": ledger_key(self.request),
            **{name: body[name] for name in named if name in body},
        }

    def take_back(self, request: Request) -> Response:
        """Reverse the document of the address."""
        body = self.body()
        reversal = reverse_document(
            document=self.row(),
            reversed_on=body.get("reversed_on") or timezone.localdate(),
            note=body.get("note", ""),
            created_by=user_of(request),
            idempotency_key=ledger_key(request),
        )
        return self.answer_document(reversal)


class DocumentViewSet(Documents):
    """Posted documents of receivables: they never change, corrections are documents."""

    filterset_class = DocumentFilter
    bodies = {"create": shapes.DocumentInput, "reverse": shapes.ReversalInput}
    answers = {
        "create": {201: shapes.DocumentOutput},
        "reverse": {201: shapes.DocumentOutput},
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List documents of every kind, the latest recorded first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One document with its items."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Post an invoice, a credit note or a debit note.

        It cannot be changed afterwards: reverse it, or correct it with a note that names it in
        `corrects`. Instalments age and are paid one by one.
        """
        body = self.body()
        parts = [Instalment(one["amount"], one.get("due_date")) for one in body["instalments"]]
        with naming_rows("instalments", "instalments"):
            document = post_document(
                kind=DocumentKind(body["kind"]),
                document_date=body["document_date"],
                instalments=parts,
                corrects=corrected(user_of(request), body.get("corrects")),
                **self.facts(body),
            )
        return self.answer_document(document)

    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, **_kwargs: Any) -> Response:
        """Take a document back: its allocations are reversed and an opposite document meets it.

        Answers the reversal. What was before its day stays as it was.
        """
        return self.take_back(request)


class ReceiptViewSet(Documents):
    """Receipts: payments of customers."""

    filterset_class = ReceiptFilter
    bodies = {"create": shapes.ReceiptInput, "reverse": shapes.ReversalInput}
    queries = {"proposal": shapes.ProposalQuery}
    answers = {
        "create": {201: shapes.DocumentOutput},
        "reverse": {201: shapes.DocumentOutput},
        "proposal": {200: shapes.ProposalOutput},
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Receipts that the caller may see, and reversals of receipts."""
        return super().get_queryset().filter(kind=DocumentKind.RECEIPT)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List receipts, the latest recorded first; `unapplied` finds those with cash left."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One receipt."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Post a payment and set it against the items it pays, all of it or nothing.

        What is not allocated stays in sight as unapplied cash.
        """
        body = self.body()
        rows = body.get("allocations", [])
        check_items(
            user_of(request), {f"allocations.{n}.item": row["item"] for n, row in enumerate(rows)}
        )
        with naming_rows("matches", "allocations"):
            receipt = post_receipt(
                amount=body["amount"],
                received_on=body["received_on"],
                applied=[Applied(row["item"], row["amount"]) for row in rows],
                **self.facts(body),
            )
        return self.answer_document(receipt)

    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, **_kwargs: Any) -> Response:
        """Take a receipt back: what it paid is open again from that day on.

        Answers the reversal.
        """
        return self.take_back(request)

    @action(detail=True, methods=["get"])
    def proposal(self, request: Request, **_kwargs: Any) -> Response:
        """What a receipt could pay: named items first, then an exact amount, then the oldest due.

        Nothing is written; send what you accept to `allocations/`.
        """
        text = self.query().get("text", "")
        item = self.row().items.select_related("document").get()
        shares = propose_allocation(credit_item=item, text=text)
        seen = LedgerItem.objects.visible_to(user_of(request)).select_related("document")
        return Response(_proposal(item, shares, seen))


def _proposal(item: LedgerItem, shares: Sequence[Share], seen: QuerySet[Any]) -> dict[str, Any]:
    found = seen.in_bulk([one.item_id for one in shares])
    proposed = [
        {
            "item": share.item_id,
            "document": found[share.item_id].document,
            "due_date": found[share.item_id].due_date,
            "open": found[share.item_id].open_amount_now,
            "currency": item.currency_id,
            "amount": share.amount,
            "reason": share.reason,
        }
        for share in shares
    ]
    available = item.open_amount_now
    data = {
        "receipt": item.document_id,
        "credit_item": item.pk,
        "currency": item.currency_id,
        "available": available,
        "proposed": proposed,
        "left": available - sum((share.amount for share in shares), Decimal(0)),
    }
    return dict(shapes.ProposalOutput(data).data)


class ItemViewSet(Listed, Retrieved, Resource):
    """Items: what documents leave open, instalment by instalment."""

    model = LedgerItem
    capability = "receivables.view"
    change_capability = "receivables.post"
    output = shapes.ItemOutput
    detail_output = shapes.ItemDetailOutput
    filterset_class = ItemFilter
    orderings = {"id": "pk", "posting_date": "posting_date", "amount": "amount"}
    bodies = {"refund": shapes.SettlementInput, "write_off": shapes.SettlementInput}
    answers = {
        "refund": {201: shapes.DocumentOutput},
        "write_off": {201: shapes.DocumentOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what an item names."""
        rows = queryset.select_related("document", "selling_company", "party", "account")
        return rows if self.action == "list" else rows.prefetch_related("overdue_spells")

    def get_serializer_context(self) -> dict[str, Any]:
        """With the day that lateness is counted to."""
        return {**super().get_serializer_context(), "day": self.day()}

    def day(self) -> date:
        """The day asked for, else today."""
        if self.action == "list" and not getattr(self, "swagger_fake_view", False):
            filters: Any = ItemFilter(self.request.query_params, request=self.request)
            if filters.is_valid() and (day := day_of(filters.form.cleaned_data)):
                return day
        return timezone.localdate()

    def row(self) -> Any:
        """The item with its allocations, in the order in which they take effect."""
        item = super().row()
        seen = Allocation.objects.visible_to(user_of(self.request))
        rows = seen.of_item(item.pk).order_by("effective_date", "pk")
        item.allocations = list(with_items(rows))
        return item

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List items, the latest posted first; `overdue=true` finds those that are late.

        With `as_of` the list is as it was on that day: `open` too.
        """
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One item with its allocations and the days on which it was overdue."""
        return super().retrieve(request, *args, **kwargs)

    @action(detail=True, methods=["post"])
    def refund(self, request: Request, **_kwargs: Any) -> Response:
        """Pay back what is open of a receipt or a credit note.

        Answers the refund, a debit that takes the credit up.
        """
        body = self.body()
        return self._posted(
            refund(
                credit_item=self.row(),
                amount=body["amount"],
                refunded_on=body.get("on") or timezone.localdate(),
                **self._facts(body),
            )
        )

    @action(detail=True, methods=["post"], url_path="write-off")
    def write_off(self, request: Request, **_kwargs: Any) -> Response:
        """Give up what is open of an item, on either side; say why in `note`.

        Answers the document that meets it.
        """
        body = self.body()
        return self._posted(
            write_off(
                item=self.row(),
                amount=body["amount"],
                written_off_on=body.get("on") or timezone.localdate(),
                **self._facts(body),
            )
        )

    def _facts(self, body: dict[str, Any]) -> Any:
        return {
            **{name: body[name] for name in ("number", "note") if name in body},
            "created_by": user_of(self.request),
            "idempotency_key": ledger_key(self.request),
        }

    def _posted(self, document: Document) -> Response:
        context = self.get_serializer_context()
        data = shapes.DocumentOutput(document, context=context).data
        path = f"/api/v1/receivables/documents/{document.pk}/"
        return Response(
            data,
            status=status.HTTP_201_CREATED,
            headers={"Location": self.request.build_absolute_uri(path)},
        )


def with_items(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Allocations with what their representation needs."""
    named = ("debit_item__document", "credit_item__document", "created_by")
    seen = ("debit_item__account", "credit_item__account")
    return rows.select_related(*named, *seen).prefetch_related("reversed_by")
