"""Wallet estimates: what accounts buy of a category from everybody, in a year or a period."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.importers import leftovers, lookups
from accounts.services.wallet import LONGEST_YEARS
from accounts.services.wallet_rewriting import rewriting_wallets
from kam.core.models import Organisation
from kam.imports.columns import DAY_AFTER, Column, ColumnType, last_day
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run

TABLE = "accounts_walletestimate"
MEDIUM = 3
REASONS = {
    "no period": _("Neither a year nor a first day and the day after the last"),
    "bad year": _("The year is not a whole number between 2000 and 2100"),
    "period not in order": _("The period does not end after it begins"),
    "period too long": _("The period is longer than five years"),
    "low above the wallet": _("The least is below zero or above the wallet"),
    "high below the wallet": _("The most is below the wallet"),
    "bad confidence": _("Confidence is a whole number from 1 to 5"),
    "estimated in the future": _("The day of the estimate is still to come"),
}
_ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH found AS (
    SELECT s.*, a.account_id, a.ambiguous, c.category_id, x.code AS currency_code,
        COALESCE(upper(s.currency), a.currency_id, %(base)s) AS currency_wanted,
        COALESCE(s.estimated_on, %(as_of)s::date) AS said_on,
        COALESCE(s.confidence, %(medium)s) AS sure,
        CASE WHEN s.starts IS NOT NULL OR s.until IS NOT NULL THEN s.starts
            WHEN s.year BETWEEN 2000 AND 2100 AND s.year = trunc(s.year)
                THEN make_date(s.year::integer, 1, 1) END AS first_day,
        CASE WHEN s.starts IS NOT NULL OR s.until IS NOT NULL THEN s.until
            WHEN s.year BETWEEN 2000 AND 2100 AND s.year = trunc(s.year)
                THEN make_date(s.year::integer + 1, 1, 1) END AS end_day
    FROM import_stage s
    LEFT JOIN import_accounts a ON a.value = s.account
    LEFT JOIN import_categories c ON c.value = s.category
    LEFT JOIN core_currency x ON x.code = COALESCE(upper(s.currency), a.currency_id, %(base)s)
), judged AS (
    SELECT f.*, COALESCE(reason, CASE
        WHEN ambiguous THEN 'ambiguous account'
        WHEN account_id IS NULL THEN 'unknown account'
        WHEN currency_code IS NULL THEN 'unknown currency'
        WHEN amount < 0 THEN 'negative amount'
        WHEN amount >= 1e14 OR high >= 1e14 THEN 'amount too large'
        WHEN starts IS NULL AND until IS NULL AND year IS NOT NULL AND first_day IS NULL
            THEN 'bad year'
        WHEN first_day IS NULL OR end_day IS NULL THEN 'no period'
        WHEN first_day >= end_day THEN 'period not in order'
        WHEN end_day > first_day + make_interval(years => %(longest)s) THEN 'period too long'
        WHEN low < 0 OR round(low, 4) > round(amount, 4) THEN 'low above the wallet'
        WHEN round(high, 4) < round(amount, 4) THEN 'high below the wallet'
        WHEN sure NOT IN (1, 2, 3, 4, 5) THEN 'bad confidence'
        WHEN said_on > %(as_of)s THEN 'estimated in the future'
    END) AS problem
    FROM found f
), numbered AS (
    SELECT j.*, row_number() OVER (
        PARTITION BY problem IS NULL, account_id, category, first_day, end_day,
            round(amount, 4), currency_wanted, said_on, source ORDER BY line_no) AS again
    FROM judged j
)
SELECT n.line_no, n.account_id, n.category, n.category_id, n.first_day, n.end_day,
    round(n.amount, 4) AS amount, round(n.low, 4) AS low, round(n.high, 4) AS high,
    n.currency_wanted AS currency, n.source, n.said_on, n.sure, n.competitor,
    NULL::bigint AS competitor_id, n.note,
    n.problem AS reason,
    COALESCE(n.detail, CASE n.problem WHEN 'unknown account' THEN n.account
        WHEN 'ambiguous account' THEN n.account
        WHEN 'unknown currency' THEN n.currency_wanted END) AS detail,
    CASE WHEN n.problem IS NOT NULL THEN NULL WHEN n.again > 1 OR EXISTS (
        SELECT 1 FROM accounts_walletestimate w
        WHERE w.account_id = n.account_id AND w.category_id = n.category_id
          AND w.period = daterange(n.first_day, n.end_day) AND w.amount = round(n.amount, 4)
          AND w.currency_id = n.currency_wanted AND w.estimated_on = n.said_on
          AND w.source = n.source
    ) THEN 'n' ELSE 'c' END AS action
FROM numbered n
"""
_NEW_CATEGORIES = """
SELECT c.value FROM import_categories c WHERE c.category_id IS NULL AND EXISTS (
    SELECT 1 FROM import_rows r WHERE r.category = c.value AND r.action = 'c')
ORDER BY 1
"""
_FILL_IN = """
UPDATE import_rows r SET category_id = c.category_id
FROM import_categories c WHERE c.value = r.category AND r.category_id IS NULL
"""
_NEW_COMPETITORS = """
SELECT c.value FROM import_competitors c WHERE c.competitor_id IS NULL AND EXISTS (
    SELECT 1 FROM import_rows r WHERE r.competitor = c.value AND r.action = 'c')
ORDER BY 1
"""
_NAME = """
UPDATE import_rows r SET competitor_id = c.competitor_id
FROM import_competitors c WHERE c.value = r.competitor
"""
_INSERT = """
INSERT INTO accounts_walletestimate (account_id, category_id, period, amount, low, high,
    currency_id, source, estimated_on, confidence, competitor_id, note, author_id, batch_id,
    created_at)
SELECT account_id, category_id, daterange(first_day, end_day), amount, low, high, currency,
    source, said_on, sure, competitor_id, COALESCE(note, ''), %(author)s, %(batch)s,
    now()
FROM import_rows WHERE action = 'c' ORDER BY line_no
"""
_SPAN = "SELECT min(said_on), max(said_on) FROM import_rows WHERE reason IS NULL"


