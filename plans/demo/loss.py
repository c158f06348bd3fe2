"""Two loss scenarios of the demo: the largest group delists us, a middling one fails."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kam.core.dates import add_months, month_start
from kam.core.demo import DemoRequest
from kam.core.problems import RefusedError
from kam.core.selectors.rates import base_currency
from plans.choices.loss import LossKind
from plans.choices.plan import PlanState
from plans.demo.stories import Story
from plans.models import LossResult, LossScenario
from plans.services.loss import (
    add_actions,
    attach,
    create_scenario,
    proposals_for,
    run_scenario,
)
from plans.services.loss.proposing import Chosen, Proposal, due_of

# Place of the group by revenue, what happens, the title, which proposals become actions.
TOLD: tuple[tuple[int, str, str, tuple[str, ...]], ...] = (
    (0, LossKind.DELISTING, gettext_noop("%(account)s delists us"), ("save", "spread")),
    (3, LossKind.INSOLVENCY, gettext_noop("%(account)s fails"), ("secure", "collect")),
)
FIXED_COST = Decimal(450_000)


def fill(stories: Sequence[Story], request: DemoRequest) -> None:
    """Save, run and attach them while the plans are drafts, with the first survival actions."""
    for place, kind, title, keys in TOLD:
        story = next(
            (one for one in stories if one.place == place and one.ends_as == PlanState.ACTIVE), None
        )
        if story is not None:
            _tell(story, request, kind, title, keys)


def _tell(story: Story, request: DemoRequest, kind: str, title: str, keys: Sequence[str]) -> None:
    account = story.plan.account
    try:
        scenario = create_scenario(
            accounts=[account],
            by=story.owner,
            currency=base_currency(),
            kind=kind,
            title=_(title) % {"account": account.name},
            as_of=request.as_of,
            starts_on=add_months(month_start(request.as_of), 2),
            fixed_cost=FIXED_COST,
        )
        result = run_scenario(scenario=scenario, as_of=request.as_of, by=story.owner)
    except RefusedError:
        return  # a small demo may have nothing to lose there
    scenario = attach(scenario=scenario, plan=story.plan, at=timezone.now())
    result.refresh_from_db()
    found = [one for one in proposals_for(scenario, result, user=story.owner) if one.key in keys]
    _act(scenario, story, found, result)


def _act(
    scenario: LossScenario, story: Story, chosen: Sequence[Proposal], result: LossResult
) -> None:
    add_actions(
        scenario=scenario,
        result=result,
        chosen=[
            Chosen(key=one.key, owner=story.owner, due_on=due_of(scenario, one)) for one in chosen
        ],
        by=story.owner,
    )
