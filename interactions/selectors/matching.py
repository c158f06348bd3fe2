"""Who is meant by addresses of a mail or an invitation: theirs, ours, and nobody we know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models.functions import Lower

from accounts.models import Account, Position
from kam.identity.models import User

type Addresses = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """Everybody whom some addresses may mean, read once for a whole file."""

    positions: dict[str, list[Position]]
    users: dict[str, User]


@dataclass(frozen=True, slots=True)
class Matched:
    """Who is meant: the account is a guess, `participants` stand at its customer on the day.

    `unknown` are addresses of nobody there and nobody of ours.
    """

    account: Account | None
    participants: Sequence[Position]
    colleagues: Sequence[User]
    unknown: Addresses


def known_by(user: User, addresses: Iterable[str]) -> Known:
    """Return people in the user's scope and colleagues by address, in two statements."""
    wanted = sorted({address.lower() for address in addresses})
    rows = Position.objects.visible_to(user).filter(account__merged_into__isnull=True)
    found: dict[str, list[Position]] = {}
    by_mail = rows.annotate(mail=Lower("person__email")).filter(mail__in=wanted)
    for position in by_mail.select_related("person", "account").order_by("pk"):
        found.setdefault(position.mail, []).append(position)
    colleagues = User.objects.filter(email__in=wanted, is_active=True)
    return Known(found, {one.email: one for one in colleagues})


def matched(
    known: Known, addresses: Addresses, *, day: date, account: Account | None = None
) -> Matched:
    """Return who is meant on a day. Without an account, that of most of them is guessed."""
    theirs = [
        position
        for address, _name in addresses
        for position in known.positions.get(address, [])
        if day in position.valid
    ]
    account = account or _most_common(theirs)
    people: dict[int, Position] = {}
    for position in _nearest_first(theirs, account):
        if position.person_id is not None:
            people.setdefault(position.person_id, position)
    met = {one.person.email.lower() for one in people.values() if one.person is not None}
    return Matched(
        account=account,
        participants=list(people.values()),
        colleagues=[known.users[one] for one, _name in addresses if one in known.users],
        unknown=[pair for pair in addresses if pair[0] not in met and pair[0] not in known.users],
    )


def _most_common(positions: Sequence[Position]) -> Account | None:
    """The account at which most stand; the first one named where as many do."""
    counts = Counter(position.account_id for position in positions)
    if not counts:
        return None
    best = counts.most_common(1)[0][0]
    return next(one.account for one in positions if one.account_id == best)


def _nearest_first(positions: Sequence[Position], account: Account | None) -> list[Position]:
    """Those at the customer of an account, those at the account itself first."""
    if account is None:
        return []
    here = [one for one in positions if one.account_id == account.pk]
    around = [
        one
        for one in positions
        if one.account_id != account.pk and one.account.current_group_id == account.current_group_id
    ]
    return [*here, *around]
