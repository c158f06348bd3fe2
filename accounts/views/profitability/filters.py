"""Filters of the lists of costs; every figure of profit leads to one of them."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.choices import CostKind, SpreadRule
from accounts.filters import AccountChoice, Flag, PageFilter, Several
from accounts.models import Account, ActivityDriver, ActivityRate, CostEntry, CostPool
from accounts.selectors.profitability import rows as reads

KINDS = CostKind.choices


class _OfAccounts(PageFilter):
    """What costs and volumes have in common; `day` is the field of the row's day."""

    day = "booked_on"

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """Of a node and of what stood below it on each row's day."""
        return reads.within(rows, account.pk, self.day)

    def by_group(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """Of an ultimate parent as of each row's day."""
        return reads.of_group(rows, account.pk, self.day)

    def by_country(self, rows: QuerySet[Any], _name: str, code: str) -> QuerySet[Any]:
        """Of accounts in a country."""
        return rows.filter(account__country=code)


class CostFilter(_OfAccounts):
    """Filters of cost entries."""

    date_from = django_filters.DateFilter(
        label=_("From"), field_name="booked_on", lookup_expr="gte"
    )
    date_to = django_filters.DateFilter(
        label=_("Up to, not including"), field_name="booked_on", lookup_expr="lt"
    )
    kind = Several(label=_("Kind of cost"), choices=KINDS)
    within = AccountChoice(label=_("Account with all below it"), method="by_branch")
    account = AccountChoice(label=_("This account alone"), field_name="account")
    group = AccountChoice(
        label=_("Group on the day"),
        method="by_group",
        help_text=_("The ultimate parent on each entry's date."),
    )
    country = django_filters.ChoiceFilter(label=_("Country"), method="by_country")
    unconverted = Flag(
        label=_("Only without a rate"), field_name="base_amount", lookup_expr="isnull"
    )
    by_hand = Flag(label=_("Only entered by hand"), field_name="source", lookup_expr="isnull")
    source = django_filters.ModelChoiceFilter(label=_("Source"), queryset=reads.sources())

    class Meta:
        model = CostEntry
        fields: list[str] = []


class VolumeFilter(_OfAccounts):
    """Filters of activity volumes."""

    day = "month"

    date_from = django_filters.DateFilter(
        label=_("From the month of"), field_name="month", lookup_expr="gte"
    )
    date_to = django_filters.DateFilter(
        label=_("Up to, not including"), field_name="month", lookup_expr="lt"
    )
    kind = Several(label=_("Kind of cost"), choices=KINDS)
    within = AccountChoice(label=_("Account with all below it"), method="by_branch")
    account = AccountChoice(label=_("This account alone"), field_name="account")

    class Meta:
        model = ActivityDriver
        fields: list[str] = []


class RateFilter(PageFilter):
    """Filters of activity rates."""

    kind = Several(label=_("Kind of cost"), choices=KINDS)

    class Meta:
        model = ActivityRate
        fields: list[str] = []


class PoolFilter(PageFilter):
    """Filters of company costs."""

    kind = Several(label=_("Kind of cost"), choices=KINDS)
    rule = Several(label=_("Spread by"), choices=SpreadRule.choices)
    date_from = django_filters.DateFilter(
        label=_("From the month of"), field_name="month", lookup_expr="gte"
    )
    date_to = django_filters.DateFilter(
        label=_("Up to, not including"), field_name="month", lookup_expr="lt"
    )

    class Meta:
        model = CostPool
        fields: list[str] = []
