"""Consigned goods as files tell of them: what stores counted, and what we delivered to them."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.importers import lookups
from accounts.models import Account, Product
from kam.core.locks import lock_names
from kam.core.models import SellingCompany
from kam.imports.columns import Column, ColumnType
from kam.imports.engine.importer import Importer, UndoRefusedError, UndoReport
from kam.imports.engine.run import Run
from settlements.choices.consignment import MovementKind
from settlements.importers import consigned_sql as sql
from settlements.models import ConsignedStock, ConsignmentMovement, StockCount
from settlements.services.consignment.counting import record_count
from settlements.services.consignment.moving import Goods, opposite

_ACCOUNT = Column(
    name="retailer_code", label=_("Account"), required=True, example="C-1001",
    help=_("The customer: identifier or exact name."),
    synonyms=("customer", "account", "retailer", "chain", "customer code"),
)  # fmt: skip
_STORE = Column(
    name="store", label=_("Store"), example="0012",
    help=_("Identifier, GLN or exact name; empty: the account itself."),
    synonyms=("store code", "store gln", "gln", "shop", "location"),
)  # fmt: skip
_PRODUCT = Column(
    name="gtin", label=_("Product"), required=True, max_length=60, example="6412345678909",
    help=_("GTIN, their article number or our code."),
    synonyms=("product", "ean", "barcode", "sku", "article", "item"),
)  # fmt: skip
_COMPANY = Column(
    name="selling_company", label=_("Selling company"), max_length=20, example="FI01",
    help=_("Its code; needed where there are several."), synonyms=("company code",),
)  # fmt: skip


class _Goods(Importer):
    """What both have in common: a store, a product, a day and how many."""

    capability = "consignment.edit"
    judge: str

    def lock(self, run: Run) -> None:
        """One file of goods at a time."""
        lock_names(f"settlements:{self.key}")

    def resolve(self, run: Run) -> None:
        """Find accounts, stores and products, and judge the rows."""
        companies = list(
            SellingCompany.objects.filter(is_active=True).values_list("pk", flat=True)[:2]
        )
        values: dict[str, Any] = {"company": companies[0] if len(companies) == 1 else None}
        lookups.find_accounts(run, column="retailer_code")
        for name in ("placed", "stores", "wanted", "codes", "zeros"):
            run.cursor.execute(getattr(sql, name.upper()))
        run.execute(sql.RESOLVED, values)
        run.execute(self.judge, values)
        run.first, run.last = run.rows(
            "SELECT min(day), max(day) FROM import_rows WHERE reason IS NULL"
        )[0]


class ConsignedStockImporter(_Goods):
    """What was found in stores on a day; the books follow."""

    key = "consigned_stock"
    title = _("Counts of consigned stock")
    summary = _("What lies in stores, counted: differences become shrink or goods found.")
    icon = "clipboard-check"
    order = 65
    judge = sql.COUNTS
    columns = (
        _ACCOUNT,
        _STORE,
        _PRODUCT,
        Column(name="count_date", label=_("Counted on"), type=ColumnType.DATE, required=True,
               example="2026-07-31", synonyms=("date", "counted", "stock date")),
        Column(name="qty", label=_("Counted"), type=ColumnType.NUMBER, required=True,
               example="288", synonyms=("quantity", "stock", "pieces", "on hand")),
        _COMPANY,
    )  # fmt: skip

    def apply(self, run: Run) -> None:
        """Record a count for each store and day; what is missing becomes shrink."""
        heads = run.rows(sql.COUNT_HEADS)
        stores = Account.objects.in_bulk([head[2] for head in heads])
        accounts = Account.objects.in_bulk([head[1] for head in heads])
        companies = SellingCompany.objects.in_bulk()
        for company, account, store, day, products, counted in heads:
            found = Product.objects.in_bulk(products)
            record_count(
                selling_company=companies[company],
                account=accounts[account],
                store=stores[store],
                counted_on=day,
                goods=[
                    Goods(found[pk], quantity)
                    for pk, quantity in zip(products, counted, strict=True)
                ],
                batch=run.batch,
                created_by=run.batch.created_by,
            )
        if heads:
            run.also["counts"] = len(heads)

    def undo(self, run: Run) -> UndoReport:
        """Take back what the counts posted; the counts themselves stay as they were found."""
        if StockCount.objects.filter(replaces__batch=run.batch.pk).exists():
            raise UndoRefusedError(_("Some of its counts were taken anew since."))
        return _take_back(run)


class FillUpsImporter(_Goods):
    """Goods that we brought to stores or picked up again."""

    key = "fill_ups"
    title = _("Fill-ups of consigned stock")
    summary = _("Goods delivered to stores on consignment, and unsold ones picked up.")
    icon = "truck-loading"
    order = 66
    judge = sql.FILL_UPS
    columns = (
        _ACCOUNT,
        _STORE,
        _PRODUCT,
        Column(name="moved_on", label=_("Day"), type=ColumnType.DATE, required=True,
               example="2026-07-03", synonyms=("date", "delivery date", "delivered on")),
        Column(name="qty", label=_("Quantity"), type=ColumnType.NUMBER, required=True,
               example="24", help=_("Below zero: picked up."),
               synonyms=("quantity", "pieces", "delivered")),
        Column(name="reference", label=_("Reference"), required=True, max_length=140,
               example="DN-88120", help=_("Delivery note; a row is known again by it."),
               synonyms=("delivery note", "delivery number", "document")),
        _COMPANY,
    )  # fmt: skip

    def apply(self, run: Run) -> None:
        """Record the movements, by one statement."""
        run.execute(sql.MOVE, {"user": run.batch.created_by_id})

    def undo(self, run: Run) -> UndoReport:
        """Take the movements back; a stock that is sold since refuses it."""
        return _take_back(run)


def _take_back(run: Run) -> UndoReport:
    standing = ConsignmentMovement.objects.filter(
        batch=run.batch.pk, reversal_of=None, reversed_by=None
    )
    rows = [opposite(row, row.moved_on) for row in standing.order_by("pk")]
    for row in rows:
        row.is_below_zero_allowed = row.kind in {
            MovementKind.COUNT_ADJUSTMENT,
            MovementKind.SHRINK,
        }
    short = _short(rows)
    if short:
        raise UndoRefusedError(_("Goods of it left the stores since: %s.") % ", ".join(short))
    ConsignmentMovement.objects.bulk_create(rows)
    return UndoReport(removed=len(rows))


def _short(rows: list[ConsignmentMovement]) -> list[str]:
    """Stores in which less lies than would be taken back; three of them are named."""
    leaves: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    for row in rows:
        if not row.is_below_zero_allowed:
            leaves[row.store_id, row.product_id, row.selling_company_id] -= row.quantity
    standing = ConsignedStock.objects.filter(store__in={key[0] for key in leaves})
    names = {
        str(stock.store)
        for stock in standing.select_related("store")
        if stock.quantity < leaves[stock.store_id, stock.product_id, stock.selling_company_id]
    }
    return sorted(names)[:3]
