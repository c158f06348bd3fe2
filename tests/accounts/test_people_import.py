"""People on their way in, out and back again."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.importers.people_words import function_in, role_words
from accounts.models import Person, PersonIdentifier, Position, StakeholderRating
from accounts.selectors.people.portable import COLUMNS, portable_rows
from accounts.services import people as services
from accounts.services.ratings import rate
from kam.core.exports import csv_lines
from kam.imports.services import running, undoing
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.imports import TODAY, Sent, csv_text, ready_batch, send
from tests.factories.people import make_position

pytestmark = pytest.mark.django_db

HEADER = [
    "external_id", "account", "name", "function", "title", "roles", "reports_to", "influence",
    "support",
]  # fmt: skip


def sent(*rows: list[Any], header: list[str] | None = None, **setup: Any) -> Sent:
    return send("people", csv_text(header or HEADER, *rows), **setup)


def row(number: str, called: str, **values: Any) -> list[Any]:
    facts = {"external_id": number, "account": "C-1", "name": called, "function": "it", **values}
    return [facts.get(column) for column in HEADER]


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("merchandising", "merchandising"),
        ("Purchasing Manager", "merchandising"),
        ("Owner/Marketing Assistant", "marketing"),
        ("Accounting Manager", "finance"),
        ("Chief Executive Officer", "management"),
        ("IT", "it"),
        ("采购经理", "merchandising"),
        ("Astrologer", ""),
    ],
)
def test_functions_in_titles(text: str, function: str) -> None:
    assert function_in(text) == function


def test_roles_in_words() -> None:
    assert role_words("Decision maker; coach") == "champion,decision_maker"
    assert role_words("king") is None


def test_people_are_created_updated_and_left_alone() -> None:
    account = make_account(external_id="C-1")
    rows = [
        row("K1", "Päivi", reports_to="K2", roles="user, influencer"),
        row("K2", "Jukka", function="management"),
        row("", "", function="marketing", title="Head of marketing"),
    ]
    first = sent(*rows)
    assert first.counts == (3, 0, 0, 0)
    below = Position.objects.get(person__name="Päivi")
    assert (below.account, below.roles, below.reports_to and below.reports_to.person) == (
        account,
        ["influencer", "user"],
        Person.objects.get(name="Jukka"),
    )
    assert Position.objects.filter(person=None, function="marketing").count() == 1
    assert sent(*rows).counts == (0, 0, 3, 0)
    second = sent(row("K1", "Päivi", title="Chief", function=None))
    below.refresh_from_db()
    assert (second.counts, below.title, below.function) == ((0, 1, 0, 0), "Chief", "it")
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    below.refresh_from_db()
    assert below.title == ""
    report = undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert (report.removed, report.stays) == (3, ())
    assert (Position.objects.count(), Person.objects.count(), PersonIdentifier.objects.count()) == (
        0,
        0,
        0,
    )


def test_one_person_at_two_accounts_and_known_by_name() -> None:
    make_account(external_id="C-1")
    make_account(external_id="C-2")
    sent(row("K1", "Anna"), row("K1", "Anna", account="C-2"))
    assert (Person.objects.count(), Position.objects.count()) == (1, 2)
    assert sent(row("", "anna", title="Chief")).counts == (0, 1, 0, 0)
    assert (Person.objects.count(), Position.objects.filter(title="Chief").count()) == (1, 1)


def test_who_left_and_comes_back_has_a_new_place() -> None:
    account = make_account(external_id="C-1")
    old = make_position(account=account)
    assert old.person is not None
    PersonIdentifier.objects.create(person=old.person, system="erp", value="K1")
    services.leave(position=old, on=TODAY)
    assert sent(row("K1", old.person.name)).counts == (1, 0, 0, 0)
    old.refresh_from_db()
    new = Position.objects.exclude(pk=old.pk).get()
    assert (old.valid.upper, new.valid.lower, new.person) == (TODAY, TODAY, old.person)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"account": "X"}, "unknown account"),
        ({"function": "astrology"}, "unknown: function"),
        ({"function": None}, "missing: function"),
        ({"roles": "king"}, "unknown: roles"),
        ({"influence": "6"}, "rating off its scale"),
        ({"support": "1.5"}, "rating off its scale"),
        ({"reports_to": "nobody"}, "unknown boss"),
        ({"name": "", "influence": "3"}, "rating of nobody"),
    ],
)
def test_bad_rows_say_why_and_write_nothing(values: dict[str, Any], reason: str) -> None:
    make_account(external_id="C-1")
    got = sent(row("K1", "A", **values))
    assert [reject.reason for reject in got.batch.rejects.all()] == [reason]
    assert (Person.objects.count(), Position.objects.count()) == (0, 0)


def test_circles_in_a_file_and_with_what_stands() -> None:
    account = make_account(external_id="C-1")
    got = sent(row("K1", "A", reports_to="K2"), row("K2", "B", reports_to="K1"), row("K3", "C"))
    reasons = sorted(reject.reason for reject in got.batch.rejects.all())
    assert reasons == ["circle of reporting", "circle of reporting"]
    top = make_position(account=account, name="Top")
    make_position(account=account, name="Low", reports_to=top)
    again = sent(row("", "Top", reports_to="Low", function=None))
    assert [reject.reason for reject in again.batch.rejects.all()] == ["circle of reporting"]


def test_ratings_are_of_whoever_imports_and_are_not_repeated(people: People) -> None:
    make_account(external_id="C-1")
    line = row("K1", "A", influence="4", support="-1")
    first = sent(line)
    assert StakeholderRating.objects.count() == 0
    assert "ratings without author" in [notice.code for notice in first.summary.notices]
    batch = ready_batch("people", csv_text(HEADER, line))
    batch.created_by = people.director
    batch.save()
    running.commit(batch_id=batch.pk, as_of=TODAY)
    found = set(StakeholderRating.objects.values_list("kind", "value", "author"))
    assert found == {
        ("influence", 4, people.director.pk),
        ("support", -1, people.director.pk),
    }
    assert sent(line).counts == (0, 0, 1, 0)
    position = Position.objects.get()
    rate(position=position, author=people.owner, kind="support", value=2, as_of=TODAY)
    undoing.undo(batch_id=batch.pk, as_of=TODAY)
    assert [r.value for r in StakeholderRating.objects.all()] == [2]
    report = undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert (report.removed, len(report.stays), Position.objects.count()) == (0, 1, 1)


def test_what_goes_out_comes_back_unchanged(people: People) -> None:
    account = make_account(external_id="C-1", lead=people.owner)
    boss = make_position(account=account, name="李娜", function="management", roles=["sponsor"])
    make_position(account=account, name="Păun", reports_to=boss, title="Cumpărător")
    make_position(account=account, is_placeholder=True, function="quality", title="QA")
    Person.objects.filter(name="Păun").update(phone="+40 21 123")
    rate(position=boss, author=people.owner, kind="support", value=2, as_of=TODAY)
    rows = list(portable_rows(people.director, as_of=TODAY))
    assert len(rows) == 3
    got = send("people", "".join(csv_lines(COLUMNS, rows)))
    assert got.batch.rejects.count() == 0
    assert (Person.objects.count(), Position.objects.count()) == (2, 3)
    assert Person.objects.get(name="Păun").phone == "+40 21 123"
    assert StakeholderRating.objects.count() == 1


def test_who_has_not_rated_exports_no_ratings_of_others(people: People) -> None:
    position = make_position(account=make_account(lead=people.owner))
    rate(position=position, author=people.owner, kind="support", value=-2, as_of=TODAY)
    seen = {
        who: [one[-1] for one in portable_rows(getattr(people, who), as_of=TODAY)]
        for who in ("owner", "teammate", "director", "stranger")
    }
    assert seen == {"owner": [-2], "teammate": [None], "director": [-2], "stranger": []}
