"""The timeline and the search over a million contacts, against the least SQL that answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from accounts.models import Account
from interactions.selectors import search as searching
from interactions.selectors.reach import ids_at
from interactions.selectors.timeline import contacts
from kam.core import timeline
from kam.core.timeline import Wanted
from kam.identity.choices import Role
from kam.identity.models import User
from tests.bench.contacts import COMMON, CONTACTS, RARE, make_contacts
from tests.bench.generate import Size
from tests.bench.measure import Report, seconds, watched

TIMES = 5
PAGE = 30
BOUND = 2
_COLUMNS = (
    "c.id, c.account_id, c.kind, c.direction, c.occurred_at, c.summary, c.text, c.author_id,"
    " a.name, u.full_name"
)
_JOINS = "JOIN accounts_account a ON a.id = c.account_id JOIN identity_user u ON u.id = c.author_id"
_NOTES = "SELECT * FROM interactions_note WHERE interaction_id = ANY(%s) ORDER BY id"
_PEOPLE = """
SELECT t.*, p.*, h.* FROM interactions_participant t
JOIN accounts_position p ON p.id = t.position_id
LEFT JOIN accounts_person h ON h.id = p.person_id WHERE t.interaction_id = ANY(%s) ORDER BY t.id
"""


def run(report: Report, size: Size) -> None:
    """Pages of a group, of a manager's accounts and of all; common and rare words by the same."""
    count = CONTACTS[size.name]
    users: list[User] = []
    took = seconds(lambda: users.extend(make_contacts(count, size)))
    report.note(f"{count:,} contacts with people, notes and words made in {took:.0f} s")
    everyone = User.objects.create_user(
        "timeline@kam.test", "-", full_name="A", roles=[Role.AUDITOR]
    )
    few = User.objects.create_user("few@kam.test", "-", full_name="F", roles=[Role.ACCOUNT_MANAGER])
    Account.objects.filter(current_group_id__in=range(20, 120)).update(lead_chain=[few.pk])
    readers = {"few accounts": few, "a manager's": users[3], "everything": everyone}
    group = Account.objects.get(pk=40 if size.accounts > 100 else 20)
    _group_page(report, few, group)
    for name, user in readers.items():
        _pages(report, name, user)
        for word in (COMMON, RARE):
            _searches(report, f"{name}, {'common' if word == COMMON else 'rare'} word", user, word)


def _timed(action: Callable[[], Any]) -> float:
    """The best database time of several runs."""
    found = []
    for _turn in range(TIMES):
        with watched() as statements:
            action()
        found.append(statements.seconds)
    return min(found)


def _least(where: str, parameters: list[Any]) -> Callable[[], None]:
    """A page of contacts as anybody would write it by hand, with notes and people."""

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {_COLUMNS} FROM interactions_interaction c {_JOINS} WHERE {where}"
                f" ORDER BY c.occurred_at DESC, c.id DESC LIMIT {PAGE + 1}",
                parameters,
            )
            ids = [row[0] for row in cursor.fetchall()]
            for statement in (_NOTES, _PEOPLE):
                cursor.execute(statement, [ids])
                cursor.fetchall()

    return read


def _visible(user: User) -> list[int]:
    return list(Account.objects.worked_on_by(user).values_list("pk", flat=True))


def _group_page(report: Report, user: User, group: Account) -> None:
    ids = ids_at(user, group, with_below=True)
    least = _timed(_least("c.account_id = ANY(%s) AND NOT c.is_confidential", [ids]))
    wanted = Wanted(account_ids=ids, limit=PAGE + 1)
    ours = _timed(lambda: list(contacts(user, wanted)))
    whole = _timed(lambda: timeline.read(user, "group", wanted))
    _judge(report, "timeline of a group", ours, least, whole)


def _pages(report: Report, name: str, user: User) -> None:
    where, parameters = "NOT c.is_confidential", []
    if not user.sees_everything():
        where, parameters = "c.account_id = ANY(%s)", [_visible(user)]
    wanted = Wanted(limit=PAGE + 1)
    rows = list(contacts(user, wanted))
    deep = Wanted(limit=PAGE + 1, before=rows[-1].point)
    for title, asked in (("first", wanted), ("next", deep)):
        extra = " AND (c.occurred_at, c.id) < (%s, %s)" if asked.before else ""
        point = [asked.before[0], asked.before[2]] if asked.before else []
        least = _timed(_least(where + extra, [*parameters, *point]))
        ours = _timed(lambda a=asked: list(contacts(user, a)))  # type: ignore[misc]
        whole = _timed(lambda a=asked: timeline.read(user, "all", a))  # type: ignore[misc]
        _judge(report, f"{title} timeline page, {name}", ours, least, whole)


def _searches(report: Report, name: str, user: User, word: str) -> None:
    """The least: the same words and order over the same table, scoped by known accounts."""
    mine = "" if user.sees_everything() else "AND s.account_id = ANY(%s)"
    parameters = [] if user.sees_everything() else [_visible(user)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT interactions_query(%s, %s, false, true)", [[word], ["word"]])
        query = cursor.fetchone()[0]
    sql = f"""
        SELECT * FROM (
            SELECT s.*, CASE WHEN s.words @@ '{word}:A'::tsquery THEN 3
                WHEN s.words @@ '{word}:AB'::tsquery THEN 2 ELSE 1 END AS relevance
            FROM (
                SELECT * FROM interactions_searchtext s
                WHERE s.words @@ %s::tsquery {mine} AND NOT s.is_confidential
                ORDER BY s.occurred_at DESC, s.id DESC LIMIT {searching.CANDIDATES}
            ) AS s
        ) AS ranked ORDER BY relevance DESC, occurred_at DESC, id DESC LIMIT 21
    """

    def least() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, [query, *parameters])
            ids = [row[2] for row in cursor.fetchall()]
            cursor.execute(
                f"SELECT {_COLUMNS} FROM interactions_interaction c {_JOINS} WHERE c.id = ANY(%s)",
                [ids],
            )
            cursor.fetchall()
            for statement in (_NOTES, _PEOPLE):
                cursor.execute(statement, [ids])
                cursor.fetchall()

    bare = _timed(least)
    ours = _timed(lambda: searching.search(user, f"{word} "))
    _judge(report, f"search, {name}", ours, bare)


def _judge(report: Report, what: str, ours: float, least: float, whole: float = 0) -> None:
    rest = f", with every other source {whole * 1000:.1f} ms" if whole else ""
    report.note(f"{what}: {ours * 1000:.1f} ms, least SQL {least * 1000:.1f} ms{rest}")
    report.judge(what, ours / least, BOUND, "× least SQL")
