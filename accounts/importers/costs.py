"""Costs to serve by entry, and volumes of activities by month, as statements over staged rows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.importers import lookups
from accounts.importers.costs_words import cost_kind
from kam.core.models import Organisation
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run

COSTS, DRIVERS = "accounts_costentry", "accounts_activitydriver"
_RATES = """
CREATE TEMP TABLE import_rates ON COMMIT DROP AS
SELECT d.currency, d.date, CASE WHEN d.currency = %(base)s THEN 1 ELSE (
    SELECT r.rate FROM core_exchangerate r
    WHERE r.currency_id = d.currency AND r.base_id = %(base)s AND r.valid_on <= d.date
    ORDER BY r.valid_on DESC LIMIT 1
) END AS rate
FROM (
    SELECT DISTINCT c.code AS currency, s.date
    FROM import_stage s LEFT JOIN import_accounts a ON a.value = s.account
    JOIN core_currency c ON c.code = COALESCE(upper(s.currency), a.currency_id, %(base)s)
    WHERE s.date IS NOT NULL
) AS d
"""
_ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH keyed AS (
    SELECT s.*, COALESCE(s.source_key, s.row_hash || '-' || row_number() OVER (
            PARTITION BY s.source_key, s.row_hash, s.reason IS NULL ORDER BY s.line_no
        )) AS key,
        md5(ROW(s.account, s.kind, s.date, s.amount, upper(s.currency), s.note)::text) AS content
    FROM import_stage s
), valued AS (
    SELECT k.line_no, k.date, k.kind, k.reason, k.detail, k.key, k.account,
        COALESCE(k.note, '') AS note, round(k.amount, 4) AS amount, a.account_id, a.ambiguous,
        COALESCE(upper(k.currency), a.currency_id, %(base)s) AS currency_code,
        row_number() OVER by_line > 1 AS again,
        min(k.content) OVER same <> max(k.content) OVER same AS differs
    FROM keyed k LEFT JOIN import_accounts a ON a.value = k.account
    WINDOW same AS (PARTITION BY k.key, k.reason IS NULL),
        by_line AS (PARTITION BY k.key, k.reason IS NULL ORDER BY k.line_no)
    OFFSET 0
), judged AS (
    SELECT v.*, x.rate, round(v.amount * x.rate, 4) AS base_amount, COALESCE(v.reason, CASE
        WHEN v.key IS NULL THEN 'missing: source_key'
        WHEN v.amount = 0 THEN 'cost of zero'
        WHEN abs(v.amount) >= 1e14 OR abs(v.amount * x.rate) >= 1e16 THEN 'amount too large'
        WHEN x.currency IS NULL THEN 'unknown currency'
        WHEN v.ambiguous THEN 'ambiguous account'
        WHEN v.account_id IS NULL THEN 'unknown account'
        WHEN v.differs THEN 'same key, other content'
    END) AS problem
    FROM valued v LEFT JOIN import_rates x ON x.currency = v.currency_code AND x.date = v.date
    OFFSET 0
)
SELECT j.line_no, j.key, j.account_id, j.kind, j.date AS booked_on, j.amount, j.note,
    j.currency_code AS currency, j.rate, j.base_amount, j.problem AS reason,
    COALESCE(j.detail, CASE
        WHEN j.problem IN ('unknown account', 'ambiguous account') THEN left(j.account, 200)
        WHEN j.problem = 'unknown currency' THEN left(j.currency_code, 200)
        WHEN j.problem = 'same key, other content' THEN left(j.key, 200)
    END) AS detail,
    e.id AS entry_id,
    CASE WHEN j.problem IS NOT NULL THEN NULL WHEN j.again THEN 'n' WHEN e.id IS NULL THEN 'c'
        WHEN (e.account_id, e.kind, e.booked_on, e.amount, e.currency_id, e.note)
            IS DISTINCT FROM (j.account_id, j.kind::varchar, j.date, j.amount,
                j.currency_code::varchar, j.note::varchar) THEN 'u'
        ELSE 'n' END AS action
FROM judged j
LEFT JOIN accounts_costentry e ON e.source_id = %(source)s AND e.source_key = j.key
"""
_FACTS = """
SELECT currency, rate IS NULL, min(booked_on), max(booked_on), count(*)
FROM import_rows WHERE reason IS NULL GROUP BY 1, 2 ORDER BY 5 DESC
"""
_ENTRY = "account_id, kind, booked_on, amount, currency_id, rate, base_amount, note"
_ROW = "r.account_id, r.kind, r.booked_on, r.amount, r.currency, r.rate, r.base_amount, r.note"
_INSERT = f"""
INSERT INTO accounts_costentry (source_id, source_key, batch_id, {_ENTRY}, created_at, updated_at)
SELECT %(source)s, r.key, %(batch)s, {_ROW}, now(), now()
FROM import_rows r WHERE r.action = 'c' ORDER BY r.line_no
"""
_UPDATE = f"""
UPDATE accounts_costentry e SET ({_ENTRY}, batch_id, updated_at)
    = ROW({_ROW}, %(batch)s, now())
FROM import_rows r WHERE r.action = 'u' AND e.id = r.entry_id
"""
ACCOUNT = Column(
    name="account",
    label=_("Account"),
    required=True,
    help=_("External id, or exact name."),
    example="C-1042",
    synonyms=("customer", "customer id", "customer no", "account id", "sold to", "client"),
)
KIND = Column(
    name="kind",
    label=_("Kind of cost"),
    required=True,
    read=cost_kind,
    max_length=12,
    example="deliveries",
    help=_("orders, deliveries, visits, returns, promotions, service, capital, trade_terms, other"),
    synonyms=("type", "cost type", "activity", "cost kind", "category"),
)


