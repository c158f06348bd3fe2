"""Sales reports of customers: sell-through in pieces, or consumers' turnover of a concession."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.importers import lookups
from kam.core.formats import Text
from kam.core.locks import lock_names
from kam.core.models import SellingCompany
from kam.imports.columns import Column, ColumnType
from kam.imports.engine.importer import Importer, UndoRefusedError, UndoReport
from kam.imports.engine.run import Run
from settlements.choices.reports import ReportFunction, ReportKind
from settlements.importers import sales_reports_sql as sql

_FUNCTIONS = {
    ReportFunction.ORIGINAL: ("9", "original", "new", "o"),
    ReportFunction.REPLACE: ("5", "replace", "replacement", "correction", "r"),
    ReportFunction.ADDITION: ("2", "addition", "add", "a"),
    ReportFunction.CANCEL: ("1", "cancel", "cancellation", "c"),
}
_BY_WORD = {word: str(kind) for kind, words in _FUNCTIONS.items() for word in words}
_SPAN = "SELECT min(period_start), max(period_end) FROM import_rows WHERE reason IS NULL"


def report_function(text: str) -> str | None:
    """Return what a message does, by its code (9, 5, 2, 1) or word; None for another."""
    return _BY_WORD.get(text.strip().casefold())


class SalesReportImporter(Importer):
    """Rows of one report number and function are one report; it waits for acceptance."""

    kind: ReportKind
    capability = "consignment.edit"
    has_amounts = True
    columns = (
        Column(name="retailer_code", label=gettext_lazy("Account"), required=True, example="C-1001",
               help=gettext_lazy("Who reports: identifier or exact name."),
               synonyms=("customer", "account", "retailer", "chain", "customer code", "零售商")),
        Column(name="report_no", label=gettext_lazy("Report number"), required=True, max_length=60,
               example="SLS-2026-07", synonyms=("report", "report number", "message number")),
        Column(name="function", label=pgettext_lazy("sales report", "Function"),
               required=True, example="9",
               read=report_function,
               help=gettext_lazy("9 original, 5 replacement, 2 addition, 1 cancellation."),
               synonyms=("message function", "function code")),
        Column(name="period_start", label=gettext_lazy("First day"), type=ColumnType.DATE,
               required=True, example="2026-07-01", synonyms=("from", "start", "period from")),
        Column(name="period_end", label=gettext_lazy("Last day"), type=ColumnType.DATE,
               required=True, example="2026-07-31", synonyms=("to", "end", "period to")),
        Column(name="store_gln", label=gettext_lazy("GLN of the store"), example="6412345000013",
               synonyms=("gln", "location", "store location number")),
        Column(name="store_code", label=gettext_lazy("Store"), example="0012",
               help=gettext_lazy("Identifier or exact name; empty: the account itself."),
               synonyms=("store", "store number", "store no", "shop", "门店", "filiale")),
        Column(name="gtin", label=gettext_lazy("GTIN"), example="6412345678909",
               synonyms=("ean", "barcode", "upc", "条码")),
        Column(name="retailer_sku", label=gettext_lazy("Their article number"), max_length=60,
               example="004711", synonyms=("sku", "article", "item", "product", "商品编码")),
        Column(name="category", label=gettext_lazy("Category"),
               help=gettext_lazy("Of a turnover that names no product."),
               synonyms=("department", "product group", "品类")),
        Column(name="business_date", label=gettext_lazy("Day"), type=ColumnType.DATE,
               example="2026-07-14", help=gettext_lazy("Empty: the last day of the period."),
               synonyms=("date", "sales date", "day")),
        Column(name="qty_sold", label=gettext_lazy("Pieces sold"), type=ColumnType.NUMBER,
               example="12", synonyms=("quantity", "qty", "units sold", "销量")),
        Column(name="qty_returned", label=gettext_lazy("Pieces brought back"),
               type=ColumnType.NUMBER, example="1", synonyms=("returns", "units returned")),
        Column(name="unit", label=gettext_lazy("Unit"), max_length=30,
               help=gettext_lazy("Empty: the unit of the code, else the product's own."),
               synonyms=("uom", "unit of measure")),
        Column(name="gross_amount_incl_tax", label=gettext_lazy("Turnover with tax"),
               type=ColumnType.NUMBER, example="118.80",
               help=gettext_lazy("At prices before coupons; below zero where more came back."),
               synonyms=("gross amount", "turnover", "sales amount", "amount", "销售额")),
        Column(name="coupon_amount", label=gettext_lazy("Of it paid with coupons"),
               type=ColumnType.NUMBER, example="5.00",
               help=gettext_lazy("With tax and the sign of the turnover; empty: not reported."),
               synonyms=("coupon", "coupons", "coupon value", "vouchers redeemed", "kupongit",
                         "kuponki", "gutscheine", "gutscheinwert", "cupoane", "valoare cupoane",
                         "优惠券", "优惠券金额", "phiếu giảm giá", "tiền phiếu giảm giá")),
        Column(name="payment_medium", label=gettext_lazy("Paid by"), max_length=30, example="CARD",
               help=gettext_lazy("How consumers paid, in the customer's word; empty: not told."),
               synonyms=("payment medium", "payment method", "tender", "tender type", "maksutapa",
                         "zahlungsmittel", "zahlungsart", "metoda de plata", "metodă de plată",
                         "mijloc de plată", "支付方式", "付款方式", "phương thức thanh toán",
                         "hình thức thanh toán")),
        Column(name="tax_rate", label=gettext_lazy("Tax rate"), type=ColumnType.NUMBER,
               example="24", help=gettext_lazy("In percent; below 1 it is read as a share."),
               synonyms=("vat", "vat rate", "tax")),
        Column(name="currency", label=gettext_lazy("Currency"), required=True, max_length=3,
               example="EUR", synonyms=("currency code", "cur", "货币")),
        Column(name="promo_id", label=gettext_lazy("Promotion"), max_length=60,
               synonyms=("promotion", "campaign", "promo")),
        Column(name="selling_company", label=gettext_lazy("Selling company"), max_length=20,
               example="FI01", help=gettext_lazy("Its code; needed where there are several."),
               synonyms=("company code", "supplier", "supplier code")),
    )  # fmt: skip

    def lock(self, run: Run) -> None:
        """One file of reports at a time: versions are counted."""
        lock_names("settlements:sales-reports")

    def resolve(self, run: Run) -> None:
        """Find accounts, stores and products, judge rows and whole reports."""
        companies = list(
            SellingCompany.objects.filter(is_active=True).values_list("pk", flat=True)[:2]
        )
        values: dict[str, Any] = {
            "kind": self.kind.value,
            "company": companies[0] if len(companies) == 1 else None,
        }
        with run.step("lookups"):
            lookups.find_accounts(run, column="retailer_code")
            lookups.find_categories(run)
            for name in ("placed", "stores", "wanted", "codes", "zeros"):
                run.cursor.execute(getattr(sql, name.upper()))
                run.cursor.execute(f"ANALYZE import_{name}")
        with run.step("compare"):
            run.execute(sql.RESOLVED, values)
            if self.kind == ReportKind.TURNOVER:
                run.execute(sql.NAMELESS)
            run.cursor.execute("ANALYZE import_resolved")
            for name in ("judged", "groups"):
                run.execute(getattr(sql, name.upper()), values)
                run.cursor.execute(f"ANALYZE import_{name}")
            run.execute(sql.ROWS, values)
        run.first, run.last = run.rows(_SPAN)[0]
        self._notice(run)

    def _notice(self, run: Run) -> None:
        count = run.value("SELECT count(DISTINCT grp) FROM import_rows WHERE action = 'c'")
        if count:
            run.notice("reports to accept", count=count)
        if rows := run.value("SELECT count(*) FROM import_rows WHERE adds_up"):
            run.notice("subtotal rows", rows=rows)

    def apply(self, run: Run) -> None:
        """Write the reports and their lines, checked; somebody accepts them."""
        values = {"kind": self.kind.value, "user": run.batch.created_by_id}
        for name in ("NUMBERED", "POST_REPORTS", "POST_LINES", "CHECKED"):
            with run.step(name.lower()):
                run.execute(getattr(sql, name), values)
        if count := run.value("SELECT count(*) FROM import_reports"):
            run.also["sales reports"] = count

    def undo(self, run: Run) -> UndoReport:
        """Remove reports that nobody accepted. Raises UndoRefusedError otherwise."""
        if count := run.value(sql.DECIDED_SINCE):
            text = ngettext(
                "%(count)d report of it was accepted. A cancellation takes it out.",
                "%(count)d reports of it were accepted. A cancellation takes each out.",
                count,
            )
            raise UndoRefusedError(text % {"count": count})
        if run.value(sql.FOLLOWED):
            raise UndoRefusedError(_("Later reports replace some of these. Undo them first."))
        for statement in sql.REMOVE:
            removed = run.execute(statement)
        return UndoReport(removed=removed)


class SellThroughImporter(SalesReportImporter):
    """Pieces of consigned goods that consumers bought."""

    key = "sell_through"
    kind = ReportKind.SELL_THROUGH
    title: Text = gettext_lazy("Sell-through reports")
    summary: Text = gettext_lazy("Pieces of consigned goods that stores sold and took back.")
    icon = "shopping-cart"
    order = 63


class TurnoverImporter(SalesReportImporter):
    """Consumers' turnover of concessions."""

    key = "turnover"
    kind = ReportKind.TURNOVER
    title: Text = gettext_lazy("Turnover reports")
    summary: Text = gettext_lazy("What consumers bought at our counters, by store and day.")
    icon = "receipt"
    order = 64
