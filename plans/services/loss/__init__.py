"""Loss scenarios: saved, run, attached to plans, turned into survival actions."""

from plans.services.loss.attaching import attach, detach
from plans.services.loss.proposing import Proposal, add_actions, proposals_for
from plans.services.loss.running import run_or_enqueue, run_scenario
from plans.services.loss.saving import (
    archive_scenario,
    check_accounts,
    create_scenario,
    delete_scenario,
    restore_scenario,
    update_scenario,
)

__all__ = [
    "Proposal",
    "add_actions",
    "archive_scenario",
    "attach",
    "check_accounts",
    "create_scenario",
    "delete_scenario",
    "detach",
    "proposals_for",
    "restore_scenario",
    "run_or_enqueue",
    "run_scenario",
    "update_scenario",
]
