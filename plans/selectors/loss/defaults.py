"""What a scenario assumes unless somebody says otherwise, and where each figure comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.selectors.below import BELOW, MONTHS
from accounts.selectors.profitability.facts import AS_MONTHS, AVERAGES, COSTED, FACTS_BELOW, GOODS
from kam.core.dates import Period
from kam.core.exact import ratio
from kam.core.selectors.rates import MissingRateError, base_currency, rate_on
from plans.choices.loss import LossKind
from plans.selectors.loss.facts import PAYS_IN, Asked, days_to_pay, fetch, history, notice_of
from plans.selectors.loss.sources import Kept
from settlements.choices.credit import CollateralKind
from settlements.choices.terms import Preset

ZERO, ONE = Decimal(0), Decimal(1)
SPREAD = Decimal("0.2")
"""How far low and high lie from what the books say, as a part of it."""
FORMULA = 1

type Three = tuple[Decimal, Decimal, Decimal]


def _three(low: str, base: str, high: str) -> Three:
    return Decimal(low), Decimal(base), Decimal(high)


# Conventions, not law: 45 percent is the foundation approach's loss on an unsecured claim. Goods
# on consignment stay ours until they are sold; a concession's till is with the store.
LGD: dict[str, Three] = {
    Preset.OUTRIGHT_CASH: _three("0.1", "0.2", "0.4"),
    Preset.OUTRIGHT_CREDIT: _three("0.45", "0.6", "0.9"),
    Preset.CONSIGNMENT: _three("0.2", "0.35", "0.6"),
    Preset.CONCESSION: _three("0.3", "0.5", "0.8"),
    Preset.GUARANTEED: _three("0.3", "0.5", "0.8"),
    Preset.LEASE: _three("0.45", "0.6", "0.9"),
    Preset.OWN: _three("0.45", "0.6", "0.9"),
    "none": _three("0.45", "0.6", "0.9"),
}
SECURED_LGD: dict[str, Three] = {
    CollateralKind.INSURANCE: _three("0.05", "0.1", "0.25"),
    CollateralKind.GUARANTEE: _three("0.1", "0.2", "0.5"),
    CollateralKind.DEPOSIT: _three("0", "0", "0"),
}
RUN_OFF: dict[str, list[Decimal]] = {
    LossKind.DELISTING: [Decimal("0.5"), ONE],
    LossKind.PARTIAL: [ONE],
    LossKind.INSOLVENCY: [ONE],
    LossKind.LONGER_TERMS: [ZERO],
}
CONVENTION = "convention"


@dataclass(frozen=True, kw_only=True)
class Default:
    """A value, None where the data do not know, and where it comes from, as `sources` has it."""

    value: Any
    source: str
    facts: Kept = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """Defaults by field of a scenario, and the revenue of the 12 months that they rest on."""

    by_field: dict[str, Default]
    revenue: Decimal | None
    currency: str
    as_of: date
    gaps: list[str] = field(default_factory=list)

    def value(self, name: str) -> Any:
        """The value of a field; None where there is none."""
        found = self.by_field.get(name)
        return found.value if found else None

    def sources(self) -> dict[str, Kept]:
        """Where each comes from, as a scenario keeps it: `sources.spoken` says it."""
        return {name: {"code": one.source, **one.facts} for name, one in self.by_field.items()}


def defaults(asked: Asked, kind: str) -> Defaults:
    """Return what a scenario of the kind assumes about the accounts, from their own figures."""
    gaps: list[str] = []
    year = _told(gaps, lambda: history(asked))
    by_field = _of_kind(kind) | _of_books(asked, kind, gaps)
    return Defaults(
        by_field=by_field,
        revenue=sum(year.values(), ZERO) if year else None,
        currency=asked.currency,
        as_of=asked.as_of,
        gaps=gaps,
    )


def _told[T](gaps: list[str], read: Callable[[], T]) -> T | None:
    """Read something that may lack a rate; say so instead of failing."""
    try:
        return read()
    except MissingRateError as error:
        if str(error) not in gaps:
            gaps.append(str(error))
        return None


def _of_kind(kind: str) -> dict[str, Default]:
    """What follows from the kind alone."""
    certain = [ONE, ONE, ONE]
    partial = list(_three("0.2", "0.3", "0.5"))
    is_partial = kind == LossKind.PARTIAL
    share_words = CONVENTION if is_partial else "all_business"
    found = {
        "run_off": Default(value=RUN_OFF[kind], source=CONVENTION),
        "horizon_months": Default(value=12, source="year"),
        "lost_share": Default(value=partial if is_partial else certain, source=share_words),
        "recovery": Default(value=list(_three("0", "0", "0.15")), source=CONVENTION),
        "avoidable_lag": Default(value=3, source=CONVENTION),
        "stock_recoverable": Default(value=list(_three("0.4", "0.7", "0.9")), source=CONVENTION),
        "clawback_days": Default(value=0, source="no_clawback"),
        "default_probability": Default(value=certain, source="it_happens"),
        "extra_days": Default(value=[Decimal(15), Decimal(30), Decimal(60)], source=CONVENTION),
        "fixed_cost": Default(value=None, source="not_known"),
    }
    return found | {f"lgd_{k}": Default(value=list(v), source=CONVENTION) for k, v in _RATES}


_RATES = [*LGD.items(), *SECURED_LGD.items()]


def _of_books(asked: Asked, kind: str, gaps: list[str]) -> dict[str, Default]:
    """What the accounts' own figures say."""
    found = {"days_to_pay": _days(asked)}
    days = notice_of(asked)
    if kind in (LossKind.DELISTING, LossKind.PARTIAL):
        source = "no_notice" if days is None else "longest_notice"
        found["notice_days"] = Default(value=days, source=source)
    margins = _told(gaps, lambda: _margins(asked))
    return found | (_of_margins(margins) if margins else {})


