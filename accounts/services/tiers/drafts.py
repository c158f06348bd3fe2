"""Drafts of tier models: what stands in the way of one, writing it, throwing it away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.analytics.tiering import DEFAULT_MARGIN, WHOLE
from accounts.choices import Function, TierDirection, TierLevel, TierMethod
from accounts.models import ProgrammeElement, Tier, TierCriterion, TierModel
from accounts.selectors.tiers.measures import measures
from kam.core.formats import Text
from kam.core.problems import Blocker, RefusedError, explained, refuse, register_constraint

FIXED = _("A published model is fixed. Make a new version of it.")
for _name in (
    "tier_model_fixed_once_published",
    "tier_criterion_fixed_once_published",
    "tier_fixed_once_published",
):
    register_constraint(_name, FIXED)
NO_WEIGHT = _("The weights sum to nothing, so there is no score. Give at least one a weight.")
register_constraint("tier_model_weights_sum_to_something", NO_WEIGHT, field="criteria")
GAP = _("Scores below %(score)s have no tier. Let the lowest tier begin at 0.")
register_constraint(
    "tier_model_covers_every_score", _("The lowest tier begins at 0."), field="tiers"
)
DISORDER = _("A higher tier begins at a higher score.")
register_constraint("tier_model_ranks_follow_thresholds", DISORDER, field="tiers")

_FUNCTIONS = frozenset(Function.values)
MOST_CRITERIA, MOST_TIERS, MOST_BANDS, MOST_MARGIN = 20, 6, 50, Decimal(20)


@dataclass(frozen=True, kw_only=True)
class CriterionDraft:
    """A criterion as it was written down; see `TierCriterion`."""

    measure: str
    weight: Decimal
    direction: str = TierDirection.HIGHER
    method: str = TierMethod.PERCENTILE
    low: Decimal | None = None
    high: Decimal | None = None
    bands: Sequence[tuple[Decimal, Decimal]] = ()


@dataclass(frozen=True, kw_only=True)
class TierDraft:
    """A tier as it was written down, the highest first; see `Tier`."""

    code: str
    name: str
    threshold: Decimal
    visit_every_days: int | None = None
    review_every_months: int | None = None
    answer_within_days: int | None = None
    contribution_floor: Decimal | None = None
    policy: str = ""
    required_functions: Sequence[str] | None = None
    programme_elements: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True)
class ModelDraft:
    """A whole model as it was written down."""

    name: str
    criteria: Sequence[CriterionDraft]
    tiers: Sequence[TierDraft]
    note: str = ""
    level: str = TierLevel.GROUP
    margin: Decimal = field(default=DEFAULT_MARGIN)


def problems_of(draft: ModelDraft) -> list[Blocker]:
    """Return all that stands in the way of a model, each with its field.

    Fields of rows are named by their place: `criteria.2.bands`, `tiers.0.threshold`.
    """
    problems = []
    if not draft.name.strip():
        problems.append(Blocker(_("A model has a name."), "no_name", "name"))
    if not 0 <= draft.margin <= MOST_MARGIN:
        problems.append(Blocker(_("The margin is 0 to 20 points."), "bad_margin", "margin"))
    return [*problems, *_criteria_problems(draft.criteria), *_tier_problems(draft)]


def _criteria_problems(criteria: Sequence[CriterionDraft]) -> Iterator[Blocker]:
    if not sum((max(one.weight, Decimal(0)) for one in criteria if _counts(one)), Decimal(0)):
        yield Blocker(NO_WEIGHT, "weights_sum_to_nothing", "criteria")
    if len(criteria) > MOST_CRITERIA:
        yield Blocker(_("A model has at most 20 criteria."), "too_many_criteria", "criteria")
    seen: set[str] = set()
    for place, one in enumerate(criteria):
        for name, code, words in _criterion_problems(one, seen):
            yield Blocker(words, code, f"criteria.{place}.{name}")
        seen.add(one.measure)


def _counts(one: CriterionDraft) -> bool:
    return one.direction != TierDirection.INFORMATION


def _criterion_problems(one: CriterionDraft, seen: set[str]) -> Iterator[tuple[str, str, Text]]:
    if measures.get(one.measure) is None:
        yield "measure", "unknown_measure", _("There is no such measure.")
    if one.measure in seen:
        yield "measure", "measure_twice", _("This measure is in the model already.")
    if not 0 <= one.weight <= 1000:
        yield "weight", "bad_weight", _("A weight is 0 to 1,000.")
    if not _counts(one) and one.weight:
        words = _("What is for information only has no weight: enter 0.")
        yield "weight", "information_weighs", words
    if one.method == TierMethod.MINMAX and (one.low is None) != (one.high is None):
        words = _("Give both ends, or neither: then the smallest and largest value count.")
        yield ("high" if one.high is None else "low"), "one_cap", words
    if one.low is not None and one.high is not None and one.low >= one.high:
        yield "high", "caps_out_of_order", _("This has to be above the value of 0 points.")
    if one.method == TierMethod.BANDS:
        yield from (("bands", code, words) for code, words in _band_problems(one))


def _band_problems(one: CriterionDraft) -> Iterator[tuple[str, Text]]:
    starts, given = [line[0] for line in one.bands], [line[1] for line in one.bands]
    if not one.bands:
        yield "no_bands", _("Write at least one line: a value and its points.")
    if len(one.bands) > MOST_BANDS:
        yield "too_many_bands", _("A table of bands has at most 50 lines.")
    if any(a >= b for a, b in pairwise(starts)):
        yield "bands_out_of_order", _("The values of the lines rise from line to line.")
    if any(not 0 <= points <= WHOLE for points in given):
        yield "band_points", _("Points are 0 to 100.")
    rises = any(a < b for a, b in pairwise(given))
    falls = any(a > b for a, b in pairwise(given))
    if (falls and one.direction == TierDirection.HIGHER) or (
        rises and one.direction == TierDirection.LOWER
    ):
        yield "bands_against_direction", _("The points go against the direction.")


def _tier_problems(draft: ModelDraft) -> Iterator[Blocker]:
    tiers = draft.tiers
    if not 2 <= len(tiers) <= MOST_TIERS:
        yield Blocker(_("A model has 2 to 6 tiers."), "number_of_tiers", "tiers")
    if tiers and tiers[-1].threshold > 0:
        gap = GAP % {"score": tiers[-1].threshold}
        yield Blocker(gap, "gap", f"tiers.{len(tiers) - 1}.threshold")
    if tiers and tiers[0].threshold + draft.margin > WHOLE:
        words = _("With the margin this is above 100: nobody could ever rise to it.")
        yield Blocker(words, "out_of_reach", "tiers.0.threshold")
    codes: set[str] = set()
    offered = _known_elements(tiers)
    for place, one in enumerate(tiers):
        at = f"tiers.{place}"
        if not one.name.strip() or not one.code:
            yield Blocker(_("A tier has a name."), "no_name", f"{at}.name")
        if one.code in codes:
            yield Blocker(_("Two tiers have the same code."), "code_twice", f"{at}.code")
        codes.add(one.code)
        yield from _unknown(one, at, offered)
        if not 0 <= one.threshold <= WHOLE:
            yield Blocker(_("A threshold is 0 to 100."), "bad_threshold", f"{at}.threshold")
        if place and one.threshold >= tiers[place - 1].threshold:
            words = _("This has to be below the threshold of the tier above it.")
            yield Blocker(words, "thresholds_out_of_order", f"{at}.threshold")


def _unknown(one: TierDraft, at: str, offered: set[str]) -> Iterator[Blocker]:
    """Functions and elements that there are not."""
    if one.required_functions is not None and not set(one.required_functions) <= _FUNCTIONS:
        words = _("There is no such function.")
        yield Blocker(words, "unknown_function", f"{at}.required_functions")
    if not set(one.programme_elements or ()) <= offered:
        words = _("There is no such programme element.")
        yield Blocker(words, "unknown_element", f"{at}.programme_elements")


@explained()
@transaction.atomic
def save_draft(*, draft: ModelDraft, model: TierModel | None = None) -> TierModel:
    """Write a draft, anew or over what stands; raises RefusedError with the first problem.

    A published model is refused, by the database as well.
    """
    refuse(problems_of(draft))
    standing = _locked(model) if model is not None else TierModel()
    for name in ("name", "note", "level", "margin"):
        setattr(standing, name, getattr(draft, name))
    standing.save()
    standing.criteria.all().delete()
    standing.tiers.all().delete()
    TierCriterion.objects.bulk_create(
        TierCriterion(
            model=standing,
            place=place,
            measure=one.measure,
            weight=one.weight,
            direction=one.direction,
            method=one.method,
            low=one.low if one.method == TierMethod.MINMAX else None,
            high=one.high if one.method == TierMethod.MINMAX else None,
            bands=[[*line] for line in one.bands] if one.method == TierMethod.BANDS else [],
        )
        for place, one in enumerate(draft.criteria)
    )
    Tier.objects.bulk_create(
        Tier(model=standing, rank=rank, **(vars(one) | _lists(one)))
        for rank, one in enumerate(draft.tiers, 1)
    )
    return standing


def _lists(one: TierDraft) -> dict[str, list[str] | None]:
    """Each function once and in their usual order, none chosen means the organisation's own
    list; elements of the programme in their order of the alphabet, none chosen says nothing."""
    wanted = set(one.required_functions or ())
    return {
        "required_functions": [name for name in Function.values if name in wanted] or None,
        "programme_elements": sorted(set(one.programme_elements or ())) or None,
    }


def _known_elements(tiers: Sequence[TierDraft]) -> set[str]:
    """The codes among those named that the catalogue holds; asked only where some are named."""
    named = {code for one in tiers for code in one.programme_elements or ()}
    rows = ProgrammeElement.objects.filter(code__in=named)
    return set(rows.values_list("code", flat=True)) if named else set()


def draft_of(model: TierModel) -> ModelDraft:
    """Return what a model says, as the start of a new version."""
    return ModelDraft(
        name=model.name,
        level=model.level,
        margin=model.margin,
        criteria=[
            CriterionDraft(
                measure=one.measure,
                weight=one.weight,
                direction=one.direction,
                method=one.method,
                low=one.low,
                high=one.high,
                bands=[(Decimal(start), Decimal(points)) for start, points in one.bands],
            )
            for one in model.criteria.all()
        ],
        tiers=[
            TierDraft(**{name: getattr(one, name) for name in TierDraft.__dataclass_fields__})
            for one in model.tiers.all()
        ],
    )


@explained()
@transaction.atomic
def discard_draft(*, model: TierModel) -> None:
    """Throw a draft away; its history stays. Raises RefusedError for anything but a draft."""
    _locked(model).delete()


def _locked(model: TierModel) -> TierModel:
    """The draft under a lock; raises RefusedError where it was published meanwhile."""
    found: TierModel = TierModel.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=model.pk
    )
    if not found.is_draft:
        raise RefusedError(FIXED, code="published")
    return found
