"""What an importer asks for: canonical columns, with enough said about each to map and read it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kam.core.formats import Text
from kam.imports.reading.values import (
    DecimalSign,
    Parse,
    canonical_number,
    date_parser,
    fraction_parser,
    month_parser,
    number_parser,
)


class ColumnType(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    NUMBER = "number"
    FRACTION = "fraction"
    DATE = "date"
    MONTH = "month"

    def parser(self, date_format: str, decimal: DecimalSign) -> Parse | None:
        """Return the function that reads a cell of this type; text is taken as it is."""
        match self:
            case ColumnType.TEXT:
                return None
            case ColumnType.NUMBER:
                return number_parser(decimal)
            case ColumnType.FRACTION:
                return fraction_parser(decimal)
            case ColumnType.DATE:
                return date_parser(date_format)
            case ColumnType.MONTH:
                return month_parser(date_format)

    def shortcut(self, decimal: DecimalSign) -> Callable[[str], object]:
        """Return a quick test for cells that are in canonical form already."""
        if self in {ColumnType.NUMBER, ColumnType.FRACTION}:
            return canonical_number(decimal)
        return _never

    @property
    def sql(self) -> str:
        """The PostgreSQL type that holds what was read."""
        if self is ColumnType.TEXT:
            return "text"
        return "date" if self in {ColumnType.DATE, ColumnType.MONTH} else "numeric"


def _never(_text: str) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Column:
    """A canonical column of a kind of import.

    `required` columns must be mapped and filled in every row; `synonyms` are names under which
    systems export it, lower case, for the first guess. `read` replaces the type's parser and
    answers None for what is unknown. A column `derived_from` another is never mapped: it is made
    from the other's text by `read`. A date that is `last_day_of` another column says in people's
    way what that one holds as the day after: it fills it, and has no cells of its own.
    """

    name: str
    label: Text
    type: ColumnType = ColumnType.TEXT
    required: bool = False
    help: Text = ""
    example: str = ""
    synonyms: tuple[str, ...] = ()
    max_length: int = 200
    read: Parse | None = None
    derived_from: str = ""
    last_day_of: str = ""

    def parser(self, date_format: str, decimal: DecimalSign) -> Parse | None:
        """Return the function that reads its cells; None takes text as it is."""
        return self.read or self.type.parser(date_format, decimal)

    def problem(self) -> str:
        """Return the reason for which a row with an unreadable cell is rejected."""
        return f"unknown: {self.name}" if self.read else f"not a {self.type}: {self.name}"


def guess_columns(header: Iterable[str], columns: Iterable[Column]) -> dict[str, str]:
    """Propose which source column is which canonical one, by name; each source column once."""
    by_name: dict[str, str] = {}
    for name in header:
        by_name.setdefault(plain_name(name), name)
    guessed: dict[str, str] = {}
    for column in columns:
        for known in (column.name, str(column.label), *column.synonyms):
            source = by_name.get(plain_name(known))
            if source is not None and source not in guessed.values():
                guessed[column.name] = source
                break
    return guessed


DAY_AFTER = _("The day after the last one. Give the last one itself in the column “Last day”.")


def last_day(of: str, *, words: Text, example: str = "2026-12-31") -> Column:
    """Return the column of a period's last day, beside the older one of the day after it."""
    return Column(
        name="last_day", label=_("Last day"), type=ColumnType.DATE, example=example, help=words,
        synonyms=("last date",), last_day_of=of,
    )  # fmt: skip


def day_after(day: str) -> str:
    """Return the ISO day after an ISO day; what is no day stays as it is."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else day


def plain_name(name: str) -> str:
    """Return a column name without case, blanks and punctuation."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
