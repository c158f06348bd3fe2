"""Who hears of settlement statements: the lead, who may post, who drafted; never oneself."""

from __future__ import annotations

import pytest

from kam.identity.models import User
from kam.notifications.models import Notification
from settlements.models import SettlementStatement
from settlements.services.settling.issuing import issue_statement
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.settling import FEES, confirmed, draft, make_world, report_turnover

pytestmark = pytest.mark.django_db
URL = "/api/v1/settlement-statements/"


def told(user: User) -> list[tuple[str, str]]:
    rows = Notification.objects.visible_to(user).order_by("pk")
    return [(row.title, row.body.replace("\N{NO-BREAK SPACE}", " ")) for row in rows]


def issued(people: People) -> SettlementStatement:
    world = make_world(lead=people.owner, fees=FEES)
    world.account.name = "Kesko"
    world.account.save()
    report_turnover(world, "113000")
    row = draft(world, drafted_by=people.teammate)
    row.number = "ST-1"
    row.save()
    return issue_statement(statement=row, issued_on=row.period.upper, issued_by=people.owner)


def test_each_step_is_told_to_whom_it_concerns(people: People) -> None:
    row = issued(people)
    own, finance, mate = (Api(one) for one in (people.owner, people.controller, people.teammate))
    contest = {"amount": "100", "reason": "rate"}
    mate.post(f"{URL}{row.pk}/dispute/", {"contests": [contest], "day": "2026-08-03"})
    made = own.post(f"{URL}{row.pk}/correct/", {"day": "2026-08-04"}).json()
    url = f"{URL}{made['id']}/"
    own.post(f"{url}confirm/", {"confirmed_by": "Ms Li", "day": "2026-08-05"})
    finance.post(f"{url}post/", {"day": "2026-08-06"})
    finance.post(f"{url}take-back/", {"day": "2026-08-07", "note": "Wrong company"})

    assert told(people.owner) == [
        ("Kesko contests settlement statement ST-1", "Aug 3, 2026 · 84,962.00 EUR"),
        ("Kesko: settlement statement ST-1 v2 was taken back", "Aug 7, 2026 · 84,962.00 EUR"),
    ]
    assert told(people.teammate) == [
        (
            "Kesko: settlement statement ST-1 v2 corrects the one that you drafted",
            "Now 84,962.00 EUR remains to be paid.",
        )
    ]
    waits = (
        "Kesko: settlement statement ST-1 v2 waits for posting",
        "Confirmed on Aug 5, 2026; 84,962.00 EUR remains to be paid.",
    )
    assert told(people.controller) == [waits]
    assert told(people.administrator) == []
    assert told(people.stranger) == []


def test_the_lead_hears_of_a_confirmation_that_finance_enters(people: People) -> None:
    row = issued(people)
    values = {"day": "2026-08-05", "confirmed_by": "Ms Li"}
    client_of(people.controller).post(f"{row.get_absolute_url()}confirm/", values)

    assert told(people.owner) == [
        ("Kesko confirmed settlement statement ST-1", "Aug 5, 2026 · 84,962.00 EUR")
    ]
    assert told(people.controller) == []
    row.account.lead_assignments.all().delete()
    type(row.account).objects.filter(pk=row.account_id).update(lead_chain=[])
    assert told(people.owner) == []


def test_what_is_entered_without_a_moment_is_no_news(people: People) -> None:
    world = make_world(lead=people.owner)
    report_turnover(world, "113000")
    confirmed(world)
    assert not Notification.objects.exists()
