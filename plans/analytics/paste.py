"""A block of cells as a spreadsheet copies it: rows of tab-separated cells, with their numbers.

A number that can be read in two ways, such as 1.234, is read as its own block does elsewhere,
else as the reader's locale does.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kam.core.money import AmountError, Separator, parse_decimal

MAX_ROWS, MAX_CELLS = 500, 60
BLANKS = frozenset({"", "-", "–", "—", "−"})

type MonthOf = Callable[[str], date | None]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What cannot be used, in which row and column of the block (from 1; 0: the row as a whole).

    Codes: `number`, `negative`, `too_large`, `month`, `twice`, `too_many_columns`, `too_long`.
    """

    code: str
    row: int
    column: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row's name and its amounts by month; None empties a month."""

    number: int
    name: str
    amounts: dict[date, Decimal | None]


@dataclass(frozen=True, slots=True)
class Block:
    """What was read, and all that could not be; nothing of a block with trouble is used."""

    rows: list[Row]
    troubles: list[Trouble]


def cells_of(text: str) -> list[list[str]]:
    """Return the cells of a block; quoted ones may hold line breaks. Empty rows are kept."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    mark = ";" if "\t" not in text and ";" in text else "\t"
    read = csv.reader((f"{line}\n" for line in lines), delimiter=mark)
    return [[cell.strip() for cell in row] for row in read]


def decimal_sign(cells: Iterable[str], default: Separator) -> Separator:
    """Return the sign before decimals that the cells show, else the default."""
    shown: set[Separator] = set()
    for cell in cells:
        point, comma = _reads(cell, "."), _reads(cell, ",")
        if point != comma:
            shown.add("." if point else ",")
    return shown.pop() if len(shown) == 1 else default


def _reads(text: str, sign: Separator) -> bool:
    try:
        parse_decimal(text, sign)
    except AmountError:
        return False
    return True


def number(text: str, sign: Separator, *, limit: Decimal = Decimal(10) ** 15) -> Decimal | None:
    """Return a number of zero or more, None for an empty cell.

    Raises AmountError with the codes of `parse_decimal`, `negative` or `too_large`.
    """
    if text.strip() in BLANKS:
        return None
    try:
        value = parse_decimal(text)
    except AmountError as error:
        if error.code != "ambiguous":
            raise
        value = parse_decimal(text, sign)
    if value < 0:
        raise AmountError("negative", "An amount is zero or more.")
    if value > limit:
        raise AmountError("too_large", "This amount is too large.")
    return value


def read_block(
    text: str,
    months: Sequence[date],
    *,
    sign: Separator,
    month_of: MonthOf,
    totals: frozenset[str] = frozenset(),
) -> Block:
    """Read rows of a name and amounts; a first row with a month in it says which they are.

    Without such a row amounts stand in the order of the months, and there are no more than these.
    Columns below an empty heading, or one of `totals` (in small letters), are left out.
    """
    table = cells_of(text)
    wide = max((len(row) for row in table), default=0)
    if len(table) > MAX_ROWS or wide > MAX_CELLS:
        return Block([], [Trouble("too_long", 0, 0)])
    sign = decimal_sign((cell for row in table for cell in row[1:]), sign)
    first = table[0][1:] if table else []
    headed = any(month_of(cell) for cell in first)
    if headed:
        columns, troubles = _headings(first, months, month_of, totals)
    else:
        columns, troubles = dict(enumerate(months, start=2)), []
    rows = []
    for place, cells in enumerate(table[headed:], start=1 + headed):
        if any(cells):
            rows.append(_row(place, cells, columns, sign, troubles, strict=not headed))
    return Block(rows, troubles)


def _headings(
    cells: Sequence[str], months: Sequence[date], month_of: MonthOf, totals: frozenset[str]
) -> tuple[dict[int, date], list[Trouble]]:
    """The month of each column that has one, and headings that cannot be used."""
    columns: dict[int, date] = {}
    troubles: list[Trouble] = []
    for place, cell in enumerate(cells, start=2):
        if not cell or cell.lower() in totals:
            continue
        month = month_of(cell)
        if month is None or month not in months:
            troubles.append(Trouble("month", 1, place, cell))
        elif month in columns.values():
            troubles.append(Trouble("twice", 1, place, cell))
        else:
            columns[place] = month
    return columns, troubles


def _row(
    place: int,
    cells: list[str],
    columns: dict[int, date],
    sign: Separator,
    troubles: list[Trouble],
    *,
    strict: bool,
) -> Row:
    amounts: dict[date, Decimal | None] = {}
    for column, cell in enumerate(cells[1:], start=2):
        if column not in columns:
            if cell and strict:
                troubles.append(Trouble("too_many_columns", place, column, cell))
            continue
        try:
            amounts[columns[column]] = number(cell, sign)
        except AmountError as error:
            code = error.code if error.code in ("negative", "too_large") else "number"
            troubles.append(Trouble(code, place, column, cell))
    return Row(place, cells[0], amounts)
