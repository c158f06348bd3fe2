"""What statements come to, from accepted reports and the pinned version; nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from accounts.models import Product
from kam.core.exact import rounded
from kam.core.models import Currency, Organisation
from kam.core.money import quantise
from settlements.analytics import settling as maths
from settlements.analytics.consignment import billable_shrink
from settlements.analytics.problems import CalculationError
from settlements.analytics.settling import Charge, Computed, Goods, Missing
from settlements.choices.settling import StatementKind
from settlements.models import SettlementStatement
from settlements.selectors.prices.lookup import Price, prices_on
from settlements.selectors.prices.units import BASE
from settlements.selectors.settling.charges import Conditions, charges_of, conditions_for
from settlements.selectors.settling.jobs import Job, computing_rules
from settlements.selectors.settling.sources import Lacking, Sold, Source, sources_of

ZERO = Decimal(0)
RATE_PLACES = 6
NAMED = 5
"""Products that a refusal names; more are counted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A job's statement, or why there is none: `code` and words that name what is missing."""

    job: Job
    computed: Computed | None = None
    report_ids: tuple[int, ...] = ()
    code: str = ""
    problem: str = ""


@dataclass(slots=True)
class _Known:
    """What all jobs of a run read together."""

    decimals: dict[str, int]
    fiscal_start: int
    conditions: Conditions
    prices: dict[tuple[date, int, int, str], Price] = field(default_factory=dict)


