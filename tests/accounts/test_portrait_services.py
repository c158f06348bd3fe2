"""Statements of a portrait: what is written, what stands, what nobody may change."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.choices import PortraitHeading, RatingBasis
from accounts.models import Account, PortraitStatement
from accounts.selectors.portrait import portrait_of, statements_over_time, statements_saying
from accounts.services import portraits
from accounts.services.merging import merge_accounts, plan_merge
from kam.core.problems import RefusedError
from kam.identity.models import User
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.known import make_statement

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner)


def texts(account: Account, user: User, as_of: date = TODAY) -> dict[str, list[str]]:
    """What stands, by heading, without empty headings."""
    found = portrait_of(account, user=user, as_of=as_of)
    return {
        one.heading.value: [said.statement.text for said in one.said]
        for one in found.headings
        if one.said
    }


def write(account: Account, author: User, **changes: Any) -> PortraitStatement:
    values = {"heading": "deciding", "text": "Together.", "as_of": TODAY, **changes}
    return portraits.write_statement(account=account, author=author, **values)


def test_what_is_written_stands_with_author_and_day(account: Account, people: People) -> None:
    made = write(account, people.owner, text=" By committee. ", evidence="Minutes")
    assert (made.text, made.author, made.said_on) == ("By committee.", people.owner, TODAY)
    assert made.basis == RatingBasis.ASSUMED
    assert made.confirmed_by is None
    assert texts(account, people.owner) == {"deciding": ["By committee."]}


def test_empty_headings_are_gaps(account: Account, people: People) -> None:
    write(account, people.owner, heading="origin")
    found = portrait_of(account, user=people.owner, as_of=TODAY)
    assert len(found.gaps) == len(PortraitHeading) - 1
    assert PortraitHeading.ORIGIN not in found.gaps


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "  "}, "text"),
        ({"heading": "weather"}, "heading"),
        ({"said_on": TODAY + timedelta(days=1)}, "said_on"),
        ({"is_confirmed": True}, "evidence"),
        ({"link": "javascript:alert(1)"}, "link"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(
    account: Account, people: People, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        write(account, people.owner, **changes)
    assert refused.value.field == field
    assert PortraitStatement.objects.count() == 0


def test_a_replacement_stands_alone_and_the_past_keeps_the_old(
    account: Account, people: People
) -> None:
    old = make_statement(account=account, text="Old", said_on=date(2026, 1, 10))
    new = portraits.replace_statement(statement=old, author=people.owner, as_of=TODAY, text="New")
    assert new.replaces == old
    assert texts(account, people.owner) == {"deciding": ["New"]}
    assert texts(account, people.owner, date(2026, 3, 1)) == {"deciding": ["Old"]}
    assert [one.text for one in statements_over_time(account, user=people.owner)] == ["New", "Old"]
    with pytest.raises(RefusedError, match="replaced this statement"):
        portraits.replace_statement(statement=old, author=people.owner, as_of=TODAY, text="Third")


def test_confirming_keeps_the_words_and_says_who_and_when(account: Account, people: People) -> None:
    old = make_statement(account=account, text="True", is_confidential=True)
    with pytest.raises(RefusedError) as refused:
        portraits.confirm_statement(statement=old, author=people.owner, as_of=TODAY)
    assert refused.value.field == "evidence"
    new = portraits.confirm_statement(
        statement=old, author=people.owner, as_of=TODAY, evidence="Their letter"
    )
    assert (new.text, new.evidence, new.is_confidential) == ("True", "Their letter", True)
    assert (new.confirmed_by, new.confirmed_on) == (people.owner, TODAY)
    with pytest.raises(RefusedError, match="confirmed already"):
        portraits.confirm_statement(statement=new, author=people.owner, as_of=TODAY)


def test_what_is_withdrawn_no_longer_stands(account: Account, people: People) -> None:
    old = make_statement(account=account)
    gone = portraits.withdraw_statement(
        statement=old, author=people.owner, as_of=TODAY, reason="The buyer left"
    )
    assert texts(account, people.owner) == {}
    assert (gone.text, gone.evidence) == ("", "The buyer left")
    with pytest.raises(RefusedError):
        portraits.withdraw_statement(statement=gone, author=people.owner, as_of=TODAY)


def test_a_banner_shows_its_groups_statements_with_their_place(people: People) -> None:
    group = make_account(lead=people.owner)
    banner = make_account(parent=group)
    make_statement(account=group, text="Of the group", said_on=date(2026, 5, 1))
    make_statement(account=banner, text="Its own", said_on=date(2026, 2, 1))
    found = portrait_of(banner, user=people.owner, as_of=TODAY)
    said = next(one.said for one in found.headings if one.said)
    assert [(one.statement.text, one.is_inherited) for one in said] == [
        ("Its own", False),
        ("Of the group", True),
    ]
    assert texts(group, people.owner) == {"deciding": ["Of the group"]}


def test_old_statements_are_marked_after_the_months_chosen(
    account: Account, people: People
) -> None:
    make_statement(account=account, text="Fresh", said_on=date(2025, 6, 15))
    make_statement(account=account, text="Old", said_on=date(2025, 6, 14))
    found = portrait_of(account, user=people.owner, as_of=TODAY)
    assert [one.statement.text for one in found.stale] == ["Old"]
    portraits.set_stale_months(months=13)
    assert portrait_of(account, user=people.owner, as_of=TODAY).stale == []


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("owner", ["Between us", "Known"]),
        ("director", ["Between us", "Known"]),
        ("teammate", ["Known"]),
        ("controller", ["Known"]),
        ("administrator", ["Known"]),
        ("auditor", ["Known"]),
        ("stranger", []),
    ],
)
def test_confidential_statements_are_for_the_team(
    account: Account, people: People, who: str, sees: list[str]
) -> None:
    make_statement(account=account, text="Known", said_on=date(2026, 1, 1))
    make_statement(account=account, text="Between us", is_confidential=True)
    user = getattr(people, who)
    assert texts(account, user).get("deciding", []) == sees
    found = statements_saying(user, "Between", as_of=TODAY, limit=5)
    assert [one.text for one in found] == [text for text in sees if text == "Between us"]


def test_a_confidential_replacement_leaves_others_nothing(account: Account, people: People) -> None:
    old = make_statement(account=account, text="Known")
    make_statement(account=account, text="Secret", is_confidential=True, replaces=old)
    assert texts(account, people.controller) == {}


_TABLE = "accounts_portraitstatement"


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE {_TABLE} SET text = 'x'",
        f"UPDATE {_TABLE} SET is_confidential = true",
        f"DELETE FROM {_TABLE}",
        (
            f"INSERT INTO {_TABLE} (account_id, heading, text, said_on, author_id, evidence, link,"
            " basis, is_confidential, is_withdrawn, replaces_id, created_at, updated_at)"
            " SELECT account_id, 'origin', 'x', said_on, author_id, '', '', 'assumed', false,"
            f" false, id, now(), now() FROM {_TABLE}"
        ),
        (
            f"INSERT INTO {_TABLE} (account_id, heading, text, said_on, author_id, evidence, link,"
            " basis, is_confidential, is_withdrawn, created_at, updated_at)"
            " SELECT account_id, heading, 'x', said_on, author_id, '', '', 'confirmed', false,"
            f" false, now(), now() FROM {_TABLE}"
        ),
        (
            f"INSERT INTO {_TABLE} (account_id, heading, text, said_on, author_id, evidence, link,"
            " basis, is_confidential, is_withdrawn, created_at, updated_at)"
            " SELECT account_id, heading, '', said_on, author_id, '', '', 'assumed', false,"
            f" false, now(), now() FROM {_TABLE}"
        ),
    ],
)
def test_the_database_refuses(account: Account, sql: str) -> None:
    make_statement(account=account)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_statements_follow_a_merged_account(people: People) -> None:
    keep, drop = make_account(lead=people.owner), make_account(lead=people.owner)
    old = make_statement(account=drop, text="Old", said_on=date(2026, 1, 1))
    make_statement(account=drop, text="New", replaces=old)
    assert "2 portrait statements" in plan_merge(keep=keep, drop=drop).moves
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    assert texts(keep, people.owner) == {"deciding": ["New"]}
    assert len(statements_over_time(keep, user=people.owner)) == 2
