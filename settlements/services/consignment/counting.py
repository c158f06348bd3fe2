"""Counts: what lies in a store against the books, posted as shrink or as goods found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.locks import lock_names
from kam.core.models import SellingCompany
from kam.core.problems import RefusedError
from kam.identity.models import User
from kam.imports.models import ImportBatch
from settlements.analytics.consignment import shrink_from_count
from settlements.choices.consignment import MovementKind
from settlements.models import ConsignmentMovement, StockCount, StockCountLine
from settlements.services.consignment.moving import (
    Goods,
    business_node,
    check_quantity,
    check_store,
    opposite,
)
from settlements.services.consignment.problems import QuantityError, stock_explained
from settlements.services.problems import KeyReusedError

ZERO = Decimal(0)


@stock_explained()
@transaction.atomic
def record_count(
    *,
    selling_company: SellingCompany,
    store: Account,
    counted_on: date,
    goods: Sequence[Goods],
    account: Account | None = None,
    reference: str = "",
    note: str = "",
    batch: ImportBatch | None = None,
    created_by: User | None = None,
    idempotency_key: str | None = None,
) -> StockCount:
    """Keep a count of a store at the end of a day; what is missing is shrink, what is more found.

    Only the products named are counted: name those that are gone with zero. Raises QuantityError,
    StoreError, RefusedError for a product named twice. The same key gives the count it gave.
    """
    if standing := _replayed(idempotency_key, store):
        return standing
    account = account or business_node(store, selling_company)
    check_store(account, store)
    _check(goods)
    count = StockCount.objects.create(
        selling_company=selling_company,
        account=account,
        store=store,
        counted_on=counted_on,
        reference=reference,
        note=note,
        batch=batch,
        created_by=created_by,
        idempotency_key=idempotency_key or None,
    )
    _post(count, {one.product.pk: one.quantity for one in goods})
    return count


@stock_explained()
@transaction.atomic
def count_anew(*, count: StockCount, note: str = "", created_by: User | None = None) -> StockCount:
    """Take a count anew from today's books of its day: sales that came in later are in them.

    What the count posted is taken back, in the same transaction. Raises RefusedError where it was
    replaced already.
    """
    StockCount.objects.select_for_update().get(pk=count.pk)
    if StockCount.objects.filter(replaces=count).exists():
        raise RefusedError(_("This count was taken anew already."), code="stock_count_replaced")
    _take_movements_back(count, created_by)
    fresh = StockCount.objects.create(
        selling_company_id=count.selling_company_id,
        account_id=count.account_id,
        store_id=count.store_id,
        counted_on=count.counted_on,
        replaces=count,
        reference=count.reference,
        note=note,
        created_by=created_by,
    )
    _post(fresh, dict(count.lines.values_list("product", "counted")))
    return fresh


def _replayed(key: str | None, store: Account) -> StockCount | None:
    if not key:
        return None
    lock_names(f"consignment:{key}")
    standing = StockCount.objects.filter(idempotency_key=key).first()
    if standing and standing.store_id != store.pk:
        raise KeyReusedError
    return standing


def _check(goods: Sequence[Goods]) -> None:
    if not goods:
        raise QuantityError(_("Name at least one product."))
    seen = set()
    for place, one in enumerate(goods):
        try:
            check_quantity(one.quantity, least=ZERO)
        except QuantityError:
            words = _("A count is zero or more, with at most four decimals.")
            raise QuantityError(words).at("goods", place) from None
        if one.product.pk in seen:
            words = _("A count names each product once.")
            raise RefusedError(words, field="product").at("goods", place)
        seen.add(one.product.pk)


def _take_movements_back(count: StockCount, created_by: User | None) -> None:
    standing = ConsignmentMovement.objects.filter(count=count, reversal_of=None, reversed_by=None)
    rows = [opposite(row, row.moved_on) for row in standing.order_by("pk")]
    for row in rows:
        # What was found may be sold by now: the count that follows says what there is.
        row.created_by, row.is_below_zero_allowed = created_by, True
    ConsignmentMovement.objects.bulk_create(rows)


def _post(count: StockCount, counted: Mapping[int, Decimal]) -> None:
    # Counts of one store wait for each other; other movements of the day show on its page.
    lock_names(f"consignment:count:{count.store_id}")
    book = _book(count, list(counted))
    StockCountLine.objects.bulk_create(
        StockCountLine(count=count, product_id=pk, counted=found, book=book.get(pk, ZERO))
        for pk, found in sorted(counted.items())
    )
    rows = [_difference(count, pk, book.get(pk, ZERO), counted[pk]) for pk in sorted(counted)]
    ConsignmentMovement.objects.bulk_create(row for row in rows if row is not None)


def _book(count: StockCount, product_ids: list[int]) -> dict[int, Decimal]:
    rows = ConsignmentMovement.objects.filter(
        selling_company=count.selling_company_id,
        store=count.store_id,
        product__in=product_ids,
        moved_on__lte=count.counted_on,
    )
    return dict(
        rows.order_by().values_list("product").annotate(quantity=Sum("quantity", default=ZERO))
    )


def _difference(
    count: StockCount, product_id: int, book: Decimal, counted: Decimal
) -> ConsignmentMovement | None:
    result = shrink_from_count(book, counted)
    quantity = result.found - result.shrink
    if not quantity:
        return None
    return ConsignmentMovement(
        selling_company_id=count.selling_company_id,
        account_id=count.account_id,
        store_id=count.store_id,
        product_id=product_id,
        kind=MovementKind.SHRINK if quantity < 0 else MovementKind.COUNT_ADJUSTMENT,
        quantity=quantity,
        moved_on=count.counted_on,
        count=count,
        batch_id=count.batch_id,
        reference=count.reference,
        created_by_id=count.created_by_id,
        # What is missing cannot be refused; goods that left since may take the stock below zero.
        is_below_zero_allowed=True,
    )
