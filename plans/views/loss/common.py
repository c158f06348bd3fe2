"""What pages of loss scenarios share: rows in scope, crumbs, names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.selectors.concentration.naming import NameBook
from kam.core.pages import Crumbs
from kam.identity.decorators import signed_in
from kam.identity.models import User
from plans.models import LossResult, LossScenario
from plans.selectors.loss.listing import scenarios_for
from plans.selectors.loss.result import own_concentration

VIEW, EDIT = "scenarios.view", "scenarios.edit"


def get_scenario(request: HttpRequest, pk: int) -> LossScenario:
    """A scenario that the user may see. Raises Http404."""
    found: LossScenario = get_object_or_404(scenarios_for(signed_in(request)), pk=pk)
    return found


def get_editable(request: HttpRequest, pk: int) -> LossScenario:
    """A scenario that the user may change. Raises Http404."""
    user = signed_in(request)
    allowed = LossScenario.objects.editable_by(user).values("pk")
    found: LossScenario = get_object_or_404(scenarios_for(user).filter(pk__in=allowed), pk=pk)
    return found


def may_change(scenario: LossScenario, user: User) -> bool:
    """Whether the user may change the scenario."""
    return bool(LossScenario.objects.editable_by(user).filter(pk=scenario.pk).exists())


def choosable(user: User, ids: Iterable[int]) -> list[Account]:
    """Accounts by id, in that order, as far as the user sees them."""
    wanted = list(dict.fromkeys(ids))
    rows = Account.objects.visible_to(user).not_merged().in_bulk(wanted)
    return [rows[pk] for pk in wanted if pk in rows]


def numbers(values: Iterable[str]) -> list[int]:
    """Ids of an address; what is no number is left out."""
    return [int(one) for one in values if one.isascii() and one.isdigit() and len(one) < 19]


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of pages about scenarios."""
    own = reverse("plans:loss-list") if steps else ""
    return [(_("Plans"), reverse("plans:plan-list")), (_("Loss scenarios"), own), *steps]


def shock_for(scenario: LossScenario, result: LossResult, user: User) -> dict[str, Any] | None:
    """The shock to concentration: the company's as it was kept, for others that of their own."""
    if user.sees_everything():
        kept: dict[str, Any] | None = result.result.get("concentration")
        return kept
    return own_concentration(scenario, user, as_of=result.as_of)


def names_for(user: User, *shocks: dict[str, Any] | None) -> dict[int, str]:
    """Names of the customers of shocks, as the concentration board names them."""
    ids: set[int] = set()
    for shock in shocks:
        if shock:
            ids |= {row["id"] for row in shock["customers"]}
            ids |= {*shock["newly_major"], *shock["newly_watched"]}
    return {pk: str(one.name) for pk, one in NameBook(user).look_up(ids).items()}