class _RefusedInput(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def compute(jobs: Sequence[Job], *, besides: SettlementStatement | None = None) -> list[Outcome]:
    """Return what each job comes to, in a number of statements that does not grow with jobs.

    `besides` is a statement that is computed anew: fees charged once count as not charged by it.
    Includes accepted reports alone, the fees and promotions that statements carry, and what was
    brought forward as the job says. Refused with a code: `no_report`, `mixed_currencies`,
    `amount_missing`, `coupons_missing`, `price_missing`, `tax_rate_missing` and those of the
    mathematics.
    """
    if not jobs:
        return []
    sources = sources_of(jobs)
    known = _known(jobs, sources, besides)
    return [_outcome(job, source, known) for job, source in zip(jobs, sources, strict=True)]


def _known(
    jobs: Sequence[Job], sources: Sequence[Source], besides: SettlementStatement | None
) -> _Known:
    fiscal_start = Organisation.objects.values_list("fiscal_year_start", flat=True).get(pk=1)
    known = _Known(
        decimals=dict(Currency.objects.values_list("pk", "decimals")),
        fiscal_start=fiscal_start,
        conditions=conditions_for(jobs, besides),
    )
    sold = [
        (job, source)
        for job, source in zip(jobs, sources, strict=True)
        if job.kind == StatementKind.SELL_THROUGH
    ]
    _read_prices(sold, known)
    return known


def _read_prices(sold: Sequence[tuple[Job, Source]], known: _Known) -> None:
    """Read the prices of each day on which some changed, for all jobs of a period together."""
    wanted: dict[date, set[tuple[int, int]]] = defaultdict(set)
    for _job, source in sold:
        rows: list[Sold | Lacking] = [*source.sold, *source.lacking]
        for row in rows:
            if row.product_id is None:
                continue
            segment = row.segment if isinstance(row, Sold) else len(source.segments) - 1
            wanted[source.segments[segment]].add((row.node_id, row.product_id))
    for day, pairs in wanted.items():
        nodes, products = {node for node, _p in pairs}, {product for _n, product in pairs}
        found = prices_on(nodes, products, day)
        for (node, product, currency), price in found.items():
            known.prices[day, node, product, currency] = price


def _outcome(job: Job, source: Source, known: _Known) -> Outcome:
    try:
        computed = _computed(job, source, known)
    except _RefusedInput as refusal:
        return Outcome(job, code=refusal.code, problem=refusal.words)
    except CalculationError as error:
        return Outcome(job, code=error.code, problem=_words_of(error))
    return Outcome(job, computed, tuple(sorted(source.report_ids)))


def _computed(job: Job, source: Source, known: _Known) -> Computed:
    _check(job, source)
    places = known.decimals[job.rules.currency]
    rules = computing_rules(job, places)

    def _charges(basis: Decimal) -> Iterable[Charge]:
        return charges_of(job, source, known.conditions, known.fiscal_start, basis)

    if job.kind == StatementKind.TURNOVER:
        goods = [_turnover(job, one) for one in source.sold]
        return maths.turnover(_merged(goods), _charges, rules, job.brought_forward)
    priced = _priced(job, source, known)
    missing = _missing(job, source, known)
    return maths.sell_through(priced, missing, _charges, rules, job.brought_forward)


def _check(job: Job, source: Source) -> None:
    if not source.report_ids and not source.lacking:
        raise _RefusedInput("no_report", _("No accepted report says what was sold in the period."))
    others = {one.currency for one in source.sold} - {job.rules.currency}
    if others and job.kind == StatementKind.TURNOVER:
        words = _("The reports are in %(found)s, the agreement in %(currency)s.")
        named = ", ".join(sorted({one.currency for one in source.sold}))
        raise _RefusedInput(
            "mixed_currencies", words % {"found": named, "currency": job.rules.currency}
        )
    if job.counts_coupons and _says_some_coupons(source):
        words = _("Some report lines say what coupons paid and some do not: none is 0, not empty.")
        raise _RefusedInput("coupons_missing", words)


def _says_some_coupons(source: Source) -> bool:
    told = any(one.coupons is not None for one in source.sold)
    return told and any(one.without_coupons for one in source.sold)


def _tax_rate(job: Job, rate: Decimal | None) -> Decimal:
    found = job.rules.tax_rate if rate is None else rate
    if found is None:
        raise _RefusedInput(
            "tax_rate_missing", _("Neither the reports nor the terms name a tax rate.")
        )
    return found


def _turnover(job: Job, one: Sold) -> Goods:
    if one.without_amount:
        raise _RefusedInput("amount_missing", _("Some report lines name no turnover."))
    return Goods(
        tax_rate=_tax_rate(job, one.tax_rate),
        category_id=one.category_id,
        sold=one.sold,
        returned=one.returned,
        sales=one.sales,
        returns=one.returns,
        coupons=one.coupons or ZERO,
        medium=one.medium if one.medium in dict(job.rules.media) else "",
    )


def _merged(goods: Iterable[Goods]) -> list[Goods]:
    """Add up goods of one category, tax rate and medium with a rule: some lines named the rate."""
    found: dict[tuple[int | None, Decimal, str], list[Goods]] = defaultdict(list)
    for one in goods:
        found[one.category_id, one.tax_rate, one.medium].append(one)
    return [
        many[0]
        if len(many) == 1
        else Goods(
            tax_rate=rate,
            category_id=category,
            sold=sum((one.sold for one in many), ZERO),
            returned=sum((one.returned for one in many), ZERO),
            sales=sum((one.sales for one in many), ZERO),
            returns=sum((one.returns for one in many), ZERO),
            coupons=sum((one.coupons for one in many), ZERO),
            medium=medium,
        )
        for (category, rate, medium), many in found.items()
    ]


# Prices


def _priced(job: Job, source: Source, known: _Known) -> list[Goods]:
    """Goods at their supply prices; pieces of one product, price and tax rate in one line."""
    together: dict[tuple[int | None, int | None, Decimal, Decimal], list[Sold]] = defaultdict(list)
    lacking = set()
    for one in source.sold:
        price = _price(job, source, known, one, one.segment, abs(one.sold - one.returned))
        if price is None:
            lacking.add(one.product_id or 0)
            continue
        rate = _tax_rate(job, one.tax_rate)
        together[one.product_id, one.category_id, price, rate].append(one)
    _refuse_unpriced(lacking, known)
    return [
        Goods(
            tax_rate=rate,
            category_id=category,
            product_id=product,
            sold=sum((one.sold for one in many), ZERO),
            returned=sum((one.returned for one in many), ZERO),
            price=price,
        )
        for (product, category, price, rate), many in together.items()
    ]


def _price(
    job: Job,
    source: Source,
    known: _Known,
    row: Sold | Lacking,
    segment: int,
    quantity: Decimal,
) -> Decimal | None:
    """The price of one piece on the first day of a segment, for as many as were sold in it."""
    if row.product_id is None:
        return None
    day = source.segments[segment]
    price = known.prices.get((day, row.node_id, row.product_id, job.rules.currency))
    if price is None:
        return None
    reached = price.break_of(quantity, BASE) or price.breaks[0]
    if price.unit.is_as_large_as(BASE):
        return quantise(reached.price, RATE_PLACES)
    return rounded(Fraction(reached.price) / price.unit.factor, RATE_PLACES)


def _missing(job: Job, source: Source, known: _Known) -> list[Missing]:
    """What stores lack and pay for, at the price of the period's end.

    A missing piece costs what a sold one does: what was sold reaches the break of the price.
    """
    if job.rules.shrink is None:
        return []
    found, lacking, last = [], set(), len(source.segments) - 1
    sold: dict[tuple[int, int | None], Decimal] = defaultdict(Decimal)
    for row in source.sold:
        if row.segment == last:
            sold[row.node_id, row.product_id] += row.sold - row.returned
    for one in source.lacking:
        theirs = billable_shrink(one.quantity, one.sold, job.rules.shrink).theirs
        if not theirs:
            continue
        reached = max(theirs, sold[one.node_id, one.product_id])
        price = _price(job, source, known, one, last, reached)
        if price is None:
            lacking.add(one.product_id)
            continue
        found.append(
            Missing(
                store_id=one.store_id,
                product_id=one.product_id,
                category_id=one.category_id,
                quantity=theirs,
                price=price,
                tax_rate=_shrink_rate(job, source, one),
            )
        )
    _refuse_unpriced(lacking, known)
    return found


def _shrink_rate(job: Job, source: Source, one: Lacking) -> Decimal:
    """The tax rate that the product was sold at, else the term's."""
    named = [sold.tax_rate for sold in source.sold if sold.product_id == one.product_id]
    return _tax_rate(job, next((rate for rate in named if rate is not None), None))


def _refuse_unpriced(product_ids: set[int], known: _Known) -> None:
    if not product_ids:
        return
    codes = list(
        Product.objects.filter(pk__in=product_ids).order_by("code").values_list("code", flat=True)
    )
    named = ", ".join(codes[:NAMED]) or "–"
    if len(codes) > NAMED:
        named = _("%(named)s and %(count)s more") % {"named": named, "count": len(codes) - NAMED}
    raise _RefusedInput("price_missing", _("There is no price of %s.") % named)


def _words_of(error: CalculationError) -> str:
    words = {
        "days_out_of_range": _("There are not so many days of trading in the month."),
        "days_missing": _("Say how many days were traded."),
        "price_missing": _("Some goods have no price."),
    }
    return words.get(error.code, _("The statement cannot be computed (%s).") % error.code)
