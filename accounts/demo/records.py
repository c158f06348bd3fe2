"""What the demo company is made of: plain records, free of the database."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class NodeKind(StrEnum):
    GROUP = "group"
    BANNER = "banner"
    LEGAL_ENTITY = "legal_entity"
    STORE = "store"
    DEPOT = "dc"


class Channel(StrEnum):
    HYPERMARKET = "hypermarket"
    SUPERMARKET = "supermarket"
    CONVENIENCE = "convenience"
    DISCOUNT = "discount"
    CASH_AND_CARRY = "cash_and_carry"
    TRADITIONAL = "traditional"
    DISTRIBUTOR = "distributor"
    ONLINE = "online"
    OTHER = "other"


class Status(StrEnum):
    PROSPECT = "prospect"
    ACTIVE = "active"
    DORMANT = "dormant"
    CLOSED = "closed"


class Role(StrEnum):
    ACCOUNT_MANAGER = "account_manager"
    SALES_DIRECTOR = "sales_director"
    CREDIT_CONTROLLER = "credit_controller"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    INTEGRATION = "integration"


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open; `end` None is open."""

    start: date
    end: date | None = None

    def contains(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class SellingCompany:
    code: str
    name: str
    country: str
    currency: str


@dataclass(frozen=True, slots=True)
class Organisation:
    name: str
    base_currency: str
    time_zone: str
    fiscal_year_start_month: int
    selling_companies: tuple[SellingCompany, ...]


@dataclass(frozen=True, slots=True)
class Team:
    key: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Person:
    key: str
    name: str
    email: str
    title: str
    role: Role
    team: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Absence:
    """While `person` is away, `stand_in` does the work."""

    person: str
    stand_in: str
    period: Period
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """A feed of revenue; `data_as_of` is the last day it has delivered."""

    code: str
    name: str
    expected_every_days: int
    data_as_of: date


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of the currency is worth in euro, from `on` until the next rate."""

    currency: str
    on: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Product:
    """`list_price` and `standard_cost` are euro for one `unit`."""

    code: str
    name: str
    category: str
    unit: str
    list_price: Decimal
    standard_cost: Decimal
    markets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One account. `key` is its number in our ERP, `home` the group it was created under."""

    key: str
    home: str
    name: str
    kind: NodeKind
    country: str
    region: str
    city: str
    channel: Channel
    currency: str
    status: Status
    gln: str


@dataclass(frozen=True, slots=True)
class ParentLink:
    child: str
    parent: str
    period: Period


@dataclass(frozen=True, slots=True)
class Lead:
    account: str
    person: str
    period: Period


@dataclass(frozen=True, slots=True)
class Entry:
    """One revenue line in the document's currency; `account` None is unassigned."""

    source: str
    source_key: str
    account: str | None
    on: date
    product: str
    category: str
    quantity: Decimal
    unit: str
    net_amount: Decimal
    cost: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Target:
    """A month's target in euro, for an account or for a manager's book, never both."""

    month: date
    amount: Decimal
    account: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Company:
    organisation: Organisation
    history: Period
    teams: tuple[Team, ...]
    people: tuple[Person, ...]
    absences: tuple[Absence, ...]
    sources: tuple[Source, ...]
    rates: tuple[Rate, ...]
    categories: tuple[Category, ...]
    products: tuple[Product, ...]
    nodes: tuple[Node, ...]
    parents: tuple[ParentLink, ...]
    leads: tuple[Lead, ...]
    entries: tuple[Entry, ...]
    targets: tuple[Target, ...]
