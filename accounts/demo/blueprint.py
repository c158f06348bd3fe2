"""How a chain is told before it becomes accounts."""

from dataclasses import dataclass

from accounts.demo.records import Channel


@dataclass(frozen=True, slots=True)
class Banner:
    """A banner with its legal entity and sites.

    Without a `name` the legal entity hangs on the group itself. `sites` lists cities, a depot
    marked by `dc `. `share` is the weight of the banner inside its group. `country` and `company`
    default to the group's country and to the country's usual form of the banner's name.
    """

    name: str
    channel: Channel
    sites: str = ""
    share: float = 1.0
    country: str = ""
    company: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """A retail group. `size` is thousand euro in the first year, `growth` the yearly trend.

    `price` is its price level against the list, the fruit of its bargaining power.
    """

    code: str
    name: str
    country: str
    size: int
    growth: float
    banners: tuple[Banner, ...]
    price: float = 1.0


def single(
    code: str,
    name: str,
    country: str,
    size: int,
    growth: float,
    channel: Channel,
    sites: str = "",
    company: str = "",
    price: float = 1.0,
) -> Chain:
    """Tell a small chain without banners: one legal entity, perhaps a few sites."""
    return Chain(
        code, name, country, size, growth, (Banner("", channel, sites, company=company),), price
    )
