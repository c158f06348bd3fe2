"""Figures of plans: for who reads the plan and sees the account by scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from plans.querysets.plans import OfPlanQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User


class OfFiguresQuerySet(OfPlanQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of plans that the user may read, at accounts that are in the user's scope.

        Who only supports an account, or is named in its plan, sees no figures: ADR 11.
        """
        rows = super().visible_to(user)
        if not user.is_authenticated or user.sees_everything():
            return rows
        return rows.filter(
            **{f"{self.plan_path}account__lead_chain__overlap": user.scope_user_ids()}
        )
