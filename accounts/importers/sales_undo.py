"""Taking back a sales file: its lines go, lines it changed or removed are put back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.importers import leftovers
from accounts.services.tree import lock_tree
from kam.core.jobs import enqueue
from kam.imports.engine import changes
from kam.imports.engine.importer import UndoReport
from kam.imports.engine.run import Run

# Later batches keep in their revisions the lines as this batch had left them.
_LATER = """
SELECT DISTINCT batch_id FROM accounts_revenuerevision
WHERE batch_id > %(batch)s AND (before->>'batch_id')::bigint = %(batch)s ORDER BY 1
"""
_REMOVE = """
DELETE FROM accounts_revenueentry e WHERE e.batch_id = %(batch)s AND NOT EXISTS (
    SELECT 1 FROM accounts_revenuerevision r WHERE r.batch_id = %(batch)s AND r.entry_id = e.id)
"""
_FIELDS = """source_id, source_key, batch_id, account_id, booked_on, product_id, category_id,
    quantity, unit, net_amount, cost, currency_id, rate, base_amount"""
_BEFORE = """
FROM accounts_revenuerevision r
CROSS JOIN LATERAL jsonb_populate_record(NULL::accounts_revenueentry, r.before) b
LEFT JOIN accounts_account a ON a.id = b.account_id
WHERE r.batch_id = %(batch)s
"""
# A line of an account that was merged meanwhile comes back to the survivor.
_CHANGED_BACK = ", ".join(f"b.{name.strip()}" for name in _FIELDS.split(",")).replace(
    "b.account_id", "COALESCE(a.merged_into_id, b.account_id)"
)
_PUT_BACK = f"""
UPDATE accounts_revenueentry e SET ({_FIELDS}) = ROW({_CHANGED_BACK}) {_BEFORE} AND e.id = b.id
"""
_UNDELETE = f"""
INSERT INTO accounts_revenueentry (id, {_FIELDS}) SELECT b.id, {_CHANGED_BACK} {_BEFORE}
AND NOT EXISTS (SELECT 1 FROM accounts_revenueentry e WHERE e.id = b.id)
"""


def undo(run: Run) -> UndoReport:
    """Undo a sales batch. Raises UndoRefusedError when later batches changed its lines."""
    lock_tree()
    changes.refuse_when_built_upon(run, *run.ids(_LATER))
    with run.step("undo", _("Taking back the lines")):
        removed = run.execute(_REMOVE)
        restored = run.execute(_PUT_BACK) + run.execute(_UNDELETE)
        run.execute("DELETE FROM accounts_revenuerevision WHERE batch_id = %(batch)s")
    stays = leftovers.remove_created(run)
    changes.forget(run)
    enqueue("accounts.refresh_accounts", key="schedule:accounts.refresh_accounts")
    return UndoReport(removed=removed, restored=restored, stays=tuple(stays))
