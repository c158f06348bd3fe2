from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kam.identity.choices import Role
from kam.identity.models import Delegation, SalesTeam, User


class UserFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Search by name or e-mail"), method="search")
    role = django_filters.ChoiceFilter(
        label=_("Role"), choices=Role, field_name="roles", method="with_role"
    )
    team = django_filters.ModelChoiceFilter(label=_("Team"), queryset=SalesTeam.objects.all())
    is_active = django_filters.BooleanFilter(label=_("May sign in"))

    class Meta:
        model = User
        fields = ["q", "role", "team", "is_active"]

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Users with the text in their name or address."""
        text = value.strip()
        return queryset.filter(Q(full_name__icontains=text) | Q(email__icontains=text))

    def with_role(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Users who have the role among theirs."""
        return queryset.filter(**{f"{name}__contains": [value]})


class DelegationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Search by name"), method="search")
    on = django_filters.DateFilter(
        label=_("In force on"), field_name="valid", lookup_expr="contains"
    )

    class Meta:
        model = Delegation
        fields = ["q", "on"]

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Delegations in which somebody of that name is absent or stands in."""
        text = value.strip()
        return queryset.filter(
            Q(from_user__full_name__icontains=text) | Q(to_user__full_name__icontains=text)
        )
