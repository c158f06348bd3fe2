"""What customers say of us, for pages, export and API: one definition each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accounts.models import Account, Position
from accounts.querysets import works_on
from interactions.analytics import voice
from interactions.choices import VoiceTopic
from interactions.models import Feedback, Invitation, VoiceSettings
from kam.core.dates import Period, add_months
from kam.identity.models import User

QUARTERS = 8
COLUMNS = ("account_id", "position_id", "function", "topic", "points", "given_on", "pk")


def chosen() -> VoiceSettings:
    """Return when a rating is low, and until when it is followed up."""
    return VoiceSettings.objects.filter(pk=1).first() or VoiceSettings()


def feedback_for(user: User) -> QuerySet[Feedback]:
    """Return all ratings that the user may see, the newest first, with who and where."""
    rows: QuerySet[Feedback] = Feedback.objects.visible_to(user)
    return rows.select_related("account", "position__person", "task", "author").order_by(
        "-given_on", "-pk"
    )


def people_worked_with(user: User) -> QuerySet[Position]:
    """Return places of people at accounts that the user sees or supports, past ones too."""
    rows: QuerySet[Position] = Position.objects.filter(
        works_on(user, "account__"), person__isnull=False
    )
    return rows.select_related("account")


@dataclass(frozen=True, slots=True)
class Voice:
    """How an account, with all below it, rates us.

    `points` is the mean over its voices (people, functions) of their valid last ratings, None
    where nobody rated within a year; `before` the same a year ago; `voices` how many spoke;
    `low` how many of the valid ratings are low; `unanswered` those of them without follow-up.
    """

    account: Account
    points: Decimal | None
    before: Decimal | None
    voices: int
    ratings: int
    low: int
    unanswered: int
    last_on: date | None

    @property
    def change(self) -> Decimal | None:
        """By how many points it changed in a year."""
        return voice.change(self.points, self.before)

    @property
    def mood(self) -> voice.Mood | None:
        """Good, mixed or poor."""
        return voice.mood(self.points)


@dataclass(frozen=True, slots=True)
class _Row:
    """One rating as the mathematics needs it, with what the counts need."""

    root: int
    rating: voice.Rating
    function: str
    is_answered: bool


def voices_of(accounts: Sequence[Account], user: User, *, as_of: date) -> list[Voice]:
    """Return how each account rates us, in the order given: two queries for any number."""
    low = chosen().low_points
    rows = _rows(accounts, user, as_of=as_of)
    return [_voice(one, rows.get(one.pk, []), low, as_of) for one in accounts]


def _rows(accounts: Sequence[Account], user: User, *, as_of: date) -> dict[int, list[_Row]]:
    wanted = {one.pk for one in accounts}
    found: QuerySet[Any] = Feedback.objects.visible_to(user).filter(
        account__path__overlap=sorted(wanted),
        given_on__gt=as_of - timedelta(days=2 * voice.VALID_DAYS),
        given_on__lte=as_of,
    )
    rows: dict[int, list[_Row]] = {}
    for one in found.values_list(*COLUMNS, "account__path", "task_id", named=True):
        who = ("person", one.position_id) if one.position_id else (one.account_id, one.function)
        rating = voice.Rating(who, one.topic, one.points, one.given_on, one.pk)
        for root in wanted & set(one.account__path):
            row = _Row(root, rating, one.function, one.task_id is not None)
            rows.setdefault(root, []).append(row)
    return rows


def _voice(account: Account, rows: Sequence[_Row], low: int, as_of: date) -> Voice:
    ratings = [row.rating for row in rows]
    now = voice.valid(ratings, as_of=as_of)
    year_ago = voice.valid(ratings, as_of=as_of - timedelta(days=voice.VALID_DAYS))
    lows = {one.number for one in now if one.points <= low}
    answered = {row.rating.number for row in rows if row.is_answered}
    return Voice(
        account=account,
        points=voice.satisfaction(now),
        before=voice.satisfaction(year_ago),
        voices=len({one.voice for one in now}),
        ratings=len(now),
        low=len(lows),
        unanswered=len(lows - answered),
        last_on=max((one.given_on for one in now), default=None),
    )


def groups_for(user: User) -> QuerySet[Account]:
    """Return the groups in the user's scope of which somebody ever rated us, by name."""
    rows: QuerySet[Any] = Feedback.objects.visible_to(user)
    heads = rows.order_by().values("account__current_group_id").distinct()
    found: QuerySet[Account] = Account.objects.worked_on_by(user).filter(pk__in=heads)
    return found.select_related("current_lead").order_by("name_key", "pk")


