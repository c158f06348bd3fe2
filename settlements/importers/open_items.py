"""Open items: invoices and credits with how far they are settled, posted in a few statements."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.importers import lookups
from accounts.services.tree import lock_tree
from kam.core.jobs import enqueue
from kam.core.models import Organisation, SellingCompany
from kam.imports.columns import Column, ColumnType
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run
from settlements.importers import open_items_sql as sql
from settlements.importers import undo
from settlements.importers.words import document_kind

COMPANY_CODE = "main"
_HALF = 2

_NEW_ACCOUNTS = """
SELECT t.value FROM import_accounts t WHERE t.account_id IS NULL AND NOT t.ambiguous
  AND EXISTS (SELECT 1 FROM import_rows r WHERE r.account = t.value AND r.action = 'c')
ORDER BY 1
"""
_SPAN = "SELECT min(document_date), max(document_date) FROM import_rows WHERE reason IS NULL"
_FACTS = """
SELECT count(*) FILTER (WHERE side = 1 AND due_date IS NULL AND action = 'c'),
    count(*) FILTER (WHERE to_settle IS NOT NULL AND action IN ('c', 'u')),
    count(*) FILTER (WHERE action = 'n' AND settled_on IS NULL AND allocated > 0)
FROM import_rows
"""
_OPEN_BALANCE = """
SELECT currency, sum(side * (total - COALESCE(settled, 0))) FROM import_rows
WHERE reason IS NULL GROUP BY 1 ORDER BY 1
"""
_MISSING_AMOUNTS = """
SELECT currency_id, sum(open_amount) FROM import_missing GROUP BY 1 ORDER BY 1
"""


class OpenItemsImporter(Importer):
    """Items of customers with their settlement; amounts are positive, the type says the side."""

    key = "open_items"
    title = _("Open items")
    summary = _("Invoices, credit and debit notes, and when they were settled.")
    icon = "file-invoice"
    order = 50
    creates_accounts = has_amounts = takes_extracts = True
    columns = (
        Column(name="source_key", label=_("Key in the source"), max_length=150, example="90012345",
               help=_("Says which item it is when the file is sent again."),
               synonyms=("invoice number", "invoice no", "invoicenumber", "document number",
                         "document no", "belnr", "voucher", "invoice id", "item id")),
        Column(name="account", label=_("Account"), required=True, max_length=200, example="C-1001",
               help=_("Identifier or exact name."),
               synonyms=("customer", "customer id", "customerid", "customer number",
                         "customer code", "kunnr", "debtor", "payer", "bill to", "client", "客户")),
        Column(name="document_type", label=_("Type of document"), example="invoice",
               read=document_kind, help=_("Empty: an invoice."),
               synonyms=("type", "doc type", "blart", "transaction type")),
        Column(name="document_date", label=_("Document date"), type=ColumnType.DATE, required=True,
               example="2026-03-01",
               synonyms=("invoice date", "invoicedate", "date", "bldat", "issue date")),
        Column(name="due_date", label=_("Due date"), type=ColumnType.DATE, example="2026-03-31",
               synonyms=("due", "duedate", "net due date", "payment due", "faedt")),
        Column(name="amount", label=_("Amount"), type=ColumnType.NUMBER, required=True,
               example="118.40", help=_("Of the whole item, above zero, tax included."),
               synonyms=("invoice amount", "invoiceamount", "gross amount", "total", "wrbtr",
                         "total open amount")),
        Column(name="currency", label=_("Currency"), max_length=3, example="EUR",
               help=_("Empty: the account's currency, else the organisation's."),
               synonyms=("currency code", "cur", "waers", "货币")),
        Column(name="reference", label=_("Reference"), max_length=140, example="PO 4711",
               synonyms=("customer reference", "po number", "purchase order", "zuonr", "text")),
        Column(name="settled_on", label=_("Settled on"), type=ColumnType.DATE,
               example="2026-03-28", help=_("Posts a receipt on that day."),
               synonyms=("settled date", "settleddate", "clear date", "clearing date", "paid on",
                         "payment date", "augdt")),
        Column(name="settled_amount", label=_("Settled amount"), type=ColumnType.NUMBER,
               help=_("In total until that day; empty: all of it."),
               synonyms=("paid amount", "amount paid", "cleared amount")),
        Column(name="selling_company", label=_("Selling company"), max_length=20, example="FI01",
               help=_("Its code; needed where there are several."),
               synonyms=("company code", "bukrs", "legal entity", "business code")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Find accounts and what stands, judge each row, compare it with what is posted."""
        parameters = _parameters(run)
        run.execute(sql.ROUGHLY)
        with run.step("lookups"):
            lookups.find_accounts(run)
        with run.step("keys"):
            for table, statement in sql.KEY_TABLES:
                run.execute(statement)
                run.execute(f"ANALYZE {table}")
        with run.step("compare"):
            run.execute(sql.ROWS, parameters)
            run.execute("CREATE INDEX ON import_rows (document_id) WHERE document_id IS NOT NULL")
            run.execute("ANALYZE import_rows")
        run.first, run.last = run.rows(_SPAN)[0]
        self._notice(run, first=parameters["first"])
        if run.options.full_extract:
            self._look_for_missing(run)

    def _notice(self, run: Run, *, first: bool) -> None:
        undated, settled, still_open = run.rows(_FACTS)[0]
        for code, rows in (
            ("without due date", undated),
            ("settled rows", settled),
            ("settled here, open there", still_open),
        ):
            if rows:
                run.notice(code, rows=rows)
        for currency, amount in run.rows(_OPEN_BALANCE):
            run.notice("open balance", amount=f"{amount.normalize():f}", currency=currency)
        if run.options.create_accounts and (accounts := run.ids(_NEW_ACCOUNTS)):
            run.notice("new accounts", count=len(accounts))
        if first:
            run.notice("first company")

    def _look_for_missing(self, run: Run) -> None:
        """List what is open here and not in the file; refuse what looks like half a file."""
        kind = {"kind": self.key}
        missing = run.execute(sql.MISSING, kind)
        known = run.value(sql.OPEN_OF_SOURCE, kind)
        if missing:
            sums = ", ".join(
                f"{amount.normalize():f} {code}" for code, amount in run.rows(_MISSING_AMOUNTS)
            )
            run.notice("missing items", rows=missing, amounts=sums)
        if missing * _HALF > known and not run.options.accept_shrunk:
            run.blockers.append(
                ngettext(
                    "%(missing)d of the %(known)d item that is open here is missing from this "
                    "full extract: it looks like half a file. Allow it if it is right.",
                    "%(missing)d of the %(known)d items that are open here are missing from this "
                    "full extract: it looks like half a file. Allow it if it is right.",
                    known,
                )
                % {"missing": missing, "known": known}
            )

    def apply(self, run: Run) -> None:
        """Create accounts, then post documents, items, receipts and allocations."""
        lock_tree()
        with run.step("references"):
            accounts = run.ids(_NEW_ACCOUNTS) if run.options.create_accounts else []
            lookups.create_accounts(run, accounts)
            company = {"company": _company(run)}
        with run.step("number"):
            run.execute(sql.PARTIES)
            run.execute(sql.POSTS, company)
            if receipts := run.execute(sql.SETTLEMENTS):
                run.also["receipts"] = receipts
        for name, statement in (
            ("documents and receipts", sql.POST_ALL_DOCUMENTS),
            ("items", sql.POST_ALL_ITEMS),
            ("sums", sql.COMPLETE),
            ("allocations", sql.ALLOCATE),
            ("statistics", sql.ANALYZE),
        ):
            with run.step(name):
                run.execute(statement)
        if answered := run.execute(sql.ANSWER_MISSING):
            run.also["items named again"] = answered
        if run.options.full_extract and (gaps := run.execute(sql.KEEP_MISSING)):
            run.also["missing items"] = gaps
        enqueue("settlements.flag_overdue", key="schedule:settlements.flag_overdue")

    def undo(self, run: Run) -> UndoReport:
        """Reverse what the batch posted, as of the days on which it was posted."""
        return undo.reverse_batch(run)


def _parameters(run: Run) -> dict[str, Any]:
    companies = list(
        SellingCompany.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)
    )
    return {
        "base": Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1),
        "create": run.options.create_accounts,
        "company": companies[0] if len(companies) == 1 else None,
        "first": not companies,
        "others": bool(run.value("SELECT EXISTS (SELECT 1 FROM settlements_document)")),
    }


def _company(run: Run) -> int | None:
    """Make the first selling company where there is none and rows to post; return its id."""
    if not run.value("SELECT EXISTS (SELECT 1 FROM import_rows WHERE action = 'c' "
                     "AND company_id IS NULL)"):  # fmt: skip
        return None
    organisation = Organisation.objects.get(pk=1)
    company, _made = SellingCompany.objects.get_or_create(
        code=COMPANY_CODE,
        defaults={"name": organisation.name, "currency_id": organisation.base_currency_id},
    )
    return int(company.pk)
