"""What opportunities are called on pages: stages as badges, values, who and when."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.choices import OpportunityStage
from accounts.models import Opportunity
from kam.core.badges import Badge, State

_STATES: dict[str, State] = {
    OpportunityStage.IDENTIFIED: "muted",
    OpportunityStage.QUALIFIED: "neutral",
    OpportunityStage.PROPOSED: "info",
    OpportunityStage.AGREED: "info",
    OpportunityStage.WON: "success",
    OpportunityStage.LOST: "danger",
}


def stage_badge(opportunity: Opportunity) -> Badge:
    """Its stage; of a lost one the reason on hover."""
    stage = OpportunityStage(opportunity.stage)
    reason = opportunity.get_lost_reason_display() if opportunity.lost_reason else ""
    return Badge(stage.label, _STATES[stage], title=reason)


def stage_sign(opportunity: Opportunity) -> SafeString:
    """The badge as a template shows it."""
    return stage_badge(opportunity).__html__()


def no_rate(opportunity: Opportunity) -> str:
    """Why its value has no amount in base currency."""
    return _("There is no rate of %s in the base currency") % opportunity.currency_id
