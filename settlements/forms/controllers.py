"""Forms and filters of credit controllers."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.filters import AccountChoice, PageFilter
from accounts.forms.fields import AccountField, give_user
from accounts.models import Account
from kam.core.text import search_key
from kam.identity.models import User
from kam.identity.permissions import CAPABILITIES
from settlements.forms.days import DayField, LastDayField
from settlements.models import ControllerAssignment


def people_who_may_work() -> QuerySet[User]:
    """Everybody who can sign in and may work on receivables, by name."""
    roles = sorted(CAPABILITIES["receivables.work"])
    people: QuerySet[User] = User.objects.filter(is_active=True, roles__overlap=roles)
    return people.order_by("full_name", "pk")


class ControllerFilter(PageFilter):
    """Filters of the list of assignments."""

    q = django_filters.CharFilter(label=_("Account"), method="by_account")
    user = django_filters.ModelChoiceFilter(
        label=_("Credit controller"), queryset=User.objects.order_by("full_name", "pk")
    )
    on = django_filters.DateFilter(label=_("In force on"), method="by_day")
    within = AccountChoice(label=_("Below"), method="by_branch")

    class Meta:
        model = ControllerAssignment
        fields: list[str] = []

    def by_account(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """A part of the account's name in any script."""
        key = search_key(text)
        return rows.filter(account__name_key__contains=key) if key else rows

    def by_day(self, rows: QuerySet[Any], _name: str, day: date) -> QuerySet[Any]:
        """Assignments that hold on a day."""
        return rows.filter(valid__contains=day)

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """A node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])


class AssignForm(forms.Form):
    """Who watches over an account from a date on."""

    account = AccountField(
        label=_("Account"),
        help_text=_("Accounts below without a controller of their own follow."),
    )
    user = forms.ModelChoiceField(
        label=_("Credit controller"), queryset=people_who_may_work(), empty_label=_("Choose")
    )
    from_date = DayField(label=_("First day"), help_text=_("Whoever did it before stops there."))
    until = LastDayField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: for good. Afterwards the former controller has it again."),
    )
    more = ("until",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)


class EndForm(forms.Form):
    """From when on an account has no controller of its own."""

    from_date = DayField(
        label=_("From"), help_text=_("What was assigned for this day and later goes.")
    )


class WhoForm(forms.Form):
    """Which account, on which day: who would get its work?"""

    account = AccountField(label=_("Account"))
    on = DayField(label=_("On"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)
