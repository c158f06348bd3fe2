"""Filters of the lists in the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.choices import AccountKind, AccountStatus, Channel
from accounts.models import Account, AccountIdentifier, RevenueEntry
from accounts.selectors import revenue
from accounts.selectors.accounts import matching
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince


class AccountApiFilter(UpdatedSince):
    """Filters of accounts."""

    q = django_filters.CharFilter(
        method="by_text", help_text=_("Part of the name, or an identifier.")
    )
    kind = ChoicesFilter(choices=AccountKind, lookup_expr="in")
    status = ChoicesFilter(choices=AccountStatus, lookup_expr="in")
    country = CodesFilter(lookup_expr="in")
    region = CodesFilter(lookup_expr="in")
    channel = ChoicesFilter(choices=Channel, lookup_expr="in")
    lead = IdFilter(field_name="current_lead", help_text=_("Who leads it today, by user id."))
    parent = IdFilter(field_name="current_parent", help_text=_("Directly below this one today."))
    group = IdFilter(field_name="current_group", help_text=_("Today's ultimate parent."))
    within = IdFilter(method="by_branch", help_text=_("This account and all below it today."))
    system = django_filters.CharFilter(
        method="by_identifier", help_text=_("Has an identifier of this system.")
    )
    external_id = django_filters.CharFilter(
        method="by_identifier", help_text=_("Has this identifier, in `system` where given.")
    )

    class Meta:
        model = Account
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Account], _name: str, text: str) -> QuerySet[Account]:
        """Name in any script, or identifier."""
        return matching(rows, text) if text.strip() else rows

    def by_branch(self, rows: QuerySet[Account], _name: str, pk: Any) -> QuerySet[Account]:
        """A node and everything below it."""
        return rows.filter(path__contains=[int(pk)])

    def by_identifier(self, rows: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        """System and value are of one and the same identifier; asked once for both."""
        asked = self.data or {}
        system = asked.get("system", "").strip()
        external_id = asked.get("external_id", "").strip()
        if name == "system" and external_id:
            return rows  # the other parameter asks for both
        found = AccountIdentifier.objects.filter(account=OuterRef("pk"))
        found = found.filter(value=external_id) if external_id else found
        return rows.filter(Exists(found.filter(system=system) if system else found))


class CodeFilter(UpdatedSince):
    """Filters of what has a code and a name."""

    code = CodesFilter(lookup_expr="in")
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains")


class ProductApiFilter(CodeFilter):
    """Filters of products."""

    category = CodesFilter(field_name="category__code", lookup_expr="in")
    is_active = django_filters.BooleanFilter()


class RevenueApiFilter(django_filters.FilterSet):
    """Filters of revenue entries."""

    account = IdFilter(field_name="account_id", help_text=_("Of this very account."))
    group = IdFilter(
        method="by_group",
        help_text=_("Of what belonged to this ultimate parent on the entry's date."),
    )
    within = IdFilter(
        method="by_branch",
        help_text=_("Of this account and of what stood below it on the entry's date."),
    )
    unassigned = django_filters.BooleanFilter(
        field_name="account", lookup_expr="isnull", help_text=_("Entries without an account.")
    )
    booked_from = django_filters.DateFilter(
        field_name="booked_on", lookup_expr="gte", help_text=_("First day.")
    )
    booked_before = django_filters.DateFilter(
        field_name="booked_on", lookup_expr="lt", help_text=_("Day after the last.")
    )
    category = CodesFilter(field_name="category__code", lookup_expr="in")
    product = CodesFilter(field_name="product__code", lookup_expr="in")
    currency = CodesFilter(field_name="currency_id", lookup_expr="in")
    source = CodesFilter(field_name="source__code", lookup_expr="in")
    source_key = django_filters.CharFilter()
    batch = IdFilter(field_name="batch_id", help_text=_("Written by this import."))
    updated_since = django_filters.IsoDateTimeFilter(
        field_name="batch__committed_at",
        lookup_expr="gte",
        help_text=_("Written by an import that was committed at or after this moment."),
    )

    class Meta:
        model = RevenueEntry
        fields: list[str] = []

    def by_group(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Entries of a group as the dated tree has it; an account without a past is its own."""
        return revenue.of_group(rows, int(pk))

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Entries of a node and of what stood below it on each entry's date."""
        return revenue.within(rows, int(pk))


class TargetApiFilter(UpdatedSince):
    """Filters of targets."""

    account = IdFilter(field_name="account_id")
    manager = IdFilter(field_name="manager_id")
    category = CodesFilter(field_name="category__code", lookup_expr="in")
    month_from = django_filters.DateFilter(field_name="month", lookup_expr="gte")
    month_before = django_filters.DateFilter(field_name="month", lookup_expr="lt")
