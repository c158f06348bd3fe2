"""What the demo says of its customers, on a small tree: written, dated, cleared."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.demo.known import load
from accounts.models import (
    CompetitorPresence,
    MarketFact,
    PortraitStatement,
    ProductCategory,
    ProgrammeItem,
)
from accounts.selectors.portrait import portrait_of
from accounts.selectors.programme import compared
from kam.core.demo import DemoRequest
from tests.conftest import People
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 11, 22)


def test_every_topic_is_told_the_same_way_each_time(people: People) -> None:
    for code in ("OAT", "DAI", "BER", "RDY", "FIS", "BAK", "SNK", "PRL"):
        ProductCategory.objects.create(code=code, name=code)
    groups = [make_account(name=f"Group {n}", lead=people.owner) for n in range(12)]
    counts = load(DemoRequest(as_of=AS_OF, seed=20))
    assert all(count > 0 for count in counts.values())
    assert PortraitStatement.objects.filter(is_confidential=True).count() == 3
    assert not PortraitStatement.objects.filter(said_on__gt=AS_OF).exists()
    first = portrait_of(groups[0], user=people.owner, as_of=AS_OF)
    assert first.gaps == []
    assert first.stale
    assert CompetitorPresence.objects.filter(share__isnull=False).exists()
    assert MarketFact.objects.filter(country="FI").exists()
    rows = {row.pk: row for row in compared(people.owner, as_of=AS_OF)}
    largest = rows[groups[0].pk]
    assert largest.score is not None
    assert largest.score < max(row.score or 0 for row in rows.values())
    assert ProgrammeItem.objects.filter(switching=None).exists()
