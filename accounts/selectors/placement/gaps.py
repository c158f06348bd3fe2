"""What is missing in stores: seen last as not there, while it is still agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.analytics.placement import is_old
from accounts.models import StoreCheckLine, Task
from kam.core.id_arrays import id_rows
from kam.identity.models import User

# Of each placement in each store, newest look first; `found_since` counts the times it was found
# up to there, so the rows with none are the streak in which it has been missing.
_GAPS = """
WITH seen AS (
    SELECT l.id, c.account_id, l.placement_id, c.checked_on,
        row_number() OVER latest AS place,
        count(*) FILTER (WHERE l.outcome = 'found') OVER latest AS found_since
    FROM accounts_storecheckline l
    JOIN accounts_storecheck c ON c.id = l.check_of_id AND c.state = 'finished'
    JOIN accounts_account s ON s.id = c.account_id AND s.merged_into_id IS NULL
    JOIN accounts_placement p ON p.id = l.placement_id AND p.valid @> %(as_of)s::date
    WHERE l.outcome <> '' AND c.checked_on <= %(as_of)s
      AND (%(everyone)s OR s.lead_chain && %(ids)s::bigint[])
      AND (%(within)s::bigint IS NULL OR s.path @> ARRAY[%(within)s::bigint])
      AND (%(placement)s::bigint IS NULL OR p.id = %(placement)s)
    WINDOW latest AS (
        PARTITION BY c.account_id, l.placement_id ORDER BY c.checked_on DESC, c.id DESC)
)
SELECT min(id) FILTER (WHERE place = 1), min(checked_on), count(*), account_id, placement_id
FROM seen WHERE found_since = 0 GROUP BY account_id, placement_id
ORDER BY 2, 1
"""


READ_AT_ONCE = 500
"""A company has tens of thousands of gaps, a page shows a few."""


class Lines:
    """Lines of gaps, read some hundreds at a time when the first of them is asked for."""

    def __init__(self, ids: list[int]) -> None:
        """Know which there are and in what order they will be asked for."""
        self._ids = ids
        self._places = {pk: place for place, pk in enumerate(ids)}
        self._read: dict[int, StoreCheckLine] = {}

    def __getitem__(self, pk: int) -> StoreCheckLine:
        """The line with its check, store, placement and item."""
        if pk not in self._read:
            start = self._places[pk] // READ_AT_ONCE * READ_AT_ONCE
            self._read |= _lines(self._ids[start : start + READ_AT_ONCE])
        return self._read[pk]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something agreed that was not there when somebody looked last, and who works on it."""

    line_id: int
    lines: Lines
    placement_id: int
    since: date
    times: int
    task: Task | None
    as_of: date

    @property
    def line(self) -> StoreCheckLine:
        """What was found by who looked last."""
        return self.lines[self.line_id]

    @property
    def is_old(self) -> bool:
        """Whether it has been missing for more than 14 days."""
        return is_old(self.since, self.as_of)

    @property
    def days(self) -> int:
        """For how many days it has been missing, as far as we know."""
        return (self.as_of - self.since).days


def open_gaps(
    user: User, *, as_of: date, within: int | None = None, placement: int | None = None
) -> list[Gap]:
    """Return what is missing in visible stores, the longest first.

    Counts the last finished check that looked for it, of placements in force on the day. Never
    looked at is no gap. `within` limits to a node and everything below it today.
    """
    found = _found(user, as_of, within, placement)
    if not found:
        return []
    lines = Lines([row[0] for row in found])
    tasks = _open_tasks({placement_id for *_rest, placement_id in found})
    return [
        Gap(
            line_id=line_id,
            lines=lines,
            placement_id=placement_id,
            since=since,
            times=times,
            task=tasks.get((account_id, placement_id)),
            as_of=as_of,
        )
        for line_id, since, times, account_id, placement_id in found
    ]


def old_gaps(
    user: User, *, as_of: date, within: int | None = None
) -> tuple[int, StoreCheckLine, date] | None:
    """Return how many gaps are open for more than 14 days, and the oldest with its day."""
    old = [row for row in _found(user, as_of, within, None) if is_old(row[1], as_of)]
    if not old:
        return None
    line_id, since, *_rest = old[0]
    return len(old), _lines([line_id])[line_id], since


def _found(
    user: User, as_of: date, within: int | None, placement: int | None
) -> list[tuple[int, date, int, int, int]]:
    everyone = user.sees_everything()
    with connection.cursor() as cursor:
        cursor.execute(
            _GAPS,
            {
                "as_of": as_of,
                "everyone": everyone,
                "ids": [] if everyone else user.scope_user_ids(),
                "within": within,
                "placement": placement,
            },
        )
        return list(cursor.fetchall())


def _lines(ids: list[int]) -> dict[int, StoreCheckLine]:
    rows = StoreCheckLine.objects.select_related(
        "check_of__account", "check_of__checker", "placement__product", "placement__category"
    )
    found: dict[int, StoreCheckLine] = rows.in_bulk(ids)
    return found


def _open_tasks(placements: set[int]) -> dict[tuple[int, int], Task]:
    rows = Task.objects.filter(placement__in=id_rows(placements), done_on=None).select_related(
        "owner"
    )
    return {(task.account_id, task.placement_id or 0): task for task in rows}
