"""Taking back what a file posted: posted rows stay, documents on the other side cancel them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.importers import leftovers
from accounts.services.tree import lock_tree
from kam.core.jobs import enqueue
from kam.imports.engine import changes
from kam.imports.engine.importer import UndoRefusedError, UndoReport
from kam.imports.engine.run import Run
from settlements.importers.open_items_sql import ANALYZE, DOCUMENT_ID, ITEM_ID

_DOOMED = f"""
CREATE TEMP TABLE import_doomed_items ON COMMIT DROP AS
SELECT i.id, i.document_id, i.recorded_at, starts_with(d.source_key, 'settled:') AS settles
FROM settlements_document d JOIN settlements_ledgeritem i ON i.document_id = d.id
WHERE d.batch_id = %(batch)s AND d.reverses_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM settlements_document r WHERE r.reverses_id = d.id);
CREATE TEMP TABLE import_doomed_documents ON COMMIT DROP AS
SELECT {DOCUMENT_ID} AS reversal_id, o.id FROM (
    SELECT DISTINCT document_id AS id FROM import_doomed_items ORDER BY 1 OFFSET 0
) AS o;
ANALYZE import_doomed_items, import_doomed_documents
"""
# The batch's own allocations: of its settlements, and what its receipts paid when they came in.
_STANDING = """
CREATE TEMP TABLE import_doomed_allocations ON COMMIT DROP AS
SELECT a.*, debit.id AS mine_debit, credit.id AS mine_credit,
    COALESCE(debit.settles, false) OR COALESCE(credit.settles, false)
        OR %(receipts)s AND COALESCE(credit.recorded_at = a.recorded_at, false) AS settles
FROM settlements_allocation a
LEFT JOIN import_doomed_items debit ON debit.id = a.debit_item_id
LEFT JOIN import_doomed_items credit ON credit.id = a.credit_item_id
WHERE (debit.id IS NOT NULL OR credit.id IS NOT NULL) AND a.reversal_of_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM settlements_allocation r WHERE r.reversal_of_id = a.id)
"""
# What was allocated since against rows from elsewhere; later imports are named.
_BUILT_UPON = """
SELECT b.id, count(*) FROM import_doomed_allocations a
JOIN settlements_ledgeritem i
    ON i.id = CASE WHEN a.mine_debit IS NULL THEN a.debit_item_id ELSE a.credit_item_id END
JOIN settlements_document d ON d.id = i.document_id
LEFT JOIN imports_importbatch b ON b.id = d.batch_id AND b.id > %(batch)s
WHERE (a.mine_debit IS NULL OR a.mine_credit IS NULL) AND NOT a.settles GROUP BY 1 ORDER BY 1
"""
_CLOSED = """
SELECT count(*) FROM (
    SELECT d.selling_company_id, d.posting_date FROM import_doomed_documents o
    JOIN settlements_document d ON d.id = o.id GROUP BY 1, 2
) AS days WHERE settlements_is_closed(selling_company_id, posting_date)
"""
_FREE = """
INSERT INTO settlements_allocation (debit_item_id, credit_item_id, party_id, currency_id, amount,
    effective_date, reversal_of_id)
SELECT debit_item_id, credit_item_id, party_id, currency_id, -amount, effective_date, id
FROM import_doomed_allocations
"""
_REVERSE = """
INSERT INTO settlements_document (id, kind, number, selling_company_id, party_id, account_id,
    currency_id, document_date, posting_date, total, reference, batch_id, reverses_id)
SELECT o.reversal_id, d.kind, left(d.number, 58) || '/R', d.selling_company_id, d.party_id,
    d.account_id, d.currency_id, d.document_date, d.posting_date, d.total, d.number, %(batch)s, d.id
FROM import_doomed_documents o JOIN settlements_document d ON d.id = o.id
"""
_ITEMS = f"""
CREATE TEMP TABLE import_reversals ON COMMIT DROP AS
SELECT {ITEM_ID} AS reversal_item_id, o.reversal_id, i.* FROM import_doomed_documents o
JOIN settlements_ledgeritem i ON i.document_id = o.id
"""
_REVERSE_ITEMS = """
INSERT INTO settlements_ledgeritem (id, document_id, sequence, kind, selling_company_id, party_id,
    account_id, currency_id, side, amount, document_date, posting_date)
SELECT reversal_item_id, reversal_id, sequence, kind, selling_company_id, party_id, account_id,
    currency_id, -side, amount, document_date, posting_date FROM import_reversals
"""
_MATCH = """
INSERT INTO settlements_allocation (debit_item_id, credit_item_id, party_id, currency_id, amount,
    effective_date)
SELECT CASE side WHEN 1 THEN id ELSE reversal_item_id END,
    CASE side WHEN 1 THEN reversal_item_id ELSE id END, party_id, currency_id, amount, posting_date
FROM import_reversals
"""
_ASK_AGAIN = """
UPDATE settlements_extractgap SET outcome = '', reviewed_at = NULL, answered_by_id = NULL
WHERE answered_by_id = %(batch)s
"""


def reverse_batch(run: Run) -> UndoReport:
    """Cancel every document that the batch posted, effective on its own posting date.

    Raises UndoRefusedError where something else was allocated to its items since, or where a
    period is closed.
    """
    lock_tree()
    for statement in _DOOMED.split(";"):
        run.execute(statement)
    run.execute(_STANDING, {"receipts": run.batch.kind == "receipts"})
    _refuse(run)
    with run.step("undo", _("Reversing the documents")):
        run.execute(_FREE)
        reversed_documents = run.execute(_REVERSE)
        for statement in (_ITEMS, _REVERSE_ITEMS, _MATCH):
            run.execute(statement)
        run.execute(ANALYZE)
        run.execute("DELETE FROM settlements_extractgap WHERE batch_id = %(batch)s")
        run.execute(_ASK_AGAIN)
    stays = leftovers.remove_created(run)
    changes.forget(run)
    enqueue("settlements.flag_overdue", key="schedule:settlements.flag_overdue")
    return UndoReport(removed=reversed_documents, stays=tuple(stays))


def _refuse(run: Run) -> None:
    built = run.rows(_BUILT_UPON)
    if later := [batch for batch, _count in built if batch is not None]:
        names = ", ".join(f"#{batch}" for batch in later)
        raise UndoRefusedError(
            _("Later imports settled items of this one: %s. Undo them first.") % names
        )
    if count := sum(count for _batch, count in built):
        text = ngettext(
            "%(count)d allocation was made since to items of this import. Take it back first.",
            "%(count)d allocations were made since to items of this import. Take them back first.",
            count,
        )
        raise UndoRefusedError(text % {"count": count})
    if run.value(_CLOSED):
        raise UndoRefusedError(_("Some of its documents stand in a closed period."))
