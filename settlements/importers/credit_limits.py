"""Credit limits from files: what was decided elsewhere, by account, currency and day."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.importers import lookups
from kam.core.locks import lock_names
from kam.core.selectors.rates import base_currency, rates_on
from kam.imports.columns import DAY_AFTER, Column, ColumnType, last_day
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run
from settlements.importers import credit_limits_sql as sql
from settlements.selectors.credit.rules import credit_settings

TABLE = "settlements_creditlimit"
REASONS = {
    "limit below zero": _("A limit cannot be below zero. 0 means prepay only."),
    "limit ends early": _("It ends before it begins"),
    "limit of the same day": _("A limit begins on this day already: take it back first"),
    "limit of a later day": _("A limit is set from a later day already"),
    "limit above yours": _("It is above what you decide alone"),
    "limit without a rate": _("There is no exchange rate to compare it with what you may decide"),
    "limit above the chain": _("The limits below a chain would be more than the chain's own"),
    "limit days": _("Days are a whole number from 0 to 3650"),
}


class CreditLimitsImporter(Importer):
    """How much credit accounts have from a day on; what held before ends there."""

    key = "credit_limits"
    title = _("Credit limits")
    summary = _("Limits by account and currency: empty is not set, 0 is prepay only.")
    icon = "shield-half"
    order = 75
    capability = "credit.decide"
    has_amounts = True
    found_by = ("row_id",)
    columns = (
        Column(name="account", label=_("Account"), required=True, example="C-1042",
               help=_("External id or exact name; it holds for all below it as well."),
               synonyms=("customer", "customer id", "account id", "payer", "account code")),
        Column(name="currency", label=_("Currency"), required=True, max_length=3, example="EUR",
               synonyms=("currency code", "cur")),
        Column(name="amount", label=_("Limit"), type=ColumnType.NUMBER, example="50000.00",
               help=_("Empty: none is set from then on. 0: prepay only."),
               synonyms=("limit", "credit limit", "amount")),
        Column(name="from_day", label=_("From"), type=ColumnType.DATE, example="2026-07-01",
               help=_("Empty: the day of the import."),
               synonyms=("valid from", "from", "start", "as of")),
        Column(name="until", label=_("Until before"), type=ColumnType.DATE, example="2027-07-01",
               help=DAY_AFTER, synonyms=("valid to", "valid until", "to", "end")),
        last_day("until", words=_("Empty: for good."), example="2027-06-30"),
        Column(name="reason_text", label=_("Reason"), required=True, max_length=500,
               example="Board decision 12/2026", synonyms=("reason", "note", "why")),
        Column(name="term_days", label=_("Term, days"), type=ColumnType.NUMBER, example="30",
               synonyms=("payment days", "term")),
        Column(name="review_on", label=_("Review on"), type=ColumnType.DATE, example="2027-06-01",
               synonyms=("review", "review date")),
    )  # fmt: skip

    def lock(self, run: Run) -> None:
        """One file of limits at a time."""
        lock_names("settlements.import.credit_limits")

    def resolve(self, run: Run) -> None:
        """Judge each row, those of one account together, and then the chains they stand in."""
        lookups.find_accounts(run)
        run.execute(sql.MOST)
        self._may_decide(run)
        for statement in (sql.FOUND, sql.JUDGED, sql.DATED):
            run.execute(statement)
        # Refusing a row gives others room or takes it, so this goes on until nothing is above.
        while run.execute(sql.ABOVE_CHAIN):
            pass
        run.execute(sql.BESIDE_ABOVE)
        run.execute(sql.ROWS)
        run.first, run.last = run.rows(sql.SPAN)[0]

    def _may_decide(self, run: Run) -> None:
        """How much of each currency the user may decide; who decides anything has no row."""
        user = run.batch.created_by
        if user is None or user.can("credit.override"):
            return
        most = credit_settings().decide_up_to
        rates = rates_on(base_currency(), run.defaults["as_of"]) | {base_currency(): Decimal(1)}
        for code in run.ids("SELECT DISTINCT upper(currency) FROM import_stage"):
            amount = most / rates[str(code)] if rates.get(str(code)) else None
            run.execute(
                "INSERT INTO import_most VALUES (%(code)s, %(most)s::numeric)",
                {"code": code, "most": amount},
            )

    def apply(self, run: Run) -> None:
        """End what holds on the first day of a row, then write the limits."""
        ended = "SELECT row_id FROM import_rows WHERE action IN ('c', 'u') AND row_id IS NOT NULL"
        changes.note_before(run, TABLE, ended)
        run.execute(sql.END)
        made = run.value(sql.INSERT) or []
        if made:
            ids = ", ".join(str(int(one)) for one in made)
            changes.note_created(run, TABLE, f"SELECT id FROM {TABLE} WHERE id IN ({ids})")

    def undo(self, run: Run) -> UndoReport:
        """Remove the limits of the batch and let those before go on."""
        changes.refuse_when_built_upon(run)
        run.value(sql.UNDOING, {"on": "on"})
        removed = changes.remove_created(run, TABLE)
        restored = changes.put_back(run, TABLE)
        run.value(sql.UNDOING, {"on": ""})
        changes.forget(run)
        return UndoReport(removed=removed, restored=restored)
