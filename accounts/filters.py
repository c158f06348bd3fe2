"""Filters of the lists on pages; those of the API stand in `accounts.api.filters`."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, cast

import django_filters
from django import forms
from django.db.models import F, Max, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.choices import (
    AccountKind,
    AccountStatus,
    Channel,
    DecisionRole,
    Function,
    HealthLevel,
    Support,
)
from accounts.forms.fields import LinkedAccountField, give_user
from accounts.models import (
    Account,
    HealthScore,
    Position,
    Product,
    ProductCategory,
    RevenueEntry,
    Target,
)
from accounts.selectors import revenue
from accounts.selectors.accounts import countries_in_use, matching
from accounts.selectors.health import board as health
from accounts.selectors.people.listing import named
from accounts.selectors.tiers.listing import in_tiers
from accounts.selectors.tiers.models import tiers_in_force
from kam.core.countries import country_name
from kam.core.models import Currency
from kam.identity.models import User
from kam.imports.models import DataSource

KINDS = AccountKind.choices
STATUSES = [choice for choice in AccountStatus.choices if choice[0] != AccountStatus.MERGED]


class AccountChoice(django_filters.Filter):
    """One account, chosen by typing, among those the user may see."""

    field_class = LinkedAccountField


class Several(django_filters.MultipleChoiceFilter):
    """Any of some choices."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(**kwargs)


class FlagField(forms.NullBooleanField):
    """Yes, or nothing said: a box that is not ticked filters nothing."""

    widget = forms.CheckboxInput

    def clean(self, value: Any) -> Any:
        """Read no as nothing."""
        return super().clean(value) or None


class Flag(django_filters.Filter):
    """A box to tick; left empty it filters nothing."""

    field_class = FlagField


def _people(request: Any) -> QuerySet[User]:
    user = cast("User", request.user)
    people = User.objects.order_by("full_name", "pk")
    return people if user.sees_everything() else people.filter(pk__in=user.scope_user_ids())


# Whom one can filter by: everybody, or the user's own scope; asked with the request.
leads = cast("QuerySet[User]", _people)


class PageFilter(django_filters.FilterSet):
    """A filter set that tells its account fields who asks."""

    @cached_property
    def form(self) -> forms.Form:
        """The form, its account fields limited to the user's scope."""
        form: forms.Form = super().form
        user = cast("User", cast("Any", self.request).user)
        give_user(form, user)
        if "country" in form.fields:
            codes = countries_in_use(user)
            names = sorted(((code, country_name(code)) for code in codes), key=itemgetter(1))
            cast("forms.ChoiceField", form.fields["country"]).choices = names
        return form

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A filter that cannot be read finds nothing: all rows would look like its answer."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.is_valid() else rows.none()


class AccountListFilter(PageFilter):
    """Filters of the list of accounts."""

    q = django_filters.CharFilter(label=_("Name or identifier"), method="by_text")
    kind = Several(label=_("Kind"), choices=KINDS)
    root = Flag(
        label=_("Only the top of each tree"), field_name="current_parent", lookup_expr="isnull"
    )
    country = django_filters.ChoiceFilter(label=_("Country"))
    region = django_filters.CharFilter(label=_("Region"))
    channel = Several(label=_("Sales channel"), choices=Channel.choices)
    status = Several(label=_("Status"), choices=STATUSES)
    tier = Several(label=_("Tier"), choices=lambda: _tiers(), method="by_tier")
    lead = django_filters.ModelChoiceFilter(
        label=_("Lead"), field_name="current_lead", queryset=leads
    )
    unled = Flag(label=_("Only without a lead"), field_name="current_lead", lookup_expr="isnull")
    within = AccountChoice(label=_("Below"), method="by_branch")

    class Meta:
        model = Account
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Account], _name: str, text: str) -> QuerySet[Account]:
        """Name in any script, or identifier."""
        return matching(rows, text) if text.strip() else rows

    def by_branch(self, rows: QuerySet[Account], _name: str, account: Account) -> QuerySet[Account]:
        """A node and everything below it today."""
        return rows.filter(path__contains=[account.pk])

    def by_tier(self, rows: QuerySet[Account], _name: str, codes: list[str]) -> QuerySet[Account]:
        """Accounts whose own or group's tier is one of these today."""
        return in_tiers(rows, codes, as_of=timezone.localdate()) if codes else rows


def _tiers() -> list[tuple[str, str]]:
    return [(tier.code, tier.title) for tier in tiers_in_force(timezone.localdate())]


