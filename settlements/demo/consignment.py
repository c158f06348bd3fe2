"""The demo's consigned goods and concession counters: fill-ups, sales, counts, and a correction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from accounts.demo.chance import Dice
from accounts.models import Account, Product
from kam.core.clock import organisation_zone
from kam.core.dates import add_months, month_start
from settlements.choices.consignment import MovementKind
from settlements.choices.reports import ReportFunction, ReportKind
from settlements.choices.terms import SettlementBasis, VersionState
from settlements.demo.terms import NUMBERS
from settlements.models import SalesReport, SettlementTerm, TradingAgreement
from settlements.services.consignment.counting import record_count
from settlements.services.consignment.moving import Goods, record_movements, transfer
from settlements.services.reports.deciding import accept_report, validate_report
from settlements.services.reports.receiving import Line, receive_report

MONTHS, STORES, PRODUCTS = 6, 6, 5
COUNTED_EVERY = 2
CORRECTED = 2
"""The month, counted back from the current one, whose report was replaced."""
TURNOVER = {"CNY": 260_000, "EUR": 60_000, "RON": 90_000}
ZERO = Decimal(0)


@dataclass
class Counter:
    """What a store has of each product while the story is told."""

    store: Account
    book: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Business:
    """An agreement with its stores, goods and luck."""

    agreement: TradingAgreement
    stores: Sequence[Account]
    products: Sequence[Product]
    dice: Dice
    term: SettlementTerm


def write_consigned(as_of: date, seed: int) -> None:
    """Tell six months of consigned goods and concessions of the groups that agreed to them."""
    for business in _businesses(SettlementBasis.SOLD_NET, seed):
        _consigned(business, as_of)
    for business in _businesses(SettlementBasis.TURNOVER_NET, seed):
        _concession(business, as_of)


def _businesses(basis: SettlementBasis, seed: int) -> Iterator[Business]:
    terms = SettlementTerm.objects.filter(
        settlement_basis=basis,
        version__state=VersionState.ACTIVE,
        version__agreement__number__startswith=NUMBERS,
    ).select_related("version__agreement__account", "category")
    for term in terms.order_by("version__agreement__number", "pk"):
        agreement = term.version.agreement
        below = Account.objects.filter(path__contains=[agreement.account_id], current_children=None)
        stores = list(below.not_merged().order_by("pk")[:STORES])
        products = Product.objects.filter(is_active=True)
        if term.category_id:
            products = products.filter(category=term.category_id)
        goods = list(products.order_by("code")[:PRODUCTS])
        if stores and goods:
            dice = Dice(seed, "consigned", agreement.number, term.pk and term.preset)
            yield Business(agreement, stores, goods, dice, term)


def _months(business: Business, as_of: date) -> Iterator[tuple[int, date, date]]:
    """Months of the story that the version covers, with how long ago they began."""
    start = business.term.version.valid.lower
    for back in range(MONTHS, 0, -1):
        first = add_months(month_start(as_of), -back)
        if first >= start:
            yield back, first, add_months(first, 1) - timedelta(days=1)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(10), organisation_zone())


# Consignment


def _consigned(business: Business, as_of: date) -> None:
    counters = [Counter(store) for store in business.stores]
    for back, first, last in _months(business, as_of):
        _fill(business, counters, first + timedelta(days=2))
        if back == CORRECTED + 1 and len(counters) > 1:
            _send_on(business, counters, first + timedelta(days=9))
        lines = [line for one in counters for line in _sales(business, one, first)]
        _report(business, back, first, last, lines, as_of)
        if back % COUNTED_EVERY == 1 and back > 1:
            _count(business, counters, last)
    if counters:
        _pick_up(business, counters[0], as_of.replace(day=1))


def _fill(business: Business, counters: list[Counter], day: date) -> None:
    for counter in counters:
        goods = [Goods(p, Decimal(business.dice.whole(4, 12) * 12)) for p in business.products]
        for one in goods:
            key = one.product.pk
            counter.book[key] = counter.book.get(key, 0) + int(one.quantity)
        _record(business, MovementKind.FILL_UP, counter.store, day, goods, f"DN {day:%y%m%d}")


def _record(
    business: Business,
    kind: MovementKind,
    store: Account,
    day: date,
    goods: Sequence[Goods],
    reference: str,
) -> None:
    record_movements(
        kind=kind,
        selling_company=business.agreement.selling_company,
        account=business.agreement.account,
        store=store,
        moved_on=day,
        goods=goods,
        reference=reference,
        created_by=business.agreement.account.current_lead,
    )


def _send_on(business: Business, counters: list[Counter], day: date) -> None:
    """Goods that do not sell in one store go to the next."""
    one, other = counters[:2]
    product = business.products[0]
    pieces = one.book[product.pk] // 3
    if not pieces:
        return
    transfer(
        selling_company=business.agreement.selling_company,
        account=business.agreement.account,
        from_store=one.store,
        to_store=other.store,
        moved_on=day,
        goods=[Goods(product, Decimal(pieces))],
        note="Sells better there",
        created_by=business.agreement.account.current_lead,
    )
    one.book[product.pk] -= pieces
    other.book[product.pk] += pieces


def _sales(business: Business, counter: Counter, first: date) -> Iterator[Line]:
    """Two halves of a month; a customer brings something back now and then."""
    for product in business.products:
        for day in (first + timedelta(days=13), first + timedelta(days=27)):
            sold = int(counter.book[product.pk] * business.dice.between(0.2, 0.45))
            returned = 1 if sold > 3 and business.dice.happens(0.15) else 0
            if not sold:
                continue
            counter.book[product.pk] -= sold - returned
            yield Line(
                store=counter.store,
                product=product,
                sold_on=day,
                quantity_sold=Decimal(sold),
                quantity_returned=Decimal(returned),
                their_code=f"{product.pk:06}",
                tax_rate=business.term.tax_rate,
            )


def _report(
    business: Business, back: int, first: date, last: date, lines: list[Line], as_of: date
) -> None:
    """The report of a month; one is sent anew with what it forgot, the last one waits."""
    day = last + timedelta(days=4)
    if back == CORRECTED:
        _decide(business, _receive(business, first, last, lines[: len(lines) * 4 // 5]), day)
        report = _receive(business, first, last, lines, function=ReportFunction.REPLACE)
        _decide(business, report, day + timedelta(days=5))
        return
    report = _receive(business, first, last, lines)
    if back == 1 or day > as_of:
        validate_report(report=report)
        return
    _decide(business, report, day)


def _receive(
    business: Business,
    first: date,
    last: date,
    lines: Sequence[Line],
    function: ReportFunction = ReportFunction.ORIGINAL,
    kind: ReportKind = ReportKind.SELL_THROUGH,
) -> SalesReport:
    prefix = "SLS" if kind == ReportKind.SELL_THROUGH else "TO"
    return receive_report(
        account=business.agreement.account,
        selling_company=business.agreement.selling_company,
        kind=kind,
        their_number=f"{prefix}-{business.agreement.number[-3:]}-{first:%Y-%m}",
        first_day=first,
        last_day=last,
        currency=business.agreement.currency_id,
        lines=lines,
        function=function,
        created_by=business.agreement.account.current_lead,
    )


def _decide(business: Business, report: SalesReport, day: date) -> None:
    accept_report(
        report=report,
        decided_by=business.agreement.account.current_lead,
        decided_at=_moment(day),
    )


def _count(business: Business, counters: list[Counter], day: date) -> None:
    """Every other month the stores count; a piece in a hundred or so is missing."""
    for counter in counters:
        goods = []
        for product in business.products:
            book = counter.book[product.pk]
            missing = min(book, business.dice.whole(0, 2) if business.dice.happens(0.6) else 0)
            counter.book[product.pk] = book - missing
            goods.append(Goods(product, Decimal(book - missing)))
        record_count(
            selling_company=business.agreement.selling_company,
            account=business.agreement.account,
            store=counter.store,
            counted_on=day,
            goods=goods,
            reference="Quarter count",
            created_by=business.agreement.account.current_lead,
        )


def _pick_up(business: Business, counter: Counter, day: date) -> None:
    """What does not sell is fetched."""
    product = business.products[-1]
    pieces = counter.book.get(product.pk, 0) // 4
    if pieces:
        goods = [Goods(product, Decimal(pieces))]
        _record(business, MovementKind.PICK_UP, counter.store, day, goods, "End of season")


# Concession


def _concession(business: Business, as_of: date) -> None:
    usual = TURNOVER.get(business.agreement.currency_id, 50_000) / len(business.stores)
    for back, first, last in _months(business, as_of):
        lines = [
            line for store in business.stores for line in _takings(business, store, first, usual)
        ]
        report = _receive(business, first, last, lines, kind=ReportKind.TURNOVER)
        day = last + timedelta(days=3)
        if back == 1 and business.dice.happens(0.4):
            validate_report(report=report)
        else:
            _decide(business, report, min(day, as_of))


def _takings(business: Business, store: Account, first: date, usual: float) -> Iterator[Line]:
    """Four weeks at a counter, and what customers brought back at the end of the month."""
    tax = business.term.tax_rate or Decimal(13)
    for week in range(4):
        amount = Decimal(str(round(usual / 4 * business.dice.about_one(0.2), 2)))
        yield Line(
            store=store,
            category=business.term.category,
            sold_on=first + timedelta(days=6 + 7 * week),
            gross_amount=amount,
            tax_rate=tax,
        )
    if business.dice.happens(0.5):
        back = Decimal(str(round(usual * business.dice.between(0.01, 0.03), 2)))
        yield Line(
            store=store,
            category=business.term.category,
            sold_on=first + timedelta(days=27),
            gross_amount=-back,
            tax_rate=tax,
        )
