"""People at the demo's smaller customers: whoever orders from us, at larger ones a second one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts import models as m
from accounts.demo import stakeholder_names as words
from accounts.demo.chance import Dice
from kam.core.text import search_key

LARGE, SMALL = Decimal(800_000), Decimal(200_000)
_OWNER = ("management", "Owner", ["decision_maker", "economic_buyer"])
_BUYER = ("merchandising", "Buyer", ["decision_maker"])
_GOODS_IN = ("logistics", "Goods receiving", ["user"])


def load_buyers(
    groups: Sequence[m.Account], *, seed: int, taken: set[str], system: str, mail: str
) -> int:
    """Write who orders at each group, in three statements; answers how many people."""
    people: list[m.Person] = []
    positions: list[m.Position] = []
    for account in groups:
        dice, near = Dice(seed, "buyers", account.name), set[str]()
        for number, (function, title, roles) in enumerate(_places(account)):
            name = words.name_of(account.country, dice, taken, near)
            person = _person(account, name, f"{account.pk}.{number}@{mail}")
            people.append(person)
            positions.append(
                m.Position(
                    account=account,
                    person=person,
                    title=title,
                    function=function,
                    roles=roles,
                    valid=DateRange(None, None),
                )
            )
    m.Person.objects.bulk_create(people)
    m.PersonIdentifier.objects.bulk_create(
        m.PersonIdentifier(person=one, system=system, value=f"P{one.pk}") for one in people
    )
    m.Position.objects.bulk_create(positions)
    return len(people)


def _places(account: m.Account) -> tuple[tuple[str, str, list[str]], ...]:
    bought = account.figure.net_12m
    if bought >= LARGE:
        return (_BUYER, _GOODS_IN)
    return (_OWNER,) if 0 < bought < SMALL else (_BUYER,)


def _person(account: m.Account, name: str, email: str) -> m.Person:
    return m.Person(
        name=name,
        name_key=search_key(name),
        email=email,
        language=words.LANGUAGES.get(account.country, ""),
    )
