"""Columns of the ledger's lists, with amounts in the decimals of each row's currency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.formats import Unknown
from kam.core.tables import Column
from settlements.analytics.ageing import Bands, days_past
from settlements.choices import DocumentKind, Side
from settlements.models import LedgerItem
from settlements.selectors.ageing import Basis
from settlements.selectors.items import ItemQuery, days_late
from settlements.views.board_parts import band_title


@dataclass(frozen=True, kw_only=True)
class AmountColumn(Column):
    """An amount of a ledger item: its currency stands in a column of its own."""

    def formatted(self, value: Any, row: Any = None) -> SafeString:
        """The amount with as many decimals as its currency has."""
        places = 2 if row is None else formats.places_of(row.currency_id)
        return conditional_escape(formats.number(value, places))


def document_url(item: LedgerItem) -> str:
    """The page of an item's document, at the item."""
    return f"{reverse('settlements:document-detail', args=[item.document_id])}#item-{item.pk}"


def number_of(item: LedgerItem) -> str:
    """The document's number, with the instalment where it is not the first."""
    number: str = item.document.number
    return number if item.sequence == 1 else f"{number} · {item.sequence}"


def kind_of(item: LedgerItem) -> str:
    """The kind in words; a reversal says so."""
    label = str(DocumentKind(item.kind).label)
    return label if item.document.reverses_id is None else _("%s, reversal") % label


def _signed(name: str) -> Callable[[LedgerItem], Decimal]:
    def value(item: LedgerItem) -> Decimal:
        amount: Decimal = getattr(item, name)
        return amount * item.side

    return value


def _late(as_of: date) -> Callable[[LedgerItem], int | Unknown]:
    def value(item: LedgerItem) -> int | Unknown:
        days = days_late(item, as_of)
        if item.side == Side.CREDIT:
            return Unknown(gettext_lazy("A credit is never late"))
        if days is None:
            return Unknown(gettext_lazy("It has no due date"))
        if not getattr(item, "open_amount", 0):
            return Unknown(gettext_lazy("It is settled"))
        return days if days > 0 else Unknown(gettext_lazy("It is not due yet"))

    return value


def band_badge(bands: Bands, basis: Basis, as_of: date) -> Callable[[LedgerItem], Badge | Unknown]:
    """The band that an open debit stands in."""

    def value(item: LedgerItem) -> Badge | Unknown:
        if item.side == Side.CREDIT:
            return Unknown(gettext_lazy("Credits are in no band"))
        if not getattr(item, "open_amount", 0):
            return Unknown(gettext_lazy("It is settled"))
        place = bands.place(days_past(as_of, getattr(item, basis.value)))
        return Badge(band_title(bands.names[place]), _shade(place, len(bands.names)))

    return value


def _shade(place: int, names: int) -> State:
    if place == 0 or place == names - 1:
        return "muted"
    return "danger" if place == names - 2 else "warning"


def item_columns(query: ItemQuery, *, is_export: bool = False) -> list[Column]:
    """The columns of the list of items as of its day, which a file says in its heading."""
    return [
        *_document_columns(),
        Column(
            name="due",
            title=gettext_lazy("Due"),
            kind="date",
            value="due_date",
            sort="due_date",
            unknown=gettext_lazy("It has no due date"),
        ),
        Column(name="currency", title=gettext_lazy("Currency"), value="currency_id"),
        AmountColumn(
            name="amount",
            title=gettext_lazy("Amount"),
            kind="money",
            value=_signed("amount"),
            sort=F("amount") * F("side"),
            nullable=False,
        ),
        AmountColumn(
            name="open",
            title=_open_title(query, is_export=is_export),
            kind="money",
            value=_signed("open_amount"),
            sort=F("open_amount") * F("side"),
            nullable=False,
            help=_("Credits and receipts are below zero."),
        ),
        Column(
            name="late",
            title=gettext_lazy("Days late"),
            kind="number",
            value=_late(query.as_of),
            help=_("Days past the due date. An item due on the day is not late."),
        ),
        Column(
            name="band",
            title=gettext_lazy("Age"),
            kind="badge",
            value=band_badge(query.bands, query.basis, query.as_of),
        ),
        *_rare_columns(),
    ]


def _open_title(query: ItemQuery, *, is_export: bool) -> str:
    return _("Open on %s") % formats.date(query.as_of) if is_export else _("Open")


def _document_columns() -> list[Column]:
    return [
        Column(name="number", title=gettext_lazy("Document"), value=number_of),
        Column(name="kind", title=gettext_lazy("Kind"), value=kind_of),
        Column(
            name="account",
            title=gettext_lazy("Account"),
            value="account.name",
            css="is-narrow",
            link=lambda item: item.account.get_absolute_url(),
        ),
        Column(
            name="dated",
            title=gettext_lazy("Date"),
            kind="date",
            value="document_date",
            sort="document_date",
            nullable=False,
        ),
    ]


def _rare_columns() -> list[Column]:
    return [
        Column(
            name="reference",
            title=gettext_lazy("Reference"),
            value="document.reference",
            default=False,
            unknown=gettext_lazy("No reference given"),
        ),
        Column(
            name="company",
            title=gettext_lazy("Selling company"),
            value="selling_company.name",
            default=False,
        ),
        Column(
            name="posted",
            title=gettext_lazy("Posting date"),
            kind="date",
            value="posting_date",
            sort="posting_date",
            nullable=False,
            default=False,
        ),
    ]


def credit_columns(as_of: date) -> list[Column]:
    """The columns of the list of receipts and credits that wait to be allocated."""
    number, kind, account, dated = _document_columns()
    return [
        number,
        kind,
        account,
        dated,
        Column(
            name="age",
            title=gettext_lazy("Days waiting"),
            kind="number",
            value=lambda item: (as_of - item.posting_date).days,
            help=_("Since it was posted."),
        ),
        Column(
            name="reference",
            title=gettext_lazy("Reference"),
            value="document.reference",
            unknown=gettext_lazy("No reference given"),
        ),
        Column(name="currency", title=gettext_lazy("Currency"), value="currency_id"),
        AmountColumn(
            name="amount",
            title=gettext_lazy("Amount"),
            kind="money",
            sort="amount",
            nullable=False,
        ),
        AmountColumn(
            name="open",
            title=gettext_lazy("Not allocated"),
            kind="money",
            value="open_amount_now",
            sort=F("amount") - F("allocated"),
            nullable=False,
        ),
        *_rare_columns()[1:],
    ]
