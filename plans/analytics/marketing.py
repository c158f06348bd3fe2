"""The streams of a marketing activity, and our part of what it costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from kam.core.money import quantise
from plans.analytics.streams import Streams

type State = Literal["planned", "confirmed", "done", "cancelled"]


def our_part(payer: str, our_percent: Decimal | None) -> Decimal:
    """Return which part of a cost is ours, as a fraction: all, none, or the percentage said."""
    if payer == "shared" and our_percent is not None:
        return our_percent / 100
    return Decimal(0) if payer == "they" else Decimal(1)


def activity_streams(
    *, state: str, planned: Decimal | None, committed: Decimal | None, spent: Decimal | None
) -> Streams:
    """Return plan, forecast and actual of an activity's cost.

    What is done or cancelled costs what was spent (done and nothing said: not known). Before, it
    is expected to cost what is committed, else planned, and no less than what is spent.
    """
    if state == "cancelled":
        return Streams(planned, spent or Decimal(0), spent)
    if state == "done":
        return Streams(planned, spent, spent)
    known = [
        one for one in (committed if committed is not None else planned, spent) if one is not None
    ]
    return Streams(planned, max(known, default=None), spent)


def part_of(one: Streams, part: Decimal) -> Streams:
    """Return a part of streams, to 4 decimals."""

    def _cut(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else quantise(amount * part)

    return Streams(_cut(one.plan), _cut(one.forecast), _cut(one.actual))
