"""The demo's consigned goods and concession counters: fill-ups, sales, counts, and a correction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from accounts.demo.chance import Dice
from accounts.models import Account, ProductCategory
from kam.core.clock import organisation_zone
from settlements.choices.consignment import MovementKind
from settlements.choices.reports import ReportFunction, ReportKind
from settlements.demo.counters import Business, Sale, months
from settlements.models import MediumRule, SalesReport
from settlements.services.consignment.counting import record_count
from settlements.services.consignment.moving import Goods, record_movements, transfer
from settlements.services.reports.deciding import accept_report, validate_report
from settlements.services.reports.receiving import Line, receive_report

COUNTED_EVERY = 2
CORRECTED = 2
"""The month, counted back from the current one, whose report was replaced."""
ZERO = Decimal(0)
_CASE = 12
CENT = Decimal("0.01")
_BY_RULE, _NOT_COUNTED, _COUPONS = Decimal("0.45"), Decimal("0.03"), Decimal("0.02")
"""Of a turnover what was paid by a medium with a percentage, and by one that does not count; of
each what coupons paid."""
_OUR_SHARE = Decimal("0.78")
"""What remains of a counter's turnover without tax, about: consumers pay more than we book."""


@dataclass
class Counter:
    """What a store has of each product while the story is told, and what it sells this month."""

    store: Account
    book: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    sales: dict[int, list[Sale]] = field(default_factory=dict)

    def sold(self, product_id: int) -> int:
        """Return what customers take away in the month."""
        return sum(int(one.quantity) for one in self.sales.get(product_id, ()) if one.quantity > 0)


def write_consigned(businesses: Sequence[Business], as_of: date, seed: int) -> None:
    """Tell the months of consigned goods and counters; the last report of the first one waits."""
    for place, business in enumerate(one for one in businesses if one.is_consigned):
        dice = Dice(seed, "consigned", business.agreement.number)
        _consigned(business, as_of, dice, is_late=place == 0)
    for business in businesses:
        if not business.is_consigned:
            _concession(business, as_of)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(10), organisation_zone())


# Consignment


def _consigned(business: Business, as_of: date, dice: Dice, *, is_late: bool) -> None:
    counters = [Counter(store) for store in business.stores]
    for back, first, last in months(business, as_of):
        _look_ahead(business, counters, first)
        _fill(business, counters, first + timedelta(days=2))
        if back == CORRECTED + 1 and len(counters) > 1:
            _send_on(business, counters, first + timedelta(days=9))
        lines = [line for one in counters for line in _sales(business, one, first)]
        _report(business, back, (first, last), lines, as_of, is_late=is_late)
        if back % COUNTED_EVERY == 1 and back > 1:
            _count(business, counters, last, dice)
    _pick_up(business, counters[0], as_of.replace(day=1))


def _look_ahead(business: Business, counters: list[Counter], first: date) -> None:
    sold = business.sold_in(first)
    for counter in counters:
        counter.sales = {
            product.pk: [
                one
                for one in sold
                if (one.store_id, one.product_id) == (counter.store.pk, product.pk)
            ]
            for product in business.products
        }


def _fill(business: Business, counters: list[Counter], day: date) -> None:
    """Bring whole cases, until there is a quarter more than will be sold."""
    for counter in counters:
        goods = []
        for product in business.products:
            wanted = counter.sold(product.pk) * 5 // 4 + 1 - counter.book[product.pk]
            pieces = -(-wanted // _CASE) * _CASE
            if pieces > 0:
                counter.book[product.pk] += pieces
                goods.append(Goods(product, Decimal(pieces)))
        if goods:
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
    pieces = (one.book[product.pk] - one.sold(product.pk)) // 2
    if pieces <= 0:
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
    """Two halves of a month; what customers brought back is told with the second."""
    middle = first + timedelta(days=13)
    for product in business.products:
        rows = counter.sales[product.pk]
        for day in (middle, first + timedelta(days=27)):
            is_first = day == middle
            half = [one.quantity for one in rows if (one.day <= middle) == is_first]
            sold = sum((int(one) for one in half if one > 0), 0)
            returned = -sum((int(one.quantity) for one in rows if one.quantity < 0), 0)
            returned = 0 if is_first else returned
            if not (sold or returned):
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
    business: Business,
    back: int,
    month: tuple[date, date],
    lines: list[Line],
    as_of: date,
    *,
    is_late: bool,
) -> None:
    """The report of a month; one is sent anew with what it forgot, a late one waits."""
    first, last = month
    day = min(last + timedelta(days=4), as_of)
    if back == CORRECTED:
        _decide(business, _receive(business, first, last, lines[: len(lines) * 4 // 5]), day)
        report = _receive(business, first, last, lines, function=ReportFunction.REPLACE)
        _decide(business, report, min(day + timedelta(days=5), as_of))
        return
    report = _receive(business, first, last, lines)
    if back == 1 and is_late:
        validate_report(report=report)
    else:
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


def _count(business: Business, counters: list[Counter], day: date, dice: Dice) -> None:
    """Every other month the stores count; a piece in a hundred or so is missing."""
    for counter in counters:
        goods = []
        for product in business.products:
            book = counter.book[product.pk]
            missing = min(book, dice.whole(0, 2) if dice.happens(0.6) else 0)
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
    categories = ProductCategory.objects.in_bulk()
    for _back, first, last in months(business, as_of):
        lines = [
            line
            for store in business.stores
            for line in _takings(business, store, first, categories)
        ]
        report = _receive(business, first, last, lines, kind=ReportKind.TURNOVER)
        _decide(business, report, min(last + timedelta(days=3), as_of))


def _takings(
    business: Business, store: Account, first: date, categories: dict[int, ProductCategory]
) -> Iterator[Line]:
    """What a counter took in each half of a month by category, and what came back."""
    tax, rules = business.term.tax_rate or ZERO, list(business.term.media.order_by("medium"))
    middle = first + timedelta(days=13)
    sums: dict[tuple[int, date], Decimal] = defaultdict(Decimal)
    for sale in business.sold_in(first):
        if sale.store_id == store.pk and sale.category_id:
            late = middle if sale.day <= middle else first + timedelta(days=26)
            day = late if sale.net > 0 else first + timedelta(days=27)
            sums[sale.category_id, day] += sale.net
    for (category_id, day), net in sorted(sums.items()):
        paid = (net * (1 + tax / 100) / _OUR_SHARE).quantize(CENT, ROUND_HALF_UP)
        for medium, amount, coupons in _by_medium(rules, paid):
            yield Line(
                store=store,
                category=categories[category_id],
                sold_on=day,
                gross_amount=amount,
                coupon_amount=coupons,
                payment_medium=medium,
                tax_rate=tax,
            )


def _by_medium(
    rules: Sequence[MediumRule], paid: Decimal
) -> Iterator[tuple[str, Decimal, Decimal | None]]:
    """Divide a turnover by how consumers paid, with coupons, where there are rules of it."""
    left = paid
    for rule in rules:
        share = _BY_RULE if rule.is_counted else _NOT_COUNTED
        amount = (paid * share).quantize(CENT, ROUND_HALF_UP)
        left -= amount
        yield rule.medium, amount, (amount * _COUPONS).quantize(CENT, ROUND_HALF_UP)
    yield "", left, (left * _COUPONS).quantize(CENT, ROUND_HALF_UP) if rules else None
