"""Who is who at an account: the people as cards, their lines, and what stands between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from accounts.analytics import relationships
from accounts.analytics.relationships import Strength, Tie
from accounts.choices import DecisionRole, Function, RatingKind
from accounts.models import Account, Position, RelationshipSettings, StakeholderLink
from accounts.selectors.people.contacts import ContactFacts, contacts_of
from accounts.selectors.people.ratings import (
    NO_OPINIONS,
    Opinions,
    opinions_on,
    relationship_settings,
)
from accounts.selectors.tiers.policies import required_functions
from kam.identity.models import User

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Card:
    """Somebody at the account, or a role that nobody of us has met, on the map's day.

    `days` is how long ago the last two-way contact was, None where none is known.
    """

    position: Position
    opinions: Opinions
    strength: Strength | None
    days: int | None
    contacts: ContactFacts | None
    is_elsewhere: bool
    as_of: date | None = None

    @property
    def pk(self) -> int:
        """The id of the place."""
        return self.position.pk

    @property
    def name(self) -> str:
        """The person's name; empty for an unmet role."""
        return self.position.person.name if self.position.person else ""

    @property
    def is_placeholder(self) -> bool:
        """Whether nobody of us has met whoever holds this."""
        return self.position.person_id is None

    @property
    def influence(self) -> int | None:
        """Present influence, 1 to 5; None where it is not known."""
        return self.opinions.value(RatingKind.INFLUENCE)

    @property
    def support(self) -> int | None:
        """Present support, −2 to +2; None where it is not known."""
        return self.opinions.value(RatingKind.SUPPORT)

    @property
    def is_on_grid(self) -> bool:
        """Whether influence and support are both known."""
        return self.influence is not None and self.support is not None

    @property
    def roles(self) -> list[str]:
        """Decision roles in words."""
        return [str(DecisionRole(role).label) for role in self.position.roles]

    @property
    def is_disputed(self) -> bool:
        """Whether raters are far apart about the person."""
        return any(p.is_disputed for p in self.opinions.present.values())

    @property
    def tie(self) -> Tie:
        """Influence and strength, as coverage counts them."""
        return Tie(self.influence, self.strength.value if self.strength else None)

    @property
    def has_aged(self) -> bool:
        """Whether a rating that places the card is too old, on the map's day, to rely upon."""
        return self.as_of is not None and self.is_old(self.as_of)

    def is_old(self, as_of: date) -> bool:
        """Tell whether a rating that places the card is too old to be relied upon."""
        kinds = (RatingKind.INFLUENCE, RatingKind.SUPPORT)
        found = [self.opinions.present[kind] for kind in kinds if kind in self.opinions.present]
        return any(one.is_old(as_of) for one in found)


@dataclass(frozen=True, slots=True)
class ChartNode:
    """A card of the org chart with who reports to it."""

    card: Card
    reports: Sequence[ChartNode] = ()
    boss: str = ""
    has_boss_left: bool = False


@dataclass(frozen=True, slots=True)
class StakeholderMap:
    """The people of an account, with all below it unless asked for it alone.

    People as of the day, without those who left; ratings as far as the reader may know them.
    `has_contacts` says whether any app knows of contacts at all, `required` in which functions
    the account's tier, or else the organisation, wants people.
    """

    account: Account
    as_of: date
    settings: RelationshipSettings
    cards: Sequence[Card]
    links: Sequence[StakeholderLink]
    has_contacts: bool
    required: Sequence[str] = ()
    is_cut: bool = False
    _by_pk: Mapping[int, Card] = field(default_factory=dict)
    _named_bosses: frozenset[int] = frozenset()

    @property
    def people(self) -> list[Card]:
        """Those who are known by name."""
        return [card for card in self.cards if not card.is_placeholder]

    @property
    def placeholders(self) -> list[Card]:
        """Roles that nobody of us has met."""
        return [card for card in self.cards if card.is_placeholder]

    @property
    def unplaced(self) -> list[Card]:
        """People who are known but not on the grid."""
        return [card for card in self.people if not card.is_on_grid]

    @property
    def hidden(self) -> int:
        """How many ratings the reader sees only after rating first."""
        return sum(card.opinions.hidden for card in self.cards)

    @property
    def strength(self) -> Decimal | None:
        """Influence-weighted strength of the account, 0 to 100."""
        return relationships.account_strength(card.tie for card in self.people)

    def card(self, pk: int | None) -> Card | None:
        """Return the card of a place that is on the map."""
        return self._by_pk.get(pk or 0)

    def chart(self) -> list[ChartNode]:
        """Return the org chart: who reports to nobody on the map first, then below them.

        Whoever reports to somebody who left, or who stands elsewhere in the group, stands at the
        top, with that boss's name if the reader may see them.
        """
        below: dict[int | None, list[Card]] = {}
        for card in self.cards:
            boss = card.position.reports_to_id
            below.setdefault(boss if self.card(boss) else None, []).append(card)
        return [self._node(card, below) for card in below.get(None, [])]

    def _node(self, card: Card, below: Mapping[int | None, list[Card]]) -> ChartNode:
        reports = [self._node(one, below) for one in below.get(card.pk, [])]
        boss = card.position.reports_to
        if boss is None or self.card(boss.pk) is not None or boss.pk not in self._named_bosses:
            return ChartNode(card, reports)
        name = boss.person.name if boss.person else ""
        return ChartNode(card, reports, name, self.as_of not in boss.valid)


