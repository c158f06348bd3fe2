"""Which measures of an account the system knows, and how a plan reads them.

A metric is what it is; a **source** reads several metrics at once from the selectors that other
pages use, so that all figures of a plan cost a few statements whatever the number of targets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

from django.conf import settings
from django.utils import translation

from accounts.models import Account
from kam.core.dates import Period
from kam.core.formats import Text
from kam.core.registry import Registry, may
from kam.identity.models import User
from plans.choices.work import Direction

type Kind = Literal["money", "percent", "number", "points", "days"]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Of what figures are read: an account with all below it, a plan's period, a day, a currency.

    `reader` is with whose eyes rows are read. Without `user` (a snapshot, which all readers of
    the plan see) it is the account's lead, and figures that say something of the company as a
    whole are left out.
    """

    account: Account
    period: Period
    as_of: date
    currency: str
    reader: User
    user: User | None = None


@dataclass(frozen=True, slots=True)
class Actual:
    """A figure and the day it is of; `why` says why there is none. Missing is never zero."""

    value: Decimal | None
    on: date | None = None
    why: Text = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Reads the actuals of its metrics in a few statements; a key left out is not known."""

    key: str
    read: Callable[[Ask], Mapping[str, Actual]]
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A measure. `kind` "percent" is a fraction (0.25 is 25 %), "money" in the plan's currency.

    `grows`: it adds up over the plan's period from zero; any other is a level on a day.
    `capability`: who may read the figure, beside seeing the account. `least` and `most`: what it
    can never be below and above, as it is stored; a target beyond is a slip.
    """

    key: str
    title: Text
    what: Text
    kind: Kind
    source: str
    direction: Direction = Direction.UP
    grows: bool = False
    capability: str = ""
    order: int = 100
    least: Decimal | None = None
    most: Decimal | None = None

    def holds(self, value: Decimal) -> bool:
        """Whether the measure can ever be at this value."""
        is_below = self.least is not None and value < self.least
        return not is_below and not (self.most is not None and value > self.most)


metrics: Registry[Metric] = Registry()
sources: Registry[Source] = Registry()


def title_of(key: str, title: str) -> str:
    """Return what a target is called: a measure of the system that nobody renamed speaks the
    reader's language, whoever chose it."""
    found = metrics.get(key) if key else None
    return str(found.title) if found and title in _names(key) else title


@cache
def _names(key: str) -> frozenset[str]:
    """The names of a measure in all languages."""
    found, names = metrics.get(key), set()
    for code, _name in settings.LANGUAGES if found else ():
        with translation.override(code):
            names.add(str(found.title if found else ""))
    return frozenset(names)


def metrics_for(user: User) -> list[Metric]:
    """Return the metrics whose figures the user's roles may read."""
    return [one for one in metrics if may(user, one.capability)]


def actuals(keys: Iterable[str], ask: Ask) -> dict[str, Actual]:
    """Return the actuals of metrics by key: each source that is needed is read once."""
    wanted = [one for one in metrics if one.key in set(keys)]
    allowed = [one for one in wanted if ask.user is None or may(ask.user, one.capability)]
    found: dict[str, Actual] = {}
    for key in dict.fromkeys(one.source for one in allowed):
        if (source := sources.get(key)) is not None:
            found |= source.read(ask)
    return {one.key: found.get(one.key, Actual(None)) for one in allowed}
