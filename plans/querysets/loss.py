"""Whose loss scenarios: who sees all of a scenario's accounts, and reads its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from plans.querysets.plans import readable, writable

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User


class OfScenarioQuerySet(models.QuerySet[Any]):
    """Parts of scenarios, which they reach by `scenario_path`; "" is the scenario itself."""

    scenario_path = "scenario__"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of scenarios of which the user sees every account by scope, and reads the plan.

        Supporting a lead is not enough: a scenario is figures.
        """
        if not user.is_authenticated or not user.can("scenarios.view"):
            return self.none()
        path = self.scenario_path
        rows = self.filter(_plan_is(readable(user, f"{path}plan__"), path))
        if user.sees_everything():
            return rows
        seen = apps.get_model("accounts", "Account")._default_manager.visible_to(user)
        hidden = apps.get_model("plans", "ScenarioAccount")._default_manager.filter(
            scenario=OuterRef(f"{path}pk")
        )
        return rows.exclude(Exists(hidden.exclude(account__in=seen)))

    def editable_by(self, user: User) -> Self:
        """Visible ones that the user may change: of no plan their own or as a director, of a plan
        whoever writes the plan."""
        if not user.can("scenarios.edit"):
            return self.none()
        path = self.scenario_path
        mine = Q(**{f"{path}author__in": user.acting_user_ids()})
        own = Q(pk__isnull=False) if user.can("accounts.assign_lead") else mine
        free = Q(**{f"{path}plan__isnull": True}) & own
        of_plan = Q(**{f"{path}plan__isnull": False}) & writable(user, f"{path}plan__")
        return self.visible_to(user).filter(free | of_plan)


class ScenarioQuerySet(OfScenarioQuerySet):
    scenario_path = ""

    def kept(self) -> Self:
        """Those that are not archived."""
        return self.filter(archived_at__isnull=True)

    def about(self, account_id: int) -> Self:
        """Those that lose the account, something above it, or something below it."""
        accounts = apps.get_model("accounts", "Account")._default_manager
        path = accounts.filter(pk=account_id).values_list("path", flat=True).first() or []
        chain = Q(account__in=path) | Q(account__path__contains=[account_id])
        rows = apps.get_model("plans", "ScenarioAccount")._default_manager.filter(chain)
        return self.filter(pk__in=rows.values("scenario"))


def _plan_is(condition: Q, path: str) -> Q:
    return Q(**{f"{path}plan__isnull": True}) | condition
