"""Filters of the lists of negotiations."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.filters import AccountChoice, Flag, PageFilter, Several, leads
from accounts.models import Account
from plans.choices.negotiation import (
    BriefState,
    EntryState,
    OfferState,
    RoundAccountState,
    RoundReason,
    RoundState,
    Side,
    Subject,
)
from plans.models import GiveGet, NegotiationBrief, Offer, PriceRound, PriceRoundAccount


class _OfAccounts(PageFilter):
    """By words and account."""

    words = "title__icontains"
    q = django_filters.CharFilter(label=_("Words"), method="by_text")
    within = AccountChoice(label=_("Account with all below it"), method="by_branch")

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """Words of the row or the account's name."""
        return rows.filter(Q(**{self.words: text}) | Q(account__name__icontains=text))

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """Of a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])


class BriefFilter(_OfAccounts):
    """Filters of negotiations."""

    state = Several(label=_("State"), choices=BriefState.choices)
    owner = django_filters.ModelChoiceFilter(label=_("Who negotiates"), queryset=leads)

    class Meta:
        model = NegotiationBrief
        fields: list[str] = []


class EntryFilter(_OfAccounts):
    """Filters of gives and gets."""

    words = "what__icontains"
    side = Several(label=_("Side"), choices=Side.choices)
    state = Several(label=_("State"), choices=EntryState.choices)
    subject = Several(label=_("About"), choices=Subject.choices)
    unconditional = Flag(label=_("Without a condition"), method="by_condition")

    class Meta:
        model = GiveGet
        fields: list[str] = []

    def by_condition(self, rows: QuerySet[Any], _name: str, _value: bool) -> QuerySet[Any]:
        """Those that ask for nothing."""
        return rows.filter(condition="")


class OfferFilter(_OfAccounts):
    """Filters of offers."""

    words = "product__name__icontains"
    state = Several(label=_("State"), choices=OfferState.choices)
    offered_from = django_filters.DateFilter(
        label=_("Offered from"), field_name="offered_on", lookup_expr="gte"
    )
    offered_before = django_filters.DateFilter(
        label=_("Offered before"), field_name="offered_on", lookup_expr="lt"
    )

    class Meta:
        model = Offer
        fields: list[str] = []


class RoundFilter(PageFilter):
    """Filters of price rounds."""

    q = django_filters.CharFilter(label=_("Words"), field_name="title", lookup_expr="icontains")
    state = Several(label=_("State"), choices=RoundState.choices)
    reason = Several(label=_("Reason"), choices=RoundReason.choices)

    class Meta:
        model = PriceRound
        fields: list[str] = []


class RoundAccountFilter(PageFilter):
    """Filters of the accounts of a round."""

    q = django_filters.CharFilter(
        label=_("Account"), field_name="account__name", lookup_expr="icontains"
    )
    state = Several(label=_("State"), choices=RoundAccountState.choices)

    class Meta:
        model = PriceRoundAccount
        fields: list[str] = []
