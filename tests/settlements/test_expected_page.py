"""Expected receipts: the weeks of the selector on page and in files, for whom they concern."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Account
from settlements.models import Allocation, Document
from settlements.selectors.ageing import AgeingQuery
from settlements.selectors.collection import expected_receipts
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document
from tests.files import file_rows

pytestmark = pytest.mark.django_db

URL = "/receivables/expected/"
MONDAY = date(2026, 6, 1)
AS_OF = MONDAY + timedelta(days=2)


def body(response: Any) -> str:
    return str(response.content.decode())


def invoice(account: Account, on: date, amount: str, due: date | None) -> Document:
    return make_document(
        account=account, company=make_company(), on=on, amounts=[amount], due=[due]
    )


def ledger(people: People) -> tuple[Account, Account]:
    """One payer of the owner who pays ten days late, one of the stranger without a habit."""
    late, other = make_account(lead=people.owner), make_account(lead=people.stranger)
    early = invoice(late, date(2026, 4, 1), "100.00", date(2026, 5, 1))
    receipt = make_document(
        account=late, company=early.selling_company, kind="receipt", on=date(2026, 5, 11),
        amounts=["100.00"],
    )  # fmt: skip
    Allocation.objects.create(
        debit_item=early.items.get(), credit_item=receipt.items.get(), party=late,
        currency_id="EUR", amount=Decimal(100), effective_date=date(2026, 5, 11),
    )  # fmt: skip
    invoice(late, date(2026, 5, 10), "40.00", date(2026, 6, 9))
    invoice(late, MONDAY, "3.00", None)
    invoice(other, date(2026, 5, 12), "7.00", date(2026, 6, 10))
    return late, other


def test_page_and_files_tell_the_weeks(people: People) -> None:
    ledger(people)
    client = client_of(people.director)
    response = client.get(f"{URL}?as_of={AS_OF}")
    found = expected_receipts(AgeingQuery(as_of=AS_OF))
    assert response.context["found"] == found
    stats = {stat.name: stat.value for stat in response.context["stats"]}
    assert stats == {"now": 0, "soon": 47, "came": 100, "later": 0, "undated": 3}
    assert "Most comes in the week of Jun 15, 2026: 40 EUR" in body(response)
    rows = file_rows(client.get(f"{URL}?as_of={AS_OF}&export=csv"))
    assert [row[:4] for row in rows[1:]] == [
        [str(week.monday), *(f"{amount:f}" for amount in (week.due, week.expected)),
         "" if week.came is None else f"{week.came:f}"]
        for week in found.weeks
    ]  # fmt: skip
    chart = file_rows(client.get(f"{URL}?as_of={AS_OF}&chart=expected"))
    assert len(chart) == len(found.weeks) + 1


@pytest.mark.parametrize(
    ("who", "soon"),
    [("owner", 40), ("teammate", 40), ("stranger", 7), ("director", 47), ("controller", 47),
     ("administrator", 47), ("auditor", 47)],
)  # fmt: skip
def test_everybody_sees_their_own(people: People, who: str, soon: int) -> None:
    late, other = ledger(people)
    response = client_of(getattr(people, who)).get(f"{URL}?as_of={AS_OF}")
    stats = {stat.name: stat.value for stat in response.context["stats"]}
    assert stats["soon"] == soon
    narrowed = client_of(getattr(people, who)).get(f"{URL}?as_of={AS_OF}&account={late.pk}")
    if who == "stranger":
        assert narrowed.context["form"].errors["account"]
    else:
        assert {s.name: s.value for s in narrowed.context["stats"]}["soon"] == 40
    assert other.pk


def test_empty_and_broken(people: People) -> None:
    client = client_of(people.owner)
    assert "Nothing is expected" in body(client.get(URL))
    for query in ("?as_of=x", "?as_of=0001-01-01", "?as_of=9999-12-31", "?account=zzz",
                  "?currency=QQQ", "?company=abc", "?lead=1e9"):  # fmt: skip
        assert client.get(URL + query).status_code == 200, query


def test_without_a_rate_it_says_so(people: People) -> None:
    for code in ("EUR", "USD"):
        make_document(
            account=make_account(), company=make_company(currency=code), currency=code,
            on=date(2026, 5, 1), due=[date(2026, 6, 9)],
        )  # fmt: skip
    client = client_of(people.director)
    assert "There is no rate of USD" in body(client.get(f"{URL}?as_of={AS_OF}"))


def test_few_statements(people: People, django_assert_num_queries: Any) -> None:
    ledger(people)
    client = client_of(people.director)
    client.get(URL)
    with django_assert_num_queries(10):
        client.get(f"{URL}?as_of={AS_OF}")