@dataclass(frozen=True, slots=True)
class Cell:
    """The mean of the points given in a quarter, and of how many ratings; None without any."""

    points: Decimal | None
    ratings: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Means by quarter: over all, and by function ("" is the customer as a whole)."""

    quarters: Sequence[Period]
    overall: Sequence[Cell]
    by_function: dict[str, Sequence[Cell]]


def trend_of(rows: QuerySet[Feedback], *, as_of: date, quarters: int = QUARTERS) -> Trend:
    """Return the mean of what was said in each of the last quarters, the running one included.

    A quarter without ratings is None. One query.
    """
    periods = last_quarters(as_of, quarters)
    since = periods[0].start
    found = list(
        rows.order_by()
        .filter(given_on__gte=since, given_on__lte=as_of)
        .values_list("function", "points", "given_on")
    )
    functions = sorted({function for function, _points, _day in found})
    return Trend(
        quarters=periods,
        overall=_cells(periods, [(points, day) for _f, points, day in found]),
        by_function={
            name: _cells(periods, [(points, day) for f, points, day in found if f == name])
            for name in functions
        },
    )


def last_quarters(as_of: date, count: int) -> list[Period]:
    """Return so many calendar quarters up to the one that holds the day, the oldest first."""
    first = date(as_of.year, 3 * ((as_of.month - 1) // 3) + 1, 1)
    starts = [add_months(first, -3 * back) for back in range(count - 1, -1, -1)]
    return [Period(start, add_months(start, 3)) for start in starts]


def _cells(periods: Sequence[Period], rows: Iterable[tuple[Decimal, date]]) -> list[Cell]:
    found = list(rows)
    cells = []
    for period in periods:
        here = [points for points, day in found if period.start <= day < period.end]
        cells.append(Cell(sum(here, Decimal(0)) / len(here) if here else None, len(here)))
    return cells


def topics_of(account: Account, user: User, *, as_of: date) -> list[tuple[str, Decimal, int]]:
    """Return by topic the mean of the valid last ratings and how many, the worst first."""
    rows = _rows([account], user, as_of=as_of).get(account.pk, [])
    by_topic: dict[str, list[Decimal]] = {}
    for one in voice.valid((row.rating for row in rows), as_of=as_of):
        by_topic.setdefault(one.topic, []).append(one.points)
    found = [(t, sum(each, Decimal(0)) / len(each), len(each)) for t, each in by_topic.items()]
    order = {topic: place for place, topic in enumerate(VoiceTopic.values)}
    return sorted(found, key=lambda row: (row[1], order[row[0]]))


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of links: open, answered, run out, taken back."""

    open: int
    answered: int
    expired: int
    revoked: int

    @property
    def rate(self) -> Decimal | None:
        """Answered of those that were answered or ran out."""
        return voice.response_rate({"answered": self.answered, "expired": self.expired})


def asked_of(rows: QuerySet[Invitation], *, now: datetime) -> Asked:
    """Count links by what became of them. A link that ran out unused and was then replaced
    counts as run out."""
    unused = Q(answered_at=None)
    over = (
        unused & Q(expires_at__lte=now) & (Q(revoked_at=None) | Q(revoked_at__gte=F("expires_at")))
    )
    counted = rows.order_by().aggregate(
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        expired=Count("pk", filter=over),
        open=Count("pk", filter=unused & Q(revoked_at=None, expires_at__gt=now)),
        whole=Count("pk"),
    )
    known = counted["answered"] + counted["expired"] + counted["open"]
    return Asked(
        open=counted["open"],
        answered=counted["answered"],
        expired=counted["expired"],
        revoked=counted["whole"] - known,
    )
