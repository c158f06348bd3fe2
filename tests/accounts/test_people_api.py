"""People, places, lines, ratings, the map and coverage over the API: shapes, scope, blindness."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, Position, StakeholderLink, StakeholderRating
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.people import (
    make_link,
    make_person,
    make_position,
    make_rating,
    make_relationship_settings,
)


def test_somebody_is_added_changed_moved_and_leaves(people: People) -> None:
    account = make_account(lead=people.owner)
    other = make_account(lead=people.owner)
    api = Api(people.owner)
    body = {"account": account.pk, "name": "Päivi", "function": "quality", "roles": ["user"]}
    made = api.post("positions/", body)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["person"]["name"], row["function"], row["roles"], row["valid_from"]) == (
        "Päivi",
        "quality",
        ["user"],
        None,
    )
    assert api.post("positions/", body).json()["code"] == "same_name"
    again = api.post("positions/", {**body, "may_share_name": True})
    assert again.status_code == 201
    path = f"positions/{row['id']}/"
    changed = api.patch(path, {"title": "Chief"}, If_Match=made["ETag"])
    assert (changed.status_code, changed.json()["title"]) == (200, "Chief")
    assert api.patch(path, {"title": "X"}, If_Match=made["ETag"]).status_code == 412
    moved = api.post(
        f"{path}move/", {"account": other.pk, "on": "2026-05-01", "function": "management"}
    )
    assert moved.status_code == 201, moved.content
    assert moved.json()["account"]["id"] == other.pk
    assert api.get(path).json()["valid_before"] == "2026-05-01"
    left = api.post(f"positions/{again.json()['id']}/leave/", {"on": "2026-06-01"})
    assert left.json()["valid_before"] == "2026-06-01"
    person = f"people/{row['person']['id']}/"
    assert api.patch(person, {"email": "p@x.fi"}).json()["email"] == "p@x.fi"
    assert [one["name"] for one in api.rows("people/?q=päi")] == ["Päivi", "Päivi"]
    merged = api.post(f"{person}merge/", {"duplicate": again.json()["person"]["id"]})
    assert merged.status_code == 200, merged.content
    assert Person.objects.count() == 1


def test_an_unmet_role_is_filled(people: People) -> None:
    account = make_account(lead=people.owner)
    api = Api(people.owner)
    made = api.post("positions/", {"account": account.pk, "function": "marketing"}).json()
    assert made["person"] is None
    filled = api.post(f"positions/{made['id']}/fill/", {"name": "李娜"})
    assert filled.json()["person"]["name"] == "李娜"
    assert api.rows("positions/?unmet=true") == []


def test_lines_and_ratings(people: People) -> None:
    account = make_account(lead=people.owner)
    one, two = make_position(account=account), make_position(account=account)
    api = Api(people.owner)
    line = {"from_position": one.pk, "to_position": two.pk, "kind": "influence"}
    made = api.post("stakeholder-links/", line)
    assert made.status_code == 201, made.content
    assert api.post("stakeholder-links/", {**line, "strength": 3}).json()["strength"] == 3
    assert StakeholderLink.objects.count() == 1
    assert api.delete(f"stakeholder-links/{made.json()['id']}/").status_code == 204
    rating = {"position": one.pk, "kind": "support", "value": -2}
    given = api.post("stakeholder-ratings/", rating)
    assert given.status_code == 201, given.content
    assert (given.json()["author"]["email"], given.json()["value"]) == (people.owner.email, -2)
    level = api.post(
        "stakeholder-ratings/",
        {
            "position": one.pk,
            "kind": "level_current",
            "value": 3,
            "team_member": people.teammate.pk,
        },
    )
    assert level.json()["team_member"]["email"] == people.teammate.email
    path = f"stakeholder-ratings/{given.json()['id']}/"
    assert api.patch(path, {"value": 2}).status_code == 405
    assert api.delete(path).status_code == 405


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"value": 3, "kind": "support"}, "value"),
        ({"value": 1, "kind": "mood"}, "kind"),
        ({"value": 1, "kind": "support", "rated_on": "1999-01-01"}, "rated_on"),
        ({"value": 1, "kind": "support", "rated_on": "2999-01-01"}, "rated_on"),
        ({"value": 1, "kind": "support", "basis": "confirmed"}, "evidence"),
        ({"value": 1, "kind": "level_current", "team_member": 999999}, "team_member"),
    ],
)
def test_bad_ratings_name_the_field_and_change_nothing(
    people: People, body: dict[str, object], field: str
) -> None:
    position = make_position(account=make_account(lead=people.owner))
    answer = Api(people.owner).post("stakeholder-ratings/", {"position": position.pk, **body})
    assert answer.status_code in {400, 422}
    assert [name for name, _code in errors_of(answer)] == [field]
    assert StakeholderRating.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "sees", "edits", "rates"),
    [
        ("owner", True, True, True),
        ("teammate", True, False, True),
        ("stranger", False, False, False),
        ("director", True, True, True),
        ("controller", True, False, False),
        ("administrator", True, True, False),
        ("auditor", True, False, False),
    ],
)
def test_who_may_what(people: People, who: str, sees: bool, edits: bool, rates: bool) -> None:
    account = make_account(lead=people.owner)
    position, other = make_position(account=account), make_position(account=account)
    line = make_link(source=position, target=other)
    rating = make_rating(position=position, author=people.owner)
    person = position.person
    assert person is not None
    make_relationship_settings(is_blind=False)
    api = Api(getattr(people, who))
    for path in (
        f"people/{person.pk}/",
        f"positions/{position.pk}/",
        f"stakeholder-links/{line.pk}/",
        f"stakeholder-ratings/{rating.pk}/",
        f"accounts/{account.pk}/stakeholder-map/",
        f"accounts/{account.pk}/coverage/",
    ):
        assert api.get(path).status_code == (200 if sees else 404), path
    counts = {"people/": 2, "positions/": 2, "stakeholder-links/": 1, "stakeholder-ratings/": 1}
    for path, count in counts.items():
        assert len(api.rows(path)) == (count if sees else 0), path
    changed = api.patch(f"positions/{position.pk}/", {"title": "New"})
    renamed = api.patch(f"people/{person.pk}/", {"name": "New"})
    assert (changed.status_code, renamed.status_code) == ((200, 200) if edits else (404, 404))
    made = api.post("positions/", {"account": account.pk, "name": "N", "function": "it"})
    assert (made.status_code == 201) is edits
    rated = api.post(
        "stakeholder-ratings/", {"position": position.pk, "kind": "influence", "value": 4}
    )
    assert (rated.status_code == 201) is rates
    assert StakeholderRating.objects.count() == (2 if rates else 1)
    assert Position.objects.filter(title="New").count() == int(edits)


def test_who_has_not_rated_does_not_see_others_ratings(people: People) -> None:
    account = make_account(lead=people.owner)
    position = make_position(account=account)
    make_rating(position=position, author=people.owner, value=-2)
    make_rating(position=position, author=people.owner, kind="influence", value=5)
    api = Api(people.teammate)
    path = f"accounts/{account.pk}/stakeholder-map/"

    def card() -> dict[str, object]:
        [found] = api.get(path).json()["people"]
        return dict(found)

    assert api.rows("stakeholder-ratings/") == []
    assert (card()["support"], card()["influence"], card()["strength"]) == (None, None, None)
    assert card()["hidden_ratings"] == 2
    given = {"position": position.pk, "kind": "support", "value": 1}
    assert api.post("stakeholder-ratings/", given).status_code == 201
    assert sorted(row["value"] for row in api.rows("stakeholder-ratings/")) == [-2, 1]
    assert (card()["support"], card()["influence"], card()["is_disputed"]) == (1, None, True)
    assert card()["hidden_ratings"] == 1
    assert len(Api(people.director).rows("stakeholder-ratings/")) == 3
    make_relationship_settings(is_blind=False)
    assert len(api.rows("stakeholder-ratings/")) == 3


def test_nothing_leads_out_of_ones_own_accounts(people: People) -> None:
    group = make_account(lead=people.stranger)
    banner = make_account(kind="banner", parent=group, lead=people.owner)
    boss = make_position(account=group, name="Hidden Boss")
    below = make_position(account=banner, reports_to=boss)
    make_link(source=boss, target=below)
    shared = make_person(name="Shared")
    make_position(account=banner, person=shared)
    make_position(account=group, person=shared)
    api = Api(people.owner)
    assert api.get(f"positions/{below.pk}/").json()["reports_to"] is None
    [mine] = [
        row
        for row in api.get(f"accounts/{banner.pk}/stakeholder-map/").json()["people"]
        if row["position"] == below.pk
    ]
    assert mine["reports_to"] is None
    assert api.rows("stakeholder-links/") == []
    assert len(api.rows(f"positions/?person={shared.pk}")) == 1
    assert len(api.rows(f"people/?account={group.pk}")) == 0
    foreign = {"account": banner.pk, "name": "N", "function": "it", "reports_to": boss.pk}
    assert errors_of(api.post("positions/", foreign)) == [("reports_to", "does_not_exist")]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("people/", 5), ("positions/", 4), ("stakeholder-ratings/", 4), ("stakeholder-links/", 4)],
)
def test_lists_ask_the_same_whatever_the_number_of_rows(
    people: People, path: str, queries: int, count: int
) -> None:
    account = make_account(lead=people.owner)
    for _ in range(count):
        one, two = make_position(account=account), make_position(account=account)
        make_link(source=one, target=two)
        make_rating(position=one, author=people.owner, rated_on=date(2026, 1, 1))
    api = Api(people.owner)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert api.rows(path)
    assert len(captured) == queries
