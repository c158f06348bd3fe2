"""Filters of the list of contacts and of the register of needs."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.filters import PageFilter
from accounts.models import Account
from interactions.choices import Direction, InteractionKind, NeedAnswer, NeedImportance, NeedKind
from interactions.models import Interaction, Need
from interactions.selectors.needs import outdated_before
from kam.identity.models import User

MONTHS = (3, 6, 12)
LONGEST_ID = 18
ANSWERS = [("answered", _("Answered")), *NeedAnswer.choices]


def _spans() -> list[tuple[str, str]]:
    return [(str(n), ngettext("%s month", "%s months", n) % n) for n in MONTHS]


def within(rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
    """Rows of an account and of everything below it."""
    typed = str(value)
    if not typed.isdecimal():
        return rows
    if len(typed) > LONGEST_ID:
        return rows.none()
    return rows.filter(account__path__contains=[int(typed)])


class ContactFilter(PageFilter):
    """Filters of contacts."""

    q = django_filters.CharFilter(label=_("Search"), method="told")
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=InteractionKind.choices)
    direction = django_filters.ChoiceFilter(label=_("Direction"), choices=Direction.choices)
    author = django_filters.ModelChoiceFilter(
        label=_("Logged by"), queryset=User.objects.order_by("full_name", "pk")
    )
    account = django_filters.NumberFilter(label=_("Account"), method="at_account")
    person = django_filters.NumberFilter(label=_("Person"), method="with_person")
    since = django_filters.DateFilter(label=_("From"), field_name="occurred_on", lookup_expr="gte")
    until = django_filters.DateFilter(label=_("To"), field_name="occurred_on", lookup_expr="lte")
    confidential = django_filters.BooleanFilter(
        label=_("Confidential"), field_name="is_confidential"
    )

    class Meta:
        model = Interaction
        fields: list[str] = []

    def told(self, rows: QuerySet[Interaction], _name: str, value: str) -> QuerySet[Interaction]:
        """What contacts and their notes say, in any form of the words."""
        found: QuerySet[Interaction] = rows.matching(value)  # type: ignore[attr-defined]
        return found

    def at_account(
        self, rows: QuerySet[Interaction], _name: str, value: Any
    ) -> QuerySet[Interaction]:
        """Contacts of an account and below it."""
        return within(rows, value)

    def with_person(
        self, rows: QuerySet[Interaction], _name: str, value: Any
    ) -> QuerySet[Interaction]:
        """Contacts that somebody took part in."""
        return rows.filter(participants__position__person=int(value)).distinct()


class NeedFilter(PageFilter):
    """Filters of needs."""

    q = django_filters.CharFilter(label=_("Search"), field_name="text", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[("open", _("Open")), ("closed", _("Closed"))], method="in_state"
    )
    answer = django_filters.ChoiceFilter(
        label=_("Our answer"), choices=ANSWERS, method="with_answer"
    )
    outdated = django_filters.ChoiceFilter(
        label=_("Not confirmed for"), choices=_spans, method="not_confirmed"
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=NeedKind.choices)
    importance = django_filters.ChoiceFilter(
        label=_("Importance, at least"),
        choices=NeedImportance.choices,
        field_name="importance",
        lookup_expr="gte",
    )
    account = django_filters.NumberFilter(label=_("Account"), method="at_account")

    class Meta:
        model = Need
        fields: list[str] = []

    def in_state(self, rows: QuerySet[Need], _name: str, value: str) -> QuerySet[Need]:
        """Open or closed."""
        return rows.filter(closed_on__isnull=value == "open")

    def with_answer(self, rows: QuerySet[Need], _name: str, value: str) -> QuerySet[Need]:
        """By what our answer is; without any, only open ones count."""
        return rows & answered_by(rows, value)

    def not_confirmed(self, rows: QuerySet[Need], _name: str, value: str) -> QuerySet[Need]:
        """Open needs that nobody confirmed for so many months."""
        before = outdated_before(timezone.localdate(), int(value))
        return rows.filter(closed_on=None, last_confirmed_on__lt=before)

    def at_account(self, rows: QuerySet[Need], _name: str, value: Any) -> QuerySet[Need]:
        """Needs of an account and below it."""
        return within(rows, value)


def answered_by(rows: QuerySet[Need], value: str) -> QuerySet[Need]:
    """Needs by our answer, `NeedAnswer` or "answered"."""
    nothing = Q(programme_item=None, opportunity=None, task=None)
    found = {
        NeedAnswer.NONE: nothing & Q(answer_words="", closed_on=None),
        NeedAnswer.PROGRAMME: Q(programme_item__isnull=False),
        NeedAnswer.OPPORTUNITY: Q(opportunity__isnull=False),
        NeedAnswer.TASK: Q(task__isnull=False),
        NeedAnswer.WORDS: nothing & ~Q(answer_words=""),
        "answered": ~(nothing & Q(answer_words="")),
    }
    return rows.filter(found[value]) if value in found else rows


def account_named(user: Any, value: str) -> Account | None:
    """The account that a filter of the address names, for its title; None where it is not seen."""
    if not value.isdecimal() or len(value) > LONGEST_ID:
        return None
    found: Account | None = Account.objects.visible_to(user).filter(pk=int(value)).first()
    return found
