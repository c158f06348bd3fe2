"""Due contacts from the log: exact cases, and SQL against plain Python on random accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import (
    Account,
    LeadAssignment,
    Position,
    Tier,
    TierAssignment,
    TierModel,
    TierOverride,
)
from accounts.selectors.people.coverage import coverage_of
from accounts.selectors.people.stakeholder_map import stakeholder_map
from accounts.services.tiers.drafts import save_draft
from accounts.services.tiers.publishing import publish_model
from interactions.analytics import cadence
from interactions.analytics.cadence import WHOLE, Paces, Pause
from interactions.models import CadencePause, CadencePolicy, Interaction
from interactions.selectors.cadence.touches import Touch, touches_of, touches_with_people
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.cadence import make_pause, make_policy
from tests.factories.interactions import make_contact
from tests.factories.people import make_position
from tests.factories.tiers import make_assignment, make_draft

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 6, 15)
TIERED = date(2026, 1, 1)
VISITS = {"strategic": 14, "key": 30, "growth": 60, "maintain": None}
FUNCTIONS = ("merchandising", "operations", "marketing", "finance")


@pytest.fixture
def model(people: People) -> TierModel:
    """A published model whose tiers say how often to visit."""
    draft = make_draft()
    tiers = [replace(one, visit_every_days=VISITS[one.code]) for one in draft.tiers]
    saved = save_draft(draft=replace(draft, tiers=tiers))
    day = TIERED
    return publish_model(
        model=saved, effective_on=day, by=people.director, as_of=day - timedelta(days=1)
    )


def touches(*, only: Account | None = None) -> dict[tuple[int, str], Touch]:
    rows = Account.objects.all() if only is None else Account.objects.filter(pk=only.pk)
    return {(one.account.pk, one.function): one for one in touches_of(rows, as_of=AS_OF)}


def test_two_way_contact_alone_counts_and_by_the_day_at_home(
    people: People, model: TierModel
) -> None:
    account = make_account(lead=people.owner)
    store = make_account(parent=account, kind="store")
    make_assignment(model=model, account=account, code="strategic", valid=(TIERED, None))
    make_policy(tier="strategic", function="merchandising", every=10)
    make_policy(tier="strategic", function="operations", every=30)
    buyer = make_position(account=store)
    make_contact(account=account, on=date(2026, 6, 14), direction="outbound", participants=[buyer])
    late = datetime(2026, 5, 31, 21, 30, tzinfo=UTC)  # half past midnight in Helsinki
    make_contact(account=account, at=late, participants=[buyer])
    make_contact(account=account, on=date(2026, 6, 20), participants=[buyer])  # still to come

    found = touches(only=account)
    buying, operations = found[account.pk, "merchandising"], found[account.pk, "operations"]
    assert (buying.last_on, buying.due_on, buying.overdue_days, buying.state) == (
        date(2026, 6, 1),
        date(2026, 6, 11),
        4,
        "overdue",
    )
    assert (buying.position, buying.people, buying.lead) == (buyer, 1, people.owner)
    # Nobody of theirs is known there: the days count from the day of the tier.
    assert (operations.last_on, operations.due_on) == (None, TIERED + timedelta(days=30))
    assert (account.pk, WHOLE) not in found  # 14 days with anybody ask for less than buying does


def test_a_tier_of_its_own_lead_or_decision(people: People, model: TierModel) -> None:
    group = make_account(lead=people.owner)
    make_assignment(model=model, account=group, code="growth", valid=(TIERED, None))
    banner = make_account(parent=group, lead=people.teammate)
    plain = make_account(parent=group)
    make_contact(account=banner, on=date(2026, 6, 1))
    LeadAssignment.objects.filter(account=banner).update(valid=DateRange(date(2026, 5, 1), None))

    found = touches()
    assert {key: one.every_days for key, one in found.items()} == {
        (group.pk, WHOLE): 60,
        (banner.pk, WHOLE): 60,
    }
    assert found[banner.pk, WHOLE].due_on == found[group.pk, WHOLE].due_on == date(2026, 7, 31)
    assert plain.pk not in {pk for pk, _function in found}

    override(group, "strategic", people)
    assert found[group.pk, WHOLE].state == "later"
    assert {one.every_days for one in touches().values()} == {14}
    assert touches()[group.pk, WHOLE].state == "today"  # the new pace counts from the contact


def override(account: Account, code: str, people: People) -> None:
    TierOverride.objects.create(
        account=account,
        tier=Tier.objects.get(code=code, model__status="published"),
        reason="Soon larger",
        approver=people.director,
        valid=DateRange(date(2026, 6, 10), date(2026, 12, 1)),
    )


@dataclass
class World:
    """What was drawn, as Python keeps it."""

    accounts: list[Account] = field(default_factory=list)
    places: list[Position] = field(default_factory=list)


def draw(rng: Random, people: People, model: TierModel) -> World:
    """Groups with banners, people, contacts, rules and pauses."""
    world = World()
    for _ in range(3):
        lead = rng.choice([people.owner, people.teammate, None])
        group = make_account(lead=lead)
        code = rng.choice(["strategic", "key", "growth", "maintain"])
        start = TIERED + timedelta(days=rng.randrange(150))
        make_assignment(model=model, account=group, code=code, valid=(start, None))
        banner = make_account(parent=group, lead=rng.choice([None, people.director]))
        world.accounts += [group, banner]
        if rng.random() < 0.4:
            override(rng.choice([group, banner]), rng.choice(["strategic", "key"]), people)
        for at in (group, banner, banner):
            since = AS_OF - timedelta(days=rng.randrange(20, 400))
            until = rng.choice([None, None, AS_OF - timedelta(days=5)])
            function = rng.choice(FUNCTIONS)
            world.places.append(
                make_position(account=at, function=function, since=since, until=until)
            )
    _draw_contacts(rng, people, world)
    _draw_rules(rng, world)
    return world


def _draw_contacts(rng: Random, people: People, world: World) -> None:
    for place in rng.choices(world.places, k=25):
        start: date = place.valid.lower
        day = start + timedelta(days=rng.randrange(200))
        if day > AS_OF + timedelta(days=10) or (place.valid.upper and day >= place.valid.upper):
            continue
        make_contact(
            account=place.account,
            on=day,
            participants=[place],
            author=rng.choice([people.owner, people.teammate]),
            direction=rng.choice(["two_way", "two_way", "inbound"]),
        )
    make_contact(account=rng.choice(world.accounts), on=AS_OF - timedelta(days=rng.randrange(50)))


def _draw_rules(rng: Random, world: World) -> None:
    for code in ("strategic", "key", "growth", "maintain"):
        for function in ("", *FUNCTIONS):
            if rng.random() < 0.35:
                make_policy(
                    tier=code,
                    function=function,
                    every=rng.randrange(5, 80),
                    until=rng.choice([None, AS_OF]),
                )
    for _ in range(4):
        start = AS_OF - timedelta(days=rng.randrange(-20, 120))
        make_pause(
            since=start,
            until=start + timedelta(days=rng.randrange(1, 40)),
            account=rng.choice([None, *world.accounts]),
            function=rng.choice(["", "", *FUNCTIONS]),
        )


def tier_of(account: Account) -> tuple[Tier, int] | None:
    """The tier that holds and whose it is: the nearest one, a decided one first."""
    for pk in reversed(account.path):
        for rows in (TierOverride.objects, TierAssignment.objects):
            if row := rows.filter(account=pk, valid__contains=AS_OF).first():
                return row.tier, pk
    return None


def paces_of(account: Account) -> Paces | None:
    if (found := tier_of(account)) is None:
        return None
    rows = CadencePolicy.objects.filter(tier_code=found[0].code, valid__contains=AS_OF)
    rules = {row.function: row.every_days for row in rows}
    return cadence.paces(rules, found[0].visit_every_days)


def pauses_of(account: Account, function: str) -> list[Pause]:
    return [
        Pause(row.valid.lower, row.valid.upper)
        for row in CadencePause.objects.all()
        if row.account_id in (None, *account.path) and row.function in ("", function)
    ]


def begin_of(account: Account) -> date | None:
    led = None
    for pk in account.path:
        row = LeadAssignment.objects.filter(account=pk, valid__contains=AS_OF).first()
        led = row.valid.lower if row else led
    holder = tier_of(account)
    days = [
        row.valid.lower
        for rows in (TierAssignment.objects, TierOverride.objects)
        for row in rows.filter(account=holder[1] if holder else None)
    ]
    return cadence.begins(None, led, min(days, default=None))


def met(places: Sequence[Position]) -> date | None:
    rows = Interaction.objects.filter(
        participants__position__in=places, direction="two_way", occurred_on__lte=AS_OF
    )
    return max((row.occurred_on for row in rows), default=None)


def expected_touches(world: World) -> dict[tuple[int, str], tuple[int, date | None, date, int]]:
    found = {}
    for account in world.accounts:
        account.refresh_from_db()
        own = (account.tier_assignments, account.tier_overrides, account.lead_assignments)
        if not any(rows.filter(valid__contains=AS_OF).exists() for rows in own):
            continue
        paces = paces_of(account)
        here = [
            one for one in world.places if account.pk in one.account.path and AS_OF in one.valid
        ]
        for function, every in (paces.asked() if paces else {}).items():
            last = met([one for one in here if function in ("", one.function)])
            if function == WHOLE:
                logged = Interaction.objects.filter(
                    account__path__contains=[account.pk],
                    direction="two_way",
                    occurred_on__lte=AS_OF,
                )
                days = [last, *(one.occurred_on for one in logged)]
                last = max((day for day in days if day), default=None)
            after = cadence.begins(last, begin_of(account)) or AS_OF
            pauses = pauses_of(account, function)
            found[account.pk, function] = (
                every,
                last,
                cadence.next_due(after, every, pauses),
                cadence.overdue_days(after, every, AS_OF, pauses),
            )
    return found


@pytest.mark.parametrize("seed", range(4))
def test_sql_says_what_python_says(people: People, model: TierModel, seed: int) -> None:
    world = draw(Random(seed), people, model)
    found = {
        key: (one.every_days, one.last_on, one.due_on, one.overdue_days)
        for key, one in touches().items()
    }
    assert found == expected_touches(world)

    accounts = Account.objects.all()
    persons = {one.position.pk: one for one in touches_with_people(accounts, as_of=AS_OF)
               if one.position}  # fmt: skip
    wanted = {}
    for place in world.places:
        paces = paces_of(place.account) if AS_OF in place.valid else None
        if paces and (every := paces.of_person(place.function)):
            start = begin_of(place.account)
            after = cadence.begins(met([place]), start, place.valid.lower) or AS_OF
            pauses = pauses_of(place.account, place.function)
            wanted[place.pk] = (every, cadence.next_due(after, every, pauses),
                                cadence.overdue_days(after, every, AS_OF, pauses))  # fmt: skip
    assert {
        pk: (one.every_days, one.due_on, one.overdue_days) for pk, one in persons.items()
    } == wanted


def test_the_map_reads_the_log(people: People, model: TierModel) -> None:
    account = make_account(lead=people.owner)
    make_assignment(model=model, account=account, code="key", valid=(TIERED, None))
    buyer = make_position(account=account)
    seller = make_position(account=account, function="marketing")
    before = stakeholder_map(account, user=people.director, as_of=AS_OF)
    assert not before.has_contacts  # an empty log says nothing of anybody

    for days in (1, 40, 80, 91):
        on = AS_OF - timedelta(days=days)
        make_contact(account=account, on=on, participants=[buyer], author=people.owner)
    found = stakeholder_map(account, user=people.director, as_of=AS_OF)
    coverage = coverage_of(found)
    card, other = found.card(buyer.pk), found.card(seller.pk)
    assert card is not None
    assert card.contacts is not None
    assert (card.days, card.contacts.recent) == (1, 3)
    assert card.contacts.by_user == {people.owner.pk: 3}
    assert card.contacts.expected == 3  # 90 days, a visit every 30
    assert card.strength is not None
    assert other is not None
    assert other.strength is not None
    assert (other.days, other.strength.value) == (None, 0)  # three were asked for, none came
    assert coverage.is_single_threaded
    assert [one.function for one in coverage.gaps] == ["operations", "marketing"]
    assert coverage.attention is not None
    assert coverage.busiest == (people.owner.pk, 1)
