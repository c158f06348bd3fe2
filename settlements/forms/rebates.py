"""Forms and filters of rebates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.filters import AccountChoice, Flag, PageFilter, Several, leads
from accounts.models import Account
from kam.core.number_fields import NumberField
from kam.core.text import search_key
from settlements.choices.terms import Payout, RebateBasis
from settlements.forms.days import DayField
from settlements.models import RebateAccrual, TradeCondition

STATES = [
    ("running", _("Running")),
    ("over", _("Over, to be settled")),
    ("settled", pgettext_lazy("rebate", "Settled")),
]


class RebateFilter(PageFilter):
    """Filters of the board of rebates."""

    q = django_filters.CharFilter(label=_("Account, agreement or rebate"), method="by_text")
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="by_state")
    near = Flag(label=_("Only near the next tier"), method="by_nearness")
    basis = Several(label=_("Counts"), choices=RebateBasis.choices, field_name="condition__basis")
    payout = Several(label=_("Paid out by"), choices=Payout.choices, field_name="condition__payout")
    lead = django_filters.ModelChoiceFilter(
        label=_("Lead"),
        field_name="condition__version__agreement__account__current_lead",
        queryset=leads,
    )
    within = AccountChoice(label=_("Below"), method="by_branch")

    class Meta:
        model = RebateAccrual
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """A part of a name in any script, or of the agreement's number."""
        key = search_key(text)
        if not key:
            return rows
        return rows.filter(
            Q(condition__version__agreement__account__name_key__contains=key)
            | Q(condition__version__agreement__number__icontains=text.strip())
            | Q(condition__name__icontains=text.strip())
        )

    def by_state(self, rows: QuerySet[Any], _name: str, state: str) -> QuerySet[Any]:
        """Running, over and waiting, or settled since the last run."""
        if state == "settled":
            return rows.filter(is_settled=True)
        return rows.filter(is_settled=False, is_over=state == "over")

    def by_nearness(self, rows: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        """Rebates that lack at most a twentieth of the next bound."""
        return rows.filter(near=True, is_settled=False)

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """A node and everything below it today."""
        path = "condition__version__agreement__account__path__contains"
        return rows.filter(**{path: [account.pk]})


class RunForm(forms.Form):
    """Up to which day rebates are accrued."""

    through = DayField(label=_("Accrue up to"))


class ExpectationForm(forms.Form):
    """What the basis is expected to be in the end."""

    total = NumberField(
        label=_("Expected by the end of the period"),
        max_digits=20,
        decimal_places=4,
        min_value=Decimal(0),
        help_text=_("Of the whole period, what was sold so far included."),
    )
    note = forms.CharField(label=_("Why"), max_length=300, required=False)


class SettleForm(forms.Form):
    """The end of a period: when, and against which claim."""

    settled_on = DayField(label=_("Posted on"))
    claimed = NumberField(label=_("Claimed"), max_digits=20, decimal_places=4, min_value=Decimal(0))
    reference = forms.CharField(
        label=_("Number of the claim"), max_length=140, help_text=_("As the customer wrote it.")
    )

    def __init__(self, *args: Any, condition: TradeCondition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if condition.payout != Payout.CLAIM:
            del self.fields["claimed"], self.fields["reference"]
