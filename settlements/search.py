"""What this app gives to the search that stands on every page: documents by number."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam.core import formats
from kam.core.models import SellingCompany
from kam.core.registry import SearchHit, SearchProvider, search_providers
from settlements.choices import DocumentKind
from settlements.models import Document

LEAST = 3
"""Shorter texts are the beginning of too many numbers."""
_LAST = "\N{CJK UNIFIED IDEOGRAPH-9FFF}"


def search_documents(user: Any, text: str, limit: int) -> list[SearchHit]:
    """Documents whose number begins with what was typed, in the user's scope.

    The exact number first. Read by the index of numbers, company by company and kind by kind, in
    the case typed and in capitals.
    """
    typed = text.strip()
    if len(typed) < LEAST or len(typed) > 60:
        return []
    begins = Q()
    for start in {typed, typed.upper()}:
        begins |= Q(number__gte=start, number__lt=start + _LAST)
    companies = list(SellingCompany.objects.values_list("pk", flat=True))
    rows = Document.objects.visible_to(user).filter(
        begins, selling_company__in=companies, kind__in=DocumentKind.values
    )
    found = rows.select_related("party").order_by("number", "pk")[:limit]
    return [
        SearchHit(
            title=str(document),
            url=reverse("settlements:document-detail", args=[document.pk]),
            icon="file-invoice",
            detail=f"{document.party.name}, {formats.date(document.document_date)}, "
            f"{formats.money(document.total, document.currency_id)}",
        )
        for document in found
    ]


def register() -> None:
    """Register the search of documents."""
    search_providers.register(
        SearchProvider(
            key="documents",
            title=_("Receivables"),
            search=search_documents,
            capability="receivables.view",
            order=30,
        )
    )
