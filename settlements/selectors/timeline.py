"""What the ledger tells the timeline: items that became overdue or were paid, receipts, write-offs.

Rows of payers that the reader may see. Receipts and write-offs that were taken back are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from kam.core import formats
from kam.core.badges import State
from kam.core.timeline import Event, TimelineSource, Wanted, merged, timeline_sources
from kam.identity.models import User
from settlements.choices import DocumentKind
from settlements.models import Document, OverdueSpell


def _overdue(user: User, wanted: Wanted, strand: str, column: str) -> Iterator[Event]:
    rows: QuerySet[OverdueSpell] = OverdueSpell.objects.visible_to(user).filter(
        **{f"{column}__isnull": False}
    )
    if wanted.account_ids is not None:
        rows = rows.filter(party__in=wanted.account_ids)
    is_cured = column == "cured_on"
    for row in wanted.newest(
        rows.select_related("party", "item__document"), strand, column, is_day=True
    ):
        document = row.item.document
        amount = formats.money(row.item.amount, row.item.currency_id)
        yield _event(
            wanted,
            strand,
            row.pk,
            getattr(row, column),
            row.party,
            document,
            kind=_("No longer overdue") if is_cured else _("Became overdue"),
            state="success" if is_cured else "danger",
            title=_("%(document)s, %(amount)s") % {"document": document, "amount": amount},
        )


def _documents(user: User, wanted: Wanted, strand: str, kind: str) -> Iterator[Event]:
    rows: QuerySet[Document] = Document.objects.visible_to(user).standing().filter(kind=kind)
    if wanted.account_ids is not None:
        rows = rows.filter(account__in=wanted.account_ids)
    state: State = "success" if kind == DocumentKind.RECEIPT else "warning"
    for row in wanted.newest(rows.select_related("party"), strand, "document_date", is_day=True):
        amount = formats.money(row.total, row.currency_id)
        yield _event(
            wanted,
            strand,
            row.pk,
            row.document_date,
            row.party,
            row,
            kind=row.get_kind_display(),
            state=state,
            title=_("%(document)s, %(amount)s") % {"document": row, "amount": amount},
            detail=row.note,
        )


def _event(
    wanted: Wanted,
    strand: str,
    pk: int,
    day: date,
    party: Account,
    document: Document,
    **told: Any,
) -> Event:
    return Event(
        strand=strand,
        pk=pk,
        occurred_at=wanted.end_of(day),
        is_day=True,
        icon="file-invoice",
        account=party.name,
        account_url=party.get_absolute_url(),
        url=reverse("settlements:document-detail", args=[document.pk]),
        **told,
    )


def receivables(user: User, wanted: Wanted) -> list[Event]:
    """Return items that became overdue and their end, receipts and write-offs."""
    parts = (
        _overdue(user, wanted, "receivables.cured", "cured_on"),
        _overdue(user, wanted, "receivables.overdue", "overdue_since"),
        _documents(user, wanted, "receivables.receipt", DocumentKind.RECEIPT),
        _documents(user, wanted, "receivables.write_off", DocumentKind.WRITE_OFF),
    )
    return merged(parts, wanted.limit)


def register() -> None:
    """Register the source."""
    timeline_sources.register(
        TimelineSource(
            key="receivables",
            title=gettext_lazy("Receivables"),
            find=receivables,
            icon="file-invoice",
            capability="receivables.view",
            order=110,
        )
    )
