"""The demo's contacts with smaller customers: as often as their size asks for.

Who buys much is seen every few weeks, a small shop is called now and then, a prospect was seen
once; with those that closed or sleep the last word is old.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import cast

from accounts.choices import AccountStatus
from accounts.demo.chance import Dice
from accounts.models import Account, Position
from interactions import models as m
from interactions.choices import Direction, InteractionKind
from interactions.demo import words
from kam.identity.models import User

LARGE, SMALL = Decimal(500_000), Decimal(200_000)
_KINDS = (InteractionKind.CALL, InteractionKind.CALL, InteractionKind.VISIT, InteractionKind.EMAIL)
_SAID: dict[str, tuple[str, ...]] = {
    AccountStatus.PROSPECT: words.FIRST_TALKS,
    AccountStatus.DORMANT: words.LAST_TALKS,
    AccountStatus.CLOSED: words.LAST_TALKS,
}
_MINUTES: dict[str, int] = {InteractionKind.CALL: 15, InteractionKind.VISIT: 60}


def write_others(groups: Sequence[Account], *, as_of: date, zone: tzinfo, seed: int) -> None:
    """Write the contacts of all these groups, in four statements."""
    people: dict[int, list[Position]] = defaultdict(list)
    held = Position.objects.filter(account__in=groups, person__isnull=False)
    for position in held.order_by("pk"):
        people[position.account_id].append(position)
    told = [
        (row, people[group.pk])
        for group in groups
        if people[group.pk]
        for row in _contacts(group, as_of, zone, Dice(seed, "others", group.name))
    ]
    told.sort(key=lambda one: one[0].occurred_at)
    m.Interaction.objects.bulk_create(row for row, _people in told)
    m.Participant.objects.bulk_create(
        m.Participant(interaction=row, position=there[place % len(there)])
        for place, (row, there) in enumerate(told)
    )
    m.Colleague.objects.bulk_create(
        m.Colleague(interaction=row, user=row.author) for row, _people in told
    )


def _contacts(group: Account, as_of: date, zone: tzinfo, dice: Dice) -> Iterator[m.Interaction]:
    first, every, count = _rhythm(group)
    day = as_of - timedelta(days=dice.whole(first, 2 * first))
    for _number in range(count):
        if day.weekday() > 4:
            day -= timedelta(days=2)
        yield _contact(group, datetime.combine(day, time(dice.whole(8, 16)), zone), dice)
        day -= timedelta(days=dice.whole(every, 2 * every))


def _rhythm(group: Account) -> tuple[int, int, int]:
    """Days since the last contact at least, days between contacts at least, and how many."""
    if group.status == AccountStatus.CLOSED:
        return 300, 60, 2
    if group.status == AccountStatus.DORMANT:
        return 150, 60, 2
    if group.status == AccountStatus.PROSPECT:
        return 10, 40, 1
    bought = group.figure.net_12m
    if bought >= LARGE:
        return 8, 25, 8
    return (20, 50, 4) if bought >= SMALL else (45, 90, 2)


def _contact(group: Account, at: datetime, dice: Dice) -> m.Interaction:
    kind = dice.pick(_KINDS)
    summary = dice.pick(_SAID.get(group.status) or words.SUMMARIES[kind])
    return m.Interaction(
        account=group,
        kind=kind,
        direction=Direction.TWO_WAY,
        occurred_at=at,
        occurred_on=at.date(),
        minutes=_MINUTES.get(kind),
        summary=summary.format(week=at.isocalendar().week),
        author=cast("User", group.current_lead),
    )
