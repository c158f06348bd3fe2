"""Filters of the lists of portraits, market facts and programmes."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Channel, MarketMeasure, PortraitHeading, RatingBasis
from accounts.filters import AccountChoice, Flag, PageFilter, Several
from accounts.models import (
    Account,
    Competitor,
    CompetitorPresence,
    MarketFact,
    PortraitStatement,
    ProductCategory,
)
from accounts.selectors.portrait import fresh_from, stale_months
from kam.core.countries import country_name
from kam.core.text import search_key


def _branch(rows: QuerySet[Any], _name: str, account: Account) -> Any:
    """At a node and everything below it today."""
    return rows.filter(account__path__contains=[account.pk])


class StatementFilter(PageFilter):
    """Filters of portrait statements."""

    q = django_filters.CharFilter(label=_("Words of the statement"), method="by_text")
    account = AccountChoice(label=_("Account with all below it"), method=_branch)
    heading = Several(label=_("Heading"), choices=PortraitHeading.choices)
    basis = django_filters.ChoiceFilter(label=_("Basis"), choices=RatingBasis.choices)
    stale = Flag(label=_("Only old ones"), method="only_stale")

    class Meta:
        model = PortraitStatement
        fields: list[str] = []

    def by_text(
        self, rows: QuerySet[PortraitStatement], _name: str, text: str
    ) -> QuerySet[PortraitStatement]:
        """With these words in it."""
        return rows.filter(text__icontains=text.strip()) if text.strip() else rows

    def only_stale(
        self, rows: QuerySet[PortraitStatement], _name: str, is_on: bool | None
    ) -> QuerySet[PortraitStatement]:
        """Too old to be relied upon."""
        if not is_on:
            return rows
        return rows.filter(said_on__lt=fresh_from(timezone.localdate(), stale_months()))


class CompetitorFilter(django_filters.FilterSet):
    """Filters of competitors."""

    q = django_filters.CharFilter(label=_("Name"), method="by_text")
    country = django_filters.ChoiceFilter(
        label=_("Country"), choices=lambda: _countries(Competitor.objects.exclude(country=""))
    )

    class Meta:
        model = Competitor
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Competitor], _name: str, text: str) -> QuerySet[Competitor]:
        """Part of the name, in any script."""
        return rows.filter(name_key__contains=search_key(text)) if text.strip() else rows


class PresenceFilter(PageFilter):
    """Filters of where competitors stand."""

    account = AccountChoice(label=_("Account with all below it"), method=_branch)
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=ProductCategory.objects.order_by("name", "pk")
    )

    class Meta:
        model = CompetitorPresence
        fields: list[str] = []


class MarketFactFilter(django_filters.FilterSet):
    """Filters of market facts."""

    country = django_filters.ChoiceFilter(
        label=_("Country"), choices=lambda: _countries(MarketFact.objects.all())
    )
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=ProductCategory.objects.order_by("name", "pk")
    )
    channel = Several(label=_("Sales channel"), choices=Channel.choices)
    measure = Several(label=_("What"), choices=MarketMeasure.choices)

    class Meta:
        model = MarketFact
        fields: list[str] = []


def _countries(rows: QuerySet[Any]) -> list[tuple[str, str]]:
    codes = rows.order_by().values_list("country", flat=True).distinct()
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1])
