"""Who writes in a plan: every service that changes what a plan says begins here.

`written_by` for what changes in a draft alone (header, sections, objectives, targets, figures),
`worked_on` for actions and progress, which go on while a plan is approved or active, `hung_at` for
what is hung at a plan and says nothing in its name. All lock the plan until the transaction ends,
so that nobody approves what is being written, and return it as it stands: go on with the returned
plan, the one that was passed may be old.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError
from kam.identity.models import User
from plans.choices.plan import PlanState
from plans.models import Plan
from plans.querysets.plans import LIVE


class NotDraftError(RefusedError):
    """What a plan says changes in a draft alone."""

    code = "plan_not_draft"
    words = _("What a plan says is fixed once it is submitted; open a revision to change it.")


class NotOpenError(RefusedError):
    """Work on a plan goes on in a draft, an approved or an active one."""

    code = "plan_not_open"
    words = _("Nothing changes in this plan as long as it is in this state.")


def locked_plan(plan: Plan) -> Plan:
    """Return a plan as it stands, under a lock that lasts as long as the transaction."""
    rows = Plan.objects.select_for_update(no_key=True, of=("self",))
    found: Plan = rows.select_related("account").get(pk=plan.pk)
    return found


def written_by(plan: Plan, user: User | None) -> Plan:
    """Lock a draft and keep that the user wrote in this revision; None is the system.

    Inside a transaction. Raises NotDraftError for a plan that is submitted, approved or over.
    """
    found = locked_plan(plan)
    if not found.is_draft:
        raise NotDraftError
    _keep(found, user)
    plan.writer_ids = found.writer_ids
    return found


def worked_on(plan: Plan, user: User | None) -> Plan:
    """Lock a plan whose actions and progress may change; in a draft the user is kept as writer.

    Inside a transaction. Raises NotOpenError for a plan that waits for approval or is over.
    """
    found = hung_at(plan)
    if found.is_draft:
        _keep(found, user)
        plan.writer_ids = found.writer_ids
    return found


def hung_at(plan: Plan) -> Plan:
    """Lock a plan at which something is hung that stands by itself, as a loss scenario does.

    Nobody becomes a writer by it: what was computed elsewhere is no promise of the plan's, so who
    attaches it may still approve the plan. Inside a transaction. Raises NotOpenError for a plan
    that waits for approval or is over.
    """
    found = locked_plan(plan)
    if found.state not in (PlanState.DRAFT, *LIVE):
        raise NotOpenError
    return found


def _keep(plan: Plan, user: User | None) -> None:
    if user is None or user.pk in plan.writer_ids:
        return
    plan.writer_ids = [*plan.writer_ids, user.pk]
    plan.save(update_fields=["writer_ids", "updated_at"])
