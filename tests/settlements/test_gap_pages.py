"""Items missing from a full extract: listed once, answered with a record, named again by a file."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account
from kam.core.problems import RefusedError
from kam.imports.options import Options
from kam.imports.services import undoing
from settlements.choices import GapOutcome
from settlements.models import Document, ExtractGap
from settlements.services.gaps import answer_gaps, reopen_gap
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.imports import TODAY, Sent, csv_text, send

pytestmark = pytest.mark.django_db
LIST = reverse("settlements:gap-list")
HEAD = ["source_key", "account", "document_date", "due_date", "amount", "currency", "settled_on"]


@pytest.fixture
def payer(people: People) -> Account:
    return make_account(name="Payer", external_id="C-1", lead=people.owner)


def extract(*keys: str, full: bool = True, settled: str = "") -> Sent:
    """A file of invoices over 100.00, by default of everything that is open."""
    rows = [[key, "C-1", "2026-05-01", "2026-05-31", "100.00", "EUR", settled] for key in keys]
    options = Options(full_extract=full, accept_shrunk=True)
    return send("open_items", csv_text(HEAD, *rows), options=options)


def gaps() -> list[tuple[str, str]]:
    found = ExtractGap.objects.order_by("document__number", "pk")
    return list(found.values_list("document__number", "outcome"))


def url(name: str, gap: ExtractGap) -> str:
    return reverse(f"settlements:gap-{name}", args=[gap.pk])


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_listed_once_and_named_again(payer: Account) -> None:
    extract("a", "b", "c", full=False)
    first = extract("a")
    assert first.summary.also["missing items"] == 2
    assert gaps() == [("b", ""), ("c", "")]
    assert "missing items" not in extract("a").summary.also
    again = extract("b", full=False)
    assert again.summary.also == {"items named again": 1}
    assert gaps() == [("b", GapOutcome.CAME_BACK), ("c", "")]
    assert ExtractGap.objects.get(document__number="b").answered_by == again.batch
    extract("a")
    assert gaps() == [("b", GapOutcome.CAME_BACK), ("b", ""), ("c", "")]


def test_undoing_the_file_that_named_it_asks_again(payer: Account) -> None:
    extract("a", "b", full=False)
    extract("a")
    back = extract("b", full=False, settled="2026-06-01")
    assert gaps() == [("b", GapOutcome.CAME_BACK)]
    undoing.undo(batch_id=back.batch.pk, as_of=TODAY)
    assert gaps() == [("b", "")]


def test_left_as_it_is_needs_a_reason_and_is_not_listed_again(
    payer: Account, people: People
) -> None:
    extract("a", "b", full=False)
    extract("a")
    gap = ExtractGap.objects.get()
    for outcome, note in (("ignored", " "), ("came_back", "x"), ("", "x"), ("lost", "x")):
        with pytest.raises(RefusedError):
            answer_gaps(gaps=[gap], outcome=outcome, note=note)
    documents = Document.objects.count()
    assert answer_gaps(gaps=[gap], outcome="ignored", note="In court", user=people.controller) == 1
    assert answer_gaps(gaps=[gap], outcome="paid") == 0
    extract("a")
    assert gaps() == [("b", GapOutcome.IGNORED)]
    assert Document.objects.count() == documents
    gap.refresh_from_db()
    assert (gap.note, gap.reviewed_by) == ("In court", people.controller)
    reopen_gap(gap=gap)
    assert gaps() == [("b", "")]


def test_pages_list_filter_and_answer(payer: Account, people: People) -> None:
    extract("a", "b", "c", "d", full=False)
    extract("a")
    client = client_of(people.controller)
    page = client.get(LIST)
    assert [row.document.number for row in page.context["table"].page.rows] == ["d", "c", "b"]
    gap = ExtractGap.objects.get(document__number="b")
    detail = text_of(client.get(url("answer", gap)))
    assert "This is a record: it posts nothing." in detail
    refused = client.post(url("answer", gap), {"outcome": "ignored"})
    assert (refused.status_code, refused.context["form"].errors) == (
        422, {"note": ["Say why it is left as it is."]},
    )  # fmt: skip
    assert client.post(url("answer", gap), {"outcome": "cancelled"}).status_code == 302
    assert gaps()[0] == ("b", GapOutcome.CANCELLED)

    many = reverse("settlements:gap-answer-many")
    ids = list(ExtractGap.objects.values_list("pk", flat=True))
    asked = client.post(many, {"ids": ids})
    assert (asked.status_code, len(asked.context["gaps"])) == (200, 2)
    data = {"ids": ids, "answer": "1", "outcome": "ignored", "note": "Old"}
    said = client.post(many, data, follow=True)
    assert "2 items were reviewed." in text_of(said)
    assert {outcome for _number, outcome in gaps()} == {"cancelled", "ignored"}
    empty = client.post(many, {"ids": ids}, follow=True)
    assert "Nothing that waits for review was selected." in text_of(empty)

    assert client.get(LIST).context["table"].page.rows == []
    shown = client.get(LIST, {"outcome": ["ignored"]})
    assert len(shown.context["table"].page.rows) == 2
    assert client.get(LIST, {"outcome": "ignored", "q": "C"}).context["table"].count == 1
    client.post(url("reopen", gap))
    assert gaps()[0] == ("b", "")
    assert client.post(url("reopen", gap)).status_code == 404


def test_the_list_asks_as_often_for_three_rows_as_for_one(
    payer: Account, people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    extract("a", "b", "c", "d", full=False)
    client = client_of(people.controller)
    for keys, number in ((("a", "b", "c"), 1), (("a",), 3)):
        extract(*keys)
        client.get(LIST)
        with django_assert_num_queries(4):
            page = client.get(LIST)
        assert len(page.context["table"].rows) == number


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("owner", False),
        ("teammate", False),
        ("stranger", False),
        ("director", False),
        ("controller", True),
        ("administrator", True),
        ("auditor", False),
    ],
)
def test_who_may(payer: Account, people: People, who: str, may: bool) -> None:
    extract("a", "b", full=False)
    extract("a")
    gap = ExtractGap.objects.get()
    client = client_of(getattr(people, who))
    seen = [client.get(page).status_code for page in (LIST, url("answer", gap))]
    assert seen == [200 if may else 404] * 2
    answer = client.post(url("answer", gap), {"outcome": "cancelled"})
    assert answer.status_code == (302 if may else 404)
    assert gaps() == [("b", "cancelled" if may else "")]
