"""Revenue retention: what of last period's revenue was kept, grew, shrank, left.

A customer is active in a period when its net revenue there is positive. Each customer has one
movement; the changes by movement lead exactly from the previous total to the current one:
`previous + new + grew + shrank + left + credit = current` (shrank and left are negative).

- base: previous revenue of the customers active in the previous period.
- kept revenue: Σ min(previous, current) over the base.
- gross revenue retention = kept revenue ÷ base (growth does not count, at most 1).
- net revenue retention = current revenue of the base customers ÷ base (growth counts, new
  customers do not).
- customer retention = base customers still active ÷ base customers.

Credit notes count: a base customer whose current net revenue is below zero lowers both rates by
that amount; nothing is clamped. Without a base the rates are None, never 0. Sums are exact
`Decimal`; only the rates are rounded, to 12 decimals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from accounts.analytics.keys import Key
from kam.core.exact import EXACT, exact_sum, ratio

FORMULA_VERSION = "retention-1"


class Movement(StrEnum):
    """What became of a customer between two periods."""

    SAME = "same"
    GREW = "grew"
    SHRANK = "shrank"
    LEFT = "left"
    NEW = "new"
    CREDIT = "credit"
    """Active in neither period: only credit notes, or zero. Listed so that the totals add up."""


@dataclass(frozen=True, slots=True)
class CustomerMovement[K: Key]:
    """One customer's net revenue in both periods; absent from a period counts as no revenue."""

    key: K
    previous: Decimal
    current: Decimal
    movement: Movement

    @property
    def change(self) -> Decimal:
        """Return current minus previous."""
        return EXACT.subtract(self.current, self.previous)


@dataclass(frozen=True, slots=True)
class MovementTotal:
    """Customers of one movement with their revenue in both periods."""

    movement: Movement
    customers: int
    previous: Decimal
    current: Decimal

    @property
    def change(self) -> Decimal:
        """Return current minus previous."""
        return EXACT.subtract(self.current, self.previous)


@dataclass(frozen=True, slots=True)
class Retention[K: Key]:
    """Two periods compared; see the module for the definitions.

    `rows` holds every customer of either period, largest loss first, then by key. `by_movement`
    has all six movements, empty ones included.
    """

    formula_version: str
    previous_total: Decimal
    current_total: Decimal
    base: Decimal
    base_customers: int
    kept_revenue: Decimal
    gross_retention: Decimal | None
    net_retention: Decimal | None
    customer_retention: Decimal | None
    by_movement: Mapping[Movement, MovementTotal]
    rows: tuple[CustomerMovement[K], ...]


_BASE = frozenset({Movement.SAME, Movement.GREW, Movement.SHRANK, Movement.LEFT})


def retention[K: Key](previous: Mapping[K, Decimal], current: Mapping[K, Decimal]) -> Retention[K]:
    """Compare net revenue per customer of two periods of the same scope and currency."""
    rows = sorted(_rows(previous, current), key=lambda row: (row.change, row.key))
    base_rows = [row for row in rows if row.movement in _BASE]
    base = exact_sum(row.previous for row in base_rows)
    kept = exact_sum(min(row.previous, row.current) for row in base_rows)
    stayed = sum(row.movement is not Movement.LEFT for row in base_rows)
    return Retention(
        formula_version=FORMULA_VERSION,
        previous_total=exact_sum(previous.values()),
        current_total=exact_sum(current.values()),
        base=base,
        base_customers=len(base_rows),
        kept_revenue=kept,
        gross_retention=ratio(kept, base),
        net_retention=ratio(exact_sum(row.current for row in base_rows), base),
        customer_retention=ratio(Decimal(stayed), Decimal(len(base_rows))),
        by_movement={movement: _total(movement, rows) for movement in Movement},
        rows=tuple(rows),
    )


def movement_of(previous: Decimal, current: Decimal) -> Movement:
    """Return the movement of one customer; revenue at or below zero is not active."""
    if previous <= 0:
        return Movement.NEW if current > 0 else Movement.CREDIT
    if current <= 0:
        return Movement.LEFT
    if current == previous:
        return Movement.SAME
    return Movement.GREW if current > previous else Movement.SHRANK


def _rows[K: Key](
    previous: Mapping[K, Decimal], current: Mapping[K, Decimal]
) -> Iterable[CustomerMovement[K]]:
    for key in previous.keys() | current.keys():
        before, now = previous.get(key, Decimal(0)), current.get(key, Decimal(0))
        yield CustomerMovement(key, before, now, movement_of(before, now))


def _total[K: Key](movement: Movement, rows: Iterable[CustomerMovement[K]]) -> MovementTotal:
    own = [row for row in rows if row.movement is movement]
    return MovementTotal(
        movement=movement,
        customers=len(own),
        previous=exact_sum(row.previous for row in own),
        current=exact_sum(row.current for row in own),
    )
