"""The board: one set of figures on page, files and command line, and everybody sees their own."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Account
from kam.core.models import JobRun
from settlements.models import Allocation, Document, WorkItem
from settlements.selectors.ageing import AgeingQuery, Level, ageing
from settlements.services.overdue import flag_overdue
from settlements.services.overdue_balances import keep_balances
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document
from tests.files import book_rows, file_rows

pytestmark = pytest.mark.django_db

URL = "/receivables/"
TODAY = timezone.localdate()
EARLY = TODAY - timedelta(days=200)


def body(response: Any) -> str:
    return str(response.content.decode())


def pay(document: Document, amount: str) -> None:
    on = TODAY - timedelta(days=3)
    receipt = make_document(
        account=document.account, company=document.selling_company, kind="receipt", on=on,
        amounts=[amount], party=document.party,
    )  # fmt: skip
    Allocation.objects.create(
        debit_item=document.items.get(), credit_item=receipt.items.get(), party=document.party,
        currency_id="EUR", amount=Decimal(amount) - 1, effective_date=on,
    )  # fmt: skip


def ledger(people: People) -> dict[str, Account]:
    """Three groups; the third's entity is led by a stranger, one shop below it by the owner."""
    company = make_company()
    found = {
        "Alpha": make_account(name="Alpha", lead=people.owner),
        "Beta": make_account(name="Beta", lead=people.stranger),
    }
    found["Entity"] = make_account(name="Entity", parent=found["Beta"], kind="legal_entity")
    found["Shop"] = make_account(name="Shop", parent=found["Entity"], lead=people.owner)
    owed = (("Alpha", -10, "100.00"), ("Alpha", 5, "50.00"), ("Beta", 40, "30.00"),
            ("Shop", 100, "20.00"))  # fmt: skip
    for name, days, amount in owed:
        document = make_document(
            account=found[name], company=company, on=TODAY - timedelta(days=130),
            amounts=[amount], due=[TODAY - timedelta(days=days)],
            party=found["Entity"] if name == "Shop" else None,
        )  # fmt: skip
        if days == 5:
            pay(document, "11.00")
    make_document(
        account=found["Beta"], company=company, on=TODAY - timedelta(days=20), amounts=["7.00"],
        due=[None],
    )  # fmt: skip
    make_document(account=found["Alpha"], company=company, kind="credit_note", amounts=["3.00"],
                  on=TODAY - timedelta(days=120))  # fmt: skip
    return found


def run() -> None:
    flag_overdue(as_of=TODAY)
    keep_balances()


