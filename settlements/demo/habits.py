"""On which terms the demo's chains buy, and when they really pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum, auto

from accounts.demo.calendar import Calendar, Story
from accounts.demo.chance import Dice
from kam.core.dates import ONE_DAY, add_months, month_start

BILLED_YEARS = 2


class Cadence(Enum):
    """How often deliveries are put on an invoice."""

    WEEK = auto()
    HALF = auto()
    MONTH = auto()

    def closes(self, day: date) -> date:
        """Return the date of the invoice that a delivery of the day stands on."""
        if self is Cadence.WEEK:
            return day + timedelta(days=6 - day.weekday())
        if self is Cadence.HALF and day.day <= 15:
            return day.replace(day=15)
        return add_months(month_start(day), 1) - ONE_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a habit answers to: one item, and how far through the history it was invoiced (0–1)."""

    invoiced_on: date
    due_on: date | None
    progress: float
    calendar: Calendar
    dice: Dice


type Habit = Callable[[Asked], date]


def _due(asked: Asked) -> date:
    """An item that awaits its due date is paid as if it had 45 days."""
    return asked.due_on or asked.invoiced_on + timedelta(days=45)


def early(asked: Asked) -> date:
    return max(asked.invoiced_on, _due(asked) - timedelta(days=asked.dice.whole(3, 9)))


def on_time(asked: Asked) -> date:
    return _due(asked)


def late(days: int, spread: int = 3) -> Habit:
    """Pay a steady number of days late, give or take."""

    def pays(asked: Asked) -> date:
        return _due(asked) + timedelta(days=days + asked.dice.whole(-spread, spread))

    return pays


def sliding(most: int) -> Habit:
    """Pay ever later: on time two years ago, `most` days late now."""

    def pays(asked: Asked) -> date:
        days = round(most * asked.progress**2)
        return _due(asked) + timedelta(days=days + asked.dice.whole(0, 4))

    return pays


def quarter_end(asked: Asked) -> date:
    """Pay on the last day of the quarter, when the budget is let go."""
    due = _due(asked)
    return add_months(date(due.year, due.month - (due.month - 1) % 3, 1), 3) - ONE_DAY


def once_a_month(asked: Asked) -> date:
    """Pay everything due up to the 25th in one transfer on that day, the rest a month later."""
    due = _due(asked)
    run = due.replace(day=25)
    return run if due <= run else add_months(month_start(due), 1).replace(day=25)


def up_to(last: Story, habit: Habit) -> Habit:
    """Follow a habit for what is invoiced up to a moment, then pay no more."""

    def pays(asked: Asked) -> date:
        return date.max if asked.invoiced_on > asked.calendar.day(last) else habit(asked)

    return pays


@dataclass(frozen=True, slots=True)
class Terms:
    """How a chain buys: days to pay in instalments, how it is invoiced, and its habit.

    `run` is the weekday on which it pays (0 is Monday), before or on the day of its habit; None
    pays on any working day. `by_site` invoices each site for itself.
    """

    days: tuple[int, ...]
    cadence: Cadence
    habit: Habit
    run: int | None = None
    by_site: bool = False
    disputes: float = 0.0
    misquotes: float = 0.0
    is_undated: bool = False

    def due_dates(self, invoiced_on: date) -> list[date | None]:
        if self.is_undated:
            return [None]
        return [invoiced_on + timedelta(days=days) for days in self.days]

    def pays_on(self, asked: Asked) -> date:
        """Return the day of the payment run that takes the item."""
        day = self.habit(asked)
        if day == date.max:
            return day
        last = self.run if self.run is not None else min(day.weekday(), 4)
        return max(day - timedelta(days=(day.weekday() - last) % 7), asked.invoiced_on)


_WEEK, _HALF, _MONTH = Cadence.WEEK, Cadence.HALF, Cadence.MONTH
_TERMS = {
    "FI01": Terms((30,), _HALF, on_time, 3),
    "FI02": Terms((45,), _WEEK, late(5), 2),
    "FI03": Terms((30,), _HALF, late(9), 1),
    "FI05": Terms((14,), _HALF, early),
    "FI06": Terms((14,), _WEEK, on_time),
    "FI07": Terms((30,), _HALF, sliding(66)),
    "FI08": Terms((30,), _MONTH, quarter_end),
    "FI09": Terms((30,), _HALF, late(24, 6)),
    "FI10": Terms((14,), _MONTH, on_time),
    "SE01": Terms((30,), _WEEK, once_a_month),
    "SE02": Terms((30,), _HALF, early),
    "SE03": Terms((14,), _HALF, late(3)),
    "EE01": Terms((30,), _HALF, late(9), by_site=True),
    "DE01": Terms((60,), _HALF, on_time, 1, by_site=True),
    "DE02": Terms((30,), _HALF, early),
    "PL01": Terms((60,), _HALF, late(12), 2),
    "PL02": Terms((30,), _HALF, on_time, misquotes=0.3),
    "HU01": Terms((45,), _HALF, late(34, 6)),
    "HU02": Terms((30,), _MONTH, on_time),
    "RO01": Terms((60,), _HALF, late(7), 4),
    "RO02": Terms((60,), _HALF, on_time, 4),
    "RO03": Terms((45,), _HALF, late(3), disputes=0.4),
    "RO05": Terms((30,), _HALF, late(27, 6)),
    "RO06": Terms((60,), _HALF, sliding(80)),
    "RO08": Terms((30,), _MONTH, quarter_end),
    "RO10": Terms((60,), _MONTH, late(25)),
    "CN01": Terms((60,), _HALF, on_time, 3),
    "CN02": Terms((60,), _MONTH, late(26, 9), by_site=True),
    "CN03": Terms((45,), _HALF, on_time),
    "CN05": Terms((30,), _HALF, late(8)),
    "CN06": Terms((45,), _HALF, on_time, misquotes=0.35),
    "CN07": Terms((45,), _MONTH, on_time, is_undated=True),
    "CN09": Terms((30,), _MONTH, up_to(Story(3, 11), late(15))),
    "CN10": Terms((60,), _MONTH, up_to(Story(3, 6), late(20))),
    "VN01": Terms((30, 60, 90), _MONTH, on_time),
    "VN02": Terms((90,), _MONTH, on_time),
    "VN03": Terms((30, 60), _HALF, late(6)),
    "VN05": Terms((45,), _HALF, late(11), misquotes=0.15),
    "SG01": Terms((45,), _MONTH, on_time, 0, by_site=True),
    "SG02": Terms((30,), _MONTH, on_time, is_undated=True),
}
_USUAL_DAYS = (30, 30, 30, 45, 60)


def terms_of(code: str, seed: int) -> Terms:
    """Return a chain's terms; those without a story have usual ones, and pay about on time."""
    if code in _TERMS:
        return _TERMS[code]
    dice = Dice(seed, "terms", code)
    usual = Terms((dice.pick(_USUAL_DAYS),), _MONTH, on_time)
    return replace(usual, habit=late(dice.whole(1, 6), 1)) if dice.happens(0.4) else usual
