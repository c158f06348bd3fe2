"""The health of relationships once contacts are kept: SQL against the stakeholder map."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection

from accounts.choices import DecisionRole, RatingKind
from accounts.models import Account
from accounts.selectors.health.rules import rules_in_force
from accounts.selectors.health.scoring import compute
from accounts.selectors.people.coverage import Coverage, coverage_of
from accounts.selectors.people.stakeholder_map import stakeholder_map
from accounts.services.tiers.drafts import save_draft
from accounts.services.tiers.publishing import publish_model
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.cadence import make_pause, make_policy
from tests.factories.interactions import make_contact
from tests.factories.people import make_position, make_rating
from tests.factories.tiers import make_assignment, make_draft

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 6, 15)
FUNCTIONS = ("merchandising", "operations", "marketing", "quality")


def readings() -> dict[int, tuple[Decimal, date]]:
    compute(rules_in_force(AS_OF), as_of=AS_OF)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, value, measured_on FROM health_reading WHERE key = 'relationships'"
        )
        return {account: (value, day) for account, value, day in cursor.fetchall()}


def mean(coverage: Coverage) -> Decimal | None:
    """The mean of what the map shows, in which what is not known has no part."""
    parts = [coverage.of_influence, coverage.of_roles]
    if coverage.has_contacts:
        parts.append(coverage.of_functions)
    if coverage.strength is None or None in parts:
        return None
    known = [one for one in parts if one is not None]
    return (coverage.strength + 100 * sum(known, Decimal(0))) / (1 + len(known))


def draw(rng: Random, account: Account, people: People) -> None:
    for _ in range(rng.randrange(1, 6)):
        place = make_position(
            account=account,
            function=rng.choice(FUNCTIONS),
            roles=rng.sample(DecisionRole.values, 2),
            since=AS_OF - timedelta(days=rng.randrange(30, 500)),
        )
        for kind, values in (
            (RatingKind.INFLUENCE, range(1, 6)),
            (RatingKind.SUPPORT, range(-2, 3)),
            (RatingKind.LEVEL_CURRENT, range(5)),
        ):
            if rng.random() < 0.7:
                make_rating(
                    position=place,
                    author=people.owner,
                    kind=kind,
                    value=rng.choice(values),
                    rated_on=AS_OF,
                )
        for days in rng.choices(range(150), k=rng.randrange(5)):
            on = AS_OF - timedelta(days=days)
            if on >= place.valid.lower:
                make_contact(account=account, on=on, participants=[place], author=people.owner)


@pytest.mark.parametrize("seed", range(3))
def test_health_says_what_the_map_says(people: People, seed: int) -> None:
    rng = Random(seed)
    draft = make_draft()
    tiers = [
        replace(one, visit_every_days=30, required_functions=["merchandising", "quality"])
        if one.code == "key"
        else replace(one, visit_every_days=60)
        for one in draft.tiers
    ]
    model = publish_model(
        model=save_draft(draft=replace(draft, tiers=tiers)),
        effective_on=date(2026, 1, 1),
        by=people.director,
        as_of=date(2025, 12, 31),
    )
    make_policy(tier="key", function="merchandising", every=14)
    make_pause(since=date(2026, 5, 1), until=date(2026, 5, 15))
    accounts = []
    for code in ("key", "growth", "key", None):
        account = make_account(lead=people.owner)
        if code:
            make_assignment(model=model, account=account, code=code, valid=(date(2026, 1, 1), None))
        draw(rng, account, people)
        accounts.append(account)

    found = readings()
    for account in accounts:
        coverage = coverage_of(stakeholder_map(account, user=people.director, as_of=AS_OF))
        wanted = mean(coverage)
        assert (wanted is None) == (account.pk not in found)
        if wanted is not None:
            assert abs(found[account.pk][0] - wanted) <= Decimal("0.5000001")


def test_contact_makes_knowledge_fresh(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer = make_position(account=account, roles=[DecisionRole.DECISION_MAKER])
    for kind in (RatingKind.INFLUENCE, RatingKind.SUPPORT):
        make_rating(
            position=buyer, author=people.owner, kind=kind, value=2, rated_on=date(2026, 1, 10)
        )
    # strength 100, all influence covered, one role of three
    assert readings()[account.pk] == (78, date(2026, 1, 10))

    make_contact(account=account, on=AS_OF - timedelta(days=45), participants=[buyer])
    # strength (30 · 50 + 25 · 100) ÷ 55 = 72.7, and one of three functions was met in time
    assert readings()[account.pk] == (60, AS_OF - timedelta(days=45))
