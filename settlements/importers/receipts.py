"""Receipts: payments of customers, each for one document, for many or for none yet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.importers import lookups
from kam.core.jobs import enqueue
from kam.core.models import Organisation, SellingCompany
from kam.imports.columns import Column, ColumnType
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run
from settlements.importers import open_items_sql as ledger
from settlements.importers import receipts_sql as sql
from settlements.importers import undo

_SPAN = "SELECT min(received_on), max(received_on) FROM import_rows WHERE reason IS NULL"


class ReceiptsImporter(Importer):
    """Rows with one key are one receipt; each may name a document that it pays."""

    key = "receipts"
    title = _("Receipts")
    summary = _("Payments of customers, and which documents they pay.")
    icon = "cash"
    order = 55
    has_amounts = True
    columns = (
        Column(name="source_key", label=_("Key in the source"), max_length=150, example="CR-5521",
               help=_("Rows with one key are one receipt for several documents."),
               synonyms=("receipt number", "payment number", "payment id", "receipt no",
                         "transaction id", "voucher")),
        Column(name="account", label=_("Account"), required=True, max_length=200, example="C-1001",
               help=_("Who pays: identifier or exact name."),
               synonyms=("customer", "customer id", "customer number", "payer", "debtor", "客户")),
        Column(name="received_on", label=_("Received on"), type=ColumnType.DATE, required=True,
               example="2026-03-28",
               synonyms=("date", "payment date", "value date", "receipt date", "paid on")),
        Column(name="amount", label=_("Amount"), type=ColumnType.NUMBER, required=True,
               example="500.00", help=_("Of the whole receipt, above zero."),
               synonyms=("payment amount", "receipt amount", "amount received")),
        Column(name="currency", label=_("Currency"), max_length=3, example="EUR",
               help=_("Empty: the account's currency, else the organisation's."),
               synonyms=("currency code", "cur", "waers", "货币")),
        Column(name="reference", label=_("Reference"), max_length=140,
               synonyms=("text", "remittance", "payment reference", "message")),
        Column(name="document", label=_("Paid document"), max_length=60, example="90012345",
               help=_("Its number; empty: nothing is allocated yet."),
               synonyms=("invoice", "invoice number", "invoice no", "document number")),
        Column(name="allocated_amount", label=_("Allocated amount"), type=ColumnType.NUMBER,
               help=_("Empty: what is open of the document, as far as the receipt goes."),
               synonyms=("allocated", "applied amount", "paid amount")),
        Column(name="selling_company", label=_("Selling company"), max_length=20, example="FI01",
               help=_("Its code; needed where there are several."),
               synonyms=("company code", "bukrs", "legal entity")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Find payers and documents, judge each receipt as a whole, compare with what stands."""
        companies = list(
            SellingCompany.objects.filter(is_active=True).values_list("pk", flat=True)[:2]
        )
        parameters = {
            "base": Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1),
            "company": companies[0] if len(companies) == 1 else None,
        }
        with run.step("lookups"):
            lookups.find_accounts(run)
            run.execute(sql.PARTIES)
        with run.step("keys"):
            for table, statement in (
                ("import_keyed", sql.KEYED),
                ("import_standing", ledger.STANDING),
                ("import_closed", sql.CLOSED),
            ):
                run.execute(statement)
                run.execute(f"ANALYZE {table}")
        with run.step("compare"):
            run.execute(sql.VALUED, parameters)
            run.execute("ANALYZE import_valued")
            run.execute(sql.DOCUMENTS)
            run.execute(sql.ROWS)
        run.first, run.last = run.rows(_SPAN)[0]
        for currency, amount in run.rows(sql.UNAPPLIED):
            run.notice("unapplied", amount=f"{amount.normalize():f}", currency=currency)

    def apply(self, run: Run) -> None:
        """Post the receipts and allocate them."""
        for name, statement in (
            ("number", sql.POSTS),
            ("receipts", ledger.POST_DOCUMENTS),
            ("receipt items", ledger.POST_ITEMS),
            ("allocations", sql.ALLOCATE),
        ):
            with run.step(name):
                run.execute(statement)
        with run.step("statistics"):
            run.execute(ledger.ANALYZE)
        enqueue("settlements.flag_overdue", key="schedule:settlements.flag_overdue")

    def undo(self, run: Run) -> UndoReport:
        """Reverse the receipts, as of the days on which they were posted."""
        return undo.reverse_batch(run)