def test_page_files_and_command_line_say_the_same(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger(people)
    run()
    call_command("ageing", "--as-of", TODAY.isoformat(), "--json")
    told = json.loads(capsys.readouterr().out)
    client = client_of(people.director)
    response = client.get(URL)
    total = response.context["board"].total
    assert (total.open, total.overdue, total.unapplied, total.open_credits) == (197, 90, 1, 3)
    assert told["open"] == float(total.open)
    for name in ("overdue", "unapplied", "open_credits", "net", "open_items", "overdue_items"):
        assert told[name] == float(getattr(total, name)), name
    assert told["accounts_overdue"] == total.accounts_overdue == 3
    assert list(told["buckets"].values()) == [float(amount) for amount in total.buckets]
    assert told["dso_simple_90"] == float(response.context["reading"].now.simple) == 2532.86
    cards = {stat.name: stat.value for stat in response.context["stats"]}
    assert cards == {
        "open": 197, "overdue": 90, "late": 3, "unapplied": 1, "credits": 3,
        "dso": Decimal("2532.86"),
    }  # fmt: skip
    assert response.context["finding"] == (
        "90\N{NO-BREAK SPACE}EUR of 197\N{NO-BREAK SPACE}EUR open is overdue: 46%.",
        "Beta owes 50\N{NO-BREAK SPACE}EUR of it, 56%.",
    )
    rows = file_rows(client.get(f"{URL}?export=csv"))
    assert rows[0] == [
        "Group", "Overdue (EUR)", "Overdue share", "Open (EUR)", "Not due (EUR)",
        "1–30 days (EUR)", "31–60 days (EUR)", "61–90 days (EUR)", "91+ days (EUR)",
        "No due date (EUR)", "Net (EUR)",
    ]  # fmt: skip
    sums = [sum(Decimal(row[place]) for row in rows[1:]) for place in range(4, 10)]
    assert sums == list(total.buckets)
    assert [(row[0], Decimal(row[1]), Decimal(row[3]), Decimal(row[10])) for row in rows[1:]] == [
        ("Beta", 50, 57, 57), ("Alpha", 40, 140, 136),
    ]  # fmt: skip
    assert [row[1] for row in book_rows(client.get(f"{URL}?export=xlsx"))] == [50, 40]
    chart = file_rows(client.get(f"{URL}?chart=ageing"))
    assert [row[0] for row in chart[1:]] == ["Beta", "Alpha"]
    assert sum(Decimal(cell) for row in chart[1:] for cell in row[1:]) == 197


@pytest.mark.parametrize(
    ("who", "open_amount", "overdue", "groups"),
    [
        ("owner", 160, 60, {"Alpha", "Beta"}),
        ("teammate", 160, 60, {"Alpha", "Beta"}),
        ("stranger", 57, 50, {"Beta"}),
        ("director", 197, 90, {"Alpha", "Beta"}),
        ("controller", 197, 90, {"Alpha", "Beta"}),
        ("administrator", 197, 90, {"Alpha", "Beta"}),
        ("auditor", 197, 90, {"Alpha", "Beta"}),
    ],
)
def test_everybody_sees_the_sum_of_the_accounts_they_may_see(
    people: People, who: str, open_amount: int, overdue: int, groups: set[str]
) -> None:
    ledger(people)
    run()
    user = getattr(people, who)
    response = client_of(user).get(URL)
    total = response.context["board"].total
    leads = None if user.sees_everything() else tuple(user.scope_user_ids())
    plain = ageing(AgeingQuery(as_of=TODAY, level=Level.GROUP, leads=leads))
    assert (total.open, total.overdue) == (open_amount, overdue)
    assert (total.buckets, total.net) == (plain.total.buckets, plain.total.net)
    assert {row.name for row in response.context["board"].groups} == groups
    assert response.context["reading"].now.open == open_amount
    rows = file_rows(client_of(user).get(f"{URL}?export=csv"))
    assert sum(Decimal(row[3]) for row in rows[1:]) == open_amount


def test_a_group_that_one_may_not_open_has_no_link(people: People) -> None:
    accounts = ledger(people)
    run()
    page = body(client_of(people.owner).get(URL))
    assert f"account={accounts['Alpha'].pk}" in page
    assert f"account={accounts['Beta'].pk}" not in page
    assert f"account={accounts['Beta'].pk}" in body(client_of(people.stranger).get(URL))


def test_statements_stay_few(people: People, django_assert_num_queries: Any) -> None:
    ledger(people)
    run()
    client = client_of(people.director)
    client.get(URL)
    with django_assert_num_queries(11):
        client.get(URL)
    company = make_company()
    for number in range(15):
        make_document(
            account=make_account(name=f"Group {number}"), company=company, on=EARLY,
            due=[TODAY - timedelta(days=9)],
        )  # fmt: skip
    run()
    with django_assert_num_queries(11):
        response = client.get(URL)
    assert (len(response.context["groups"].rows), response.context["board"].count) == (12, 17)
    more = client.get(f"{URL}?after=12")
    assert len(more.context["groups"].rows) == 5


def test_the_worklist_stands_on_it(people: People) -> None:
    ledger(people)
    run()
    WorkItem.objects.filter(role="controller", amount=40).update(
        next_step="Call their payables", last_contact_on=TODAY
    )
    response = client_of(people.director).get(URL)
    lines = [
        (line.task.party.name, line.task.amount, line.days, line.owners, line.task.next_step)
        for line in response.context["tasks"]
    ]
    owner, stranger = str(people.owner), str(people.stranger)
    assert lines == [
        ("Alpha", 40, 5, owner, "Call their payables"),
        ("Beta", 30, 40, stranger, ""),
        ("Entity", 20, 100, stranger, ""),
    ]
    mine = client_of(people.owner).get(URL).context["tasks"]
    assert [line.task.party.name for line in mine] == ["Alpha"]


def test_before_there_is_anything_it_says_what_to_do(people: People) -> None:
    controller, owner = client_of(people.controller), client_of(people.owner)
    page = body(controller.get(URL))
    assert "No receivables yet" in page
    assert "Import open items" in page
    assert "Import open items" not in body(owner.get(URL))
    make_document(account=make_account(lead=people.owner), due=[TODAY])
    assert "The overdue run never ran" in body(controller.get(URL))
    assert "after tonight" in body(owner.get(URL))
    assert "No receivables yet" in body(client_of(people.stranger).get(URL))


def test_without_a_rate_nothing_is_added(people: People) -> None:
    for code in ("EUR", "USD"):
        make_document(
            account=make_account(), company=make_company(currency=code), currency=code,
            due=[EARLY], on=EARLY,
        )  # fmt: skip
    run()
    page = body(client_of(people.director).get(URL))
    assert "There is no rate of USD in EUR" in page
    assert "190" not in page


def test_dso_is_read_off_the_ledger_where_no_run_kept_it(people: People) -> None:
    ledger(people)
    flag_overdue(as_of=TODAY)
    client = client_of(people.director)
    response = client.get(URL)
    assert response.context["trend_url"] == "/receivables/dso/"
    chart = client.get("/receivables/dso/", headers={"HX-Request": "true"})
    assert "chart-dso" in body(chart)
    assert client_of(people.stranger).get("/receivables/dso/").status_code == 200


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 404),
        ("teammate", 404),
        ("stranger", 404),
        ("director", 404),
        ("controller", 302),
        ("administrator", 302),
        ("auditor", 404),
    ],
)
def test_who_may_flag(people: People, who: str, status: int) -> None:
    response = client_of(getattr(people, who)).post("/receivables/flag/")
    assert response.status_code == status
    assert JobRun.objects.filter(name="settlements.flag_overdue").count() == (status == 302)


def test_flagging_shows_how_far_it_is(people: People) -> None:
    ledger(people)
    client = client_of(people.controller)
    response = client.post("/receivables/flag/")
    [job] = JobRun.objects.filter(name="settlements.flag_overdue")
    assert response["Location"] == f"{URL}?job={job.pk}"
    assert f"progress-{job.pk}" in body(client.get(response["Location"]))
    url = f"/receivables/runs/{job.pk}/"
    assert client.get(url).status_code == 200
    assert client_of(people.owner).get(url).status_code == 404
    JobRun.objects.update(state="succeeded", outcome={"flagged": 3, "cured": 1})
    done = client.get(url, headers={"HX-Request": "true"})
    assert done["HX-Redirect"] == f"{URL}?job={job.pk}"
    assert "Done: 3 items became overdue, 1 was paid." in body(client.get(URL))