class CostsImporter(Importer):
    """Costs to serve by entry. A re-sent line replaces; amounts keep 4 decimals."""

    key = "costs"
    title = _("Costs to serve")
    summary = _("What serving accounts cost: deliveries, visits, returns, trade terms.")
    icon = "coins"
    order = 34
    has_amounts = True
    found_by = ("entry_id",)
    columns = (
        Column(
            name="source_key",
            label=_("Key of the line"),
            help=_("What names the line once in the source, such as document and line number."),
            example="COST-77-1",
            synonyms=("key", "line id", "document", "document line", "voucher"),
        ),
        ACCOUNT,
        KIND,
        Column(name="date", label=_("Date"), type=ColumnType.DATE, required=True,
               example="2026-03-31", synonyms=("booking date", "posting date", "month")),
        Column(name="amount", label=_("Amount"), type=ColumnType.NUMBER, required=True,
               example="240.00", help=_("A cost is positive; what comes back is negative."),
               synonyms=("cost", "net amount", "value")),
        Column(name="currency", label=_("Currency"), max_length=3, example="EUR",
               help=_("Empty: the account's currency, else the organisation's."),
               synonyms=("currency code", "cur")),
        Column(name="note", label=_("What for"), max_length=300, example="Pallet exchange",
               synonyms=("text", "description", "comment")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Find accounts and rates, judge each line, compare what stands."""
        base = Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1)
        lookups.find_accounts(run)
        run.execute(_RATES, {"base": base})
        run.execute(_ROWS, {"base": base})
        facts = run.rows(_FACTS)
        run.first = min((first for _c, _m, first, *_rest in facts), default=None)
        run.last = max((last for _c, _m, _first, last, _n in facts), default=None)
        for currency, missing, day, _last, rows in facts:
            if missing:
                run.notice("no rate", currency=currency, base=base, date=str(day), rows=rows)

    def apply(self, run: Run) -> None:
        """Write new lines, replace those sent again."""
        changes.note_before(run, COSTS, "SELECT entry_id FROM import_rows WHERE action = 'u'")
        run.execute(_UPDATE)
        run.execute(_INSERT)
        written = f"SELECT id FROM {COSTS} WHERE batch_id = {run.batch.pk:d}"
        changes.note_created(run, COSTS, written)

    def undo(self, run: Run) -> UndoReport:
        """Remove the lines that the batch wrote and put the others back."""
        return _undo(run, COSTS)


_VOLUMES = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH found AS (
    SELECT s.*, a.account_id, a.ambiguous,
        md5(ROW(COALESCE(a.account_id::text, s.account), s.kind, s.month)::text) AS key
    FROM import_stage s LEFT JOIN import_accounts a ON a.value = s.account
), repeated AS (
    SELECT f.*, row_number() OVER by_line > 1 AS again,
        min(volume) OVER same <> max(volume) OVER same AS differs
    FROM found f
    WINDOW same AS (PARTITION BY key, reason IS NULL),
        by_line AS (PARTITION BY key, reason IS NULL ORDER BY line_no)
), judged AS (
    SELECT r.*, COALESCE(reason, CASE
        WHEN ambiguous THEN 'ambiguous account'
        WHEN account_id IS NULL THEN 'unknown account'
        WHEN volume < 0 THEN 'negative amount'
        WHEN volume >= 1e14 THEN 'amount too large'
        WHEN differs THEN 'same key, other content'
    END) AS problem
    FROM repeated r
)
SELECT j.line_no, j.account_id, j.kind, j.month, round(j.volume, 4) AS volume,
    NULL::numeric AS amount, NULL::text AS currency, j.problem AS reason,
    COALESCE(j.detail, CASE WHEN j.problem LIKE '%%account' THEN left(j.account, 200) END)
        AS detail,
    d.id AS driver_id,
    CASE WHEN j.problem IS NOT NULL THEN NULL WHEN j.again THEN 'n' WHEN d.id IS NULL THEN 'c'
        WHEN d.volume <> round(j.volume, 4) THEN 'u' ELSE 'n' END AS action
FROM judged j
LEFT JOIN accounts_activitydriver d
    ON d.account_id = j.account_id AND d.kind = j.kind AND d.month = j.month
"""
_UPDATE_VOLUMES = """
UPDATE accounts_activitydriver d SET volume = r.volume, batch_id = %(batch)s, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND d.id = r.driver_id
"""
_INSERT_VOLUMES = """
INSERT INTO accounts_activitydriver (account_id, kind, month, volume, batch_id, created_at,
    updated_at)
SELECT account_id, kind, month, volume, %(batch)s, now(), now()
FROM import_rows WHERE action = 'c' ORDER BY line_no
"""
_SPAN = "SELECT min(month), max(month) FROM import_rows WHERE reason IS NULL"


class DriversImporter(Importer):
    """Volumes of activities by account and month; a month sent again replaces itself."""

    key = "drivers"
    title = _("Activity volumes")
    summary = _("How many orders, pallets or visits each account caused in a month.")
    icon = "stack-2"
    order = 36
    found_by = ("driver_id",)
    columns = (
        ACCOUNT,
        KIND,
        Column(name="month", label=_("Month"), type=ColumnType.MONTH, required=True,
               example="2026-03", synonyms=("date", "period")),
        Column(name="volume", label=_("Volume"), type=ColumnType.NUMBER, required=True,
               example="42", synonyms=("quantity", "count", "number", "units")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Find accounts, judge each line, compare what stands."""
        lookups.find_accounts(run)
        run.execute(_VOLUMES)
        run.first, run.last = run.rows(_SPAN)[0]

    def apply(self, run: Run) -> None:
        """Write new volumes, replace those sent again."""
        changes.note_before(run, DRIVERS, "SELECT driver_id FROM import_rows WHERE action = 'u'")
        run.execute(_UPDATE_VOLUMES)
        run.execute(_INSERT_VOLUMES)
        written = f"SELECT id FROM {DRIVERS} WHERE batch_id = {run.batch.pk:d}"
        changes.note_created(run, DRIVERS, written)

    def undo(self, run: Run) -> UndoReport:
        """Remove the volumes that the batch wrote and put the others back."""
        return _undo(run, DRIVERS)


def _undo(run: Run, table: str) -> UndoReport:
    changes.refuse_when_built_upon(run)
    restored = changes.put_back(run, table)
    removed = changes.remove_created(run, table)
    changes.forget(run)
    return UndoReport(removed=removed, restored=restored)
