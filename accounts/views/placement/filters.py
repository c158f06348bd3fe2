"""Filters of the lists about placement and availability."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import CheckState, PlacementKind, PlacementStage, Priority
from accounts.filters import AccountChoice, Flag, PageFilter, Several, leads
from accounts.models import Account, Placement, Product, ProductCategory, StoreCheck, Task
from accounts.selectors.placement.listing import with_gap
from kam.identity.models import User


def _products_of(request: Any) -> Any:
    return Product.objects.visible_to(request.user).order_by("name", "pk")


def _categories_of(request: Any) -> Any:
    return ProductCategory.objects.visible_to(request.user)


# Asked with the request.
_products = cast("QuerySet[Product]", _products_of)
_categories = cast("QuerySet[ProductCategory]", _categories_of)


class PlacementFilter(PageFilter):
    """Filters of placements."""

    within = AccountChoice(label=_("Account with all below it"), method="by_branch")
    product = django_filters.ModelChoiceFilter(label=_("Product"), queryset=_products)
    category = django_filters.ModelChoiceFilter(label=_("Category"), queryset=_categories)
    kind = Several(label=_("Kind"), choices=PlacementKind.choices)
    stage = Several(label=_("Step"), choices=PlacementStage.choices)
    gap = Flag(label=_("Only missing in a store"), method="missing")
    over = Flag(label=_("Also those that are over"), method="with_over")

    class Meta:
        model = Placement
        fields: list[str] = []

    def by_branch(
        self, rows: QuerySet[Placement], _name: str, account: Account
    ) -> QuerySet[Placement]:
        """At a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])

    def missing(self, rows: QuerySet[Placement], _name: str, _on: bool) -> QuerySet[Placement]:
        """Those that somebody looked for and did not find last time."""
        user = cast("User", cast("Any", self.request).user)
        return with_gap(rows, user, as_of=timezone.localdate())

    def with_over(self, rows: QuerySet[Placement], _name: str, _on: bool) -> QuerySet[Placement]:
        """All of them; without it those that are not over, see `filter_queryset`."""
        return rows

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave out what is over, unless it is asked for."""
        rows = super().filter_queryset(queryset)
        if self.form.is_valid() and self.form.cleaned_data.get("over"):
            return rows
        today = timezone.localdate()
        return rows.filter(Q(valid__endswith__gt=today) | Q(valid__upper_inf=True))


class StoreCheckFilter(PageFilter):
    """Filters of store checks."""

    within = AccountChoice(label=_("Account with all below it"), method="by_branch")
    checker = django_filters.ModelChoiceFilter(label=_("Checked by"), queryset=leads)
    state = django_filters.ChoiceFilter(label=_("State"), choices=CheckState.choices)
    date_from = django_filters.DateFilter(
        label=_("From"), field_name="checked_on", lookup_expr="gte"
    )

    class Meta:
        model = StoreCheck
        fields: list[str] = []

    def by_branch(
        self, rows: QuerySet[StoreCheck], _name: str, account: Account
    ) -> QuerySet[StoreCheck]:
        """Of a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])


class TaskFilter(PageFilter):
    """Filters of follow-ups."""

    owner = django_filters.ModelChoiceFilter(label=_("Owner"), queryset=leads)
    within = AccountChoice(label=_("Account with all below it"), method="by_branch")
    priority = Several(label=_("Priority"), choices=Priority.choices)
    due_before = django_filters.DateFilter(
        label=_("Due before"), field_name="due_on", lookup_expr="lt"
    )

    class Meta:
        model = Task
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Task], _name: str, account: Account) -> QuerySet[Task]:
        """Of a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])
