"""What stands in the way of a fee, a promotion or a rebate, each problem with its field."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext_lazy as _

from kam.core.formats import Text
from kam.core.problems import Blocker
from settlements.choices import terms as choices
from settlements.choices.terms import (
    Calculation,
    Conditionality,
    ConditionCycle,
    ConditionKind,
    Deduction,
)
from settlements.models.term_parts import BANDED
from settlements.services.terms.checks import PERCENT, is_percent, number_problems, unknown_choices
from settlements.services.terms.drafts import ConditionDraft

_CHOICES: dict[str, Collection[str]] = {
    "kind": ConditionKind.values,
    "fee_type": ["", *choices.FeeType.values],
    "calculation": Calculation.values,
    "scheme": Deduction.values,
    "channel": choices.Channel.values,
    "conditionality": Conditionality.values,
    "basis": ["", *choices.RebateBasis.values],
    "cycle": ["", *ConditionCycle.values],
    "measured_at": choices.MeasuredAt.values,
    "payout": ["", *choices.Payout.values],
}
_PERCENTS = (Calculation.PERCENT_OF_PURCHASES, Calculation.PERCENT_OF_TURNOVER)


def condition_problems(draft: ConditionDraft, *, schedules: Collection[str]) -> list[Blocker]:
    """Return what stands in the way of a condition; `schedules` names the version's bands."""
    if wrong := list(number_problems(draft, ("value", "floor", "cap", "target"))):
        return wrong
    return [
        *unknown_choices(draft, _CHOICES),
        *(
            Blocker(words, code, name)
            for rule in (_named, _computed, _kind, _limits)
            for name, code, words in rule(draft)
        ),
        *_bands(draft, schedules),
    ]


def _named(draft: ConditionDraft) -> Iterator[tuple[str, str, Text]]:
    if not draft.name.strip() or len(draft.name) > 200:
        yield "name", "no_name", _("A condition needs a name.")
    if len(draft.evidence) > 300:
        yield "evidence", "too_long", _("This is too long.")


def _computed(draft: ConditionDraft) -> Iterator[tuple[str, str, Text]]:
    by_bands = draft.calculation == Calculation.SCHEDULE
    if by_bands == (draft.value is not None):
        yield "value", "value_or_bands", _("Give the condition an amount, or bands.")
    elif draft.value is not None and draft.value <= 0:
        yield "value", "not_positive", _("This has to be above zero.")
    elif draft.calculation in _PERCENTS and not is_percent(draft.value):
        yield "value", "percent_range", PERCENT
    if by_bands != (draft.scheme in BANDED):
        yield "scheme", "scheme", _("Say how the bands apply, where there are bands.")


def _bands(draft: ConditionDraft, schedules: Collection[str]) -> Iterator[Blocker]:
    if (draft.calculation == Calculation.SCHEDULE) != bool(draft.schedule):
        words = _("Give the condition an amount, or bands.")
        yield Blocker(words, "value_or_bands", "schedule")
    elif draft.schedule and draft.schedule not in schedules:
        words = _("The version has no bands of this name.")
        yield Blocker(words, "unknown_schedule", "schedule")


def _kind(draft: ConditionDraft) -> Iterator[tuple[str, str, Text]]:
    if draft.kind == ConditionKind.REBATE:
        words = _("A rebate says what it counts, when, and how it is paid.")
        for name in ("basis", "cycle", "payout"):
            if not getattr(draft, name):
                yield name, "rebate_whole", words
    elif not draft.fee_type:
        yield "fee_type", "no_fee_type", _("Say what the customer charges this for.")
    needs = draft.conditionality != Conditionality.UNCONDITIONAL
    if needs != (draft.target is not None) or (draft.target is not None and draft.target <= 0):
        words = _("A target, or a base for growth, is above zero.")
        yield "target", "target", words


def _limits(draft: ConditionDraft) -> Iterator[tuple[str, str, Text]]:
    for name in ("floor", "cap"):
        value = getattr(draft, name)
        if value is not None and value < 0:
            yield name, "negative", _("This cannot be negative.")
    if draft.floor is not None and draft.cap is not None and draft.cap < draft.floor:
        yield "cap", "cap_below_floor", _("The most is not below the least.")
    if draft.start and draft.end and draft.end <= draft.start:
        yield "end", "empty_period", _("The period ends before it begins.")
