"""Facts of exposure from files: orders, deliveries, drafts and what else other systems know."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.importers import lookups
from kam.core.text import search_key
from kam.imports.columns import DAY_AFTER, Column, ColumnType, last_day
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run
from settlements.choices.credit import FactKind
from settlements.models.credit import SIGNED
from settlements.selectors.ledger import PARTY_SQL

TABLE = "settlements_exposurefact"
REASONS = {
    "fact below zero": _("An amount cannot be below zero"),
    "fact of a later day": _("This key has an amount from a later day already"),
    "fact ends early": _("It ends before it begins"),
}
_SIGNED = ", ".join(f"'{kind}'" for kind in SIGNED)
_ROWS = f"""
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH found AS (
    SELECT s.*, p.party_id, a.account_id, a.ambiguous,
        COALESCE(s.from_day, %(as_of)s) AS starts, k.code AS code,
        md5(ROW(s.account, s.kind, s.amount, s.currency, s.due_on, s.from_day, s.until)::text)
            AS content
    FROM import_stage s LEFT JOIN import_accounts a ON a.value = s.account
    LEFT JOIN ({PARTY_SQL} WHERE a.id IN (SELECT account_id FROM import_accounts)) AS p
        ON p.account_id = a.account_id
    LEFT JOIN core_currency k ON k.code = s.currency
), repeated AS (
    SELECT f.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM found f
    WINDOW same AS (PARTITION BY key, reason IS NULL),
        by_line AS (PARTITION BY key, reason IS NULL ORDER BY line_no)
), judged AS (
    SELECT r.*, COALESCE(reason, CASE
        WHEN ambiguous THEN 'ambiguous account'
        WHEN account_id IS NULL THEN 'unknown account'
        WHEN code IS NULL THEN 'unknown currency'
        WHEN abs(amount) >= 1e15 THEN 'amount too large'
        WHEN amount < 0 AND kind NOT IN ({_SIGNED}) THEN 'fact below zero'
        WHEN until <= starts THEN 'fact ends early'
        WHEN differs THEN 'same key, other content'
        WHEN EXISTS (SELECT 1 FROM {TABLE} t WHERE t.source_id = %(source)s
            AND t.source_key = r.key AND lower(t.valid) > r.starts) THEN 'fact of a later day'
    END) AS problem
    FROM repeated r
)
SELECT j.line_no, j.key, j.party_id, j.kind, j.code, round(j.amount, 4) AS value, j.due_on,
    j.starts, j.until, j.amount, j.currency, j.problem AS reason,
    COALESCE(j.detail, CASE WHEN j.problem IN ('unknown account', 'ambiguous account')
        THEN j.account WHEN j.problem = 'unknown currency' THEN j.currency END) AS detail,
    t.id AS row_id, lower(t.valid) = j.starts AS is_same_day,
    CASE WHEN j.problem IS NOT NULL THEN NULL WHEN j.again THEN 'n' WHEN t.id IS NULL THEN 'c'
        WHEN (t.party_id, t.kind, t.currency_id, t.amount, t.due_on, upper(t.valid))
          IS NOT DISTINCT FROM (j.party_id, j.kind, j.code, round(j.amount, 4), j.due_on, j.until)
        THEN 'n' WHEN lower(t.valid) = j.starts THEN 'u' ELSE 'c' END AS action
FROM judged j
LEFT JOIN {TABLE} t ON t.source_id = %(source)s AND t.source_key = j.key AND t.valid @> j.starts
"""
_END = f"""
UPDATE {TABLE} t SET valid = daterange(lower(t.valid), r.starts), updated_at = now()
FROM import_rows r WHERE r.action = 'c' AND r.row_id = t.id
"""
_UPDATE = f"""
UPDATE {TABLE} t SET party_id = r.party_id, kind = r.kind, currency_id = r.code,
    amount = r.value, due_on = r.due_on, valid = daterange(r.starts, r.until),
    batch_id = %(batch)s, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND t.id = r.row_id
