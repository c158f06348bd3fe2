"""The checklist score of a credit application: what is known before the first sale on credit.

It is apart from payment behaviour, which an applicant has not shown yet.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kam.core.exact import rounded
from settlements.analytics.problems import CalculationError

MODEL_VERSION = "credit-checklist-1"
PLACES = 2
MAX_POINTS = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """An item of the checklist: 0 to 5 points, or None (not answered), and its weight."""

    points: int | None
    weight: Decimal


@dataclass(frozen=True, slots=True)
class ChecklistScore:
    """A score from 0 to 100 over what was answered, how much that is, and what was not.

    `score` is None where nothing that has weight was answered; `confidence` is from 0 to 1.
    """

    score: Decimal | None
    confidence: Decimal
    missing: tuple[Hashable, ...]


def checklist_score[K: Hashable](answers: Mapping[K, Answer]) -> ChecklistScore:
    """Return Σ(weight × points ÷ 5) ÷ Σ weight over answered items, in percent.

    An item that is not answered counts neither for nor against: it lowers `confidence`, the
    answered weight ÷ all weight. Items without weight do not count. Raises CalculationError
    `points_out_of_range` or `weight_negative`.
    """
    for key, answer in answers.items():
        _check(key, answer)
    whole = sum((Fraction(answer.weight) for answer in answers.values()), Fraction(0))
    known = known_points = Fraction(0)
    for answer in answers.values():
        if answer.points is not None:
            known += Fraction(answer.weight)
            known_points += Fraction(answer.weight) * answer.points
    return ChecklistScore(
        score=rounded(known_points * 100 / (known * MAX_POINTS), PLACES) if known else None,
        confidence=rounded(known / whole, PLACES) if whole else Decimal(0),
        missing=tuple(
            key for key, answer in answers.items() if answer.points is None and answer.weight
        ),
    )


def _check(key: Hashable, answer: Answer) -> None:
    if answer.weight < 0:
        raise CalculationError("weight_negative", item=key)
    if answer.points is not None and not 0 <= answer.points <= MAX_POINTS:
        raise CalculationError("points_out_of_range", item=key, points=answer.points)
