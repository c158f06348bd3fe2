"""What the demo's statements settle: taken out of the systems' books, so that it is sold once.

The systems know every delivery. What stores sell on our account, on consignment or at a counter
of ours, is booked by statements instead: the same sales, told by the customer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from accounts.choices import AccountKind
from accounts.demo.company import SOURCE_CODES
from accounts.models import Account, Product, RevenueEntry
from accounts.services.figures import refresh_figures
from kam.core.dates import add_months, month_start
from kam.imports.models import ImportBatch
from settlements.choices.terms import SettlementBasis, VersionState
from settlements.demo.terms import NUMBERS
from settlements.models import SettlementTerm, TradingAgreement

MONTHS = 6
"""How long ago the first statements are, at most."""
GOODS = 5
"""How many products a store has on consignment."""
_STORES = {SettlementBasis.SOLD_NET.value: 3, SettlementBasis.TURNOVER_NET.value: 2}
_BY_WEIGHT = "kg"


@dataclass(frozen=True, slots=True)
class Sale:
    """A line that the systems had booked: below zero came back."""

    store_id: int
    product_id: int
    category_id: int | None
    day: date
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True)
class Business:
    """An agreement with the stores and goods that its statements settle, and what they sold."""

    agreement: TradingAgreement
    term: SettlementTerm
    stores: Sequence[Account]
    products: Sequence[Product]
    sales: Sequence[Sale]

    @property
    def is_consigned(self) -> bool:
        return self.term.settlement_basis == SettlementBasis.SOLD_NET

    def paid_for(self, product: Product) -> Decimal:
        """Return what one of a product was sold for on the average."""
        rows = [one for one in self.sales if one.product_id == product.pk and one.quantity > 0]
        sold = sum((one.net for one in rows), Decimal(0))
        return sold / sum((one.quantity for one in rows), Decimal(0))

    def sold_in(self, first: date) -> list[Sale]:
        """Return what was sold in the month that begins on a day."""
        after = add_months(first, 1)
        return [sale for sale in self.sales if first <= sale.day < after]


def take_over(as_of: date) -> list[Business]:
    """Take what statements settle out of the books since they began; answer who sold what."""
    found = [one for term in _terms() if (one := _business(term, as_of)) is not None]
    refresh_figures(as_of=as_of)
    return found


def months(business: Business, as_of: date) -> Iterator[tuple[int, date, date]]:
    """Give the whole months that statements settle, with how long ago each began."""
    start = business.term.version.valid.lower
    for back in range(MONTHS, 0, -1):
        first = add_months(month_start(as_of), -back)
        if first >= start:
            yield back, first, add_months(first, 1) - timedelta(days=1)


def _terms() -> Iterator[SettlementTerm]:
    rows = SettlementTerm.objects.filter(
        settlement_basis__in=_STORES,
        version__state=VersionState.ACTIVE,
        version__agreement__number__startswith=NUMBERS,
    ).select_related("version__agreement__account__current_lead", "category")
    yield from rows.order_by("version__agreement__number", "pk")


def _business(term: SettlementTerm, as_of: date) -> Business | None:
    agreement = term.version.agreement
    below = Account.objects.filter(path__contains=[agreement.account_id], kind=AccountKind.STORE)
    stores = list(below.not_merged().order_by("pk")[: _STORES[term.settlement_basis]])
    start = max(add_months(month_start(as_of), -MONTHS), term.version.valid.lower)
    lines = RevenueEntry.objects.filter(
        account__in=stores, source__code__in=SOURCE_CODES, booked_on__gte=start,
        currency=agreement.currency_id,
    )  # fmt: skip
    if term.category_id:
        lines = lines.filter(category=term.category_id)
    products = list[Product]()
    if term.settlement_basis == SettlementBasis.SOLD_NET:
        products = _best(lines)
        lines = lines.filter(product__in=products)
    sales = [Sale(*row) for row in lines.order_by("booked_on", "pk").values_list(*_READ)]
    if not sales:
        return None
    _leave_out(lines)
    return Business(agreement, term, stores, products, sales)


_READ = ("account_id", "product_id", "category_id", "booked_on", "quantity", "net_amount")


def _best(lines: QuerySet[RevenueEntry]) -> list[Product]:
    """Return what sold most, of goods that are counted by the piece."""
    sums = lines.exclude(unit=_BY_WEIGHT).values("product").annotate(net=Sum("net_amount"))
    best = [row["product"] for row in sums.order_by("-net", "product")[:GOODS]]
    return list(Product.objects.filter(pk__in=best).order_by("code"))


def _leave_out(lines: QuerySet[RevenueEntry]) -> None:
    """Remove lines, and let the files that brought them have brought as many fewer."""
    for batch_id, count in Counter(lines.values_list("batch_id", flat=True)).items():
        ImportBatch.objects.filter(pk=batch_id).update(
            rows=F("rows") - count, created=F("created") - count
        )
    lines.delete()