class RevenueFilter(PageFilter):
    """Filters of revenue entries; every figure of the product leads here with some of them."""

    date_from = django_filters.DateFilter(
        label=_("From"), field_name="booked_on", lookup_expr="gte"
    )
    date_to = django_filters.DateFilter(
        label=_("Up to, not including"), field_name="booked_on", lookup_expr="lt"
    )
    within = AccountChoice(
        label=_("Account with all below it"),
        method="by_branch",
        help_text=_("As the tree was on each entry's date."),
    )
    account = AccountChoice(label=_("This account alone"), field_name="account")
    group = AccountChoice(
        label=_("Group on the day"),
        method="by_group",
        help_text=_("The ultimate parent on each entry's date."),
    )
    unassigned = Flag(
        label=_("Only without an account"), field_name="account", lookup_expr="isnull"
    )
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=ProductCategory.objects.all()
    )
    uncategorised = Flag(
        label=_("Only without a category"), field_name="category", lookup_expr="isnull"
    )
    product = django_filters.CharFilter(label=_("Product code"), field_name="product__code")
    country = django_filters.ChoiceFilter(label=_("Country"), field_name="account__country")
    region = django_filters.CharFilter(label=_("Region"), field_name="account__region")
    channel = Several(
        label=_("Sales channel"), field_name="account__channel", choices=Channel.choices
    )
    lead = django_filters.ModelChoiceFilter(
        label=_("Lead today"), field_name="account__current_lead", queryset=leads
    )
    currency = django_filters.ModelChoiceFilter(
        label=_("Currency"), queryset=Currency.objects.all()
    )
    unconverted = Flag(
        label=_("Only without a rate"), field_name="base_amount", lookup_expr="isnull"
    )
    source = django_filters.ModelChoiceFilter(label=_("Source"), queryset=DataSource.objects.all())
    batch = django_filters.NumberFilter(
        label=_("Import number"), field_name="batch_id", min_value=1, max_value=2**62
    )

    class Meta:
        model = RevenueEntry
        fields: list[str] = []

    def by_branch(
        self, rows: QuerySet[RevenueEntry], _name: str, account: Account
    ) -> QuerySet[RevenueEntry]:
        """Of a node and of what stood below it on each entry's date."""
        return revenue.within(rows, account.pk)

    def by_group(
        self, rows: QuerySet[RevenueEntry], _name: str, account: Account
    ) -> QuerySet[RevenueEntry]:
        """Of an ultimate parent as of each entry's date."""
        return revenue.of_group(rows, account.pk)


class ProductFilter(django_filters.FilterSet):
    """Filters of products."""

    q = django_filters.CharFilter(label=_("Code or name"), method="by_text")
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=ProductCategory.objects.all()
    )
    is_active = django_filters.BooleanFilter(label=_("In the assortment"))

    class Meta:
        model = Product
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Product], _name: str, text: str) -> QuerySet[Product]:
        """A part of the name, or the start of the code."""
        text = text.strip()
        by_code = rows.filter(code__istartswith=text)
        return rows.filter(name__icontains=text) | by_code if text else rows


class TargetFilter(PageFilter):
    """Filters of targets."""

    account = AccountChoice(label=_("Account"))
    manager = django_filters.ModelChoiceFilter(label=_("Account manager"), queryset=leads)
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=ProductCategory.objects.all()
    )
    year = django_filters.ChoiceFilter(
        label=_("Year"), field_name="month__year", choices=lambda: _years()
    )

    class Meta:
        model = Target
        fields: list[str] = []


def _years() -> list[tuple[int, str]]:
    last = Target.objects.aggregate(last=Max("month"))["last"]
    return [] if last is None else [(y, str(y)) for y in range(last.year, last.year - 6, -1)]


class PeopleFilter(PageFilter):
    """Filters of people; support as far as the reader may know it."""

    q = django_filters.CharFilter(label=_("Name or e-mail"), method="by_text")
    function = Several(label=_("Function"), choices=Function.choices)
    role = django_filters.ChoiceFilter(
        label=_("Decision role"), choices=DecisionRole.choices, method="by_role"
    )
    account = AccountChoice(label=_("Account with all below it"), method="by_branch")
    support = django_filters.ChoiceFilter(label=_("Support"), choices=Support.choices)
    unrated = Flag(label=_("Only not rated"), field_name="support", lookup_expr="isnull")
    gone = Flag(label=_("Also those who left"), method="with_gone")

    class Meta:
        model = Position
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Position], _name: str, text: str) -> QuerySet[Position]:
        """Name in any script, or e-mail address."""
        return named(rows, text) if text.strip() else rows

    def by_role(self, rows: QuerySet[Position], _name: str, role: str) -> QuerySet[Position]:
        """Those who hold a role, whatever else they hold."""
        return rows.filter(roles__contains=[role])

    def by_branch(self, rows: QuerySet[Position], _name: str, account: Account) -> Any:
        """At a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])

    def with_gone(self, rows: QuerySet[Position], _name: str, _on: bool) -> QuerySet[Position]:
        """Everybody; without it those who are there today, see `filter_queryset`."""
        return rows

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave out those who left, unless they are asked for."""
        rows = super().filter_queryset(queryset)
        asked_for_gone = self.form.is_valid() and self.form.cleaned_data.get("gone")
        return rows if asked_for_gone else rows.filter(valid__contains=timezone.localdate())


class HealthFilter(PageFilter):
    """Filters of health scores."""

    q = django_filters.CharFilter(label=_("Name or identifier"), method="by_text")
    level = Several(label=_("Health"), choices=HealthLevel.choices)
    tier = Several(label=_("Tier"), choices=lambda: _tiers(), method="by_tier")
    lead = django_filters.ModelChoiceFilter(
        label=_("Lead"), field_name="account__current_lead", queryset=leads
    )
    country = django_filters.ChoiceFilter(label=_("Country"), field_name="account__country")
    capped = Flag(label=_("Only held down by a cap"), method="by_cap")

    class Meta:
        model = HealthScore
        fields: list[str] = []

    def by_text(self, rows: QuerySet[HealthScore], _name: str, text: str) -> QuerySet[HealthScore]:
        """Name in any script, or identifier."""
        return health.named(rows, text) if text.strip() else rows

    def by_tier(
        self, rows: QuerySet[HealthScore], _name: str, codes: list[str]
    ) -> QuerySet[HealthScore]:
        """Accounts whose tier is one of these today."""
        return health.in_held_tiers(rows, codes, as_of=timezone.localdate()) if codes else rows

    def by_cap(self, rows: QuerySet[HealthScore], _name: str, on: Any) -> QuerySet[HealthScore]:
        """Accounts whose score would be higher without caps."""
        return rows.filter(score__lt=F("uncapped")) if on else rows
