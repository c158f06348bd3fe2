"""Exchange rates by day; entries that waited for one get their amount in base currency."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.services.revenue import fill_base_amounts
from kam.core.jobs import enqueue
from kam.core.models import Organisation
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run

TABLE = "core_exchangerate"
_ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH found AS (
    SELECT s.*, c.code AS currency_code, b.code AS base_code,
        row_number() OVER by_line > 1 AS again,
        min(s.rate) OVER same <> max(s.rate) OVER same AS differs
    FROM import_stage s
    LEFT JOIN core_currency c ON c.code = upper(s.currency)
    LEFT JOIN core_currency b ON b.code = COALESCE(upper(s.base), %(base)s)
    WINDOW same AS (PARTITION BY upper(s.currency), COALESCE(upper(s.base), %(base)s), s.date,
                    s.reason IS NULL),
        by_line AS (PARTITION BY upper(s.currency), COALESCE(upper(s.base), %(base)s), s.date,
                    s.reason IS NULL ORDER BY s.line_no)
), judged AS (
    SELECT f.*, COALESCE(reason, CASE
        WHEN currency_code IS NULL OR base_code IS NULL THEN 'unknown currency'
        WHEN currency_code = base_code THEN 'rate to itself'
        WHEN round(rate, 10) <= 0 THEN 'not a rate'
        WHEN rate >= 1e10 THEN 'amount too large'
        WHEN differs THEN 'same key, other content'
    END) AS problem
    FROM found f
)
SELECT j.line_no, j.currency_code, j.base_code, j.date AS valid_on, round(j.rate, 10) AS rate,
    NULL::numeric AS amount, NULL::text AS currency, j.problem AS reason,
    COALESCE(j.detail, CASE j.problem WHEN 'unknown currency'
        THEN concat_ws('→', j.currency, COALESCE(j.base, %(base)s)) END) AS detail,
    r.id AS rate_id,
    CASE WHEN j.problem IS NOT NULL THEN NULL WHEN j.again THEN 'n' WHEN r.id IS NULL THEN 'c'
        WHEN r.rate <> round(j.rate, 10) THEN 'u' ELSE 'n' END AS action
FROM judged j
LEFT JOIN core_exchangerate r ON r.currency_id = j.currency_code AND r.base_id = j.base_code
    AND r.valid_on = j.date
"""
_UPDATE = """
UPDATE core_exchangerate t SET rate = r.rate, source = left(%(system)s, 100), updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND t.id = r.rate_id
"""
_INSERT = """
WITH made AS (
    INSERT INTO core_exchangerate (currency_id, base_id, valid_on, rate, source, created_at,
        updated_at)
    SELECT currency_code, base_code, valid_on, rate, left(%(system)s, 100), now(), now()
    FROM import_rows WHERE action = 'c' ORDER BY line_no
    RETURNING id, currency_id, base_id, valid_on
)
UPDATE import_rows r SET rate_id = made.id FROM made
WHERE r.action = 'c' AND (r.currency_code, r.base_code, r.valid_on)
    = (made.currency_id, made.base_id, made.valid_on)
"""
_SPAN = "SELECT min(valid_on), max(valid_on) FROM import_rows WHERE reason IS NULL"


class RatesImporter(Importer):
    """What one unit of a currency is worth from a day on."""

    key = "rates"
    title = _("Exchange rates")
    summary = _("What one unit of a currency is worth in another, from a day on.")
    icon = "arrows-exchange"
    order = 50
    found_by = ("rate_id",)
    columns = (
        Column(name="currency", label=_("Currency"), required=True, max_length=3, example="USD",
               synonyms=("currency code", "from", "from currency")),
        Column(name="date", label=_("Valid from"), type=ColumnType.DATE, required=True,
               example="2026-03-31", synonyms=("valid from", "valid on", "day")),
        Column(name="rate", label=_("Rate"), type=ColumnType.NUMBER, required=True,
               example="0.9213", help=_("How many units of the base currency one unit buys."),
               synonyms=("exchange rate", "value")),
        Column(name="base", label=_("Base currency"), max_length=3, example="EUR",
               help=_("Empty: the organisation's base currency."),
               synonyms=("base currency", "to", "to currency")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Compare each day's rate with what stands."""
        base = Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1)
        run.execute(_ROWS, {"base": base})
        run.first, run.last = run.rows(_SPAN)[0]

    def apply(self, run: Run) -> None:
        """Save the rates and convert the entries that waited for them."""
        changes.note_before(run, TABLE, "SELECT rate_id FROM import_rows WHERE action = 'u'")
        run.execute(_UPDATE)
        run.execute(_INSERT)
        changes.note_created(run, TABLE, "SELECT rate_id FROM import_rows WHERE action = 'c'")
        with run.step("convert"):
            filled = fill_base_amounts()
        if filled:
            run.also["converted entries"] = filled
            enqueue("accounts.refresh_accounts", key="schedule:accounts.refresh_accounts")

    def undo(self, run: Run) -> UndoReport:
        """Remove the batch's rates and put the others back; entries keep their amounts."""
        changes.refuse_when_built_upon(run)
        restored = changes.put_back(run, TABLE)
        removed = changes.remove_created(run, TABLE)
        changes.forget(run)
        return UndoReport(removed=removed, restored=restored)
