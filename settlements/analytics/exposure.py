"""Credit exposure by component, the check against a limit, and limits of a group.

Everything with tax, in one currency, as magnitudes: which component adds and which takes off is
fixed here. What is not known counts nothing and is named, so a small exposure is never mistaken
for a well-known one. A limit of None is not set; a limit of 0 means prepay only.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kam.core.exact import EXACT, exact_sum, ratio
from settlements.analytics.problems import CalculationError, Problem

ZERO = Decimal(0)
WEIGHT_OF_STOCK = Decimal("0.5")
WARN_AT = Decimal("0.9")


@dataclass(frozen=True, kw_only=True)
class Components:
    """What makes up exposure, with tax; None is not known.

    `open_receivables` are gross, with overdue and disputed ones. `unapplied_cash` is cleared.
    `instruments` are drafts and cheques not yet matured or cleared. `held_by_retailer` is the
    concession turnover that it cashed, less its deduction. `open_orders` are those due within
    the horizon. `consigned_stock` is at cost, before its weight. `secured` is what insurance,
    guarantees and deposits cover. Only `sold_not_stated` and `held_by_retailer` may be negative.
    """

    open_receivables: Decimal | None = None
    unapplied_cash: Decimal | None = None
    open_credits: Decimal | None = None
    instruments: Decimal | None = None
    delivered_not_invoiced: Decimal | None = None
    sold_not_stated: Decimal | None = None
    held_by_retailer: Decimal | None = None
    open_orders: Decimal | None = None
    consigned_stock: Decimal | None = None
    secured: Decimal | None = None


_ADDS = (
    "open_receivables",
    "instruments",
    "delivered_not_invoiced",
    "sold_not_stated",
    "held_by_retailer",
    "open_orders",
)
_TAKES_OFF = ("unapplied_cash", "open_credits")
_SIGNED = ("sold_not_stated", "held_by_retailer")
NAMES = (
    "open_receivables",
    "unapplied_cash",
    "open_credits",
    "instruments",
    "delivered_not_invoiced",
    "sold_not_stated",
    "held_by_retailer",
    "open_orders",
    "consigned_stock",
    "secured",
)
"""The components in the order in which they are shown."""


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """Exposure with what each component brings (signed), in the order of `NAMES`.

    `total` is the sum of `parts`; `secured_unused` is cover beyond what there is to cover.
    `unknown` names the components that counted nothing because nobody knows them.
    """

    total: Decimal
    parts: Mapping[str, Decimal]
    unknown: tuple[str, ...]
    secured_unused: Decimal

    @property
    def unsecured(self) -> Decimal:
        """Exposure before the secured part is taken off."""
        return EXACT.subtract(self.total, self.parts.get("secured", ZERO))


def exposure(components: Components, weight: Decimal = WEIGHT_OF_STOCK) -> Exposure:
    """Return exposure and what each component brings; the horizon of orders is applied already.

    The secured part is capped: it never takes exposure below zero, though prepayment may. A
    weight of 0 leaves consigned stock out, also where it is not known. Raises CalculationError
    `weight_out_of_range` or `negative_component`.
    """
    if not 0 <= weight <= 1:
        raise CalculationError("weight_out_of_range", weight=weight)
    known = _known(components)
    parts = {name: known[name] for name in _ADDS if name in known}
    parts |= {name: -known[name] for name in _TAKES_OFF if name in known}
    if "consigned_stock" in known:
        parts["consigned_stock"] = EXACT.multiply(known["consigned_stock"], weight)
    cover = known.get("secured", ZERO)
    used = min(cover, max(exact_sum(parts.values()), ZERO))
    if "secured" in known:
        parts["secured"] = -used
    unknown = [name for name in NAMES if name not in known]
    if weight == 0 and "consigned_stock" in unknown:
        unknown.remove("consigned_stock")
    return Exposure(
        total=exact_sum(parts.values()),
        parts={name: parts[name] for name in NAMES if name in parts},
        unknown=tuple(unknown),
        secured_unused=EXACT.subtract(cover, used),
    )


def _known(components: Components) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for name in NAMES:
        amount = getattr(components, name)
        if amount is None:
            continue
        if amount < 0 and name not in _SIGNED:
            raise CalculationError("negative_component", component=name)
        found[name] = amount
    return found


class Result(StrEnum):
    """What a check says, from the mildest to the strictest."""

    PASS = "pass"  # noqa: S105 - an answer, not a secret
    WARN = "warn"
    BLOCK = "block"


class Reason(StrEnum):
    """Why a check does not simply pass."""

    OVER_LIMIT = "over_limit"
    PREPAY_ONLY = "prepay_only"
    NO_LIMIT = "no_limit"
    NEAR_LIMIT = "near_limit"
    UNKNOWN_COMPONENTS = "unknown_components"


_BLOCKS = frozenset({Reason.OVER_LIMIT, Reason.PREPAY_ONLY})


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """A check with all that it was decided from.

    `exposure` holds what was requested. `available` = limit − exposure, below zero when over;
    None without a limit. `utilisation` = exposure ÷ limit; None without a limit above zero.
    """

    result: Result
    exposure: Decimal
    requested: Decimal
    limit: Decimal | None
    available: Decimal | None
    utilisation: Decimal | None
    over_by: Decimal
    reasons: tuple[Reason, ...]
    detail: Exposure


def assess(
    components: Components,
    limit: Decimal | None,
    requested: Decimal = ZERO,
    *,
    weight: Decimal = WEIGHT_OF_STOCK,
    warn_at: Decimal = WARN_AT,
) -> Assessment:
    """Check exposure with what is requested against a limit.

    No limit warns. A limit of 0 blocks as soon as anything is on credit, secured or not: cover
    does not turn prepay only into credit, money received before does. Exactly at the limit is
    not over it. A component that is not known warns. Raises CalculationError `limit_below_zero`
    or `negative_request`.
    """
    if limit is not None and limit < 0:
        raise CalculationError("limit_below_zero", limit=limit)
    if requested < 0:
        raise CalculationError("negative_request", requested=requested)
    detail = exposure(components, weight)
    total = EXACT.add(detail.total, requested)
    credit = EXACT.add(detail.unsecured, requested)
    reasons = tuple(_reasons(total, credit, limit, warn_at, detail.unknown))
    return Assessment(
        result=_result(reasons),
        exposure=total,
        requested=requested,
        limit=limit,
        available=None if limit is None else EXACT.subtract(limit, total),
        utilisation=None if limit is None else ratio(total, limit),
        over_by=ZERO if limit is None else max(EXACT.subtract(total, limit), ZERO),
        reasons=reasons,
        detail=detail,
    )


def _reasons(
    total: Decimal,
    credit: Decimal,
    limit: Decimal | None,
    warn_at: Decimal,
    unknown: tuple[str, ...],
) -> Iterable[Reason]:
    if limit is None:
        yield Reason.NO_LIMIT
    elif limit == 0:
        if credit > 0:
            yield Reason.PREPAY_ONLY
    elif total > limit:
        yield Reason.OVER_LIMIT
    elif total >= EXACT.multiply(limit, warn_at):
        yield Reason.NEAR_LIMIT
    if unknown:
        yield Reason.UNKNOWN_COMPONENTS


def _result(reasons: tuple[Reason, ...]) -> Result:
    if _BLOCKS & set(reasons):
        return Result.BLOCK
    return Result.WARN if reasons else Result.PASS


def strictest(results: Iterable[Result]) -> Result:
    """Return the strictest of results: an entity's own and those of the groups above it."""
    order = list(Result)
    return max(results, key=order.index, default=Result.PASS)


def check_hierarchy[K: Hashable](
    chain_limit: Decimal | None, entity_limits: Mapping[K, Decimal | None]
) -> list[Problem]:
    """Return what is wrong with a chain's limit and those of its legal entities.

    The chain's limit caps the sum of its entities' limits. An entity without a limit of its own
    draws on the chain's and adds nothing; a chain without a limit caps nothing. Codes:
    `limit_below_zero` (entity; None is the chain) and `entities_over_chain`.
    """
    everyone: list[tuple[K | None, Decimal | None]] = [(None, chain_limit), *entity_limits.items()]
    found = [
        Problem("limit_below_zero", {"entity": key, "limit": amount})
        for key, amount in everyone
        if amount is not None and amount < 0
    ]
    total = exact_sum(amount for amount in entity_limits.values() if amount is not None)
    if chain_limit is not None and total > chain_limit:
        over = EXACT.subtract(total, chain_limit)
        found.append(
            Problem("entities_over_chain", {"sum": total, "limit": chain_limit, "over_by": over})
        )
    return found
