"""Plans as lists show them, in the reader's scope and confidentiality."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Account
from accounts.selectors.tiers.listing import in_tiers
from kam.identity.models import User
from plans.models import Plan, PlanSection
from plans.selectors.sections import section_sources


def plans_for(user: User) -> QuerySet[Plan]:
    """Return the plans that a user may read, with account, owner, sponsor and template."""
    rows: QuerySet[Plan] = Plan.objects.visible_to(user)
    return rows.select_related("account", "owner", "sponsor", "template")


def with_empty_sections(rows: QuerySet[Plan]) -> QuerySet[Plan]:
    """Add `empty_sections`: how many required sections say nothing, in the same statement."""
    empty = PlanSection.objects.filter(plan=OuterRef("pk"), is_required=True, text="")
    for source in section_sources:
        if source.is_live:
            empty = empty.exclude(kind=source.key)
        elif source.part:
            empty = empty.exclude(Q(Exists(_rows_of(source.part)), kind=source.key))
    counted = empty.order_by().values("plan").annotate(n=Count("pk")).values("n")
    return rows.annotate(empty_sections=Coalesce(Subquery(counted), 0, output_field=IntegerField()))


def _rows_of(part: str) -> QuerySet[Any]:
    relation: Any = Plan._meta.get_field(part)
    model = relation.related_model
    found: QuerySet[Any] = model._default_manager.filter(
        **{relation.remote_field.name: OuterRef("plan")}
    )
    return found


def of_tiers(rows: QuerySet[Any], codes: Collection[str], *, as_of: date) -> QuerySet[Any]:
    """Leave plans of accounts whose own or group's tier has one of the codes on a day."""
    accounts = in_tiers(Account.objects.all(), codes, as_of=as_of)
    return rows.filter(account__in=accounts.values("pk"))


def at_account(account: Account, user: User) -> QuerySet[Plan]:
    """Return the readable plans of an account itself, the latest period first."""
    return plans_for(user).filter(account=account).order_by("-period", "-pk")


def plan_on(account: Account, user: User, *, on: date) -> Plan | None:
    """Return the readable plan of an account for a day: its own."""
    return at_account(account, user).filter(pk__in=Plan.objects.covering(on).values("pk")).first()


def children_of(plan: Plan, user: User) -> QuerySet[Plan]:
    """Return the readable plans below a plan, by account."""
    return plans_for(user).filter(parent=plan).order_by("account__name_key", "pk")
