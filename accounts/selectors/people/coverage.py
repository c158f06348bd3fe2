"""Nobody is forgotten: which functions and roles lack somebody, and what hangs on one thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.analytics import relationships
from accounts.analytics.relationships import FunctionState, Gap
from accounts.choices import DecisionRole, Function
from accounts.selectors.people.stakeholder_map import Card, StakeholderMap, function_label

REQUIRED_ROLES = (DecisionRole.DECISION_MAKER, DecisionRole.ECONOMIC_BUYER, DecisionRole.CHAMPION)


@dataclass(frozen=True, slots=True)
class FunctionCoverage:
    """A function: whom we know there, and what is missing if it is required."""

    function: str
    label: str
    people: Sequence[Card]
    placeholders: Sequence[Card]
    days: int | None
    gap: Gap
    is_required: bool

    @property
    def is_gap(self) -> bool:
        """Whether it is required and lacks people or recent contact."""
        return self.is_required and self.gap in {Gap.NOBODY, Gap.CONTACT_TOO_OLD}

    @property
    def is_unknown(self) -> bool:
        """Whether it is required, has people, and no contact is known."""
        return self.is_required and self.gap is Gap.NO_CONTACT_KNOWN


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well we know an account. None means: not known, which is not zero.

    `of_functions` needs people and a recent two-way contact in each required function;
    `of_roles` people in each required decision role; `of_influence` is the influence of people
    with strength at or above the threshold. `threads` is functions with recent two-way contact.
    """

    functions: Sequence[FunctionCoverage]
    missing_roles: Sequence[str]
    of_functions: Decimal | None
    of_roles: Decimal | None
    of_influence: Decimal | None
    strength: Decimal | None
    threads: int | None
    attention: str | None
    has_contacts: bool
    busiest: tuple[int, Decimal] | None

    @property
    def gaps(self) -> list[FunctionCoverage]:
        """Required functions that are not covered."""
        return [one for one in self.functions if one.is_gap]

    @property
    def unknown(self) -> list[FunctionCoverage]:
        """Required functions with people of whom no contact is known."""
        return [one for one in self.functions if one.is_unknown]

    @property
    def is_single_threaded(self) -> bool:
        """Whether all recent contact is with one function."""
        return relationships.is_single_threaded(self.threads)


def coverage_of(found: StakeholderMap) -> Coverage:
    """Return the coverage of a map; asks the database nothing."""
    rows = _functions(found)
    required = [row for row in rows if row.is_required]
    filled = {role for card in found.people for role in card.position.roles}
    ties = [card.tie for card in found.people]
    strong_from = Decimal(found.settings.strong_from)
    return Coverage(
        functions=rows,
        missing_roles=[str(role.label) for role in REQUIRED_ROLES if role not in filled],
        of_functions=relationships.function_coverage([row.gap for row in required]),
        of_roles=relationships.role_coverage(filled, REQUIRED_ROLES),
        of_influence=relationships.influence_coverage(ties, strong_from),
        strength=found.strength,
        threads=_threads(found),
        attention=_attention(found),
        has_contacts=found.has_contacts,
        busiest=_busiest(found),
    )


def _functions(found: StakeholderMap) -> list[FunctionCoverage]:
    """Required functions first, then the others in which somebody is known."""
    required = list(found.required)
    seen = {card.position.function for card in found.cards}
    others = [one for one in Function.values if one in seen and one not in required]
    return [_function(found, one, is_required=one in required) for one in (*required, *others)]


def _function(found: StakeholderMap, function: str, *, is_required: bool) -> FunctionCoverage:
    cards = [card for card in found.cards if card.position.function == function]
    people = [card for card in cards if not card.is_placeholder]
    days = min((card.days for card in people if card.days is not None), default=None)
    state = FunctionState(function, len(people), days)
    gap = relationships.function_gap(state, found.settings.window_days)
    if found.has_contacts and gap is Gap.NO_CONTACT_KNOWN:
        gap = Gap.CONTACT_TOO_OLD  # whoever keeps the contacts knows of none
    return FunctionCoverage(
        function=function,
        label=function_label(function),
        people=people,
        placeholders=[card for card in cards if card.is_placeholder],
        days=days,
        gap=gap,
        is_required=is_required,
    )


def _threads(found: StakeholderMap) -> int | None:
    if not found.has_contacts:
        return None
    recent = [card for card in found.people if card.contacts and card.contacts.recent]
    return relationships.threads([card.position.function for card in recent])


def _attention(found: StakeholderMap) -> str | None:
    """Contacts by function where they are known, else whom we know by function."""
    counts: Counter[str] = Counter()
    for card in found.people:
        recent = card.contacts.recent if card.contacts else 0
        counts[card.position.function] += recent if found.has_contacts else 1
    name = relationships.takes_all_attention(counts)
    return None if name is None else function_label(name)


def _busiest(found: StakeholderMap) -> tuple[int, Decimal] | None:
    counts: Counter[int] = Counter()
    for card in found.people:
        counts.update(dict(card.contacts.by_user) if card.contacts else {})
    return relationships.largest_share(counts)
