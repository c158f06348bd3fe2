"""What the receivables board shows of its figures: the finding, cards, charts, groups, tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from kam.core import charts, formats
from kam.core.models import JobRun
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import signed_in
from settlements.analytics.ageing import Bands
from settlements.selectors.collection import TrendPoint
from settlements.selectors.positions import Board, BoardRow, Reading
from settlements.selectors.standing import Task, share
from settlements.views.board_parts import (
    CREDITS_WHAT,
    OPEN_WHAT,
    OVERDUE_WHAT,
    UNAPPLIED_WHAT,
    age_bar,
    band_title,
    items_url,
    url_of,
)

PAGE = 12
BARS = 10
HUES = (9, 10, 11, 12, 13, 14)
"""The chart colours of the default bands: calm, four warmer ones, grey for no due date."""
DSO_WHAT = gettext_lazy(
    "Open divided by the sales of the last 90 days, times 90: how many days of sales are not paid."
)


def depth(request: HttpRequest) -> int | None:
    """How many groups a page needs one by one; all of them (None) to sort or export."""
    if request.GET.get("sort") or request.GET.get("export"):
        return None
    offset = request.GET.get("after") or request.GET.get("before") or "0"
    return PAGE + (int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 9 else 0)


def finding(reading: Reading) -> tuple[str, str]:
    """Return what the board says: how much is late, and who owes most of it."""
    board, total = reading.board, reading.board.total
    words: dict[str, Any] = {
        "overdue": _short(total.overdue, board.currency),
        "open": _short(total.open, board.currency),
    }
    part = share(total.overdue, total.open)
    if part is None:
        return _("Nothing is open."), ""
    if total.overdue <= 0:
        return _("Nothing of the %(open)s that is open is overdue.") % words, ""
    words["share"] = formats.percent(part, 0)
    first = _("%(overdue)s of %(open)s open is overdue: %(share)s.") % words
    worst = board.groups[0]
    words = {
        "name": worst.name,
        "amount": _short(worst.overdue, board.currency),
        "share": formats.percent(worst.overdue / total.overdue, 0),
    }
    return first, _("%(name)s owes %(amount)s of it, %(share)s.") % words


def _short(amount: Decimal, currency: str) -> str:
    return f"{formats.compact(amount)}\N{NO-BREAK SPACE}{currency}"


def stats(reading: Reading) -> list[Stat]:
    """Open, overdue, who is late, unapplied cash, open credits, DSO."""
    return [*_owed(reading), _late(reading), *_in_favour(reading), _dso(reading)]


def _money(board: Board) -> dict[str, Any]:
    return {"kind": "money", "unit": board.currency, "as_of": board.as_of}


def _owed(reading: Reading) -> list[Stat]:
    board, total = reading.board, reading.board.total
    part = share(total.overdue, total.open)
    items = ngettext("%(count)s item", "%(count)s items", total.open_items)
    return [
        Stat(
            name="open",
            title=_("Open"),
            value=total.open,
            reference=items % {"count": formats.number(total.open_items)},
            what=OPEN_WHAT,
            url=items_url(as_of=board.as_of),
            **_money(board),
        ),
        Stat(
            name="overdue",
            title=_("Overdue"),
            value=total.overdue,
            reference="" if part is None else _("%(share)s of open") % {
                "share": formats.percent(part)
            },
            what=OVERDUE_WHAT,
            url=items_url(as_of=board.as_of, bucket="overdue"),
            **_money(board),
        ),
    ]  # fmt: skip


def _in_favour(reading: Reading) -> list[Stat]:
    board, total = reading.board, reading.board.total
    found = (
        ("unapplied", _("Unapplied cash"), total.unapplied, UNAPPLIED_WHAT),
        ("credits", _("Open credits"), total.open_credits, CREDITS_WHAT),
    )
    return [
        Stat(
            name=name,
            title=title,
            value=value,
            what=what,
            url=url_of("unapplied-list"),
            **_money(board),
        )
        for name, title, value, what in found
    ]


def _late(reading: Reading) -> Stat:
    total, as_of = reading.board.total, reading.board.as_of
    items = ngettext("%(count)s item overdue", "%(count)s items overdue", total.overdue_items)
    return Stat(
        name="late",
        title=_("Accounts overdue"),
        value=total.accounts_overdue,
        places=0,
        reference=items % {"count": formats.number(total.overdue_items)},
        what=_("Accounts with at least one overdue item."),
        as_of=as_of,
        url=url_of("ageing", level="account", as_of=as_of.isoformat()),
    )


def _dso(reading: Reading) -> Stat:
    best = reading.best_possible
    reference = ""
    if best is not None:
        reference = _("%(days)s if nothing were late") % {"days": formats.number(best, 1)}
    return Stat(
        name="dso",
        title=_("DSO"),
        unit=_("days"),
        value=None if reading.now is None else reading.now.simple,
        places=1,
        reference=reference,
        spark=[point.simple for point in reading.trend],
        spark_label=_("DSO at the ends of the last months"),
        what=DSO_WHAT,
        as_of=reading.board.as_of,
        url=url_of("ageing", as_of=reading.board.as_of.isoformat()) + "#dso",
        unknown=_("Nothing was sold in the 90 days before.")
        if reading.now
        else _("Computed by the next overdue run."),
    )


def ageing_chart(reading: Reading) -> charts.Chart | None:
    """Open by age, one bar per group, the most overdue first."""
    board = reading.board
    groups = [row for row in board.groups if row.open > 0][:BARS]
    if not groups:
        return None
    series = [
        charts.Series(
            name=band_title(name), values=[row.buckets[place] for row in groups], hue=HUES[place]
        )
        for place, name in enumerate(board.bands.names)
        if any(row.buckets[place] for row in groups)
    ]
    return charts.stacked_bar(
        name="ageing",
        title=_ageing_title(reading, groups),
        labels=[row.name for row in groups],
        series=series,
        label_title=_("Group"),
        unit=board.currency,
        horizontal=True,
        height="tall" if len(groups) > 5 else "normal",
        as_of=board.as_of,
        rows_url=_ageing_url(board.as_of, level="group"),
        note=_("Open, gross, by days past the due date; the groups with the most overdue first."),
    )


def _ageing_title(reading: Reading, groups: Sequence[BoardRow]) -> str:
    total = reading.board.total.overdue
    late = sum((row.overdue for row in groups), Decimal(0))
    if total <= 0:
        return _("Nothing is overdue; what is open by group")
    words = {"count": str(len(groups)), "share": formats.percent(late / total, 0)}
    return (
        ngettext(
            "%(count)s group owes %(share)s of all that is overdue",
            "%(count)s groups owe %(share)s of all that is overdue",
            len(groups),
        )
        % words
    )


def dso_chart(reading: Reading) -> charts.Chart | None:
    """DSO at month ends as the run kept them."""
    return trend_chart(reading.trend, as_of=reading.board.as_of)


def trend_chart(points: Sequence[TrendPoint], *, as_of: date) -> charts.Chart | None:
    """DSO at the ends of months; None where it never could be told."""
    known = [point for point in points if point.simple is not None]
    if not known:
        return None
    return charts.line(
        name="dso",
        title=_trend_title(known),
        labels=[formats.month(point.day) for point in points],
        series=[charts.Series(name=_("DSO"), values=[point.simple for point in points])],
        label_title=_("End of month"),
        value_format="number",
        unit=_("days"),
        places=1,
        as_of=as_of,
        note=str(DSO_WHAT),
    )


def _trend_title(known: Sequence[TrendPoint]) -> str:
    first, last = known[0].simple or Decimal(0), known[-1].simple or Decimal(0)
    words = {
        "now": formats.number(last, 0),
        "then": formats.number(first, 0),
        "month": formats.month(known[0].day),
        "last": formats.month(known[-1].day),
    }
    if len(known) == 1 or words["now"] == words["then"]:
        return _("Customers take %(now)s days of sales to pay") % words
    if last > first:
        return _("DSO rose to %(now)s days in %(last)s, from %(then)s in %(month)s") % words
    return _("DSO fell to %(now)s days in %(last)s, from %(then)s in %(month)s") % words


def group_table(request: HttpRequest, reading: Reading) -> Table:
    """All groups, the most overdue first, each with its bar."""
    board = reading.board
    missing = board.count - len(board.groups)
    rows: list[BoardRow | None] = [*board.groups, *[None] * missing]
    seen = _visible(request, board.groups)
    return Table(
        request,
        rows,
        _columns(reading, is_file="export" in request.GET),
        name="receivables-groups",
        caption=_("Groups by overdue"),
        row_url=lambda row: _group_url(row, board.as_of) if seen(row.key) else "",
        empty=Empty(_("Nothing is open"), icon="cash"),
        totals=_totals(board.total, board.bands),
        page_size=PAGE,
        push_url=False,
    )


def _visible(request: HttpRequest, rows: Sequence[BoardRow]) -> Callable[[int | None], bool]:
    """Which groups the user may open: a manager may lead a part of a group only."""
    user = signed_in(request)
    if user.sees_everything():
        return lambda _key: True
    keys = [row.key for row in rows]
    found = set(Account.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    return found.__contains__


def _group_url(row: BoardRow, as_of: date) -> str:
    return _ageing_url(as_of, level="account", account=row.key)


def _ageing_url(as_of: date, **query: Any) -> str:
    return url_of("ageing", as_of=as_of.isoformat(), **query)


def _bucket(place: int) -> Callable[[BoardRow], Decimal]:
    return lambda row: row.buckets[place]


def _columns(reading: Reading, *, is_file: bool) -> list[Column]:
    """What a row shows; a file has the amounts of the bands in the place of the bar."""
    board = reading.board
    largest = max((row.open for row in board.groups), default=Decimal(0))
    money: dict[str, Any] = {"kind": "money", "unit": board.currency}
    bar = Column(
        name="bar",
        title=_("Age of what is open"),
        kind="html",
        value=lambda row: age_bar(row.buckets, board.bands, whole=largest),
        css="is-bar",
    )
    return [
        Column(name="name", title=_("Group")),
        *([] if is_file else [bar]),
        Column(name="overdue", title=_("Overdue"), sort="overdue", **money),
        Column(
            name="share",
            title=_("Overdue share"),
            kind="percent",
            value=lambda row: share(row.overdue, row.open),
            sort=True,
            unknown=_("Nothing is open"),
        ),
        Column(name="open", title=_("Open"), sort="open", **money),
        *(
            Column(
                name=f"band-{place}",
                title=band_title(name),
                value=_bucket(place),
                default=is_file,
                **money,
            )
            for place, name in enumerate(board.bands.names)
        ),
        Column(name="unapplied", title=_("Unapplied cash"), default=False, **money),
        Column(name="open_credits", title=_("Open credits"), default=False, **money),
        Column(name="net", title=_("Net"), sort="net", **money),
    ]


def _totals(total: BoardRow, bands: Bands) -> dict[str, Decimal | None]:
    found: dict[str, Decimal | None] = {
        "overdue": total.overdue,
        "share": share(total.overdue, total.open),
        "open": total.open,
        "unapplied": total.unapplied,
        "open_credits": total.open_credits,
        "net": total.net,
    }
    for place in range(len(bands.names)):
        found[f"band-{place}"] = total.buckets[place]
    return found


@dataclass(frozen=True)
class TaskLine:
    """A line of the worklist's excerpt."""

    task: Task
    days: int
    url: str
    account_url: str

    @property
    def owners(self) -> str:
        """Who acts: the lead, the controller, or nobody yet."""
        people = [str(one) for one in (self.task.lead, self.task.controller) if one is not None]
        return ", ".join(dict.fromkeys(people)) or _("Default queue")


def task_lines(tasks: Sequence[Task], *, as_of: date) -> list[TaskLine]:
    """Dress the excerpt of the worklist."""
    return [
        TaskLine(
            task=task,
            days=(as_of - task.oldest_due_on).days,
            url=url_of("work-detail", task.work_id),
            account_url=reverse("accounts:account-detail", args=[task.party.pk])
            + "#panel-receivables",
        )
        for task in tasks
    ]


def run_words(run: JobRun) -> str:
    """What an overdue run did, in a sentence."""
    outcome = run.outcome or {}
    flagged, cured = outcome.get("flagged", 0), outcome.get("cured", 0)
    became = ngettext("%(n)s item became overdue", "%(n)s items became overdue", flagged)
    paid = ngettext("%(n)s was paid", "%(n)s were paid", cured)
    return _("Done: %(became)s, %(paid)s.") % {
        "became": became % {"n": formats.number(flagged)},
        "paid": paid % {"n": formats.number(cured)},
    }
