"""Chance that repeats: keyed dice that roll alike on every Python version and machine."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random


def exact(rolled: float) -> Decimal:
    """Return a rolled factor as it is written: what money is multiplied by is never a float."""
    return Decimal(repr(rolled))


class Dice:
    """Rolls for one key. Draws from `Random.random()` only, whose sequence Python promises."""

    def __init__(self, *key: object) -> None:
        self._next = Random("|".join(str(part) for part in key)).random

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self._next()

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int(self._next() * (high - low + 1))

    def happens(self, probability: float) -> bool:
        return self._next() < probability

    def about_one(self, spread: float) -> float:
        """Return a positive factor around 1; `spread` is its standard deviation."""
        roll = self._next
        return max(0.05, 1.0 + spread * 2.0 * (roll() + roll() + roll() - 1.5))

    def pick[T](self, items: Sequence[T]) -> T:
        return items[int(self._next() * len(items))]

    def order[T](self, items: Sequence[T]) -> list[T]:
        """Return the items in an order of chance."""
        rolled = [(self._next(), place) for place in range(len(items))]
        return [items[place] for _, place in sorted(rolled)]
