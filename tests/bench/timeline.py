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
from kam.core.timeline import Subject, Wanted
from kam.identity.choices import Role
from kam.identity.models import User
from tests.bench.contacts import COMMON, CONTACTS, RARE, make_contacts
from tests.bench.generate import Size
from tests.bench.measure import Report, seconds, watched

TIMES = 12
FEW = 200
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


def _timed(*actions: Callable[[], Any]) -> list[float]:
    """The best database time of each, taken by turns: what else runs disturbs all alike."""
    found = [float("inf")] * len(actions)
    for _turn in range(TIMES):
        for place, action in enumerate(actions):
            with watched() as statements:
                action()
            found[place] = min(found[place], statements.seconds)
    return found


def _read(found: str, parameters: list[Any]) -> Callable[[], None]:
    """Contacts that a statement finds, as anybody would read them, with notes and people."""

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {_COLUMNS} FROM {found}", parameters)
            ids = [row[0] for row in cursor.fetchall()]
            for statement in (_NOTES, _PEOPLE):
                cursor.execute(statement, [ids])
                cursor.fetchall()

    return read


def _leasts(ids: list[int] | None, wanted: Wanted) -> list[Callable[[], None]]:
    """A page of contacts by hand: along the time or by account as the planner likes, and the
    newest of each account where there are not many."""
    parameters: list[Any] = []
    where = "NOT c.is_confidential"
    if wanted.before:
        where += " AND (c.occurred_at, c.id) < (%s, %s)"
        parameters += [wanted.before[0], wanted.before[2]]
    page = f"ORDER BY c.occurred_at DESC, c.id DESC LIMIT {PAGE + 1}"
    table = "interactions_interaction c"
    if ids is None:
        return [_read(f"{table} {_JOINS} WHERE {where} {page}", parameters)]
    mine = f"{where} AND c.account_id = ANY(%s::bigint[])"
    ways = [_read(f"{table} {_JOINS} WHERE {mine} {page}", [*parameters, ids])]
    if len(ids) <= FEW:
        each = f"SELECT * FROM {table} WHERE {where} AND c.account_id = one {page}"
        newest = f"unnest(%s::bigint[]) AS one, LATERAL ({each}) AS c {_JOINS} {page}"
        ways.append(_read(newest, [ids, *parameters]))
    return ways


def _visible(user: User) -> list[int] | None:
    if user.sees_everything():
        return None
    return list(Account.objects.worked_on_by(user).values_list("pk", flat=True))


def _group_page(report: Report, user: User, group: Account) -> None:
    ids = ids_at(user, group, with_below=True)
    _page(report, "timeline of a group", user, ids, Wanted(account_ids=ids, limit=PAGE + 1))


def _pages(report: Report, name: str, user: User) -> None:
    ids, wanted = _visible(user), Wanted(limit=PAGE + 1)
    rows = list(contacts(user, wanted))
    deep = Wanted(limit=PAGE + 1, before=rows[-1].point)
    for title, asked in (("first", wanted), ("next", deep)):
        _page(report, f"{title} timeline page, {name}", user, ids, asked)


def _page(report: Report, what: str, user: User, ids: list[int] | None, wanted: Wanted) -> None:
    subject: Subject = "all" if wanted.account_ids is None else "group"
    ours, whole, *leasts = _timed(
        lambda: list(contacts(user, wanted)),
        lambda: timeline.read(user, subject, wanted),
        *_leasts(ids, wanted),
    )
    _judge(report, what, ours, min(leasts), whole)


def _searches(report: Report, name: str, user: User, word: str) -> None:
    """The least: the same words and order over the same table, scoped by known accounts.

    By hand one knows whether a word is rare: it is found as the planner likes, by the index of
    words alone, or by looking through the texts, and the quickest counts.
    """
    ids = _visible(user)
    mine = "true" if ids is None else "s.account_id = ANY(%s::bigint[])"
    with connection.cursor() as cursor:
        cursor.execute("SELECT interactions_query(%s, %s, false, true)", [[word], ["word"]])
        query = cursor.fetchone()[0]
    of_words = "words @@ %s::tsquery"
    table = "interactions_searchtext"
    by_words = f"(SELECT * FROM {table} WHERE {of_words} OFFSET 0)"
    through = f"(SELECT * FROM {table} s WHERE {mine} AND ts_match_vq(words, %s::tsquery) OFFSET 0)"
    words: list[Any] = [query]
    scope: list[Any] = [] if ids is None else [ids]
    ways = [
        (f"{table} s WHERE s.{of_words} AND {mine}", words + scope),
        (f"{by_words} s WHERE {mine}", words + scope),
    ]
    if ids is not None:
        ways.append((f"{through} s WHERE true", scope + words))
    leasts = [_search(word, found, parameters) for found, parameters in ways]
    ours, *least = _timed(lambda: searching.search(user, f"{word} "), *leasts)
    _judge(report, f"search, {name}", ours, min(least))


def _search(word: str, found: str, parameters: list[Any]) -> Callable[[], None]:
    sql = f"""
        SELECT object_id, CASE WHEN words @@ '{word}:A'::tsquery THEN 3
            WHEN words @@ '{word}:AB'::tsquery THEN 2 ELSE 1 END AS relevance
        FROM (
            SELECT s.* FROM {found} AND NOT s.is_confidential
            ORDER BY s.occurred_at DESC, s.id DESC LIMIT {searching.CANDIDATES}
        ) AS latest ORDER BY relevance DESC, occurred_at DESC, id DESC LIMIT 21
    """

    def least() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            ids = [row[0] for row in cursor.fetchall()]
        _read(f"interactions_interaction c {_JOINS} WHERE c.id = ANY(%s)", [ids])()

    return least


def _judge(report: Report, what: str, ours: float, least: float, whole: float = 0) -> None:
    rest = f", with every other source {whole * 1000:.1f} ms" if whole else ""
    report.note(f"{what}: {ours * 1000:.1f} ms, least SQL {least * 1000:.1f} ms{rest}")
    report.judge(what, ours / least, BOUND, "× least SQL")