def stakeholder_map(
    account: Account, *, user: User, as_of: date, is_alone: bool = False
) -> StakeholderMap:
    """Return the map of an account on a day, in ten queries however many people stand there."""
    settings = relationship_settings()
    rows = positions_at(account, user=user, as_of=as_of, is_alone=is_alone)
    positions = list(rows[: SHOWN + 1])
    is_cut = len(positions) > SHOWN
    positions = positions[:SHOWN]
    ids = [position.pk for position in positions]
    contacts = contacts_of(ids, as_of=as_of, window_days=settings.window_days)
    cards = cards_of(positions, account, contacts, settings, user=user, as_of=as_of)
    return StakeholderMap(
        account=account,
        as_of=as_of,
        settings=settings,
        cards=cards,
        links=_links(ids),
        has_contacts=contacts is not None,
        required=required_functions(account, settings, as_of=as_of),
        is_cut=is_cut,
        _by_pk={card.pk: card for card in cards},
        _named_bosses=visible_bosses(positions, user),
    )


def visible_bosses(positions: Iterable[Position], user: User) -> frozenset[int]:
    """Return which bosses of places the user may see: a line may lead out of one's own accounts."""
    ids = {position.reports_to_id for position in positions if position.reports_to_id}
    rows = Position.objects.visible_to(user).filter(pk__in=ids)
    return frozenset(rows.values_list("pk", flat=True)) if ids else frozenset()


def positions_at(
    account: Account, *, user: User, as_of: date, is_alone: bool = False
) -> QuerySet[Position]:
    """Return the places in force at an account (and below it) that the user may see."""
    rows: QuerySet[Position] = Position.objects.visible_to(user).on(as_of)
    if is_alone:
        rows = rows.filter(account=account)
    else:
        rows = rows.filter(account__path__contains=[account.pk])
    related = rows.select_related("person", "account", "reports_to__person")
    return related.order_by("account__path", "person__name_key", "pk")


def cards_of(
    positions: Iterable[Position],
    account: Account | None,
    contacts: Mapping[int, ContactFacts] | None,
    settings: RelationshipSettings,
    *,
    user: User,
    as_of: date,
) -> list[Card]:
    """Return places as cards, with opinions and strength."""
    found = list(positions)
    opinions = opinions_on([position.pk for position in found], user=user, as_of=as_of)
    return [
        _card(
            position,
            opinions.get(position.pk, NO_OPINIONS),
            None if contacts is None else contacts.get(position.pk, ContactFacts()),
            settings,
            as_of=as_of,
            is_elsewhere=account is not None and position.account_id != account.pk,
        )
        for position in found
    ]


def _card(
    position: Position,
    opinions: Opinions,
    contacts: ContactFacts | None,
    settings: RelationshipSettings,
    *,
    as_of: date,
    is_elsewhere: bool,
) -> Card:
    last_on = contacts.last_on if contacts else None
    days = None if last_on is None else (as_of - last_on).days
    parts = {
        "recency": None
        if days is None
        else relationships.recency(max(days, 0), settings.half_life_days),
        "cadence": None
        if contacts is None or contacts.expected is None
        else relationships.cadence(contacts.recent, contacts.expected),
        "sentiment": relationships.sentiment(opinions.value(RatingKind.SUPPORT)),
        "level": relationships.level(opinions.level),
    }
    strength = None if position.person_id is None else relationships.strength(parts)
    return Card(position, opinions, strength, days, contacts, is_elsewhere, as_of)


def _links(ids: Sequence[int]) -> list[StakeholderLink]:
    rows = StakeholderLink.objects.filter(from_position__in=ids, to_position__in=ids)
    return list(rows.order_by("kind", "pk"))


def function_label(function: str) -> str:
    """Return a function's name."""
    return str(Function(function).label)
