"""Revenue concentration before and after a loss: who becomes major next.

Concentration is not additive: the loss of two customers is one scenario, never the sum of two.
The figures before and after are those of `accounts.analytics.concentration`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from accounts.analytics.concentration import Concentration, concentration
from accounts.analytics.keys import Key
from kam.core.exact import EXACT, exact_sum

ZERO = Decimal(0)


@dataclass(frozen=True)
class AfterShock[K: Key]:
    """Concentration of the same customers before and after a loss."""

    before: Concentration[K]
    after: Concentration[K]

    @property
    def newly_major(self) -> list[K]:
        """Customers that reach 10 % of net revenue only because others are gone."""
        known = {row.key for row in self.before.major}
        return [row.key for row in self.after.major if row.key not in known]

    @property
    def newly_watched(self) -> list[K]:
        """Customers in the watch band now that were below it."""
        known = {row.key for row in (*self.before.major, *self.before.watch)}
        return [row.key for row in self.after.watch if row.key not in known]


def after_shock[K: Key](
    totals: Iterable[tuple[K, Decimal]],
    lost: Mapping[K, Decimal],
    *,
    unassigned: Decimal = ZERO,
    depth: int | None = None,
    before: Concentration[K] | None = None,
) -> AfterShock[K]:
    """Return concentration before and after taking off what is lost of each customer.

    `before` spares computing it anew where several losses of the same totals are compared. A
    customer of whom nothing is left is no customer any more. Raises KeyError for a loss of
    somebody who is not there.
    """
    rows = list(totals)
    if unknown := lost.keys() - {key for key, _amount in rows}:
        raise KeyError(next(iter(unknown)))
    left = [(key, EXACT.subtract(amount, lost.get(key, ZERO))) for key, amount in rows]
    kept = [(key, amount) for key, amount in left if amount or not lost.get(key)]
    return AfterShock(
        before=before or concentration(rows, unassigned=unassigned, depth=depth),
        after=concentration(kept, unassigned=unassigned, depth=depth),
    )


def is_everybody[K: Key](totals: Iterable[tuple[K, Decimal]], lost: Mapping[K, Decimal]) -> bool:
    """Whether nobody with revenue would be left."""
    return (
        exact_sum(
            EXACT.subtract(amount, lost.get(key, ZERO)) for key, amount in totals if amount > 0
        )
        <= 0
    )
