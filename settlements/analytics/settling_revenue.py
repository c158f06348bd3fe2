"""What of a statement is revenue of which category."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from kam.core.exact import EXACT, exact_sum, rounded
from settlements.analytics.settling import Line
from settlements.analytics.statement import LineKind

ZERO = Decimal(0)


def by_category(
    lines: Iterable[Line], net: Decimal, places: int
) -> list[tuple[int | None, Decimal]]:
    """Divide a statement's net among the categories of its goods, by their amounts.

    The parts add up to the net exactly; the last category takes what rounding leaves. Where goods
    come to nothing in sum, it is of no category.
    """
    goods = {LineKind.GROSS.value, LineKind.RETURN.value, LineKind.SHRINK.value}
    weights: dict[int | None, Decimal] = {}
    for one in lines:
        if one.kind in goods:
            weights[one.category_id] = weights.get(one.category_id, ZERO) + one.amount
    whole = exact_sum(weights.values())
    if not whole:
        return [(None, net)] if net else []
    order = sorted(weights, key=lambda key: (key is None, key or 0))
    left, found = net, []
    for key in order[:-1]:
        part = rounded(Fraction(net) * Fraction(weights[key]) / Fraction(whole), places)
        found.append((key, part))
        left = EXACT.subtract(left, part)
    return [(key, part) for key, part in [*found, (order[-1], left)] if part]
