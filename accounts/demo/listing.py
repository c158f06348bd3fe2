"""Which products a customer buys, at what price, and how often they are delivered."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from accounts.demo.catalogue import CATEGORIES, PRODUCTS
from accounts.demo.chance import Dice, exact
from accounts.demo.countries import COUNTRIES
from accounts.demo.records import Channel, Product
from accounts.demo.tree import Outlet

_LEANINGS: dict[Channel, dict[str, float]] = {
    Channel.HYPERMARKET: {"FIS": 1.2, "BER": 1.2},
    Channel.SUPERMARKET: {"BAK": 1.1},
    Channel.CONVENIENCE: {"RDY": 2.2, "SNK": 1.9, "BAK": 1.3, "BER": 0.3, "PRL": 0.0},
    Channel.DISCOUNT: {"PRL": 4.5, "SNK": 1.2, "RDY": 0.8},
    Channel.CASH_AND_CARRY: {"FIS": 1.4, "DAI": 1.2, "BER": 1.3, "RDY": 0.6},
    Channel.TRADITIONAL: {"DAI": 1.3, "SNK": 1.6, "OAT": 0.7, "RDY": 0.3, "PRL": 0.0},
    Channel.DISTRIBUTOR: {"FIS": 1.2, "BER": 1.1, "PRL": 0.0},
    Channel.ONLINE: {"OAT": 1.6, "SNK": 1.4, "BER": 1.3, "PRL": 0.5},
    Channel.OTHER: {"FIS": 1.8, "DAI": 1.5, "BER": 1.4, "RDY": 1.5, "SNK": 0.3, "PRL": 0.0},
}
_WEEKLY_FROM, _FORTNIGHTLY_FROM = 300_000.0, 80_000.0
_LARGE_LINE, _HUGE_LINE = 24_000.0, 110_000.0
_YEARLY_PRICE_RISE = 1.025
# The smallest step of a price list in each currency; two decimals elsewhere.
_PRICE_STEPS = {"VND": Decimal(100), "HUF": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Listed:
    """A product at an outlet: its share of the outlet's sales and its deliveries a month."""

    product: Product
    share: float
    deliveries: int
    slot: int


def categories_wanted(seed: int, outlet: Outlet) -> dict[str, float]:
    """Return the weight of each category the outlet buys; the weights add up to one."""
    taste, leaning = COUNTRIES[outlet.country].taste, _LEANINGS[outlet.channel]
    dice = Dice(seed, "taste", outlet.banner)
    weights = {
        category.code: taste[category.code] * leaning.get(category.code, 1.0) * dice.about_one(0.25)
        for category in CATEGORIES
    }
    kept = {
        code: weight for code, weight in weights.items() if weight >= 0.03 * sum(weights.values())
    }
    return {code: weight / sum(kept.values()) for code, weight in kept.items()}


def listing(seed: int, outlet: Outlet, yearly: float) -> tuple[Listed, ...]:
    """Return what the outlet buys for `yearly` euro: a wider range where it buys more."""
    wanted = categories_wanted(seed, outlet)
    breadth = min(15.0, max(3.0, 0.62 * (yearly / 1000.0) ** 0.43))
    first, rhythm = Dice(seed, "slot", outlet.key).whole(0, 3), _order_days(yearly)
    listed: list[Listed] = []
    for code, weight in _largest(wanted, breadth):
        chosen = _chosen(seed, outlet, code, max(1, round(breadth * weight)))
        appeal = [1.0 / (rank + 0.7) for rank in range(len(chosen))]
        for product, pull in zip(chosen, appeal, strict=True):
            share = weight * pull / sum(appeal)
            slot = first + len(listed) % rhythm * (4 // rhythm)
            listed.append(Listed(product, share, _deliveries(share * yearly / 12), slot))
    total = sum(line.share for line in listed)
    return tuple(
        Listed(line.product, line.share / total, line.deliveries, line.slot) for line in listed
    )


def _largest(wanted: dict[str, float], breadth: float) -> list[tuple[str, float]]:
    ranked = sorted(wanted.items(), key=lambda pair: (-pair[1], pair[0]))
    return ranked[: max(2, int(breadth))]


def _chosen(seed: int, outlet: Outlet, category: str, number: int) -> list[Product]:
    sold = [p for p in PRODUCTS if p.category == category and _is_sold(p, outlet.country)]
    dice = Dice(seed, "range", outlet.banner, category)
    lead, *rest = sold
    popular = [lead, *dice.order(rest)] if dice.happens(0.5) else dice.order(sold)
    return popular[:number]


def _is_sold(product: Product, country: str) -> bool:
    return not product.markets or country in product.markets


def _order_days(yearly: float) -> int:
    """Return how often a month the outlet orders: small ones once or twice, others weekly."""
    if yearly > _WEEKLY_FROM:
        return 4
    return 2 if yearly > _FORTNIGHTLY_FROM else 1


def _deliveries(monthly: float) -> int:
    if monthly > _HUGE_LINE:
        return 4
    return 2 if monthly > _LARGE_LINE else 1


def euro_price(product: Product, outlet: Outlet, year: int) -> Decimal:
    """Return the outlet's price in the demo's `year` (0 is the first), before promotions."""
    level = COUNTRIES[outlet.country].price_level * outlet.chain.price
    return product.list_price * exact(level * _YEARLY_PRICE_RISE**year)


def local_price(euro: Decimal, currency: str, rate: Decimal) -> Decimal:
    """Return the price in local money, to the step of the country's price lists."""
    step = _PRICE_STEPS.get(currency, Decimal("0.01"))
    exact = euro / rate / step
    return max(exact.quantize(Decimal(1), ROUND_HALF_UP), Decimal(1)) * step
