"""Pages, API and files of customers' ratings: who may, what they do, what they refuse."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Position, Task
from accounts.selectors.health.measures import measures
from interactions.analytics import voice
from interactions.models import Feedback, Invitation, Survey
from interactions.selectors import voice as reads
from interactions.services import voice as services
from kam.imports.options import Options
from kam.imports.services import undoing
from tests.api import Api, errors_of
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.imports import TODAY, send
from tests.factories.interactions import make_feedback, make_survey
from tests.factories.people import make_person, make_position

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(people: People) -> Position:
    account = make_account(lead=people.owner, name="Kesko")
    person = make_person(name="Anna Virta", email="anna@example.com", language="fi")
    return make_position(account=account, person=person)


def _rate(account: Account, people: People, /, **facts: object) -> Feedback:
    today = timezone.localdate()
    return make_feedback(
        **{"account": account, "author": people.owner, "on": today, "as_of": today, **facts}  # type: ignore[arg-type]
    )


def test_who_opens_what(buyer: Position, people: People) -> None:
    row = _rate(buyer.account, people, position=buyer)
    survey = make_survey()
    link, _secret = services.invite(
        survey=survey, position=buyer, language="fi", sent_by=people.owner, now=timezone.now()
    )
    everybody = {"owner", "teammate", "director", "controller", "administrator", "auditor"}
    loggers = everybody - {"auditor"}
    pages = {
        reverse("interactions:voice-board"): everybody | {"stranger"},
        reverse("interactions:feedback-list"): everybody | {"stranger"},
        reverse("interactions:invitation-list"): everybody | {"stranger"},
        reverse("interactions:survey-list"): everybody | {"stranger"},
        reverse("interactions:survey-create"): {"director", "administrator"},
        reverse("interactions:survey-edit", args=[survey.pk]): {"director", "administrator"},
        row.get_absolute_url(): everybody,
        reverse("interactions:feedback-remove", args=[row.pk]): loggers,
        reverse("interactions:panel-voice", args=[buyer.account_id]): everybody,
        reverse("interactions:feedback-create", args=[buyer.account_id]): loggers,
        reverse("interactions:invitation-create", args=[buyer.account_id]): loggers,
        reverse("interactions:invitation-revoke", args=[link.pk]): loggers,
    }
    for name in ("owner", "teammate", "stranger", "director", "controller", "administrator",
                 "auditor"):  # fmt: skip
        client = client_of(getattr(people, name))
        for url, may in pages.items():
            assert client.get(url).status_code == (200 if name in may else 404), (name, url)


def test_a_stranger_reads_no_rating(buyer: Position, people: People) -> None:
    _rate(buyer.account, people, reason="Crates too heavy")
    for name in ("feedback-list", "voice-board", "invitation-list"):
        page = client_of(people.stranger).get(reverse(f"interactions:{name}"))
        assert "Kesko" not in page.content.decode()
    file = client_of(people.stranger).get(reverse("interactions:feedback-list") + "?export=csv")
    assert "heavy" not in b"".join(file).decode()


def test_a_rating_is_noted_on_the_page(buyer: Position, people: People) -> None:
    client = client_of(people.owner)
    url = reverse("interactions:feedback-create", args=[buyer.account_id])
    today = timezone.localdate()
    body = {"position": buyer.pk, "topic": "delivery", "value": "1", "given_on": today,
            "source": "review", "lowest": "1", "highest": "5", "reason": "Late"}  # fmt: skip
    wrong = client.post(url, {**body, "value": "7"})
    assert (wrong.status_code, "not on its scale" in wrong.content.decode()) == (422, True)
    done = client.post(url, body, follow=True)
    assert "a follow-up was opened" in done.content.decode()
    assert Task.objects.get().owner == people.owner
    panel = client.get(reverse("interactions:panel-voice", args=[buyer.account_id]))
    text = re.sub(r"\s+", " ", panel.content.decode())
    assert "Dissatisfied" in text
    assert "Anna Virta" in text


@pytest.mark.parametrize("rows", [1, 3])
def test_board_and_list_ask_the_same_for_any_number(rows: int, people: People) -> None:
    for _turn in range(rows):
        account = make_account(lead=people.owner)
        _rate(account, people, position=make_position(account=account), value="2")
    client = client_of(people.owner)
    counts = []
    for name in ("voice-board", "feedback-list"):
        client.get(reverse(f"interactions:{name}"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse(f"interactions:{name}")).status_code == 200
        counts.append(len(asked))
    assert counts == [9, 5]


def test_a_customer_answers_in_their_own_language(buyer: Position, people: People) -> None:
    make_survey(topics=["overall", "delivery"])
    client = client_of(people.owner)
    url = reverse("interactions:invitation-create", args=[buyer.account_id])
    survey = Survey.objects.get()
    made = client.post(url, {"survey": survey.pk, "position": buyer.pk, "language": "fi"})
    text = made.content.decode()
    link = re.search(r"http://testserver(/survey/[\w-]+/)", text)
    assert link is not None
    assert "mailto:anna@example.com" in text
    customer = Client()
    page = customer.get(link[1])
    assert page.status_code == 200
    assert 'lang="fi"' in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]
    english = customer.get(link[1] + "?language=en").content.decode()
    assert "How satisfied are you with working with us, all in all?" in english
    nothing = customer.post(link[1], {"reason": "…"})
    assert nothing.status_code == 422
    assert customer.post(link[1], {"overall": "9"}).status_code == 422
    done = customer.post(link[1], {"overall": "2", "delivery": "", "reason": "<script>x</script>"})
    assert done.status_code == 200
    row = Feedback.objects.get()
    assert (row.value, row.position, row.function) == (Decimal(2), buyer, buyer.function)
    again = customer.post(link[1], {"overall": "5"})
    assert again.status_code == 410
    assert customer.get(link[1]).status_code == 410
    assert Feedback.objects.count() == 1
    shown = client.get(row.get_absolute_url()).content.decode()
    assert "<script>x" not in shown
    assert "&lt;script&gt;x" in shown
    for guess in ("x", link[1].split("/")[2][:-1] + "_", "0" * 43):
        assert customer.get(f"/survey/{guess}/").status_code == 404


def test_a_link_taken_back_does_not_hold(buyer: Position, people: People) -> None:
    link, secret = services.invite(
        survey=make_survey(), position=buyer, language="en", sent_by=people.owner,
        now=timezone.now(),
    )  # fmt: skip
    client = client_of(people.owner)
    client.post(reverse("interactions:invitation-revoke", args=[link.pk]))
    assert Client().get(f"/survey/{secret}/").status_code == 404
    assert client.post(reverse("interactions:invitation-revoke", args=[link.pk])).status_code == 404


def test_the_api_notes_lists_and_takes_back(buyer: Position, people: People) -> None:
    api = Api(people.owner)
    today = timezone.localdate()
    body = {"account": buyer.account_id, "position": buyer.pk, "value": "8", "lowest": "0",
            "highest": "10", "given_on": str(today), "topic": "service"}  # fmt: skip
    made = api.post("/api/v1/feedback/", body)
    assert made.status_code == 201, made.content
    assert (made.json()["points"], made.json()["source"]) == ("80.00", "api")
    wrong = api.post("/api/v1/feedback/", {**body, "value": "11"})
    assert (wrong.status_code, errors_of(wrong)) == (422, [("value", "feedback_on_its_scale")])
    assert Api(people.stranger).get(f"/api/v1/feedback/{made.json()['id']}/").status_code == 404
    listed = api.get("/api/v1/feedback/?max_points=80&topic=service").json()
    assert [row["id"] for row in listed["results"]] == [made.json()["id"]]
    survey = make_survey()
    link = api.post("/api/v1/survey-links/", {"survey": survey.pk, "position": buyer.pk})
    assert link.status_code == 201, link.content
    assert "/survey/" in link.json()["url"]
    assert "url" not in api.get(f"/api/v1/survey-links/{link.json()['id']}/").json()
    stranger = Api(people.stranger).post(
        "/api/v1/survey-links/", {"survey": survey.pk, "position": buyer.pk}
    )
    assert stranger.status_code == 400
    assert Invitation.objects.count() == 1
    assert api.delete(f"/api/v1/feedback/{made.json()['id']}/").status_code == 204
    assert Feedback.objects.count() == 0


SOME = Options(accept_rejects=True)
CARD = """account,date,topic,function,rating,worst,best,comment,key
C-1,2026-03-31,Delivery,Logistics,82,,,Late in week 12,A
C-1,2026-03-31,quality,,4,1,5,,B
C-1,2026-03-31,delivery,,120,,,,C
C-9,2026-03-31,delivery,,80,,,,D
C-1,2096-03-31,delivery,,80,,,,E
C-1,2026-03-31,weather,,80,,,,F
C-1,2026-03-31,delivery,,80,100,100,,G
"""


def test_a_scorecard_comes_goes_and_comes_again(people: People) -> None:
    make_account(external_id="C-1")
    first = send("scorecards", CARD, options=SOME)
    rows = Feedback.objects.order_by("source_key")
    assert list(rows.values_list("source_key", "topic", "function", "points")) == [
        ("A", "delivery", "logistics", Decimal(82)),
        ("B", "products", "", Decimal(75)),
    ]
    assert first.counts == (2, 0, 0, 5)
    assert dict(first.reasons) == {
        "off the scale": 1,
        "unknown account": 1,
        "day to come": 1,
        "unknown: topic": 1,
        "scale without length": 1,
    }
    again = send("scorecards", CARD.replace(",82,", ",84,"), options=SOME)
    assert again.counts == (0, 1, 1, 5)
    undoing.undo(batch_id=again.batch.pk, as_of=TODAY)
    assert rows[0].points == Decimal(82)
    undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert Feedback.objects.count() == 0


def test_health_counts_as_the_page_does(people: People) -> None:
    group = make_account(lead=people.owner)
    store = make_account(parent=group)
    buyer = make_position(account=group)
    today = timezone.localdate()
    for facts in (
        {"position": buyer, "value": "5", "on": today - timedelta(days=40)},
        {"position": buyer, "value": "2", "on": today},
        {"position": buyer, "value": "4", "topic": "delivery", "on": today},
        {"account": store, "value": "1", "function": "store", "on": today - timedelta(days=364)},
        {"account": store, "value": "1", "on": today - timedelta(days=voice.VALID_DAYS)},
    ):
        _rate(group, people, **facts)
    measure = measures.get("voice_of_customer")
    assert measure is not None
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE health_below ON COMMIT DROP AS SELECT %s::bigint AS"
                       " account_id, unnest(%s::bigint[]) AS node_id",
                       [group.pk, [group.pk, store.pk]])  # fmt: skip
        cursor.execute(measure.sql, {"as_of": today})
        found = cursor.fetchall()
    shown = reads.voices_of([Account.objects.get(pk=group.pk)], people.owner, as_of=today)[0]
    assert [(row[0], row[1]) for row in found] == [(group.pk, Decimal("25.0000"))]
    assert (shown.points, shown.voices) == (Decimal(25), 2)
