"""Filters of the ledger's lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.filters import AccountChoice, Flag, PageFilter, Several, leads
from accounts.models import Account
from accounts.selectors.accounts import matching as matching_accounts
from kam.core.formats import Text
from kam.core.models import Currency, SellingCompany
from settlements.analytics.ageing import Bands, BoundsError
from settlements.choices import DocumentKind
from settlements.models import LedgerItem
from settlements.querysets import LedgerItemQuerySet
from settlements.selectors.ageing import BASIS_LABELS, Basis
from settlements.selectors.items import OVERDUE, ItemQuery, State, asked, matching

STATES = {
    State.OPEN: _("Open"),
    State.OVERDUE: _("Overdue"),
    State.SETTLED: _("Settled"),
    State.ALL: _("All"),
}
BASES = {"due": Basis.DUE_DATE, "document": Basis.DOCUMENT_DATE}
CREDITS = [
    choice
    for choice in DocumentKind.choices
    if choice[0] not in {DocumentKind.INVOICE, DocumentKind.DEBIT_NOTE, DocumentKind.REFUND}
]
LONGEST = 36_500
"""More days than this are no band: a date so long ago is not written."""
LARGEST = 10**16


class ItemForm(forms.Form):
    """The form of the list of items, what is asked for most often first."""

    field_order = [
        "account",
        "own",
        "state",
        "kind",
        "as_of",
        "bucket",
        "currency",
        "company",
        "due_from",
        "due_to",
    ]

    def clean_bands(self) -> str:
        """Bounds of bands are rising whole days."""
        text: str = self.cleaned_data["bands"]
        bands = bands_of(text)
        if bands is None:
            raise forms.ValidationError(_("Write upper bounds of days, such as 30,60,90."))
        return text


def bands_of(text: str) -> Bands | None:
    """The bands that the bounds make, the default ones without any; None for what are no bands."""
    if not text.strip():
        return Bands()
    try:
        bands = Bands.parse(text)
    except BoundsError:
        return None
    return bands if bands.bounds[-1] <= LONGEST else None


class LedgerFilter(PageFilter):
    """What every list of items can be filtered by."""

    q = django_filters.CharFilter(label=_("Number or reference"), method="by_text")
    currency = django_filters.ModelChoiceFilter(
        label=_("Currency"), queryset=Currency.objects.all()
    )
    company = django_filters.ModelChoiceFilter(
        label=_("Selling company"),
        field_name="selling_company",
        queryset=SellingCompany.objects.all(),
    )
    amount_from = django_filters.NumberFilter(
        label=_("Amount from"), field_name="amount", lookup_expr="gte", max_value=LARGEST
    )
    amount_to = django_filters.NumberFilter(
        label=_("Amount up to"), field_name="amount", lookup_expr="lte", max_value=LARGEST
    )
    date_from = django_filters.DateFilter(
        label=_("Document date from"), field_name="document_date", lookup_expr="gte"
    )
    date_to = django_filters.DateFilter(
        label=_("Document date before"), field_name="document_date", lookup_expr="lt"
    )

    class Meta:
        model = LedgerItem
        fields: list[str] = []

    def by_text(self, rows: LedgerItemQuerySet, _name: str, text: str) -> LedgerItemQuerySet:
        """A part of the number or of the reference."""
        return matching(rows, text.strip()) if text.strip() else rows

    def as_it_is(self, rows: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        """Left to the question as a whole."""
        return rows


class ItemFilter(LedgerFilter):
    """Filters of the list of items; figures of the ageing lead here with some of them."""

    account = AccountChoice(
        label=_("Account"), method="as_it_is", help_text=_("With everything below it on the day.")
    )
    own = Flag(label=_("Only this account itself"), method="as_it_is")
    kind = Several(label=_("Kind"), choices=DocumentKind.choices)
    state = django_filters.ChoiceFilter(
        label=_("State"), method="as_it_is", choices=list(STATES.items()), empty_label=None
    )
    as_of = django_filters.DateFilter(
        label=_("As of"), method="as_it_is", help_text=_("Empty: today.")
    )
    bucket = django_filters.ChoiceFilter(label=_("Age"), method="as_it_is")
    basis = django_filters.ChoiceFilter(
        label=_("Age by"),
        method="as_it_is",
        choices=[(name, BASIS_LABELS[basis]) for name, basis in BASES.items()],
        empty_label=None,
    )
    bands = django_filters.CharFilter(
        label=_("Bands"), method="as_it_is", help_text=_("Upper bounds in days: 30,60,90.")
    )
    due_from = django_filters.DateFilter(
        label=_("Due from"), field_name="due_date", lookup_expr="gte"
    )
    due_to = django_filters.DateFilter(
        label=_("Due before"), field_name="due_date", lookup_expr="lt"
    )

    class Meta:
        model = LedgerItem
        form = ItemForm
        fields: list[str] = []

    def __init__(
        self, *args: Any, today: date, band_title: Callable[[str], Text], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.band_title = today, band_title

    @cached_property
    def form(self) -> forms.Form:
        """The form, its ages those of the bands asked for."""
        form: forms.Form = super().form
        bands = bands_of(cast("Any", self.data).get("bands", "")) or Bands()
        choices = [(OVERDUE, _("Overdue")), *((n, self.band_title(n)) for n in bands.names)]
        cast("forms.ChoiceField", form.fields["bucket"]).choices = choices
        return form

    @cached_property
    def query(self) -> ItemQuery:
        """The question that was asked; what cannot be read is answered as of today."""
        given = self.form.cleaned_data if self.form.is_valid() else {}
        account = given.get("account")
        return ItemQuery(
            as_of=given.get("as_of") or self.today,
            state=State(given.get("state") or State.OPEN),
            bands=bands_of(given.get("bands") or "") or Bands(),
            basis=BASES[given.get("basis") or "due"],
            bucket=given.get("bucket") or "",
            account=None if account is None else account.pk,
            own=bool(given.get("own")),
        )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The simple filters first, then the question as of its day."""
        rows = super().filter_queryset(queryset)
        return asked(cast("LedgerItemQuerySet", rows), self.query)


class UnappliedFilter(LedgerFilter):
    """Filters of receipts and credits that are not fully allocated."""

    account = AccountChoice(label=_("Account with all below it"), method="by_branch")
    kind = Several(label=_("Kind"), choices=CREDITS)

    class Meta:
        model = LedgerItem
        fields: list[str] = []

    def by_branch(self, rows: LedgerItemQuerySet, _name: str, account: Any) -> LedgerItemQuerySet:
        """A node and everything below it today."""
        return rows.within(account.pk)


class StatementFilter(PageFilter):
    """Filters of the list of accounts to send a statement to."""

    q = django_filters.CharFilter(label=_("Name or identifier"), method="by_text")
    late = Flag(label=_("Only with something overdue"), method="by_lateness")
    lead = django_filters.ModelChoiceFilter(
        label=_("Lead"), field_name="current_lead", queryset=leads
    )
    within = AccountChoice(label=_("Below"), method="by_branch")

    class Meta:
        model = Account
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Account], _name: str, text: str) -> QuerySet[Account]:
        """Name in any script, or identifier."""
        return matching_accounts(rows, text) if text.strip() else rows

    def by_lateness(self, rows: QuerySet[Account], _name: str, _value: Any) -> QuerySet[Account]:
        """Accounts with something overdue at the last run."""
        return rows.filter(Q(("overdue__gt", 0)))  # annotated by the selector

    def by_branch(self, rows: QuerySet[Account], _name: str, account: Account) -> QuerySet[Account]:
        """A node and everything below it today."""
        return rows.filter(path__contains=[account.pk])
