"""What other apps know of contacts with people: they register, nobody here imports them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from kam.core.registry import Registry


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Two-way contacts with somebody at an account: the last one, and those of the window.

    `by_user` counts the window's contacts by which of us had them; `expected` is how many the
    pace of the tier asks for in the window, None where no pace is set. A place that is missing
    from a provider's answer had no contact; without a provider nothing is known of anybody.
    """

    last_on: date | None = None
    recent: int = 0
    by_user: Mapping[int, int] = field(default_factory=dict)
    expected: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class ContactProvider:
    """An app that knows contacts: `find(position ids, first day, last day)`.

    It answers None while it keeps none at all: that is not the same as there being none.
    """

    key: str
    find: Callable[[Collection[int], date, date], Mapping[int, ContactFacts] | None]
    order: int = 100


contact_providers: Registry[ContactProvider] = Registry()


def contacts_of(
    position_ids: Collection[int], *, as_of: date, window_days: int
) -> dict[int, ContactFacts] | None:
    """Return what is known of contacts by place; None while no app knows of contacts at all."""
    since = as_of - timedelta(days=window_days)
    answers = [provider.find(position_ids, since, as_of) for provider in contact_providers]
    known = [answer for answer in answers if answer is not None]
    if not known:
        return None
    found: dict[int, ContactFacts] = {}
    for answer in known:
        for pk, facts in answer.items():
            found[pk] = _both(found[pk], facts) if pk in found else facts
    return found


def _both(one: ContactFacts, other: ContactFacts) -> ContactFacts:
    days = [day for day in (one.last_on, other.last_on) if day is not None]
    paces = [pace for pace in (one.expected, other.expected) if pace is not None]
    users = {*one.by_user, *other.by_user}
    return ContactFacts(
        max(days, default=None),
        one.recent + other.recent,
        {user: one.by_user.get(user, 0) + other.by_user.get(user, 0) for user in users},
        max(paces, default=None),
    )
