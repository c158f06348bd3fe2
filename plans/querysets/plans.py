"""Whose plans: confidentiality holds here, and with it on every way to a plan and its parts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.querysets import of_teams, works_on
from plans.choices.plan import Confidentiality, PlanRole, PlanState

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User

LIVE = (PlanState.APPROVED, PlanState.ACTIVE)
ROLES = tuple(PlanRole.values)
OPEN = (PlanState.DRAFT, PlanState.IN_REVIEW, *LIVE)


def taking_part(user: User, prefix: str = "", roles: tuple[str, ...] = ROLES) -> Q:
    """What selects the plans that the user owns, sponsors or is named in today by a role.

    In one's own right or for somebody absent. Scope is about today, so this reads the clock.
    """
    ids = user.acting_user_ids()
    answers = Q(**{f"{prefix}owner__in": ids}) | Q(**{f"{prefix}sponsor__in": ids})
    return answers | named_in(user, prefix, roles)


def named_in(user: User, prefix: str = "", roles: tuple[str, ...] = ROLES) -> Q:
    """What selects the plans that name the user, or whom they stand in for, by a role today."""
    members = apps.get_model("plans", "PlanMember")._default_manager.filter(
        user__in=user.acting_user_ids(), role__in=roles, valid__contains=timezone.localdate()
    )
    return Q(**{f"{prefix}pk__in": members.values("plan")})


def readable(user: User, prefix: str = "") -> Q:
    """What selects the plans that a user may read; `prefix` leads to the plan.

    Open ones: whoever sees the account or supports its lead. Those of the team: whoever belongs
    to the account's team. Those of named people, and in any case: owner, sponsor and who is named
    in the plan today. No role reads past this, an administrator's neither.
    """
    account = f"{prefix}account__"
    level = f"{prefix}confidentiality"
    is_open = Q(**{level: Confidentiality.OPEN}) & works_on(user, account)
    is_team = Q(**{level: Confidentiality.TEAM}) & of_teams(user, account)
    return is_open | is_team | taking_part(user, prefix)


def writable(user: User, prefix: str = "") -> Q:
    """What selects, of readable plans, those that a user may write: owner, who is named as a
    writer, the account's lead; all of them for who assigns leads."""
    if user.can("accounts.assign_lead"):
        return Q(**{f"{prefix}pk__isnull": False})
    ids = user.acting_user_ids()
    named = taking_part(user, prefix, (PlanRole.WRITER,))
    return named | Q(**{f"{prefix}account__lead_chain__overlap": ids})


class OfPlanQuerySet(models.QuerySet[Any]):
    """Parts of plans, which they reach by `plan_path`; "" is the plan itself."""

    plan_path = "plan__"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of plans that the user may read."""
        if not user.is_authenticated or not user.can("plans.view"):
            return self.none()
        return self.filter(readable(user, self.plan_path))

    def editable_by(self, user: User) -> Self:
        """Visible rows of plans that the user may write, in whatever state the plan is."""
        if not user.can("plans.edit"):
            return self.none()
        return self.visible_to(user).filter(writable(user, self.plan_path))

    @classmethod
    def through(cls, path: str) -> type[Self]:
        """Return the same for rows that reach their plan by a path, as `objective__plan`."""
        return type(cls.__name__, (cls,), {"plan_path": f"{path}__"})


class PlanQuerySet(OfPlanQuerySet):
    plan_path = ""

    def open(self) -> Self:
        """Plans that are neither closed nor cancelled."""
        return self.filter(state__in=OPEN)

    def covering(self, day: date) -> Self:
        """Plans of a period that covers the day, cancelled ones left out."""
        return self.filter(period__contains=day).exclude(state=PlanState.CANCELLED)

    def within(self, account_id: int) -> Self:
        """Plans of the account and of everything below it today."""
        return self.filter(account__path__contains=[account_id])


class CompanyWideQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Everything, for whoever may look at plans."""
        if not user.is_authenticated or not user.can("plans.view"):
            return self.none()
        return self