"""
_INSERT = f"""
INSERT INTO {TABLE} (party_id, kind, currency_id, amount, valid, due_on, source_id, source_key,
    batch_id, created_at, updated_at)
SELECT party_id, kind, code, value, daterange(starts, until), due_on, %(source)s, key, %(batch)s,
    now(), now()
FROM import_rows WHERE action = 'c' ORDER BY line_no
"""
_KINDS = {search_key(kind.value): kind.value for kind in FactKind} | {
    "orders": FactKind.OPEN_ORDERS.value,
    "deliveries": FactKind.DELIVERED_NOT_INVOICED.value,
    "drafts": FactKind.INSTRUMENTS.value,
    "cheques": FactKind.INSTRUMENTS.value,
    "consignment stock": FactKind.CONSIGNED_STOCK.value,
}


def _kind(text: str) -> str | None:
    """Read a kind by its name, in English or as the interface says it."""
    named = _KINDS | {search_key(str(one.label)): one.value for one in FactKind}
    return named.get(search_key(text))


class ExposureFactsImporter(Importer):
    """What other systems know of debts to come: a fact per line, known by its key."""

    key = "exposure_facts"
    title = _("Facts of credit exposure")
    summary = _("Open orders, deliveries not invoiced, drafts: what the ledger does not know.")
    icon = "shield-half"
    order = 76
    found_by = ("row_id",)
    columns = (
        Column(name="account", label=_("Account"), required=True, example="C-1042",
               help=_("External id or exact name; its payer has the fact."),
               synonyms=("customer", "customer id", "account id", "payer")),
        Column(name="kind", label=_("What"), required=True, example="open orders", read=_kind,
               synonyms=("type", "component")),
        Column(name="amount", label=_("Amount"), type=ColumnType.NUMBER, required=True,
               example="12500.00", help=_("With tax; stock at cost."), synonyms=("value",)),
        Column(name="currency", label=_("Currency"), required=True, example="EUR",
               synonyms=("currency code",)),
        Column(name="due_on", label=_("Due"), type=ColumnType.DATE, example="2026-07-15",
               help=_("Of orders: when they are delivered."), synonyms=("delivery date",)),
        Column(name="from_day", label=_("From"), type=ColumnType.DATE, example="2026-07-01",
               help=_("Empty: the day of the import."), synonyms=("as of", "date")),
        Column(name="until", label=_("Until before"), type=ColumnType.DATE, example="2026-08-01",
               help=DAY_AFTER, synonyms=("end",)),
        last_day("until", words=_("Empty: until something else is sent."), example="2026-07-31"),
        Column(name="key", label=pgettext_lazy("of a row", "Key"),
               required=True, max_length=200, example="SO-20771",
               help=_("What makes the fact unique in the source; sent again it replaces."),
               synonyms=("id", "order number", "reference")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Know each fact again by its key within the source."""
        lookups.find_accounts(run)
        run.execute(_ROWS)
        run.first, run.last = run.rows(
            "SELECT min(starts), max(starts) FROM import_rows WHERE reason IS NULL"
        )[0]

    def apply(self, run: Run) -> None:
        """Write the facts; what a key said before ends on the new one's day."""
        changes.note_before(
            run, TABLE, "SELECT row_id FROM import_rows WHERE action IN ('u', 'c')"
            " AND row_id IS NOT NULL",
        )  # fmt: skip
        run.execute(_END)
        run.execute(_UPDATE)
        run.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")
        last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {TABLE}"))
        run.execute(_INSERT)
        changes.note_created(run, TABLE, f"SELECT id FROM {TABLE} WHERE id > {last:d}")

    def undo(self, run: Run) -> UndoReport:
        """Remove the facts that the batch brought and let those before go on."""
        changes.refuse_when_built_upon(run)
        removed = changes.remove_created(run, TABLE)
        restored = changes.put_back(run, TABLE)
        changes.forget(run)
        return UndoReport(removed=removed, restored=restored)
