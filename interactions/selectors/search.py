"""Searching what customers said: the best first, highlighted, in the reader's scope alone."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from interactions.analytics.search import Term, excerpt, initials, parse, spans, tokens
from interactions.models import Concern, Interaction, Need, SearchText
from interactions.querysets import (
    BEST_FIRST,
    SearchTextQuerySet,
    readable,
    relevance,
    search_query,
)
from interactions.selectors import timeline
from interactions.selectors.reach import among, near
from kam.core.timeline import Event, Wanted
from kam.identity.models import User

CANDIDATES = 2_000
"""Of more texts that fit, the latest so many are ranked."""
LOOKED_AT, MANY, BACK = 500, 20, 200
"""What 20 of the latest 500 texts say is common; 200 times as far back are enough of them."""
RARE = 3
"""What at most three of the latest say is rare."""
MOST_WORDS = 4_000
_BEGINNING = datetime.min.replace(tzinfo=UTC)

type Loader = Callable[[User, Collection[int], Wanted], dict[int, Event]]
type Place = tuple[int, datetime, int]


def _contacts(user: User, ids: Collection[int], wanted: Wanted) -> dict[int, Event]:
    del wanted
    rows: QuerySet[Interaction] = Interaction.objects.visible_to(user).filter(pk__in=ids)
    return {row.pk: timeline.contact_event(row) for row in timeline.told(rows)}


def _concerns(user: User, ids: Collection[int], wanted: Wanted) -> dict[int, Event]:
    del wanted
    rows: QuerySet[Concern] = Concern.objects.visible_to(user).filter(pk__in=ids)
    read = rows.select_related("account", "owner", "raised_by__person")
    return {row.pk: timeline.concern_event(row) for row in read}


def _needs(user: User, ids: Collection[int], wanted: Wanted) -> dict[int, Event]:
    rows: QuerySet[Need] = Need.objects.visible_to(user).filter(pk__in=ids)
    read = rows.select_related("account", "voiced_by__person")
    return {row.pk: timeline.need_event(row, wanted) for row in read}


# What a kind of searchable text is read with, by its own rule of who may read it.
LOADERS: dict[str, Loader] = {"contact": _contacts, "concern": _concerns, "need": _needs}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, the best first, and where the next page begins (None: nothing is)."""

    events: Sequence[Event]
    next: str | None


def search(
    user: User,
    typed: str,
    *,
    limit: int = 20,
    wanted: Wanted | None = None,
    behind: Place | None = None,
) -> Found:
    """Return contacts, concerns and needs that say what was typed.

    Words as typed in the one line first, then in the text, then other forms of the words; the
    latest first within each. Of very many the latest 2,000 are ranked. `wanted` may name accounts
    and gives the time zone.
    """
    asked = wanted or Wanted()
    if not parse(typed):
        return Found([], None)
    ranked = sorted(_candidates(_reach(user, asked.account_ids), typed), reverse=True)
    found = [row for row in ranked if behind is None or row[:3] < behind][: limit + 1]
    events = _loaded(user, [(kind, pk) for *_place, kind, pk in found[:limit]], asked)
    more = encode(*found[limit - 1][:3]) if len(found) > limit else None
    return Found(events, more)


@dataclass(frozen=True, slots=True)
class _Reach:
    """The texts that one may read; `is_all` where that is all but a few."""

    where: Q
    is_all: bool

    def rows(self, *, is_rare: bool) -> SearchTextQuerySet:
        """Return the texts; of rare words without the indexes of who may read them."""
        where = Q(Coalesce(self.flag, False)) if is_rare and not self.is_all else self.where
        found: SearchTextQuerySet = SearchText.objects.filter(where)
        return found

    @property
    def flag(self) -> ExpressionWrapper[Q]:
        """Return whether one may read a text, as a value that no index is asked for."""
        return ExpressionWrapper(self.where, output_field=BooleanField())


def _reach(user: User, account_ids: Sequence[int] | None) -> _Reach:
    """As `visible_to` says it, without a join where that can be said without one."""
    owned = Q(owner__in=user.acting_user_ids())
    where = near(user, account_ids)
    if account_ids is not None:
        owned &= among(account_ids)
    is_all = account_ids is None and (where is None or user.sees_everything())
    return _Reach((readable(user) if where is None else where) | owned, is_all)


