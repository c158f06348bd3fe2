"""Amounts and volumes of a sales plan: typed into the grid, pasted as a block, prefilled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.models import ProductCategory
from kam.core.money import Separator, quantise, round_to_currency
from kam.core.problems import RefusedError, StaleError, explained
from kam.identity.models import User
from plans.analytics.paste import Block, MonthOf, Row, Trouble, read_block
from plans.models import Plan, SalesLine, SalesMonth
from plans.selectors.sales.board import last_year
from plans.selectors.sales.facts import months_of
from plans.services.figures import OutsidePeriodError
from plans.services.sales.lines import add_line
from plans.services.writing import written_by

type Measure = Literal["amount", "volume"]
type Cells = Mapping[tuple[int, date], Decimal | None]


class VolumeError(RefusedError):
    """A volume of a month for which no amount is planned."""

    code, field = "volume_without_amount", "volume"
    words = _("A month has an amount before it has a volume.")


class ChangedCellsError(StaleError):
    """Months that somebody else planned otherwise than they were read."""

    def __init__(self, keys: Iterable[tuple[int, date]]) -> None:
        super().__init__()
        self.keys = frozenset(keys)


class PasteError(RefusedError):
    """A pasted block that cannot be used: nothing of it is, and every trouble is named."""

    code, field = "paste", "block"
    words = _("Nothing was taken over: see what cannot be read.")

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        super().__init__()
        self.troubles = list(troubles)

    @property
    def lines(self) -> list[str]:
        """Each trouble in words."""
        return [words_of(one) for one in self.troubles]


def words_of(trouble: Trouble) -> str:
    """A trouble with its row and its column."""
    messages = {
        "number": gettext("Row %(row)s, column %(column)s: “%(text)s” is not a number."),
        "negative": gettext("Row %(row)s, column %(column)s: “%(text)s” is below zero."),
        "too_large": gettext("Row %(row)s, column %(column)s: “%(text)s” is too large."),
        "month": gettext("Row %(row)s, column %(column)s: “%(text)s” is not a month of this plan."),
        "twice": gettext("Row %(row)s, column %(column)s: the month “%(text)s” comes twice."),
        "too_many_columns": gettext(
            "Row %(row)s, column %(column)s: “%(text)s” stands past the last month of the plan."
        ),
        "category": gettext("Row %(row)s: there is no category “%(text)s”."),
        "row_twice": gettext("Row %(row)s: “%(text)s” comes twice."),
        "too_long": gettext("This is too much to paste at once: 500 rows and 60 columns at most."),
        "nothing": gettext("There is no row with an amount."),
    }
    named = {"row": trouble.row, "column": trouble.column, "text": trouble.text[:40]}
    return messages[trouble.code] % named


def save_cells(
    *,
    plan: Plan,
    user: User | None,
    cells: Cells,
    measure: Measure = "amount",
    read: Cells | None = None,
) -> int:
    """Set the amounts, or the volumes, of lines and months; None empties one.

    Returns how many changed. Lines of another plan are left alone. `read` is what stood there
    when it was looked at. Raises NotDraftError, OutsidePeriodError for a month that the plan has
    not, VolumeError, ChangedCellsError where somebody else wrote something else since.
    """
    with explained(), transaction.atomic():
        plan = written_by(plan, user)
        months = set(months_of(plan))
        if any(month not in months for _line, month in cells):
            raise OutsidePeriodError
        lines = set(plan.sales_lines.values_list("pk", flat=True))
        known = {
            (one.line_id, one.month): one for one in SalesMonth.objects.filter(line__plan=plan)
        }
        wanted = {key: value for key, value in cells.items() if key[0] in lines}
        if read is not None:
            _refuse_changed(known, wanted, measure, read)
        return _write(known, wanted, measure)


def _refuse_changed(
    known: Mapping[tuple[int, date], SalesMonth], wanted: Cells, measure: Measure, read: Cells
) -> None:
    """Let nobody overwrite unseen; what both wrote alike is no matter."""
    theirs = []
    for key, value in wanted.items():
        stands = getattr(known[key], measure) if key in known else None
        exact = None if value is None else quantise(value)
        if stands not in (read.get(key), exact):
            theirs.append(key)
    if theirs:
        raise ChangedCellsError(theirs)


def _write(known: Mapping[tuple[int, date], SalesMonth], cells: Cells, measure: Measure) -> int:
    made, changed, gone = [], [], []
    for key, value in cells.items():
        row = known.get(key)
        exact = None if value is None else quantise(value)
        if row is None:
            if exact is None:
                continue
            if measure == "volume":
                raise VolumeError
            made.append(SalesMonth(line_id=key[0], month=key[1], amount=exact))
        elif exact is None and measure == "amount":
            gone.append(row)
        elif getattr(row, measure) != exact:
            setattr(row, measure, exact)
            changed.append(row)
    _store(made, changed, gone)
    return len(made) + len(changed) + len(gone)


def _store(made: list[SalesMonth], changed: list[SalesMonth], gone: list[SalesMonth]) -> None:
    now = timezone.now()
    for row in changed:
        row.updated_at = now
    SalesMonth.objects.filter(pk__in=[row.pk for row in gone]).delete()
    SalesMonth.objects.bulk_create(made)
    SalesMonth.objects.bulk_update(changed, ["amount", "volume", "updated_at"])
    touched = {row.line_id for row in (*made, *changed, *gone)}
    SalesLine.objects.filter(pk__in=touched).update(updated_at=now)


@dataclass(frozen=True, slots=True)
class Pasted:
    """How many months changed, and how many lines are new."""

    cells: int
    lines: int


def paste(
    *,
    plan: Plan,
    user: User | None,
    text: str,
    sign: Separator,
    month_of: MonthOf,
    measure: Measure = "amount",
    read: Cells | None = None,
) -> Pasted:
    """Take over a block of rows: category, then months. All of it or nothing.

    Categories are known by code or name; those without a line get one. Raises PasteError, which
    names each row and column that cannot be used, and what `save_cells` does.
    """
    block = read_block(text, months_of(plan), sign=sign, month_of=month_of, totals=_total_words())
    with explained(), transaction.atomic():
        written_by(plan, user)
        found = _keys_of(block, plan)
        if found.troubles:
            raise PasteError(found.troubles)
        lines = {one.category_id: one for one in plan.sales_lines.all()}
        new = [key for key in found.keys if key not in lines]
        for key in new:
            lines[key] = add_line(plan=plan, user=user, category=found.categories.get(key or 0))
        cells = {
            (lines[key].pk, month): value
            for key, row in zip(found.keys, block.rows, strict=True)
            for month, value in row.amounts.items()
        }
        count = save_cells(plan=plan, user=user, cells=cells, measure=measure, read=read)
        return Pasted(count, len(new))


@dataclass(frozen=True, slots=True)
class _Found:
    keys: list[int | None]
    categories: dict[int, ProductCategory]
    troubles: list[Trouble]


def _keys_of(block: Block, plan: Plan) -> _Found:
    """The category of each row (None: everything else), and all troubles of the block."""
    everything = list(ProductCategory.objects.all())
    names = _by_name(everything)
    troubles, keys, seen = list(block.troubles), [], set()
    for row in block.rows:
        key = row.name.casefold()
        if key not in names:
            troubles.append(Trouble("category", row.number, 1, row.name))
            continue
        if names[key] in seen:
            troubles.append(Trouble("row_twice", row.number, 1, row.name))
        seen.add(names[key])
        keys.append(names[key])
    if not (troubles or _has_amounts(block.rows)):
        troubles.append(Trouble("nothing", 0, 0))
    troubles.sort(key=lambda one: (one.row, one.column))
    return _Found(keys, {one.pk: one for one in everything}, troubles)


def everything_else() -> list[str]:
    """What a row without a category is called, in English and the language in force."""
    with translation.override("en"):
        english = gettext("Everything else")
    return [gettext("Everything else").casefold(), english.casefold()]


def _by_name(categories: Iterable[ProductCategory]) -> dict[str, int | None]:
    """Categories by code and by name; codes go first, and “everything else” is none of them."""
    rows = list(categories)
    names: dict[str, int | None] = dict.fromkeys(everything_else())
    names |= {one.name.casefold(): one.pk for one in reversed(rows)}
    return names | {one.code.casefold(): one.pk for one in rows}


def _has_amounts(rows: Iterable[Row]) -> bool:
    return any(row.amounts for row in rows)


def _total_words() -> frozenset[str]:
    return frozenset({"total", "sum", pgettext("sum of a row", "Total").casefold()})


def prefill(
    *, plan: Plan, user: User | None, growth: Decimal, as_of: date, replace: bool = False
) -> Pasted:
    """Plan what was posted a year before, grown by a percentage, to the currency's decimals.

    Of months that are not over on the day the year before that counts. Volumes grow alike where
    all that was posted is counted in one unit. Months that are planned already stay unless
    `replace`; months that brought nothing, or took back, are not planned. Raises RefusedError
    where nothing was posted.
    """
    with explained(), transaction.atomic():
        plan = written_by(plan, user)
        before = last_year(plan, as_of=as_of)
        if not any(amount > 0 for amount in before.amounts.values()):
            raise RefusedError(
                _("Nothing was sold in the same months of the year before."), code="no_last_year"
            )
        factor = 1 + growth / 100
        lines = {one.category_id: one for one in plan.sales_lines.all()}
        new = [key for key in before.categories if key not in lines]
        categories = ProductCategory.objects.in_bulk([key for key in new if key])
        for key in new:
            lines[key] = add_line(
                plan=plan, user=user, category=categories.get(key or 0), unit=before.unit(key)
            )
        have = set(
            SalesMonth.objects.filter(line__plan=plan).values_list("line__category_id", "month")
        )
        wanted = {
            key: amount
            for key, amount in before.amounts.items()
            if amount > 0 and (replace or key not in have)
        }
        currency = plan.currency_id
        amounts = {
            (lines[key[0]].pk, key[1]): round_to_currency(amount * factor, currency)
            for key, amount in wanted.items()
        }
        changed = save_cells(plan=plan, user=user, cells=amounts)
        volumes = {
            (lines[key[0]].pk, key[1]): quantise(volume * factor, 0)
            for key in wanted
            if (volume := before.volume(key, lines[key[0]].unit)) is not None and volume > 0
        }
        save_cells(plan=plan, user=user, cells=volumes, measure="volume")
        return Pasted(changed, len(new))
