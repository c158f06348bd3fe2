"""The pages about people: who may what, what they show, and what they never show."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.cards import dates_ahead
from accounts.models import (
    CustomerDate,
    DecisionStep,
    Person,
    Position,
    RelationshipSettings,
    StakeholderLink,
    StakeholderNote,
    StakeholderRating,
)
from accounts.search import search_people
from kam.identity.models import Delegation, User
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.identity import make_team, make_user
from tests.factories.people import (
    make_customer_date,
    make_link,
    make_note,
    make_position,
    make_rating,
    make_relationship_settings,
)


def text_of(user: User, url: str) -> str:
    response = client_of(user).get(url)
    assert response.status_code == 200, url
    return response.content.decode()


@pytest.mark.parametrize(
    ("who", "sees", "edits", "rates", "configures"),
    [
        ("owner", True, True, True, False),
        ("teammate", True, False, True, False),
        ("stranger", False, False, False, False),
        ("director", True, True, True, True),
        ("controller", True, False, False, False),
        ("administrator", True, True, False, True),
        ("auditor", True, False, False, False),
    ],
)
def test_who_may_what(
    people: People, who: str, sees: bool, edits: bool, rates: bool, configures: bool
) -> None:
    account = make_account(lead=people.owner)
    position = make_position(account=account, name="Päivi")
    empty = make_position(account=account, is_placeholder=True)
    line = make_link(source=position, target=empty)
    step = DecisionStep.objects.create(account=account, number=1, name="Test")
    entry = make_customer_date(account=account, starts_on=date(2030, 1, 1))
    person = position.person
    assert person is not None
    client = client_of(getattr(people, who))
    views = [
        f"/people/{person.pk}/",
        f"/accounts/{account.pk}/stakeholders/",
        f"/accounts/{account.pk}/people/",
        f"/accounts/{account.pk}/relationships/",
        f"/accounts/{account.pk}/deciding/",
    ]
    changes = [
        f"/people/{person.pk}/edit/",
        f"/people/{person.pk}/merge/",
        f"/positions/{position.pk}/edit/",
        f"/positions/{position.pk}/leave/",
        f"/positions/{position.pk}/move/",
        f"/positions/{position.pk}/line/",
        f"/positions/{empty.pk}/fill/",
        f"/positions/{empty.pk}/remove/",
        f"/lines/{line.pk}/delete/",
        f"/accounts/{account.pk}/people/new/",
        f"/accounts/{account.pk}/people/unmet/",
        f"/accounts/{account.pk}/steps/new/",
        f"/accounts/{account.pk}/steps/{step.pk}/",
        f"/accounts/{account.pk}/steps/{step.pk}/delete/",
        f"/accounts/{account.pk}/dates/new/",
        f"/accounts/{account.pk}/dates/{entry.pk}/",
        f"/accounts/{account.pk}/dates/{entry.pk}/delete/",
    ]
    for url in views:
        assert client.get(url).status_code == (200 if sees else 404), url
    for url in changes:
        assert client.get(url).status_code == (200 if edits else 404), url
    rating = client.get(f"/positions/{position.pk}/rate/")
    assert rating.status_code == (200 if rates else 404)
    assert client.get("/people/settings/").status_code == (200 if configures else 404)
    added = {"add-name": "New", "add-function": "it"}
    assert client.post(f"/accounts/{account.pk}/people/add/", added).status_code == (
        302 if edits else 404
    )
    put = {"influence": "3", "support": "1"}
    assert client.post(f"/positions/{position.pk}/place/", put).status_code == (
        302 if rates else 404
    )
    assert Person.objects.filter(name="New").count() == int(edits)
    assert StakeholderRating.objects.count() == (2 if rates else 0)


def test_the_list_finds_all_scripts_and_filters(people: People) -> None:
    account = make_account(lead=people.owner)
    names = ["Päivi Öhman", "Ștefan Țurcanu", "李娜", "Nguyễn Thị Đào", "Jane Doe"]
    for name in names:
        make_position(account=account, name=name, roles=["champion"] if name == "李娜" else [])
    make_position(account=account, name="Gone", until=date(2020, 1, 1))
    make_position(account=make_account(lead=people.stranger), name="Foreign")

    def found(query: str) -> list[str]:
        text = text_of(people.owner, f"/people/?{query}")
        return [name for name in [*names, "Gone", "Foreign"] if name in text]

    assert found("") == names
    assert found("q=paivi") == ["Päivi Öhman"]
    assert found("q=turcanu") == ["Ștefan Țurcanu"]
    assert found("q=李娜") == ["李娜"]
    assert found("q=dao") == ["Nguyễn Thị Đào"]
    assert found("role=champion") == ["李娜"]
    assert found("gone=on&q=gone") == ["Gone"]
    assert found(f"account={account.pk}&function=marketing") == []


def test_support_is_filtered_as_far_as_the_reader_may_know(people: People) -> None:
    position = make_position(account=make_account(lead=people.owner), name="Päivi")
    make_rating(position=position, author=people.owner, value=-2)
    assert "Päivi" in text_of(people.owner, "/people/?support=-2")
    assert "Päivi" not in text_of(people.teammate, "/people/?support=-2")
    exported = client_of(people.teammate).get("/people/?export=csv")
    body = b"".join(exported.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Päivi" in body
    assert "opponent" not in body
    assert "opponent" in text_of(people.director, "/people/")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("url", "queries"),
    [
        ("/people/", 4),
        ("/accounts/{}/stakeholders/", 15),
        ("/accounts/{}/stakeholders/?view=chart", 15),
        ("/accounts/{}/stakeholders/?view=matrix", 20),
        ("/accounts/{}/people/", 15),
    ],
)
def test_pages_ask_the_same_whatever_the_number_of_people(
    people: People, url: str, queries: int, count: int
) -> None:
    account = make_account(lead=people.owner)
    for _ in range(count):
        boss = make_position(account=account, roles=["sponsor"])
        below = make_position(account=account, reports_to=boss)
        make_link(source=below, target=boss)
        for kind, value in (("influence", 3), ("support", 1), ("level_current", 2)):
            make_rating(position=below, author=people.owner, kind=kind, value=value)
            make_rating(position=boss, author=people.owner, kind=kind, value=value)
    client = client_of(people.owner)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url.format(account.pk)).status_code == 200
    assert len(captured) == queries


def test_sixty_people_take_no_more_queries(people: People) -> None:
    account = make_account(lead=people.owner)
    boss = make_position(account=account)
    for _ in range(60):
        make_position(account=account, reports_to=boss)
    client = client_of(people.owner)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(f"/accounts/{account.pk}/stakeholders/?view=chart")
    assert response.content.decode().count('class="org-card') == 61
    assert len(captured) == 15


def test_a_card_is_dropped_and_stays_where_it_was_put(people: People) -> None:
    account = make_account(lead=people.owner)
    position = make_position(account=account, name="Päivi")
    client = client_of(people.owner)
    url = f"/positions/{position.pk}/place/?map={account.pk}"
    answer = client.post(url, {"influence": "4", "support": "-1"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'id="stakeholder-board"' in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "recorded" in answer.headers["HX-Trigger"]
    assert set(StakeholderRating.objects.values_list("kind", "value", "author")) == {
        ("influence", 4, people.owner.pk),
        ("support", -1, people.owner.pk),
    }
    client.post(url, {"influence": "9", "support": "x"})
    client.post(url, {"influence": "9", "support": "0"})
    client.post(f"{url}x", {"influence": "4", "support": "-1"})
    assert StakeholderRating.objects.count() == 2
    foreign = make_account(lead=people.stranger)
    outside = f"/positions/{position.pk}/place/?map={foreign.pk}"
    assert client.post(outside, {"influence": "4", "support": "-1"}).status_code == 404


def test_one_line_adds_somebody_and_asks_about_a_namesake(people: People) -> None:
    account = make_account(lead=people.owner)
    client = client_of(people.owner)
    url = f"/accounts/{account.pk}/people/add/"
    facts = {"add-name": "Anna", "add-function": "marketing", "add-title": "Brand"}
    assert client.post(url, facts).status_code == 302
    again = client.post(url, facts)
    assert again.status_code == 422
    assert "another person of the same name" in again.content.decode()
    assert client.post(url, {**facts, "add-may_share_name": "on"}).status_code == 302
    assert Person.objects.filter(name="Anna").count() == 2
    bad = client.post(url, {"add-name": "", "add-function": "astrology"})
    assert bad.status_code == 422


def test_a_rating_by_form(people: People) -> None:
    position = make_position(account=make_account(lead=people.owner), since=date(2025, 1, 1))
    client = client_of(people.owner)
    url = f"/positions/{position.pk}/rate/"
    assert client.post(url, {"basis": "assumed"}).status_code == 422
    confirmed = client.post(url, {"support": "1", "basis": "confirmed"})
    assert confirmed.status_code == 422
    assert "needs evidence" in confirmed.content.decode()
    early = client.post(url, {"support": "1", "basis": "assumed", "rated_on": "2024-01-01"})
    assert early.status_code == 422
    assert "not at this account on that date" in early.content.decode()
    assert StakeholderRating.objects.count() == 0
    good = {
        "support": "1",
        "level_current": "2",
        "basis": "confirmed",
        "evidence": "Said so",
        "team_member": people.teammate.pk,
    }
    assert client.post(url, good).status_code == 302
    assert set(StakeholderRating.objects.values_list("kind", "value", "team_member")) == {
        ("support", 1, None),
        ("level_current", 2, people.teammate.pk),
    }


def test_gaps_name_what_is_missing(people: People) -> None:
    account = make_account(lead=people.owner)
    make_position(account=account, name="Päivi", function="merchandising")
    make_position(account=account, is_placeholder=True, function="operations", title="COO")
    text = text_of(people.owner, f"/accounts/{account.pk}/stakeholders/?view=coverage")
    assert "2 functions are not covered" in text
    assert "Nobody met yet: an unmet role waits for a name." in text
    assert "Nobody known. Find out who it is." in text
    assert "One person, no contact known." in text
    empty = make_account(lead=people.owner)
    assert "Nobody on the map yet" in text_of(people.owner, f"/accounts/{empty.pk}/stakeholders/")


def test_changes_of_places_through_the_pages(people: People) -> None:
    account, other = make_account(lead=people.owner), make_account(lead=people.owner)
    position = make_position(account=account, name="Päivi")
    boss = make_position(account=account, name="Boss", reports_to=position)
    client = client_of(people.owner)

    def post(path: str, **data: Any) -> int:
        return int(client.post(f"/positions/{position.pk}/{path}/", data).status_code)

    circle = client.post(
        f"/positions/{position.pk}/edit/", {"function": "it", "reports_to": boss.pk}
    )
    assert circle.status_code == 422
    assert "circle" in circle.content.decode()
    assert post("edit", function="it", title="Chief", roles=["user", "champion"]) == 302
    position.refresh_from_db()
    assert (position.title, position.roles) == ("Chief", ["champion", "user"])
    assert post("line", kind="influence", to_position=boss.pk, strength="3") == 302
    assert StakeholderLink.objects.get().strength == 3
    assert post("move", account=str(other.pk), on="2026-05-01", function="it") == 302
    new = Position.objects.get(account=other)
    position.refresh_from_db()
    assert (position.valid.upper, new.valid.lower) == (date(2026, 5, 1), date(2026, 5, 1))
    left = client.post(f"/positions/{new.pk}/leave/", {"on": "2026-06-01"})
    assert left.status_code == 302
    gone = text_of(people.owner, f"/accounts/{account.pk}/stakeholders/?view=chart")
    assert "reported to Päivi, who left" in gone


def test_merging_two_people_on_the_page(people: People) -> None:
    account = make_account(lead=people.owner)
    keep = make_position(account=account, name="Anna Virtanen").person
    drop = make_position(account=make_account(lead=people.owner), name="A. Virtanen").person
    foreign = make_position(account=make_account(lead=people.stranger), name="B Virtanen").person
    assert keep is not None
    assert drop is not None
    assert foreign is not None
    client = client_of(people.owner)
    url = f"/people/{keep.pk}/merge/"
    assert client.post(url, {"duplicate": foreign.pk}).status_code == 422
    assert client.post(url, {"duplicate": drop.pk}).status_code == 302
    assert set(Person.objects.values_list("pk", flat=True)) == {keep.pk, foreign.pk}
    assert client.get(f"/people/{drop.pk}/").status_code == 404


def test_steps_dates_and_settings(people: People) -> None:
    account = make_account(lead=people.owner)
    client = client_of(people.owner)
    base = f"/accounts/{account.pk}"
    assert client.post(f"{base}/steps/new/", {"name": "Shortlist"}).status_code == 302
    step = DecisionStep.objects.get()
    assert client.post(f"{base}/steps/{step.pk}/", {"name": "Test"}).status_code == 302
    step.refresh_from_db()
    assert (step.number, step.name) == (1, "Test")
    wrong = {"kind": "other", "starts_on": "2030-02-01", "ends_on": "2030-01-01"}
    assert client.post(f"{base}/dates/new/", wrong).status_code == 422
    right = {**wrong, "ends_on": "2030-03-01", "remind_days": "30"}
    assert client.post(f"{base}/dates/new/", right).status_code == 302
    entry = CustomerDate.objects.get()
    text = text_of(people.owner, f"{base}/deciding/")
    assert "1. Test" in text
    assert "reminds 30 days ahead" in text
    assert client.post(f"{base}/dates/{entry.pk}/delete/").status_code == 302
    assert client.post(f"{base}/steps/{step.pk}/delete/").status_code == 302
    assert (DecisionStep.objects.count(), CustomerDate.objects.count()) == (0, 0)
    settings = {
        "required_functions": ["quality"],
        "half_life_days": "30",
        "window_days": "60",
        "strong_from": "40",
    }
    assert client_of(people.director).post("/people/settings/", settings).status_code == 302
    row = RelationshipSettings.objects.get()
    assert (row.required_functions, row.has_blind_first_rating) == (["quality"], False)
    make_position(account=account, function="marketing")
    gaps = text_of(people.owner, f"{base}/people/")
    assert "One function is not covered" in gaps


def test_reminders_stand_on_my_day_and_people_in_the_palette(people: People) -> None:
    today = timezone.localdate()
    account = make_account(name="Kesko", lead=people.owner)
    soon, late = today + timedelta(days=10), today + timedelta(days=11)
    make_customer_date(account=account, starts_on=soon, remind_days=10)
    make_customer_date(account=account, starts_on=late, remind_days=10, title="Too far")
    make_customer_date(account=account, starts_on=soon, title="Quiet")
    assert [todo.title for todo in dates_ahead(people.owner, today)] == ["Range review at Kesko"]
    assert list(dates_ahead(people.teammate, today)) == []
    make_position(account=account, name="Đặng Thu")
    hits = {who: search_people(getattr(people, who), "dang", 5) for who in ("owner", "stranger")}
    assert [hit.title for hit in hits["owner"]] == ["Đặng Thu"]
    assert hits["stranger"] == []


# Confidential notes


def test_notes_are_for_the_accounts_team_alone(people: People) -> None:
    nordics = people.owner.team
    boss = make_user(email="boss@kam.test", roles=["sales_director"], team=nordics)
    elsewhere = make_user(
        email="other@kam.test", roles=["sales_director"], team=make_team(name="X")
    )
    stand_in = make_user(email="stand@kam.test", team=make_team(name="Y"))
    today = timezone.localdate()
    Delegation.objects.create(
        from_user=people.owner, to_user=stand_in, valid=(today, today + timedelta(days=7))
    )
    account = make_account(lead=people.owner)
    position = make_position(account=account, name="Päivi")
    make_note(position=position, author=people.owner, text="Leaves in spring.")
    person = position.person
    assert person is not None
    readers = {
        "owner": people.owner,
        "boss": boss,
        "stand_in": stand_in,
        "director": people.director,
        "teammate": people.teammate,
        "controller": people.controller,
        "administrator": people.administrator,
        "auditor": people.auditor,
    }
    reads = {
        who: "Leaves in spring." in text_of(user, f"/people/{person.pk}/")
        for who, user in readers.items()
    }
    assert [who for who, sees in reads.items() if sees] == ["owner", "boss", "stand_in", "director"]
    for user in (people.stranger, elsewhere):
        assert client_of(user).get(f"/people/{person.pk}/").status_code == 404
        assert StakeholderNote.objects.visible_to(user).count() == 0
    url = f"/positions/{position.pk}/note/"
    for who, user in readers.items():
        answer = client_of(user).post(url, {"text": f"By {who}"})
        assert answer.status_code == (302 if reads[who] else 404), who
    assert StakeholderNote.objects.count() == 5


def test_only_the_author_removes_a_note(people: People) -> None:
    position = make_position(account=make_account(lead=people.owner))
    note = make_note(position=position, author=people.owner)
    assert client_of(people.director).post(f"/notes/{note.pk}/delete/").status_code == 404
    assert client_of(people.owner).post(f"/notes/{note.pk}/delete/").status_code == 302
    assert StakeholderNote.objects.count() == 0


def test_hidden_ratings_are_announced_and_shown_after_ones_own(people: People) -> None:
    account = make_account(lead=people.owner)
    position = make_position(account=account, name="Päivi")
    make_rating(position=position, author=people.owner, value=-2, basis="confirmed",
                evidence="Shouted at us")  # fmt: skip
    person = position.person
    assert person is not None
    before = text_of(people.teammate, f"/people/{person.pk}/")
    assert "Shouted" not in before
    assert "One rating of a colleague is hidden" in before
    client_of(people.teammate).post(f"/positions/{position.pk}/rate/",
                                    {"support": "1", "basis": "assumed"})  # fmt: skip
    after = text_of(people.teammate, f"/people/{person.pk}/")
    assert "Shouted" in after
    assert "Colleagues differ" in after
    make_relationship_settings(is_blind=False)
    assert "Shouted" in text_of(people.teammate, f"/people/{person.pk}/")
