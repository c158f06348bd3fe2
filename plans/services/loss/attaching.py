"""A scenario becomes part of a plan, or leaves it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from kam.core.problems import explained
from plans.models import LossScenario, Plan
from plans.services.loss.problems import NotAttachableError
from plans.services.loss.saving import locked
from plans.services.writing import hung_at


@explained()
@transaction.atomic
def attach(*, scenario: LossScenario, plan: Plan, at: datetime) -> LossScenario:
    """Make a scenario part of a plan that is about one of its accounts.

    It is no writing in the plan: who attached what was computed may approve the plan. Actions
    against the loss are (`proposing.add_actions`).

    Raises NotOpenError for a plan in review or over, NotAttachableError for one of other
    accounts, ArchivedError.
    """
    row, found = locked(scenario), hung_at(plan)
    if not _concerns(row, found):
        raise NotAttachableError(
            _("This plan is not about an account that is lost here, nor about one above or below.")
        )
    if row.plan_id is not None and row.plan_id != found.pk:
        raise NotAttachableError(_("It is part of another plan already: take it out there first."))
    row.plan, row.attached_at = found, at
    row.save(update_fields=["plan", "attached_at", "updated_at"])
    return row


def _concerns(scenario: LossScenario, plan: Plan) -> bool:
    lost = Account.objects.filter(scenario_rows__scenario=scenario)
    return any(
        plan.account_id in path or pk in plan.account.path
        for pk, path in lost.values_list("pk", "path")
    )


@explained()
@transaction.atomic
def detach(*, scenario: LossScenario) -> LossScenario:
    """Take a scenario out of its plan; actions that came from it stay. Raises NotOpenError."""
    row = locked(scenario)
    if row.plan is None:
        return row
    hung_at(row.plan)
    row.plan, row.attached_at = None, None
    row.save(update_fields=["plan", "attached_at", "updated_at"])
    return row