def _days(asked: Asked) -> Default:
    days = days_to_pay(asked)
    if days is None:
        return Default(value=PAYS_IN, source="nobody_paid", facts={"days": PAYS_IN})
    return Default(value=days, source="days_taken")


@dataclass(frozen=True, slots=True)
class _Margins:
    """Costed revenue, its goods and terms, and cost to serve of 12 months."""

    costed: Decimal
    goods: Decimal
    terms: Decimal | None
    serve: Decimal | None
    gaps: int


_COSTS = f"""
{BELOW}{MONTHS}, {AVERAGES}, {FACTS_BELOW}, {AS_MONTHS}
SELECT '' AS kind, COALESCE(round(sum({COSTED}), 4), 0), COALESCE(round(sum({GOODS}), 4), 0),
    COALESCE(sum(m.unconverted), 0)
FROM as_months m LEFT JOIN averages v ON v.month = m.month AND v.currency_id = m.currency_id
UNION ALL
SELECT CASE WHEN f.kind = 'trade_terms' THEN 'terms' ELSE 'serve' END, sum(f.amount), 0,
    sum(f.gap)
FROM below JOIN facts f ON f.account_id = below.account_id AND below.valid @> f.day
GROUP BY 1
"""


def _margins(asked: Asked) -> _Margins:
    """Return the margins of the accounts in the scenario's currency, from profitability."""
    period = Period.whole_months(asked.as_of)
    rows = fetch(
        _COSTS,
        {
            "ids": list(asked.roots),
            "everyone": False,
            "start": period.start,
            "end": period.end,
            "base": base_currency(),
        },
    )
    rate = rate_on(base_currency(), asked.currency, asked.as_of)
    by_kind = {kind: (amount, goods) for kind, amount, goods, _gap in rows}
    costed, goods = by_kind.get("", (ZERO, ZERO))
    costs = {key: by_kind[key][0] for key in ("terms", "serve") if key in by_kind}
    return _Margins(
        costed=costed * rate,
        goods=goods * rate,
        terms=costs["terms"] * rate if costs.get("terms") is not None else None,
        serve=costs["serve"] * rate if costs.get("serve") is not None else None,
        gaps=sum(gap for *_rest, gap in rows),
    )


def _of_margins(found: _Margins) -> dict[str, Default]:
    answers: dict[str, Default] = {}
    share = ratio(found.costed - found.goods - (found.terms or ZERO), found.costed)
    if share is None:
        answers["contribution"] = Default(value=None, source="cost_unknown")
    else:
        near = [_kept(share * (ONE - SPREAD)), _kept(share), _kept(share * (ONE + SPREAD))]
        answers["contribution"] = Default(
            value=sorted(near), source="margin", facts={"share": _kept(share)}
        )
    if found.serve is not None and found.serve > 0:
        month = (found.serve / 12).quantize(Decimal("0.01"))
        parts = [(month * part).quantize(Decimal(1)) for part in _three("0.3", "0.6", "0.9")]
        facts = {"amount": month}
        answers["avoidable"] = Default(value=parts, source="cost_to_serve", facts=facts)
    else:
        answers["avoidable"] = Default(value=None, source="no_cost_to_serve")
    return answers


def _kept(share: Decimal) -> Decimal:
    """A rate within −1 and 1, four decimals."""
    return min(max(share, -ONE), ONE).quantize(Decimal("0.0001"))
