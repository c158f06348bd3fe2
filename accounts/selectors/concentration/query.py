"""What is asked: a period, what counts as one customer, and which revenue is looked at."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from accounts.choices import MODERN_TRADE, Channel, ConcentrationLevel
from accounts.models import GroupMonth
from kam.core.dates import Period, add_months

MODERN = "modern"
"""A channel of ours: all formats of modern trade together."""
_PLAIN = {"level", "period"}


@dataclass(frozen=True, kw_only=True)
class ConcentrationQuery:
    """Revenue of a half-open period, grouped by customer and narrowed by filters.

    `level` says what one customer is: the group (ultimate parent in force on each entry's own
    date) or the account as invoiced. Country, region, channel and lead are those of the selling
    node: what stands on the account today, the lead being the one in force today for the node
    (its own or inherited); history of these is not looked up. `category` and `source` are those
    of the entries. `currency` asks for figures in that currency.
    """

    period: Period
    level: str = ConcentrationLevel.GROUP
    category: int | None = None
    country: str = ""
    region: str = ""
    channel: str = ""
    lead: int | None = None
    source: int | None = None
    currency: str = ""

    def __post_init__(self) -> None:
        """Refuse a level or channel that does not exist."""
        if self.level not in ConcentrationLevel.values:
            raise ValueError(f"Unknown level: {self.level}")
        if self.channel and self.channel not in {MODERN, *Channel.values}:
            raise ValueError(f"Unknown channel: {self.channel}")

    @property
    def filters(self) -> dict[str, Any]:
        """The filters in force: everything but level and period."""
        values = {k: v for k, v in asdict(self).items() if k not in _PLAIN}
        return {k: v for k, v in sorted(values.items()) if v not in (None, "")}

    @property
    def scope(self) -> dict[str, Any]:
        """Level and filters, as a snapshot keeps them."""
        return {"level": str(self.level), **self.filters}

    @property
    def scope_key(self) -> str:
        """The scope as one text, the same for the same scope."""
        return "|".join(
            [str(self.level), *(f"{name}={value}" for name, value in self.filters.items())]
        )

    @property
    def channels(self) -> list[str]:
        """The channels to look at; none when it is all of them."""
        if not self.channel:
            return []
        return [str(one) for one in MODERN_TRADE] if self.channel == MODERN else [self.channel]

    @property
    def looks_at_nodes(self) -> bool:
        """Whether a filter reads the selling node."""
        return bool(self.country or self.region or self.channel or self.lead)

    @property
    def needs_entries(self) -> bool:
        """Whether a filter is about what no roll-up keeps."""
        return self.category is not None or self.source is not None

    def during(self, period: Period) -> ConcentrationQuery:
        """The same question about another period."""
        return replace(self, period=period)


def data_as_of(today: date) -> date:
    """The day that figures reach: today, or the end of the last month that has revenue.

    Data that ends years ago is looked at where it ends; lines dated after today do not move it.
    """
    months = GroupMonth.objects.filter(entries__gt=0, month__lte=today)
    last = months.order_by("-month").values_list("month", flat=True).first()
    if last is None:
        return today
    return min(today, add_months(last, 1) - timedelta(days=1))


def has_revenue() -> bool:
    """Whether there is any revenue entry at all."""
    return GroupMonth.objects.filter(entries__gt=0).exists()
