"""Share of wallet and whitespace of cells (account × category × period), and of many together.

The wallet is what the account buys of the category from everybody, nearly always estimated; the
current sales are ours. Nothing is clamped: what cannot be computed is None, with the reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from kam.core.dates import ONE_DAY, Period, months_between
from kam.core.exact import exact_sum, ratio

FORMULA_VERSION = "wallet-1"


class Reason(StrEnum):
    """Why share and whitespace of a cell cannot be computed."""

    NO_WALLET = "no_wallet"
    NO_RATE = "no_rate"
    NEGATIVE_SALES = "negative_sales"
    OVER = "over"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is known: wallet and current sales in one currency, share and whitespace.

    `share` and `whitespace` are None together, and then `reason` says why; of a wallet of nothing
    and no sales the whitespace is a real 0 and only the share is None.
    """

    wallet: Decimal | None
    current: Decimal | None
    share: Decimal | None
    whitespace: Decimal | None
    reason: Reason | None

    @property
    def is_computable(self) -> bool:
        """Whether its whitespace is known."""
        return self.whitespace is not None


def judge(wallet: Decimal | None, current: Decimal | None, *, has_rate: bool = True) -> Cell:
    """Return share of wallet (current ÷ wallet) and whitespace (wallet − current) of a cell.

    None where nobody estimated the wallet, where a rate is missing, where our sales are below
    zero, and where they exceed the wallet: then the estimate is wrong, not the share above 100 %.
    """
    reason = _reason(wallet, current, has_rate)
    if wallet is None or current is None or reason not in (None, Reason.EMPTY):
        return Cell(wallet, current, None, None, reason)
    return Cell(wallet, current, ratio(current, wallet), exact_sum([wallet, -current]), reason)


def _reason(wallet: Decimal | None, current: Decimal | None, has_rate: bool) -> Reason | None:
    if not has_rate:
        return Reason.NO_RATE
    if wallet is None:
        return Reason.NO_WALLET
    if current is None:
        return Reason.NO_RATE
    if current < 0:
        return Reason.NEGATIVE_SALES
    if current > wallet:
        return Reason.OVER
    return Reason.EMPTY if wallet == 0 else None


@dataclass(frozen=True, slots=True)
class Sum:
    """Cells together. Wallet, share and whitespace are those of computable cells alone.

    `covered` is the number of computable cells of `cells`; `sales_covered` the part of our sales
    that they hold (None where there are no positive sales, or some lack a rate).
    """

    wallet: Decimal | None
    current: Decimal | None
    share: Decimal | None
    whitespace: Decimal | None
    cells: int
    covered: int
    sales_covered: Decimal | None

    @property
    def is_whole(self) -> bool:
        """Whether every cell is in the sum."""
        return self.cells == self.covered


def total(cells: Iterable[Cell]) -> Sum:
    """Add cells up over those that are computable, and say how many these are.

    With no computable cell nothing is known: the sums are None, never 0.
    """
    rows = list(cells)
    known = [cell for cell in rows if cell.is_computable]
    wallet = _sum(cell.wallet for cell in known)
    current = _sum(cell.current for cell in known)
    return Sum(
        wallet=wallet,
        current=current,
        share=None if wallet is None or current is None else ratio(current, wallet),
        whitespace=_sum(cell.whitespace for cell in known),
        cells=len(rows),
        covered=len(known),
        sales_covered=_sales_covered(rows, current),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return exact_sum(known) if known else None


def _sales_covered(rows: list[Cell], current: Decimal | None) -> Decimal | None:
    sales = [cell.current for cell in rows]
    if any(amount is None for amount in sales):
        return None
    return ratio(current or Decimal(0), exact_sum(amount for amount in sales if amount is not None))


def compared_with(period: Period, as_of: date) -> Period:
    """Return the period of sales that a wallet of `period` is compared with on a day.

    A period that is over: itself. One that still runs, or is to come: as many months up to the
    last complete one, because a part of a year against a whole wallet misleads; a period that is
    not of whole months: as many days up to and including the day.
    """
    if period.last_day <= as_of:
        return period
    if period.is_whole_months:
        return Period.whole_months(as_of, months_between(period.start, period.end))
    end = as_of + ONE_DAY
    return Period(end - timedelta(days=period.days), end)
