"""The grid of the sales plan: months as columns, lines as rows; typed, pasted or prefilled."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kam.core import formats, htmx
from kam.core.money import AmountError
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from plans.analytics.paste import Trouble, decimal_sign, number
from plans.models import Plan, SalesLine
from plans.selectors.sales.facts import months_of
from plans.services.sales import amounts as services
from plans.services.sales.amounts import Measure, PasteError, words_of
from plans.views import figures
from plans.views.sales.common import locale_sign, month_reader, typed

EDIT = "plans.edit"
MAX_PASTE = 60_000


@dataclass
class GridCell:
    """A field of the grid, with what stands or was typed in it; `stands` is what is stored."""

    name: str
    text: str
    label: str
    stands: str
    is_wrong: bool = False


@dataclass
class GridRow:
    """A line with its fields."""

    line: SalesLine
    cells: list[GridCell]
    values: list[Decimal | None]

    @property
    def total(self) -> Decimal | None:
        """What the line comes to; None where nothing is planned."""
        return _total(self.values)


@dataclass
class Grid:
    """The grid as it is shown: what stands, or what was sent and is to be mended."""

    plan: Plan
    measure: Measure
    months: list[date]
    rows: list[GridRow]
    troubles: list[str] = field(default_factory=list)
    block: str = ""

    @property
    def headings(self) -> list[str]:
        """The months in words."""
        return [formats.month(one) for one in self.months]

    @property
    def shown(self) -> str:
        """What is stored, by field: it goes along, so that one sees who changed what meanwhile."""
        return json.dumps({one.name: one.stands for row in self.rows for one in row.cells})

    @property
    def sums(self) -> list[Decimal | None]:
        """All lines by month, and together at the end; nothing for volumes of several units."""
        units = {row.line.unit for row in self.rows}
        if self.measure == "volume" and len(units) > 1:
            return []
        by_month = [_total(one) for one in zip(*(row.values for row in self.rows), strict=True)]
        return [*by_month, _total(by_month)]


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [one for one in values if one is not None]
    return sum(known, Decimal(0)) if known else None


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def sales_grid(request: HttpRequest, pk: int) -> HttpResponse:
    """Amounts, or volumes, of a draft: one field a month."""
    plan = figures.get_draft(request, pk)
    asked = request.POST.get("measure") or request.GET.get("measure")
    measure: Measure = "volume" if asked == "volume" else "amount"
    grid = read_grid(plan, measure)
    if request.method == "POST":
        act = _paste if "paste" in request.POST else _save
        if (done := act(request, grid)) is not None:
            return done
    titles = {"amount": _("Net revenue by month"), "volume": _("Volume by month")}
    context = figures.page_context(request, plan, "sales", titles[measure])
    context |= {"grid": grid, "sign": locale_sign(), "is_volume": measure == "volume"}
    status = 422 if grid.troubles else 200
    return render(request, "plans/sales_grid.html", context, status=status)


def read_grid(plan: Plan, measure: Measure) -> Grid:
    """The grid as it stands."""
    months = months_of(plan)
    rows = []
    for line in plan.sales_lines.select_related("category").prefetch_related("months"):
        known: Mapping[date, Decimal | None] = {
            one.month: getattr(one, measure) for one in line.months.all()
        }
        cells = [
            GridCell(
                name=f"c-{line.pk}-{month:%Y-%m}",
                text=typed(known.get(month)),
                stands=typed(known.get(month)),
                label=f"{line}, {formats.month(month)}",
            )
            for month in months
        ]
        rows.append(GridRow(line, cells, [known.get(month) for month in months]))
    return Grid(plan, measure, months, rows)


def _save(request: HttpRequest, grid: Grid) -> HttpResponse | None:
    """Take what was typed; with a text among the numbers nothing is, and it stays in its field.

    Fields that stand as they were shown are left alone: how a number that was typed is written
    says nothing about those that we wrote ourselves. What somebody else wrote meanwhile is told
    before it is overwritten.
    """
    changed, theirs = _changed(request, grid)
    grid.troubles += _of_lines_gone(request, grid)
    sign = decimal_sign((cell.text for _at, _key, cell in changed), locale_sign())
    wanted: dict[tuple[int, date], Decimal | None] = {}
    for (place, column), key, cell in changed:
        if cell.name in theirs:
            cell.is_wrong = True
            grid.troubles.append(_of_others(cell))
            continue
        try:
            wanted[key] = number(cell.text, sign)
        except AmountError as error:
            cell.is_wrong = True
            known = error.code if error.code in {"negative", "too_large"} else "number"
            trouble = words_of(Trouble(known, place, column, cell.text))
            grid.troubles.append(f"{cell.label}: {trouble}")
    if grid.troubles:
        return None
    return _act(request, grid, wanted)


type _Changed = list[tuple[tuple[int, int], tuple[int, date], GridCell]]


def _changed(request: HttpRequest, grid: Grid) -> tuple[_Changed, set[str]]:
    """Fields with another text than they were shown with (row and column, line and month), and
    the names of those among them that somebody else changed since."""
    shown, found, theirs = _shown(request), [], set()
    for place, row in enumerate(grid.rows, start=1):
        for column, (month, cell) in enumerate(zip(grid.months, row.cells, strict=True), start=2):
            was = shown.get(cell.name, cell.stands)
            text = request.POST.get(cell.name, was)[:64].strip()
            if text in (was, cell.stands):
                continue
            cell.text = text
            found.append(((place, column), (row.line.pk, month), cell))
            if was != cell.stands:
                theirs.add(cell.name)
    return found, theirs


def _of_lines_gone(request: HttpRequest, grid: Grid) -> list[str]:
    """What was typed into lines that somebody else took out meanwhile: it has no place any more."""
    names = {cell.name for row in grid.rows for cell in row.cells}
    shown = _shown(request)
    typed_there = [
        text
        for name, was in shown.items()
        if name not in names and (text := request.POST.get(name, was)[:64].strip()) not in ("", was)
    ]
    if not typed_there:
        return []
    words = _("Somebody else took a line out meanwhile. What you wrote in it: %(texts)s.")
    return [words % {"texts": "; ".join(typed_there)}]


def _read(request: HttpRequest, grid: Grid) -> dict[tuple[int, date], Decimal | None]:
    """What stood in each field when the page was opened, as far as the browser says so."""
    shown, is_said = _shown(request), "shown" in request.POST
    found: dict[tuple[int, date], Decimal | None] = {}
    for row in grid.rows:
        for month, cell, value in zip(grid.months, row.cells, row.values, strict=True):
            was = shown.get(cell.name, "" if is_said else cell.stands)
            found[row.line.pk, month] = value if was == cell.stands else _figure(was)
    return found


def _figure(text: str) -> Decimal | None:
    try:
        return number(text, locale_sign())
    except AmountError:
        return None


def _tell_theirs(grid: Grid, keys: Collection[tuple[int, date]]) -> None:
    """Say what somebody else wrote meanwhile; sent again, one's own takes its place."""
    rows = read_grid(grid.plan, grid.measure).rows
    stands = {cell.name: cell.stands for row in rows for cell in row.cells}
    for row in grid.rows:
        for month, cell in zip(grid.months, row.cells, strict=True):
            if (row.line.pk, month) in keys:
                cell.stands, cell.is_wrong = stands.get(cell.name, ""), True
                grid.troubles.append(_of_others(cell, is_pasted=bool(grid.block)))


