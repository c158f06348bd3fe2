"""The account at a glance: what it answers, for whom, and at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import DecisionRole, Function
from accounts.models import Account
from accounts.services.concentration import recompute
from accounts.services.figures import refresh_figures
from kam.core import formats
from kam.core.cockpit import Line, LineProvider, glance_of, line_providers
from kam.core.dates import add_months, month_start
from kam.identity.models import User
from settlements.models import Position, WorkItem
from settlements.services.overdue import flag_overdue
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_entry
from tests.factories.people import make_customer_date, make_position
from tests.factories.settlements import make_document

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
LAST_MONTH = add_months(month_start(TODAY), -1)
LAST_YEAR = add_months(LAST_MONTH, -12)


PARTS = ("account-cockpit", "account-people-glance", "account-actions")


def glance(user: User, account: Account, part: str = PARTS[0]) -> Any:
    return client_of(user).get(reverse(f"accounts:{part}", args=[account.pk]))


def answers(user: User, account: Account) -> dict[str, tuple[str, str, str]]:
    found = [pair for part in PARTS[:2] for pair in glance(user, account, part).context["answers"]]
    return {one.key: (str(a.value), str(a.detail), a.state) for one, a in found}


def risks(user: User, account: Account) -> list[str]:
    return [
        str(line.title)
        for part in PARTS[:2]
        for line in glance(user, account, part).context["risks"]
    ]


def waiting(user: User, account: Account) -> Any:
    return client_of(user).get(reverse("accounts:account-actions", args=[account.pk]))


@pytest.fixture
def mine(people: People) -> Account:
    return make_account(name="Kaski Group", lead=people.owner)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 200),
        ("teammate", 200),
        ("stranger", 404),
        ("director", 200),
        ("auditor", 200),
    ],
)
def test_only_who_sees_the_account_sees_it_at_a_glance(
    who: str, status: int, mine: Account, people: People
) -> None:
    assert glance(getattr(people, who), mine).status_code == status
    assert waiting(getattr(people, who), mine).status_code == status


def test_what_nobody_knows_is_said_and_never_zero(mine: Account, people: People) -> None:
    found = answers(people.owner, mine)

    assert found["lead"] == (people.owner.full_name, "", "neutral")
    assert found["tier"][:2] == ("–", "Not scored yet")
    assert found["people"] == (
        "0 of 3",
        "Nobody in Merchandising and buying, Operations, Marketing",
        "warning",
    )
    assert found["dates"][:2] == ("–", "No date is known")
    assert not {"share", "receivables"} & set(found)


def test_it_says_whom_we_know_and_what_comes_next(mine: Account, people: People) -> None:
    make_position(account=mine, function=Function.OPERATIONS, roles=[DecisionRole.USER])
    make_position(account=mine, function=Function.MARKETING, is_placeholder=True)
    soon = TODAY + timedelta(days=5)
    make_customer_date(account=mine, starts_on=soon, title="Range review")

    found = answers(people.owner, mine)

    assert found["people"][:2] == ("1 of 3", "Nobody in Merchandising and buying, Marketing")
    assert found["dates"][1:] == ("Range review", "warning")


def test_the_share_of_our_revenue_is_for_who_sees_the_company(
    mine: Account, people: People
) -> None:
    make_entry(account=mine, amount="300", booked_on=LAST_MONTH)
    make_entry(account=mine, amount="1000", booked_on=LAST_YEAR)
    make_entry(account=make_account(), amount="700", booked_on=LAST_MONTH)
    refresh_figures(as_of=TODAY)
    recompute(as_of=TODAY)

    assert answers(people.director, mine)["share"] == (
        "30.0%",
        "A tenth or more of all net revenue: a major customer",
        "warning",
    )
    assert "share" not in answers(people.owner, mine)
    assert risks(people.owner, mine) == ["Revenue fell by 70%"]


def test_it_says_what_is_overdue_and_who_does_what(mine: Account, people: People) -> None:
    due = TODAY - timedelta(days=70)
    make_document(account=mine, amounts=["100.00"], due=[due], on=due - timedelta(days=30))
    make_document(account=mine, amounts=["50.00"], due=[TODAY + timedelta(days=9)], on=due)
    flag_overdue(as_of=TODAY)
    WorkItem.objects.filter(role="lead").update(next_step="Call the buyer", next_step_on=TODAY)

    counted = formats.datetime(Position.objects.latest("pk").computed_at)
    assert answers(people.owner, mine)["receivables"] == (
        "150 EUR",
        f"100 overdue, the oldest since 70 days · counted {counted}",
        "danger",
    )
    assert risks(people.owner, mine) == ["Payment is overdue since 70 days"]
    [action] = waiting(people.owner, mine).context["actions"]
    assert action.title == "Call the buyer"


@pytest.fixture
def many() -> Iterator[None]:
    def find(user: Any, account: Any, as_of: date) -> list[Line]:
        return [Line(title=f"urgency {n}", urgency=n) for n in (3, 0, 2, 1)]

    line_providers.register(LineProvider(key="many", what="risk", find=find))
    line_providers.register(
        LineProvider(key="hidden", what="risk", find=find, capability="settings.change")
    )
    yield
    line_providers.unregister("many")
    line_providers.unregister("hidden")


@pytest.mark.usefixtures("many")
def test_the_most_urgent_lines_stand_first(mine: Account, people: People) -> None:
    found = glance_of(people.owner, mine, TODAY, part="people", limit=3)

    assert [line.urgency for line in found.risks] == [0, 1, 2]


def test_a_glance_takes_the_same_statements_at_any_size(mine: Account, people: People) -> None:
    def statements() -> list[int]:
        return [_statements(client, reverse(f"accounts:{one}", args=[mine.pk])) for one in PARTS]

    def fill() -> None:
        store = make_account(parent=mine)
        make_position(account=store)
        make_customer_date(account=store, starts_on=TODAY + timedelta(days=3))
        make_document(account=store, party=mine, due=[TODAY - timedelta(days=9)])
        make_entry(account=store, amount="10", booked_on=LAST_MONTH)
        flag_overdue(as_of=TODAY)

    client = client_of(people.owner)
    fill()
    once = statements()
    fill()
    fill()

    assert statements() == once
    assert max(once) <= 25


def _statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
