"""Rows that belong to an account and, where they name one, to a plan: both have their say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from accounts.querysets import of_teams, works_on
from plans.querysets.plans import readable

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User


class BesidePlanQuerySet(models.QuerySet[Any]):
    """Rows that reach their account and plan below `path`; "" is the row itself."""

    path = ""
    capability = "plans.view"
    edit_capability = "plans.edit"
    is_for_team = False
    """Whether only the account's team reads the rows, as what we want in a negotiation."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of accounts that the user sees or supports, of plans that the user may read."""
        if not user.is_authenticated or not user.can(self.capability):
            return self.none()
        account = f"{self.path}account__"
        reach = of_teams(user, account) if self.is_for_team else works_on(user, account)
        no_plan = Q(**{f"{self.path}plan__isnull": True})
        return self.filter(reach & (no_plan | readable(user, f"{self.path}plan__")))

    def editable_by(self, user: User) -> Self:
        """Visible rows that the user may write: of accounts that one leads or supports; all of
        them for who assigns leads."""
        if not user.can(self.edit_capability):
            return self.none()
        visible = self.visible_to(user)
        if user.can("accounts.assign_lead"):
            return visible
        return visible.filter(of_teams(user, f"{self.path}account__"))

    @classmethod
    def through(cls, path: str) -> type[Self]:
        """Return the same for parts that reach such a row by a path."""
        return type(cls.__name__, (cls,), {"path": f"{path}__"})


class NegotiationQuerySet(BesidePlanQuerySet):
    capability = "negotiations.view"
    edit_capability = "negotiations.edit"
    is_for_team = True


class OfBriefQuerySet(NegotiationQuerySet):
    """Rows that may name a brief: its plan has its say as well, also where it is named later."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of the team, of no brief or of one whose plan the user may read."""
        rows = super().visible_to(user)
        if not user.is_authenticated:
            return rows
        no_plan = Q(**{f"{self.path}brief__plan__isnull": True})
        return rows.filter(no_plan | readable(user, f"{self.path}brief__plan__"))


class ReviewQuerySet(BesidePlanQuerySet):
    capability = "reviews.view"
    edit_capability = "reviews.edit"
