"""How much a customer buys in a month: trend, season, news of its own, chance."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from accounts.demo.calendar import Calendar
from accounts.demo.catalogue import LUNAR_SEASON, SEASONS
from accounts.demo.chance import Dice
from accounts.demo.countries import COUNTRIES
from accounts.demo.records import Channel
from accounts.demo.stories import ENDINGS, LAPSES, STARTS
from accounts.demo.tree import Outlet, story_code

_FADING = (0.75, 0.5, 0.3)
_IRREGULAR = {Channel.TRADITIONAL: 0.7, Channel.OTHER: 0.85, Channel.DISTRIBUTOR: 0.9}
_CHRISTMAS_RUN = {9: 0.6, 10: 0.9, 11: 1.6, 12: 1.8}


def months_between(first: date, month: date) -> int:
    return 12 * (month.year - first.year) + month.month - first.month


def trend(calendar: Calendar, outlet: Outlet, month: date) -> float:
    """Return the outlet's level against the first month, news included, chance excluded."""
    chain = outlet.chain
    code = story_code(chain)
    if code in STARTS and month < calendar.day(STARTS[code]):
        return 0.0
    ending = ENDINGS.get(code)
    level: float = (1.0 + chain.growth) ** (months_between(calendar.first, month) / 12)
    if ending is None:
        return level
    left = months_between(month, calendar.day(ending.on))
    if left <= 0:
        return 0.0
    if ending.taken_back:
        return level * _CHRISTMAS_RUN.get(month.month, 0.35)
    return level * (_FADING[3 - left] if ending.fades and left <= 3 else 1.0)


def season(outlet: Outlet, category: str, month: date) -> float:
    """Return the month's factor for the category in the outlet's country; the mean is near one."""
    factor = SEASONS[category][month.month - 1]
    if COUNTRIES[outlet.country].lunar:
        factor = (0.35 * factor + 0.65) * LUNAR_SEASON[month.month - 1]
    return factor


def has_lapsed(calendar: Calendar, outlet: Outlet, category: str, month: date) -> bool:
    code = story_code(outlet.chain)
    return any(
        lapse.chain == code and lapse.category == category and month >= calendar.day(lapse.on)
        for lapse in LAPSES
    )


@dataclass(frozen=True, slots=True)
class Mood:
    """The chance of one outlet in one month."""

    factor: float
    skipped: bool


def mood(seed: int, outlet: Outlet, month: date) -> Mood:
    """Return how the month went: the chain's luck, the outlet's own, and no order at all."""
    chain = Dice(seed, "chain", outlet.chain.code, month).about_one(0.05)
    dice = Dice(seed, "month", outlet.key, month)
    orders = _IRREGULAR.get(outlet.channel, 1.0)
    skipped = not dice.happens(orders)
    return Mood(chain * dice.about_one(0.08) / orders, skipped)


def promotion(seed: int, outlet: Outlet, category: str, month: date) -> tuple[float, float]:
    """Return volume and price factors: a promotion lifts the month and empties the next."""
    if outlet.channel in _IRREGULAR:
        return 1.0, 1.0
    if _is_promoted(seed, outlet.banner, category, month):
        return 1.55, 0.88
    before = (month - timedelta(days=1)).replace(day=1)
    return (0.85, 1.0) if _is_promoted(seed, outlet.banner, category, before) else (1.0, 1.0)


@lru_cache(maxsize=4096)
def _is_promoted(seed: int, banner: str, category: str, month: date) -> bool:
    return Dice(seed, "promotion", banner, category, month).happens(0.09)


def taken_back(calendar: Calendar, outlet: Outlet, month: date) -> float:
    """Return the share of the last months' deliveries that comes back in `month`."""
    ending = ENDINGS.get(story_code(outlet.chain))
    if ending is None or month != calendar.day(ending.on):
        return 0.0
    return ending.taken_back
