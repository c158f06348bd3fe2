"""Chains told by blueprint become accounts with dated parent links."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from accounts.demo.blueprint import Banner, Chain
from accounts.demo.calendar import Calendar
from accounts.demo.chains_asia import CHAINS as ASIA
from accounts.demo.chains_cee import CHAINS as CEE
from accounts.demo.chains_nordics import CHAINS as NORDICS
from accounts.demo.chance import Dice
from accounts.demo.countries import COUNTRIES
from accounts.demo.records import Channel, Node, NodeKind, ParentLink, Period, Status
from accounts.demo.stories import BANNER_MERGERS, ENDINGS, PURCHASES

_DEPOT_WEIGHT = 3.0
_OFFICE_WEIGHT = 0.7


@dataclass(frozen=True, slots=True)
class Outlet:
    """A node that buys: its weight is its share of the chain's sales, banner by banner."""

    key: str
    banner: str
    chain: Chain
    country: str
    channel: Channel
    share: float


@dataclass(slots=True)
class Tree:
    nodes: list[Node] = field(default_factory=list)
    parents: list[ParentLink] = field(default_factory=list)
    outlets: list[Outlet] = field(default_factory=list)


def story_code(chain: Chain) -> str:
    """Return the code that stories use: copies made by scale share the original's story."""
    return chain.code.partition(".")[0]


def chains(scale: int) -> tuple[Chain, ...]:
    """Return all chains, repeated `scale` times under numbered names and codes."""
    originals = NORDICS + CEE + ASIA
    copies = [_copy(chain, number) for number in range(2, scale + 1) for chain in originals]
    return originals + tuple(copies)


def _copy(chain: Chain, number: int) -> Chain:
    banners = tuple(_copy_banner(banner, number) for banner in chain.banners)
    return replace(
        chain, code=f"{chain.code}.{number}", name=f"{chain.name} {number}", banners=banners
    )


def _copy_banner(banner: Banner, number: int) -> Banner:
    name = f"{banner.name} {number}" if banner.name else ""
    company = f"{banner.company} {number}" if banner.company else ""
    return replace(banner, name=name, company=company)


def grow(seed: int, calendar: Calendar, told: tuple[Chain, ...]) -> Tree:
    """Build all accounts, their parents over time and the nodes that buy."""
    tree = Tree()
    for place, chain in enumerate(told, start=1):
        _Planter(seed, calendar, chain, place, tree).plant()
    tree.parents += _purchases(calendar, told)
    return tree


def _purchases(calendar: Calendar, told: tuple[Chain, ...]) -> Iterator[ParentLink]:
    known = {chain.code for chain in told}
    for purchase in PURCHASES:
        day = calendar.day(purchase.on)
        for chain in told:
            code, dot, number = chain.code.partition(".")
            if code == purchase.bought and purchase.buyer + dot + number in known:
                buyer = group_key(purchase.buyer + dot + number)
                yield ParentLink(group_key(chain.code), buyer, Period(day))


def group_key(code: str) -> str:
    return f"{code}-000"


@dataclass(slots=True)
class _Planter:
    seed: int
    calendar: Calendar
    chain: Chain
    place: int
    tree: Tree
    planted: int = 0

    def plant(self) -> None:
        chain = self.chain
        channel, city = chain.banners[0].channel, self._first_city(chain.banners[0])
        group = self._node(chain.name, NodeKind.GROUP, chain.country, channel, city)
        total = sum(banner.share for banner in chain.banners)
        banners: dict[str, str] = {}
        for banner in chain.banners:
            self._plant_banner(banner, group, banners, banner.share / total)

    def _plant_banner(
        self, banner: Banner, group: str, banners: dict[str, str], share: float
    ) -> None:
        country = banner.country or self.chain.country
        name = banner.name or self.chain.name
        city, parent = self._first_city(banner), group
        if banner.name:
            parent = self._node(name, NodeKind.BANNER, country, banner.channel, city)
            banners[banner.name] = parent
            self._link(parent, group)
        company = banner.company or COUNTRIES[country].company.format(name)
        entity = self._node(company, NodeKind.LEGAL_ENTITY, country, banner.channel, city)
        self._link_entity(entity, parent, banner, banners)
        self._plant_sites(banner, entity, share)

    def _plant_sites(self, banner: Banner, entity: str, share: float) -> None:
        country = banner.country or self.chain.country
        dice = Dice(self.seed, "sites", entity)
        weights = [(entity, _OFFICE_WEIGHT)]
        for site in filter(None, banner.sites.split(", ")):
            depot, city = site.startswith("dc "), site.removeprefix("dc ")
            key = self._site(banner, country, depot, city)
            self._link(key, entity)
            weights.append((key, _DEPOT_WEIGHT if depot else dice.between(0.5, 1.5)))
        total = sum(weight for _, weight in weights)
        self.tree.outlets += [
            Outlet(key, entity, self.chain, country, banner.channel, share * weight / total)
            for key, weight in weights
            if self.chain.size
        ]

    def _site(self, banner: Banner, country: str, depot: bool, city: str) -> str:
        pattern = COUNTRIES[country].depot if depot else COUNTRIES[country].store
        name = pattern.format(banner.name or self.chain.name, city)
        kind = NodeKind.DEPOT if depot else NodeKind.STORE
        return self._node(name, kind, country, banner.channel, city)

    def _node(self, name: str, kind: NodeKind, country: str, channel: Channel, city: str) -> str:
        key = f"{self.chain.code}-{self.planted:03d}"
        gln = "" if kind in {NodeKind.GROUP, NodeKind.BANNER} else self._gln()
        self.planted += 1
        home, land = group_key(self.chain.code), COUNTRIES[country]
        self.tree.nodes.append(
            Node(
                key,
                home,
                name,
                kind,
                country,
                land.regions[city],
                city,
                channel,
                land.currency,
                self._status(name),
                gln,
            )
        )
        return key

    def _first_city(self, banner: Banner) -> str:
        if banner.sites:
            return banner.sites.split(", ")[0].removeprefix("dc ")
        cities = list(COUNTRIES[banner.country or self.chain.country].regions)
        return Dice(self.seed, "city", self.chain.code).pick(cities)

    def _gln(self) -> str:
        """Return a number in GS1's range for internal use, with its check digit."""
        body = f"29{self.place:05d}{self.planted:05d}"
        odd, even = sum(map(int, body[1::2])), sum(map(int, body[::2]))
        return f"{body}{-(3 * odd + even) % 10}"

    def _status(self, name: str) -> Status:
        if not self.chain.size:
            return Status.PROSPECT
        ending = ENDINGS.get(story_code(self.chain))
        if ending and self.calendar.day(ending.on) < self.calendar.as_of:
            return ending.status
        return Status.CLOSED if self._merged_on(name) else Status.ACTIVE

    def _merged_on(self, closed: str) -> date | None:
        for merger in BANNER_MERGERS:
            if merger.chain == self.chain.code and merger.closed == closed:
                return self.calendar.day(merger.on)
        return None

    def _link(self, child: str, parent: str) -> None:
        self.tree.parents.append(ParentLink(child, parent, Period(self.calendar.first)))

    def _link_entity(
        self, entity: str, parent: str, banner: Banner, banners: dict[str, str]
    ) -> None:
        day = self._merged_on(banner.name)
        if day is None:
            self._link(entity, parent)
            return
        kept = next(merger.kept for merger in BANNER_MERGERS if merger.closed == banner.name)
        before, after = Period(self.calendar.first, day), Period(day)
        self.tree.parents.append(ParentLink(entity, parent, before))
        self.tree.parents.append(ParentLink(entity, banners[kept], after))
