"""Words and signs of tiers: badges, scores, why an account would move and what changes for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.choices import Function
from accounts.models import Tier
from accounts.selectors.programme import catalogue
from accounts.selectors.tiers.measures import Measure
from accounts.selectors.tiers.standing import Standing
from accounts.selectors.tiers.whatif import Move, Reason
from kam.core import formats
from kam.core.badges import Badge
from kam.core.badges import Tier as TierBadge

# icons: calendar-event archive
STATES = {
    "draft": Badge(gettext_lazy("Draft"), "neutral", "pencil"),
    "planned": Badge(gettext_lazy("Planned"), "info", "calendar-event"),
    "in_force": Badge(gettext_lazy("In force"), "success"),
    "superseded": Badge(gettext_lazy("Superseded"), "muted", "archive"),
    "retired": Badge(gettext_lazy("Withdrawn"), "muted"),
}
REASONS_SHOWN = 3


def badge(tier: Tier | None, *, provisional: bool = False) -> TierBadge | None:
    """A tier's sign; None where there is no tier."""
    return None if tier is None else TierBadge(tier.title, tier.rank, provisional)


def sign(tier: Tier | None, *, provisional: bool = False) -> SafeString | None:
    """A tier's sign, ready for a template."""
    return TierBadge(tier.title, tier.rank, provisional).__html__() if tier else None


def standing_sign(standing: Standing | None) -> SafeString | None:
    """The sign of the tier that holds for an account."""
    if standing is None:
        return None
    return sign(standing.tier, provisional=standing.is_provisional)


def listed_badge(held: dict[str, Any] | None) -> TierBadge | None:
    """The sign of a tier as `with_tier` annotates it."""
    if held is None:
        return None
    return TierBadge(_(held["name"]), held["rank"], bool(held["provisional"]))


def score(value: Decimal | None) -> str:
    """A score or points, one decimal."""
    return "–" if value is None else formats.number(value, 1)


def measured(measure: Measure | None, value: Decimal | None, currency: str) -> str:
    """The value of a measure in its unit."""
    if value is None:
        return "–"
    if measure is None:
        return formats.number(value)
    if measure.kind == "money":
        return formats.money(value, currency, 0)
    if measure.kind == "percent":
        return formats.percent(value)
    if measure.kind == "rating":
        return _("%(value)s of 5") % {"value": formats.number(value, 0)}
    return formats.number(value, 1)


def reasons(move: Move) -> str:
    """Why an account would move: the largest changes of its score, or the thresholds."""
    if move.kind == "leaves":
        return _("Nothing that counts in this model is known of it.")
    if move.kind == "first":
        return _("It has no tier today. ") + _brought(move.reasons)
    if not move.reasons:
        return _("The score is the same: the thresholds or the margin differ.")
    return _brought(move.reasons)


def _brought(found: Sequence[Reason]) -> str:
    parts = [
        f"{one.title} {formats.signed(formats.number(one.change, 1), one.change)}"
        for one in found[:REASONS_SHOWN]
    ]
    if (rest := len(found) - REASONS_SHOWN) > 0:
        parts.append(ngettext("%s more", "%s more", rest) % rest)
    return "; ".join(parts)


def policy_changes(before: Tier | None, after: Tier | None) -> str:
    """What another tier changes for an account."""
    return "; ".join(_changes(before, after))


def _changes(before: Tier | None, after: Tier | None) -> Iterator[str]:
    for name, in_words in POLICIES.items():
        old, new = (getattr(tier, name) if tier else None for tier in (before, after))
        if old == new or new is None:
            continue
        text = in_words(new)
        if old is not None:
            now = formats.number(old) if isinstance(old, int | Decimal) else in_words(old)
            text = _("%(new)s (now %(old)s)") % {"new": text, "old": now}
        yield text


def _visits(days: int) -> str:
    return ngettext("a visit every day", "a visit every %(n)s days", days) % {"n": days}


def _reviews(months: int) -> str:
    return ngettext("a review every month", "a review every %(n)s months", months) % {"n": months}


def _answers(days: int) -> str:
    return ngettext("an answer within a day", "an answer within %(n)s days", days) % {"n": days}


def _floor(share: Decimal) -> str:
    return _("a contribution of at least %s") % formats.percent(share / 100)


def _people(functions: Sequence[str]) -> str:
    names = ", ".join(str(Function(one).label) for one in functions)
    return _("people known in %s") % names


def _elements(codes: Sequence[str]) -> str:
    titles = {one.code: one.title for one in catalogue()}
    return _("of the programme: %s") % ", ".join(titles.get(code, code) for code in codes)


POLICIES: dict[str, Callable[[Any], str]] = {
    "visit_every_days": _visits,
    "review_every_months": _reviews,
    "answer_within_days": _answers,
    "contribution_floor": _floor,
    "required_functions": _people,
    "programme_elements": _elements,
}


def policies(tier: Tier) -> list[str]:
    """What accounts of a tier get."""
    found = [
        in_words(getattr(tier, name))
        for name, in_words in POLICIES.items()
        if getattr(tier, name) is not None
    ]
    return [*found, tier.policy] if tier.policy else found
