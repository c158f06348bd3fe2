"""Documents by number from the search on every page, in the user's scope."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from settlements.search import search_documents
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db


def titles(user: object, text: str, limit: int = 10) -> list[str]:
    return [str(hit.title) for hit in search_documents(user, text, limit)]


def test_numbers_by_their_beginning_in_either_case(people: People) -> None:
    account = make_account(name="Payer", lead=people.owner)
    for number in ("INV-100", "INV-1001", "inv-200", "ÄÖ-777", "9100"):
        make_document(account=account, number=number)
    make_document(account=account, number="INV-100", kind="receipt")
    user = people.controller
    assert titles(user, "INV-100") == ["Invoice INV-100", "Receipt INV-100", "Invoice INV-1001"]
    assert titles(user, "inv-") == [
        "Invoice INV-100", "Receipt INV-100", "Invoice INV-1001", "Invoice inv-200",
    ]  # fmt: skip
    assert titles(user, "inv-", limit=1) == ["Invoice INV-100"]
    assert titles(user, "äö-7") == ["Invoice ÄÖ-777"]
    assert titles(user, "100") == []
    for text in ("", "IN", "x" * 61, "%%%", "___"):
        assert titles(user, text) == []
    hit = search_documents(user, "9100", 1)[0]
    assert hit.detail == "Payer, Jan 10, 2026, 100.00\N{NO-BREAK SPACE}EUR"
    assert client_of(people.controller).get(hit.url).status_code == 200


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("owner", 1),
        ("teammate", 1),
        ("stranger", 0),
        ("director", 1),
        ("controller", 1),
        ("administrator", 1),
        ("auditor", 1),
    ],
)
def test_who_finds_what(people: People, who: str, found: int) -> None:
    make_document(account=make_account(lead=people.owner), number="SECRET-1")
    user = getattr(people, who)
    assert len(titles(user, "SECRET")) == found
    page = client_of(user).get(reverse("core:search"), {"q": "SECRET"}).content.decode()
    assert ("Invoice SECRET-1" in page) is bool(found)


def test_the_index_of_numbers_is_read(people: People) -> None:
    account, company = make_account(), make_company()
    for number in range(20):
        make_document(account=account, company=company, number=f"INV-{number}")
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as queries:
        cursor.execute("SET LOCAL enable_seqscan = off")
        search_documents(people.controller, "INV-1", 5)
        asked = queries.captured_queries[-1]["sql"]
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "document_number_once" in plan
    assert "Index Cond: ((selling_company_id =" in plan