def _candidates(reach: _Reach, typed: str) -> list[Any]:
    """The latest that fit with their relevance, in two queries, at most three.

    The planner cannot tell a rare word from a common one; a look at the latest texts can. What
    many of them say is found along the time, going back so far as that many should need. Else
    by the index of words, or in the texts of one's accounts where many texts say it.
    """
    look = _look(reach, typed)
    place = [name.removeprefix("-") for name in BEST_FIRST]
    rows = reach.rows(is_rare=look["say"] <= RARE).annotate(relevance=relevance(typed))
    rows = rows.values_list(*place, "kind", "object_id")
    if look["mine"] >= MANY:
        back = min((look["last"] - look["first"]) * BACK, look["last"] - _BEGINNING)
        along = rows.saying(typed).filter(occurred_at__gte=look["last"] - back)
        found = list(along.order_by("-occurred_at", "-pk")[:CANDIDATES])
        if len(found) == CANDIDATES:
            return found
    is_looked_through = look["say"] >= MANY and not reach.is_all
    fitting = rows.saying(typed) if is_looked_through else rows.finding(typed)
    return list(fitting.sorted_late()[:CANDIDATES])


def _look(reach: _Reach, typed: str) -> dict[str, Any]:
    """Of the latest texts, how many say it, and how many of these one may read."""
    says = Q(words__says=search_query(typed))
    latest = SearchText.objects.annotate(
        says=ExpressionWrapper(says, output_field=BooleanField()),
        reached=ExpressionWrapper(says & reach.where, output_field=BooleanField()),
    ).order_by("-occurred_at", "-pk")
    return latest[:LOOKED_AT].aggregate(
        say=Count("pk", filter=Q(says=True)),
        mine=Count("pk", filter=Q(reached=True)),
        first=Min("occurred_at"),
        last=Max("occurred_at"),
    )


def _loaded(user: User, found: Iterable[tuple[str, int]], wanted: Wanted) -> list[Event]:
    """What was found as its own app reads it: what the reader may not see is left out."""
    keys = list(found)
    ids: dict[str, list[int]] = {}
    for kind, pk in keys:
        ids.setdefault(kind, []).append(pk)
    read: Mapping[str, dict[int, Event]] = {
        kind: LOADERS[kind](user, some, wanted) for kind, some in ids.items() if kind in LOADERS
    }
    return [event for kind, pk in keys if (event := read.get(kind, {}).get(pk)) is not None]


def encode(rank: int, moment: datetime, pk: int) -> str:
    """Return the cursor of a place among what was found."""
    text = json.dumps([rank, moment.astimezone(UTC).isoformat(), pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str) -> Place | None:
    """Return the place of a cursor; None for anything that is not one."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        rank, moment, pk = json.loads(text)
        place = int(rank), datetime.fromisoformat(moment), int(pk)
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        return None
    is_ours = place[0] in (1, 2, 3) and abs(place[2]) < 2**63 and place[1].tzinfo is not None
    return place if is_ours else None


@dataclass(frozen=True, slots=True)
class Marker:
    """Marks what was searched in texts; without terms it only cuts and escapes."""

    terms: Sequence[Term] = ()
    words: frozenset[str] = frozenset()

    def mark(self, text: object, length: int = 0) -> SafeString:
        """Return the text escaped, with <mark> around what was searched; the part around the
        first mark where a length is given."""
        said = str(text)
        found = spans(said, self.terms, self.words) if self.terms else []
        start, end = excerpt(said, found, length) if length else (0, len(said))
        pairs, at = [], start
        for first, last in found:
            if last > start and first < end:
                opened, closed = max(first, start), min(last, end)
                pairs.append((said[at:opened], said[opened:closed]))
                at = closed
        marked = format_html_join("", "{}<mark>{}</mark>", pairs)
        before, after = "…" if start else "", "…" if end < len(said) else ""
        return format_html("{}{}{}{}", before, marked, said[at:end], after)


def marker(typed: str, texts: Iterable[object]) -> Marker:
    """Return what marks the terms in texts, in whatever form the words stand: one query."""
    terms = parse(typed)
    wanted = initials(terms)
    keys = {
        key: None for text in texts for _start, _end, key in tokens(str(text)) if key[:1] in wanted
    }
    if not terms or not keys:
        return Marker(terms)
    return Marker(terms, frozenset(_matching(terms, list(keys)[:MOST_WORDS])))


def _matching(terms: Sequence[Term], words: list[str]) -> list[str]:
    asked = [
        (key, term.kind == "prefix", term.kind != "phrase")
        for term in terms
        if term.kind != "not"
        for _start, _end, key in tokens(term.text)
    ]
    anything = " || ".join(
        "COALESCE(interactions_term(%s, %s, false, %s), ''::tsquery)" for _term in asked
    )
    sql = (
        f"SELECT word FROM unnest(%s::text[]) AS word, (SELECT {anything} AS query) AS asked"
        " WHERE interactions_words(word, '') @@ asked.query"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [words, *(part for term in asked for part in term)])
        return [word for (word,) in cursor.fetchall()]
