"""Recording what moves: fill-ups, pick-ups, transfers, adjustments, and taking them back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product
from kam.core.locks import lock_names
from kam.core.models import SellingCompany
from kam.core.problems import RefusedError
from kam.identity.models import User
from kam.imports.models import ImportBatch
from settlements.choices.consignment import OUTGOING, REPORTED, MovementKind
from settlements.models import ConsignmentMovement, TradingAgreement
from settlements.services.consignment.problems import (
    QuantityError,
    StoreError,
    TakenBackError,
    stock_explained,
)
from settlements.services.problems import KeyReusedError

PLACES, LARGEST = Decimal("0.0001"), Decimal(10) ** 13


@dataclass(frozen=True, slots=True)
class Goods:
    """A product and how many of its base units; above zero but for adjustments."""

    product: Product
    quantity: Decimal


class Facts(TypedDict, total=False):
    """What an act may say beside what moves.

    The same `idempotency_key` gives the movements it gave before. `allow_below_zero` lets a
    stock go below zero, which is flagged until goods come.
    """

    reference: str
    note: str
    allow_below_zero: bool
    batch: ImportBatch | None
    created_by: User | None
    idempotency_key: str | None


@stock_explained()
@transaction.atomic
def record_movements(
    *,
    kind: MovementKind,
    selling_company: SellingCompany,
    store: Account,
    moved_on: date,
    goods: Sequence[Goods],
    account: Account | None = None,
    **facts: Unpack[Facts],
) -> list[ConsignmentMovement]:
    """Record goods that came to a store, left it or were adjusted there, all or nothing.

    Quantities are above zero, and the kind says which way they go; those of an adjustment are
    signed. `account` is the node that the business is with, the nearest with an agreement unless
    given. Raises QuantityError, StoreError, ShortStockError, or RefusedError for a kind that has
    its own way in (transfers, and what a sales report says).
    """
    if standing := replayed(facts.get("idempotency_key")):
        return _same(standing, kind, [(store.pk, one.product.pk) for one in goods])
    if kind in (*REPORTED, MovementKind.TRANSFER):
        raise RefusedError(_("This is recorded by a sales report or a transfer."), field="kind")
    _check_goods(goods, signed=kind == MovementKind.COUNT_ADJUSTMENT)
    sign = -1 if kind in OUTGOING else 1
    account = account or business_node(store, selling_company)
    check_store(account, store)
    return _write(
        [_row(kind, selling_company, account, store, moved_on, one, sign) for one in goods], facts
    )


@stock_explained()
@transaction.atomic
def transfer(
    *,
    selling_company: SellingCompany,
    from_store: Account,
    to_store: Account,
    moved_on: date,
    goods: Sequence[Goods],
    account: Account | None = None,
    **facts: Unpack[Facts],
) -> list[ConsignmentMovement]:
    """Move goods from one store to another; as many arrive as left.

    Raises what `record_movements` raises, and StoreError for a transfer to the same store.
    """
    if standing := replayed(facts.get("idempotency_key")):
        places = [(s.pk, one.product.pk) for one in goods for s in (from_store, to_store)]
        return _same(standing, MovementKind.TRANSFER, places)
    if from_store.pk == to_store.pk:
        raise StoreError(_("Goods are transferred to another store."), field="to_store")
    _check_goods(goods)
    account = account or business_node(from_store, selling_company)
    for store in (from_store, to_store):
        check_store(account, store)
    kind = MovementKind.TRANSFER
    return _write(
        [
            _row(kind, selling_company, account, store, moved_on, one, sign)
            for one in goods
            for store, sign in ((from_store, -1), (to_store, 1))
        ],
        facts,
    )


@stock_explained()
@transaction.atomic
def take_back(
    *, movement: ConsignmentMovement, moved_on: date | None = None, **facts: Unpack[Facts]
) -> list[ConsignmentMovement]:
    """Take a movement back by its opposite, on its own day or a later one; a transfer whole.

    Raises TakenBackError where that happened already, where it takes another one back, or where
    a sales report said it (a replacement or cancellation of the report takes it back).
    """
    if standing := replayed(facts.get("idempotency_key")):
        if movement.pk not in {row.reversal_of_id for row in standing}:
            raise KeyReusedError
        return standing
    rows = _whole(movement)
    if any(row.reversal_of_id or row.report_id for row in rows):
        words = _("A replacement or a cancellation of the report takes this back.")
        raise TakenBackError(words if movement.report_id else "")
    day = moved_on or movement.moved_on
    if day < movement.moved_on:
        raise RefusedError(_("This is before the movement."), field="moved_on")
    return _write([opposite(row, day) for row in rows], facts)


def opposite(row: ConsignmentMovement, day: date) -> ConsignmentMovement:
    """Return the movement that takes another one back, not saved."""
    return ConsignmentMovement(
        selling_company_id=row.selling_company_id,
        account_id=row.account_id,
        store_id=row.store_id,
        product_id=row.product_id,
        kind=row.kind,
        quantity=-row.quantity,
        moved_on=day,
        report_id=row.report_id,
        count_id=row.count_id,
        reversal_of=row,
    )


def business_node(store: Account, selling_company: SellingCompany | None) -> Account:
    """Return the node that the business with a store is with: the nearest with an agreement.

    Without one it is the group at the top of its tree.
    """
    rows = TradingAgreement.objects.filter(account__in=store.path)
    if selling_company is not None:
        rows = rows.filter(selling_company=selling_company)
    place = {pk: index for index, pk in enumerate(store.path)}
    found = max(set(rows.values_list("account", flat=True)), key=place.__getitem__, default=None)
    return Account.objects.get(pk=found or (store.path or [store.pk])[0])


def check_store(account: Account, store: Account) -> None:
    """Raise StoreError unless the store is the account or below it, and still there."""
    if store.merged_into_id is not None:
        raise StoreError(_("This account was merged into another one. Use that one."))
    if account.pk not in store.path:
        raise StoreError


def check_quantity(quantity: Decimal, *, least: Decimal | None = None) -> None:
    """Raise QuantityError for more than four decimals, too much, or less than the least."""
    if not quantity.is_finite() or abs(quantity) >= LARGEST:
        raise QuantityError
    if quantity != quantity.quantize(PLACES) or (least is not None and quantity < least):
        raise QuantityError


def replayed(key: str | None) -> list[ConsignmentMovement]:
    """Wait for others with the same key, then return the movements of the act that has it."""
    if not key:
        return []
    lock_names(f"consignment:{key}")
    first = ConsignmentMovement.objects.filter(idempotency_key=key).first()
    if first is None:
        return []
    rows = ConsignmentMovement.objects.filter(transfer_group=first.transfer_group)
    return list(rows.order_by("pk"))


def _same(
    standing: list[ConsignmentMovement], kind: MovementKind, places: list[tuple[int, int]]
) -> list[ConsignmentMovement]:
    if {row.kind for row in standing} != {str(kind)} or sorted(places) != sorted(
        (row.store_id, row.product_id) for row in standing
    ):
        raise KeyReusedError
    return standing


def _check_goods(goods: Sequence[Goods], *, signed: bool = False) -> None:
    if not goods:
        raise QuantityError(_("Name at least one product."))
    for place, one in enumerate(goods):
        try:
            check_quantity(one.quantity, least=None if signed else PLACES)
            if not one.quantity:
                raise QuantityError
        except QuantityError as error:
            raise error.at("goods", place) from None


def _row(
    kind: MovementKind,
    selling_company: SellingCompany,
    account: Account,
    store: Account,
    moved_on: date,
    goods: Goods,
    sign: int,
) -> ConsignmentMovement:
    return ConsignmentMovement(
        selling_company=selling_company,
        account=account,
        store=store,
        product=goods.product,
        kind=kind,
        quantity=goods.quantity * sign,
        moved_on=moved_on,
    )


def _whole(movement: ConsignmentMovement) -> list[ConsignmentMovement]:
    """The movement, or both ends of a transfer for its product."""
    if movement.kind != MovementKind.TRANSFER:
        return [movement]
    rows = ConsignmentMovement.objects.filter(
        transfer_group=movement.transfer_group, product_id=movement.product_id, kind=movement.kind
    )
    return list(rows.order_by("pk"))


def _write(rows: list[ConsignmentMovement], facts: Facts) -> list[ConsignmentMovement]:
    act = uuid.uuid4()
    for place, row in enumerate(rows):
        row.transfer_group = act
        row.reference, row.note = facts.get("reference", ""), facts.get("note", "")
        row.is_below_zero_allowed = facts.get("allow_below_zero", False)
        row.batch, row.created_by = facts.get("batch"), facts.get("created_by")
        row.idempotency_key = (facts.get("idempotency_key") or None) if place == 0 else None
    return ConsignmentMovement.objects.bulk_create(rows)
