"""Why a loss scenario is refused, in words for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, register_constraint


class AccountsError(RefusedError):
    """No account, one below another, or one that is gone."""

    code, field = "loss_accounts", "accounts"
    words = _("Choose at least one account.")


class ArchivedError(RefusedError):
    """An archived scenario stays as it is."""

    code = "loss_archived"
    words = _("This scenario is archived: take it up again to change or run it.")


class AttachedError(RefusedError):
    """A scenario of a plan is archived, never deleted."""

    code = "loss_scenario_attached_stays"
    words = _("This scenario is part of a plan: archive it instead.")


class NotAttachableError(RefusedError):
    """A plan that is in review or over, or that is about other accounts."""

    code, field = "loss_scenario_attached_to_open", "plan"
    words = _("A plan that waits for approval or is over keeps its scenarios as they are.")


_WORDS = {
    "loss_scenario_runs_off": (
        _("Shares lie from 0 to 100 percent, and what is gone stays gone."),
        "run_off",
    ),
    "loss_result_is_frozen": (_("A result never changes: run the scenario again."), ""),
    "loss_result_of_a_plan_stays": (AttachedError.words, ""),
}


def register() -> None:
    """Let refusals of the database speak the same words."""
    for kind in (AttachedError, NotAttachableError):
        register_constraint(kind.code, kind.words, field=kind.field, kind=kind)
    for name, (words, field) in _WORDS.items():
        register_constraint(name, words, field=field)
