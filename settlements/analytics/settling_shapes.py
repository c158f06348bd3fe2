"""What a settlement statement is computed from, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from settlements.analytics.concession import Guarantee, NegativeHandling, Terms
from settlements.analytics.rates import Band, Scheme

ZERO = Decimal(0)
PAYABLE, CLAIM, CONTAINED = "payable", "claim", "contained"


@dataclass(frozen=True, kw_only=True)
class Goods:
    """What was sold of one thing: quantities, at a supply price or as turnover.

    `price` is that of one unit (sell-through). `sales` (zero or above) and `returns` (zero or
    below) are the turnover with tax before coupons, `coupons` what coupons paid of both, less
    those of goods brought back. `medium` is how consumers paid, empty where it does not matter.
    """

    tax_rate: Decimal
    category_id: int | None = None
    product_id: int | None = None
    sold: Decimal = ZERO
    returned: Decimal = ZERO
    price: Decimal | None = None
    sales: Decimal = ZERO
    returns: Decimal = ZERO
    coupons: Decimal = ZERO
    medium: str = ""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """Goods that a store lacks and pays for, at the supply price."""

    store_id: int
    product_id: int
    category_id: int | None
    quantity: Decimal
    price: Decimal
    tax_rate: Decimal


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A fee or promotion: an amount, or a rate (percent, or money for a unit) of a basis.

    `is_claim`: claimed beside the statement; otherwise taken off it. `bands` go before a rate.
    """

    condition_id: int
    label: str
    is_promotion: bool
    is_claim: bool
    basis: Decimal
    fixed: Decimal | None = None
    rate: Decimal | None = None
    is_per_unit: bool = False
    bands: tuple[Band, ...] = ()
    scheme: Scheme | None = None
    floor: Decimal | None = None
    cap: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line as it is stored; `part` says which total it belongs to."""

    kind: str
    amount: Decimal
    basis: Decimal
    part: str = PAYABLE
    rate: Decimal | None = None
    tax_rate: Decimal | None = None
    quantity: Decimal | None = None
    product_id: int | None = None
    category_id: int | None = None
    store_id: int | None = None
    condition_id: int | None = None
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a term says of computing. `terms` None: nothing is deducted.

    `days` are those of trading and of the calendar month, for a guarantee in proportion to them.
    `our_coupons` is the percentage of coupons that we pay for; `media` are the percentages of media
    that do not go by the terms (None: it does not count).
    """

    places: int
    is_tax_inclusive: bool
    terms: Terms | None = None
    guarantee: Guarantee | None = None
    days: tuple[int, int] | None = None
    handling: NegativeHandling = NegativeHandling.CARRY_FORWARD
    is_after_coupons: bool = False
    our_coupons: Decimal = ZERO
    media: Mapping[str, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Computed:
    """A statement in numbers, with the lines that make them."""

    lines: tuple[Line, ...]
    net: Decimal
    tax: Decimal
    payable: Decimal
    claimed: Decimal
    gross: Decimal = ZERO
    returns: Decimal = ZERO
    deduction: Decimal = ZERO
    top_up: Decimal = ZERO
    basis: Decimal | None = None
    carried_forward: Decimal = ZERO
