"""What rebates refuse, in words for people; the database's refusals say the same."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, register_constraint


class RunTwiceError(RefusedError):
    """A second run for a day, or one for a day before the last."""

    code, field = "run_twice", "through"
    words = _("Rebates were accrued up to this day, or a later one, already.")


class RunAheadError(RefusedError):
    """A run for a day that is not over yet."""

    code, field = "run_ahead", "through"
    words = _("Rebates are accrued up to today at the latest.")


class PeriodRunningError(RefusedError):
    """A settlement before the period is over."""

    code, field = "period_running", "period"
    words = _("This rebate's period is not over yet.")


class NoPeriodError(RefusedError):
    """A period that the rebate does not have, or that nothing was counted in."""

    code, field = "no_period", "period"
    words = _("This rebate has no such period to settle.")


class SettledError(RefusedError):
    """A second settlement, or an accrual or expectation after it."""

    code, field = "settled", "period"
    words = _("This rebate is settled already.")


class ExpectationError(RefusedError):
    """An expectation below zero or about a period that is over."""

    code, field = "expectation", "total"
    words = _("An expected total is zero or more.")


class ClaimError(RefusedError):
    """A claim without amount or number."""

    code, field = "claim", "claimed"
    words = _("A claim has an amount and a number.")


class NotApprovedError(RefusedError):
    """A condition that is no rebate, or not approved."""

    code, field = "not_approved", "condition"
    words = _("Only a rebate of an approved agreement accrues.")


_MEANINGS: dict[str, type[RefusedError]] = {
    "rebate_run_goes_forward": RunTwiceError,
    "settlements_rebaterun_through_key": RunTwiceError,
    "settlements_rebaterun_through_uniq": RunTwiceError,
    "rebate_settled_once": SettledError,
    "rebate_accrual_before_settlement": SettledError,
    "rebate_accrual_of_an_approved_rebate": NotApprovedError,
    "rebate_expectation_not_negative": ExpectationError,
    "rebate_settlement_claim_says_its_number": ClaimError,
}
_STAY = _("Figures of rebates stay as they were accrued.")


def register() -> None:
    """Teach `kam.core.problems` what the constraints of rebates mean."""
    for name, kind in _MEANINGS.items():
        register_constraint(name, kind.words, field=kind.field, kind=kind)
    for name in ("run", "accrual", "expectation", "settlement"):
        register_constraint(f"rebate_{name}_append_only", _STAY)