class WalletsImporter(Importer):
    """Wallet estimates; the same line sent again changes nothing."""

    key = "wallets"
    title = _("Wallet estimates")
    summary = _("What accounts buy of a category from everybody, as estimated.")
    icon = "layout-grid"
    order = 45
    has_amounts = True
    alternatives = (
        frozenset({"year"}),
        frozenset({"starts", "until"}),
        frozenset({"starts", "last_day"}),
    )
    columns = (
        Column(name="account", label=_("Account"), required=True, example="C-1042",
               help=_("External id or exact name; the wallet is that of all below it."),
               synonyms=("customer", "customer id", "account id")),
        Column(name="category", label=_("Category"), required=True, max_length=100,
               example="Bakery", synonyms=("product category", "product group")),
        Column(name="year", label=_("Year"), type=ColumnType.NUMBER, example="2026",
               help=_("A calendar year, or the two days of a period."),
               synonyms=("calendar year",)),
        Column(name="starts", label=_("Period from"), type=ColumnType.DATE, example="2026-01-01",
               synonyms=("start", "from", "period start")),
        Column(name="until", label=_("Period until"), type=ColumnType.DATE, example="2027-01-01",
               help=DAY_AFTER, synonyms=("end", "to", "period end")),
        last_day("until", words=_("Of the period, beside its first day."), example="2026-12-31"),
        Column(name="amount", label=_("Wallet"), type=ColumnType.NUMBER, required=True,
               example="250000", synonyms=("potential", "estimate", "total purchases")),
        Column(name="currency", label=_("Currency"), max_length=3, example="EUR",
               help=_("Empty: the account's currency, else the organisation's."),
               synonyms=("currency code",)),
        Column(name="low", label=_("At least"), type=ColumnType.NUMBER, example="200000",
               synonyms=("minimum", "lower bound")),
        Column(name="high", label=_("At most"), type=ColumnType.NUMBER, example="300000",
               synonyms=("maximum", "upper bound")),
        Column(name="source", label=_("Source"), required=True, max_length=300,
               example="Panel, March", synonyms=("estimate source", "basis")),
        Column(name="estimated_on", label=_("Estimated on"), type=ColumnType.DATE,
               example="2026-03-01", help=_("Empty: today."), synonyms=("date of estimate",)),
        Column(name="confidence", label=_("Confidence"), type=ColumnType.NUMBER, example="3",
               help=_("1 to 5; empty is 3.")),
        Column(name="competitor", label=_("Main competitor"), max_length=200,
               help=_("A name that no competitor has yet is added."),
               synonyms=("main supplier", "supplied by", "competitor name")),
        Column(name="note", label=_("Note"), max_length=2000, synonyms=("comment", "remark")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Find accounts and categories, judge every line, compare with what stands."""
        base = Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1)
        lookups.find_accounts(run)
        lookups.find_categories(run)
        lookups.find_competitors(run)
        values = {"base": base, "as_of": run.as_of, "medium": MEDIUM, "longest": LONGEST_YEARS}
        run.execute(_ROWS, values)
        run.first, run.last = run.rows(_SPAN)[0]
        if categories := run.ids(_NEW_CATEGORIES):
            run.notice("new categories", count=len(categories), names=", ".join(categories[:10]))
        if rivals := run.ids(_NEW_COMPETITORS):
            run.notice("new competitors", count=len(rivals), names=", ".join(rivals[:10]))

    def apply(self, run: Run) -> None:
        """Keep the estimates beside the older ones."""
        lookups.create_categories(run, run.ids(_NEW_CATEGORIES))
        run.execute(_FILL_IN)
        lookups.create_competitors(run, run.ids(_NEW_COMPETITORS))
        run.execute(_NAME)
        run.execute(_INSERT, {"author": run.batch.created_by_id})
        changes.note_created(
            run, TABLE, f"SELECT id FROM {TABLE} WHERE batch_id = {run.batch.pk:d}"
        )

    def undo(self, run: Run) -> UndoReport:
        """Remove the estimates that the batch brought."""
        changes.refuse_when_built_upon(run)
        with rewriting_wallets():
            removed = run.execute(f"DELETE FROM {TABLE} WHERE batch_id = %(batch)s")
        stays = leftovers.remove_created(run)
        changes.forget(run)
        return UndoReport(removed=removed, restored=0, stays=tuple(stays))
