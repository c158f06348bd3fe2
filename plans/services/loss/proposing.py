"""Survival actions: what one would do, proposed from a result, chosen one by one with owners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from kam.core import formats
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from plans.choices.loss import LossKind
from plans.choices.plan import Origin
from plans.models import LossResult, LossScenario, PlanAction
from plans.services.work.actions import add_action


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Something sensible to do; `key` names it, `days` is by when from the start on.

    `why` has the scenario's figures: it stays where one chooses, because an action is read by
    everybody who reads the plan.
    """

    key: str
    title: str
    why: str
    days: int = 30


def proposals_for(scenario: LossScenario, result: LossResult, *, user: User) -> list[Proposal]:
    """Return what to do against a loss, from what the result says; those of the plan left out.

    Who becomes major next is for who sees the whole company: a result is kept for all of it.
    """
    taken = set()
    if scenario.plan_id is not None:
        rows = PlanAction.objects.filter(plan=scenario.plan_id, origin=Origin.LOSS)
        taken = set(rows.values_list("external_key", flat=True))
    found = _proposals(scenario, result.result, names_others=user.sees_everything())
    return [one for one in found if key_of(scenario, one.key) not in taken]


def key_of(scenario: LossScenario, key: str) -> str:
    """What a proposed action is known by in its plan."""
    return f"loss:{scenario.pk}:{key}"


def _proposals(
    scenario: LossScenario, found: dict[str, Any], *, names_others: bool
) -> Iterator[Proposal]:
    names = ", ".join(scenario.account_rows.values_list("account__name", flat=True)[:3])
    code = scenario.currency_id
    if scenario.kind != LossKind.LONGER_TERMS:
        yield Proposal(
            key="save", days=0,
            title=_("Talk with the decision makers of %(names)s about what would keep them")
            % {"names": names},
            why=_("%(amount)s of revenue is at stake.") % {"amount": _base(found["revenue"], code)},
        )  # fmt: skip
        yield Proposal(
            key="replace", days=60,
            title=_("Offer the freed volume to the accounts with the most whitespace"),
            why=_("What is won elsewhere does not have to be saved."),
        )  # fmt: skip
    if found.get("contribution"):
        yield Proposal(
            key="cost", days=90,
            title=_("Take out the cost of serving %(names)s") % {"names": names},
            why=_("%(amount)s of contribution is missing otherwise.")
            % {"amount": _base(found["contribution"], code)},
        )  # fmt: skip
    yield from _of_claims(scenario, found, code)
    if Decimal(found.get("consigned") or 0) > 0:
        yield Proposal(
            key="stock", days=14,
            title=_("Bring consigned goods home and sell them elsewhere"),
            why=_("Consigned stock of %(amount)s.") % {"amount": _money(found["consigned"], code)},
        )  # fmt: skip
    if names_others and (major := _next_major(found)):
        yield Proposal(
            key="spread", days=90,
            title=_("Plan how not to depend on %(names)s next") % {"names": major},
            why=_("This loss alone brings them to 10 percent of revenue or more."),
        )  # fmt: skip


def _of_claims(scenario: LossScenario, found: dict[str, Any], code: str) -> Iterator[Proposal]:
    if Decimal(found["open"]) > 0:
        insolvent = scenario.kind == LossKind.INSOLVENCY
        yield Proposal(
            key="collect", days=0,
            title=_("Lower the limit and collect what is due before more is delivered")
            if insolvent
            else _("Agree on how the open items are paid at the end"),
            why=_("%(amount)s is open.") % {"amount": _money(found["open"], code)},
        )  # fmt: skip
        if insolvent:
            yield Proposal(
                key="secure", days=14,
                title=_("Ask for security: insurance, a guarantee or a deposit"),
                why=_("%(amount)s of it has none.")
                % {"amount": _money(_unsecured(found), code)},
            )  # fmt: skip
    lowest = Decimal((found.get("deepest") or [0])[0])
    if lowest < 0:
        yield Proposal(
            key="cash", days=30,
            title=_("Arrange a credit line for the weeks in which cash is missing"),
            why=_("At worst %(amount)s less than usual.") % {"amount": _money(-lowest, code)},
        )  # fmt: skip


def _unsecured(found: dict[str, Any]) -> Decimal:
    return sum(
        (Decimal(one["open"]) - Decimal(one["secured"]) for one in found["risks"]), Decimal(0)
    )


def _next_major(found: dict[str, Any]) -> str:
    ids = (found.get("concentration") or {}).get("newly_major") or []
    return ", ".join(Account.objects.filter(pk__in=ids).values_list("name", flat=True)[:3])


def _base(three: Sequence[Any], code: str) -> str:
    return _money(three[1], code)


def _money(amount: Any, code: str) -> str:
    return formats.money(Decimal(amount), code, 0)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A proposal that was chosen: by its key, with who sees to it and until when."""

    key: str
    owner: User | None
    due_on: date | None = None


@explained()
@transaction.atomic
def add_actions(
    *, scenario: LossScenario, result: LossResult, chosen: Sequence[Chosen], by: User
) -> list[PlanAction]:
    """Add chosen proposals to the scenario's plan as actions, each with its owner, once.

    Raises RefusedError without a plan, for a proposal that is not there or has no owner, and what
    `add_action` does.
    """
    if scenario.plan is None:
        words = _("Attach the scenario to a plan first: its actions belong there.")
        raise RefusedError(words, field="plan", code="loss_no_plan")
    known = {one.key: one for one in proposals_for(scenario, result, user=by)}
    made = []
    for one in chosen:
        proposal = known.get(one.key)
        if proposal is None:
            raise RefusedError(_("This action is in the plan already."), code="loss_action_taken")
        if one.owner is None:
            words = _("Say who sees to it: %(title)s") % {"title": proposal.title}
            raise RefusedError(words, field=f"owner_{one.key}", code="loss_action_owner")
        made.append(
            add_action(
                plan=scenario.plan,
                by=by,
                title=proposal.title[:300],
                owner=one.owner,
                due_on=one.due_on,
                origin=Origin.LOSS,
                external_key=key_of(scenario, one.key),
            )
        )
    return made


def due_of(scenario: LossScenario, proposal: Proposal) -> date | None:
    """Return by when a proposal is due: from the start on, within the plan's period."""
    day: date = scenario.starts_on + timedelta(days=proposal.days)
    if scenario.plan is None:
        return day
    first: date = scenario.plan.period.lower
    after: date = scenario.plan.period.upper
    return min(max(day, first), after - timedelta(days=1))