def _shown(request: HttpRequest) -> dict[str, str]:
    """What the fields held when the page was opened; nothing where a client does not say."""
    try:
        found = json.loads(request.POST.get("shown", "{}"))
    except ValueError:
        return {}
    return {key: str(one) for key, one in found.items()} if isinstance(found, dict) else {}


def _of_others(cell: GridCell, *, is_pasted: bool = False) -> str:
    words = _("%(cell)s: somebody else wrote “%(text)s” meanwhile. Save again to put yours there.")
    if is_pasted:
        words = _(
            "%(cell)s: somebody else wrote “%(text)s” meanwhile. Take over again to put yours"
            " there."
        )
    return words % {"cell": cell.label, "text": cell.stands or formats.DASH}


def _act(
    request: HttpRequest, grid: Grid, wanted: dict[tuple[int, date], Decimal | None]
) -> HttpResponse | None:
    try:
        count = services.save_cells(
            plan=grid.plan,
            user=signed_in(request),
            cells=wanted,
            measure=grid.measure,
            read={
                (row.line.pk, month): value
                for row in grid.rows
                for month, value in zip(grid.months, row.values, strict=True)
            },
        )
    except services.ChangedCellsError as problem:
        _tell_theirs(grid, problem.keys)
        return None
    except RefusedError as problem:
        grid.troubles.append(str(problem))
        return None
    return _saved(request, grid, count)


def _paste(request: HttpRequest, grid: Grid) -> HttpResponse | None:
    """Take over a pasted block: all of it, or nothing and the block stays in its field."""
    grid.block = request.POST.get("block", "")
    if len(grid.block) > MAX_PASTE:
        grid.troubles.append(words_of(Trouble("too_long", 0, 0)))
        return None
    try:
        done = services.paste(
            plan=grid.plan,
            user=signed_in(request),
            text=grid.block,
            sign=locale_sign(),
            month_of=month_reader(grid.months),
            measure=grid.measure,
            read=_read(request, grid),
        )
    except services.ChangedCellsError as problem:
        _tell_theirs(grid, problem.keys)
        return None
    except PasteError as problem:
        grid.troubles += [str(problem), *problem.lines[:20]]
        return None
    except RefusedError as problem:
        grid.troubles.append(str(problem))
        return None
    return _saved(request, grid, done.cells)


def _saved(request: HttpRequest, grid: Grid, count: int) -> HttpResponse:
    words = ngettext("%(n)s month changed.", "%(n)s months changed.", count)
    messages.success(request, words % {"n": formats.number(count)})
    url = reverse("plans:sales-grid", args=[grid.plan.pk])
    return htmx.redirect(request, f"{url}?measure={cast('str', grid.measure)}")
