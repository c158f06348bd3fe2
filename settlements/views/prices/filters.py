"""Filters of the lists of prices, units and codes."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.filters import AccountChoice, PageFilter
from accounts.models import Account
from kam.core.models import Currency
from kam.core.text import search_key
from settlements.models import AccountPrice, AccountProductCode, ListPrice, ProductUnit

STATES = [
    ("current", _("In force")),
    ("coming", _("Coming")),
    ("ended", _("Ended")),
]


class DatedFilter(PageFilter):
    """What lists of dated rows are filtered by."""

    q = django_filters.CharFilter(label=_("Product"), method="by_product")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=STATES, method="by_state", empty_label=_("All")
    )
    on = django_filters.DateFilter(label=_("In force on"), method="by_day")

    def by_product(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """A part of the product's name or our code."""
        text = text.strip()
        named = Q(product__name__icontains=text) | Q(product__code__icontains=text)
        return rows.filter(named) if text else rows

    def by_day(self, rows: QuerySet[Any], _name: str, day: date) -> QuerySet[Any]:
        """Rows that hold on a day."""
        return rows.filter(valid__contains=day)

    def by_state(self, rows: QuerySet[Any], _name: str, state: str) -> QuerySet[Any]:
        """Rows that hold today, will, or did."""
        today = timezone.localdate()
        if state == "current":
            return rows.filter(valid__contains=today)
        if state == "coming":
            return rows.filter(valid__startswith__gt=today)
        return rows.filter(valid__endswith__lte=today)


class OfAccountFilter(DatedFilter):
    """The same for rows of accounts."""

    within = AccountChoice(label=_("Account and below"), method="by_branch")

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """A node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])


class PriceFilter(OfAccountFilter):
    """Filters of the list of prices."""

    currency = django_filters.ModelChoiceFilter(
        label=_("Currency"), queryset=Currency.objects.order_by("code")
    )

    class Meta:
        model = AccountPrice
        fields: list[str] = []

    def by_product(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """A part of the product's or the account's name, or our code."""
        text = text.strip()
        if not text:
            return rows
        named = Q(product__name__icontains=text) | Q(product__code__icontains=text)
        return rows.filter(named | Q(account__name_key__contains=search_key(text) or text))


class CompanyPriceFilter(DatedFilter):
    """Filters of list and floor prices."""

    class Meta:
        model = ListPrice
        fields: list[str] = []


class CodeFilter(OfAccountFilter):
    """Filters of product codes."""

    class Meta:
        model = AccountProductCode
        fields: list[str] = []

    def by_product(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """A part of their code or name, of our code or name, or a GTIN."""
        text = text.strip()
        if not text:
            return rows
        ours = Q(product__name__icontains=text) | Q(product__code__icontains=text)
        return rows.filter(ours | Q(code__icontains=text) | Q(name__icontains=text) | Q(gtin=text))


class UnitFilter(OfAccountFilter):
    """Filters of units."""

    class Meta:
        model = ProductUnit
        fields: list[str] = []
