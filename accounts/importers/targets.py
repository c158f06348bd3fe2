"""Targets by month, for an account or a manager, whole or by category."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.importers import leftovers, lookups
from kam.core.models import Organisation
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run

TABLE = "accounts_target"
_FIND_MANAGERS = """
CREATE TEMP TABLE import_managers ON COMMIT DROP AS
SELECT wanted.value, u.id AS manager_id
FROM (SELECT DISTINCT manager AS value FROM import_stage WHERE manager IS NOT NULL) AS wanted
LEFT JOIN identity_user u ON u.email = lower(wanted.value) AND u.is_active
"""
_ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH found AS (
    SELECT s.*, a.account_id, a.ambiguous, m.manager_id, c.category_id,
        x.code AS currency_code,
        COALESCE(upper(s.currency), a.currency_id, %(base)s) AS currency_wanted,
        md5(ROW(s.account, lower(s.manager), s.month, s.category)::text) AS key,
        md5(ROW(s.amount, upper(s.currency))::text) AS content
    FROM import_stage s
    LEFT JOIN import_accounts a ON a.value = s.account
    LEFT JOIN import_managers m ON m.value = s.manager
    LEFT JOIN import_categories c ON c.value = s.category
    LEFT JOIN core_currency x ON x.code = COALESCE(upper(s.currency), a.currency_id, %(base)s)
), repeated AS (
    SELECT f.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM found f
    WINDOW same AS (PARTITION BY key, reason IS NULL),
        by_line AS (PARTITION BY key, reason IS NULL ORDER BY line_no)
), judged AS (
    SELECT r.*, COALESCE(reason, CASE
        WHEN num_nonnulls(account, manager) <> 1 THEN 'account or manager'
        WHEN ambiguous THEN 'ambiguous account'
        WHEN account IS NOT NULL AND account_id IS NULL THEN 'unknown account'
        WHEN manager IS NOT NULL AND manager_id IS NULL THEN 'unknown manager'
        WHEN currency_code IS NULL THEN 'unknown currency'
        WHEN amount < 0 THEN 'negative amount'
        WHEN amount >= 1e14 THEN 'amount too large'
        WHEN differs THEN 'same key, other content'
    END) AS problem
    FROM repeated r
)
SELECT j.line_no, j.account_id, j.manager_id, j.month, j.category, j.category_id,
    round(j.amount, 4) AS amount, j.currency_wanted AS currency, j.problem AS reason,
    COALESCE(j.detail, CASE j.problem WHEN 'unknown account' THEN j.account
        WHEN 'ambiguous account' THEN j.account WHEN 'unknown manager' THEN j.manager
        WHEN 'unknown currency' THEN j.currency_wanted END) AS detail,
    t.id AS target_id,
    CASE WHEN j.problem IS NOT NULL THEN NULL WHEN j.again THEN 'n' WHEN t.id IS NULL THEN 'c'
        WHEN (t.amount, t.currency_id) IS DISTINCT FROM
             (round(j.amount, 4), j.currency_wanted::varchar) THEN 'u'
        ELSE 'n' END AS action
FROM judged j
LEFT JOIN accounts_target t ON t.month = j.month
    AND t.account_id IS NOT DISTINCT FROM j.account_id
    AND t.manager_id IS NOT DISTINCT FROM j.manager_id
    AND t.category_id IS NOT DISTINCT FROM j.category_id
    AND (j.category IS NULL OR j.category_id IS NOT NULL)
"""
_NEW_CATEGORIES = """
SELECT c.value FROM import_categories c WHERE c.category_id IS NULL AND EXISTS (
    SELECT 1 FROM import_rows r WHERE r.category = c.value AND r.action IN ('c', 'u'))
ORDER BY 1
"""
_FILL_IN = """
UPDATE import_rows r SET category_id = c.category_id
FROM import_categories c WHERE c.value = r.category AND r.category_id IS NULL
"""
_UPDATE = """
UPDATE accounts_target t SET amount = r.amount, currency_id = r.currency, batch_id = %(batch)s,
    updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND t.id = r.target_id
"""
_INSERT = """
INSERT INTO accounts_target (month, account_id, manager_id, category_id, amount, currency_id,
    batch_id, created_at, updated_at)
SELECT month, account_id, manager_id, category_id, amount, currency, %(batch)s, now(), now()
FROM import_rows WHERE action = 'c' ORDER BY line_no
"""
_SPAN = "SELECT min(month), max(month) FROM import_rows WHERE reason IS NULL"


class TargetsImporter(Importer):
    """Net revenue aimed at."""

    key = "targets"
    title = _("Targets")
    summary = _("Revenue aimed at by month, for accounts or for managers.")
    icon = "target"
    order = 40
    has_amounts = True
    alternatives = (frozenset({"account"}), frozenset({"manager"}))
    found_by = ("target_id",)
    columns = (
        Column(name="account", label=_("Account"), example="C-1042",
               help=_("External id or exact name; the target holds for all below it."),
               synonyms=("customer", "customer id", "account id")),
        Column(name="manager", label=_("Account manager"), example="anna@example.com",
               help=_("The manager's e-mail address, instead of an account."),
               synonyms=("manager email", "email", "salesperson", "owner")),
        Column(name="month", label=_("Month"), type=ColumnType.MONTH, required=True,
               example="2026-03", synonyms=("date", "period")),
        Column(name="amount", label=_("Amount"), type=ColumnType.NUMBER, required=True,
               example="25000", synonyms=("target", "quota", "budget")),
        Column(name="currency", label=_("Currency"), max_length=3, example="EUR",
               help=_("Empty: the account's currency, else the organisation's."),
               synonyms=("currency code",)),
        Column(name="category", label=_("Category"), max_length=100, example="Bakery",
               help=_("Empty: the target holds for all categories."),
               synonyms=("product category", "product group")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Compare each month's target with what stands."""
        base = Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1)
        lookups.find_accounts(run)
        lookups.find_categories(run)
        run.execute(_FIND_MANAGERS)
        run.execute(_ROWS, {"base": base})
        run.first, run.last = run.rows(_SPAN)[0]
        if categories := run.ids(_NEW_CATEGORIES):
            run.notice("new categories", count=len(categories), names=", ".join(categories[:10]))

    def apply(self, run: Run) -> None:
        """Create and update targets."""
        lookups.create_categories(run, run.ids(_NEW_CATEGORIES))
        run.execute(_FILL_IN)
        changes.note_before(run, TABLE, "SELECT target_id FROM import_rows WHERE action = 'u'")
        run.execute(_UPDATE)
        run.execute(_INSERT)
        changes.note_created(
            run, TABLE, f"SELECT id FROM {TABLE} WHERE batch_id = {run.batch.pk:d}"
        )

    def undo(self, run: Run) -> UndoReport:
        """Remove the targets that the batch created and put the others back."""
        changes.refuse_when_built_upon(run)
        restored = changes.put_back(run, TABLE)
        removed = changes.remove_created(run, TABLE)
        stays = leftovers.remove_created(run)
        changes.forget(run)
        return UndoReport(removed=removed, restored=restored, stays=tuple(stays))
