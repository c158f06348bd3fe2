"""What problems found by the mathematics of terms mean, in words for people."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kam.core import formats
from kam.core.formats import Text
from kam.core.problems import Blocker, register_constraint
from settlements.analytics.problems import Problem

FIXED = _("An approved version is fixed. Write a new version.")
WAITS = _("This version waits for approval. It can change when it was sent back.")
NOT_WAITING = _("This version does not wait for approval.")
NO_TERM = _("A version needs a term: how are goods settled and paid?")
LAST_REMAINS = _("The last instalment is what remains.")
COVER = _("Bands cover every amount from zero on, without gaps.")
ANOTHER = _("Somebody else approves: not who wrote or submitted it.")
OWN_BANDS = _("These bands are of another version.")
_WAY = _("The version is no longer where it was. Look at it again.")

PAYMENT: dict[str, tuple[str, Text]] = {
    "no_lines": ("lines", _("Say how it is paid: at least one instalment.")),
    "last_not_remainder": ("kind", LAST_REMAINS),
    "remainder_not_last": ("kind", _("What remains is the last instalment.")),
    "remainder_value": ("value", _("What remains has no amount of its own.")),
    "value_missing": ("value", _("Give an amount or a percentage.")),
    "value_not_positive": ("value", _("This has to be above zero.")),
    "percent_above_100": ("value", _("A percentage is at most 100.")),
    "percents_above_100": ("lines", _("The percentages of the total come to more than 100.")),
    "too_many_decimals": ("value", _("This has more decimals than the currency.")),
    "operation_value": ("value", _("The step and its number do not fit.")),
    "operation_range": ("value", _("This number is %(lowest)s to %(highest)s.")),
}
BANDS: dict[str, tuple[str, Text]] = {
    "no_bands": ("bands", _("Write at least one band.")),
    "not_a_number": ("lower", _("This is not a number.")),
    "empty_band": ("upper", _("A band ends above where it begins.")),
    "not_from_zero": ("lower", _("The first band begins at 0.")),
    "gap": ("lower", _("Amounts from %(start)s to %(end)s are in no band.")),
    "overlap": ("lower", _("Amounts from %(start)s on are in two bands.")),
    "not_open_ended": ("upper", _("The last band has no end.")),
    "rate_negative": ("rate", _("A rate is zero or more.")),
    "rate_above_100": ("rate", _("A percentage is at most 100.")),
    "one_rate_only": ("bands", _("One percentage has one band.")),
}
GUARANTEE: dict[str, tuple[str, Text]] = {
    "guarantee_negative": ("amount", _("A guarantee is above zero.")),
    "excess_rate_out_of_range": ("excess_rate", _("A percentage is between 0 and 100.")),
    "excess_needs_sales": (
        "excess_rate",
        _("A rate above the guarantee needs a guarantee of turnover, not of the deduction."),
    ),
}


def payment_blockers(problems: Iterable[Problem]) -> list[Blocker]:
    """Return problems of instalments, each with its field: `lines.1.operations.0.value`."""
    return [_payment(one) for one in problems]


def _payment(problem: Problem) -> Blocker:
    field, words = PAYMENT[problem.code]
    if problem.row is None:
        return Blocker(words, problem.code, field)
    place = f"lines.{problem.row}"
    if "place" in problem.params:
        place += f".operations.{problem.params['place']}"
    return Blocker(_filled(words, problem), problem.code, f"{place}.{field}")


def band_blockers(problems: Iterable[Problem]) -> list[Blocker]:
    """Return problems of bands, each with its field: `bands.2.lower`."""
    found = []
    for one in problems:
        field, words = BANDS[one.code]
        path = field if one.row is None else f"bands.{one.row}.{field}"
        found.append(Blocker(_filled(words, one), one.code, path))
    return found


def guarantee_blockers(problems: Iterable[Problem]) -> list[Blocker]:
    """Return problems of a guarantee, each with its field: `guarantee.amount`."""
    return [
        Blocker(GUARANTEE[one.code][1], one.code, f"guarantee.{GUARANTEE[one.code][0]}")
        for one in problems
    ]


def _filled(words: Text, problem: Problem) -> Text:
    params = {key: _shown(value) for key, value in problem.params.items()}
    return words % params if "%(" in str(words) else words


def _shown(value: object) -> object:
    if isinstance(value, Decimal):
        return formats.number(value)
    return "∞" if value is None else value


def register() -> None:
    """Teach `kam.core.problems` what only triggers know."""
    for name in (
        "agreement_version_fixed",
        "settlement_term_of_a_draft",
        "rate_schedule_of_a_draft",
        "rate_band_of_a_draft",
        "payment_line_of_a_draft",
        "payment_operation_of_a_draft",
        "guarantee_of_a_draft",
        "medium_rule_of_a_draft",
        "condition_of_a_draft",
        "responsibility_of_a_draft",
    ):
        register_constraint(name, FIXED)
    register_constraint(
        "agreement_fixed_once_approved",
        _("An agreement keeps its number, company and currency once a version was approved."),
        field="number",
    )
    register_constraint("agreement_version_begins_as_draft", _WAY)
    register_constraint("agreement_version_goes_its_way", _WAY)
    register_constraint("agreement_version_whole", NO_TERM, field="terms")
    register_constraint("agreement_version_payment_whole", LAST_REMAINS, field="terms")
    register_constraint("agreement_version_bands_whole", COVER, field="schedules")
    register_constraint("settlement_term_own_bands", OWN_BANDS, field="schedule")
    register_constraint("condition_own_bands", OWN_BANDS, field="schedule")
