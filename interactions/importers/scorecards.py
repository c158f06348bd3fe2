"""How customers rate us on their own supplier scorecards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices import Function
from accounts.importers import lookups
from interactions.choices import VoiceTopic
from kam.core.text import search_key
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.notices import register_reasons
from kam.imports.engine.run import Run
from kam.imports.registry import importers

TABLE = "interactions_feedback"
REASONS = {
    "off the scale": _("The rating is not on its scale"),
    "scale without length": _("The best of the scale is not above the worst"),
    "rating too large": _("A number is too large"),
    "day to come": _("This day is still to come"),
}


def _one_of(names: dict[str, str]) -> dict[str, str]:
    return {search_key(name): value for name, value in names.items()}


_TOPICS = _one_of(
    {one.value: one.value for one in VoiceTopic}
    | {
        "total": VoiceTopic.OVERALL,
        "overall score": VoiceTopic.OVERALL,
        "quality": VoiceTopic.PRODUCTS,
        "products and quality": VoiceTopic.PRODUCTS,
        "otif": VoiceTopic.DELIVERY,
        "logistics": VoiceTopic.DELIVERY,
        "customer service": VoiceTopic.SERVICE,
        "invoices": VoiceTopic.INVOICING,
        "prices and terms": VoiceTopic.TERMS,
        "new ideas": VoiceTopic.INNOVATION,
    }
)
_FUNCTIONS = _one_of(
    {one.value: one.value for one in Function} | {"buying": Function.MERCHANDISING}
)


def _topic(text: str) -> str | None:
    """Read a topic by its name, in English or as the interface says it."""
    named = _TOPICS | {search_key(str(one.label)): one.value for one in VoiceTopic}
    return named.get(search_key(text))


def _function(text: str) -> str | None:
    """Read a function by its name, in English or as the interface says it."""
    named = _FUNCTIONS | {search_key(str(one.label)): one.value for one in Function}
    return named.get(search_key(text))


_ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH found AS (
    SELECT s.*, COALESCE(s.key, s.row_hash) AS source_key, a.account_id, a.ambiguous,
        COALESCE(s.worst, 0) AS lowest, COALESCE(s.best, 100) AS highest,
        md5(ROW(account, date, topic, function, rating, worst, best, s.comment)::text) AS content
    FROM import_stage s LEFT JOIN import_accounts a ON a.value = s.account
), repeated AS (
    SELECT f.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM found f
    WINDOW same AS (PARTITION BY source_key, reason IS NULL),
        by_line AS (PARTITION BY source_key, reason IS NULL ORDER BY line_no)
), judged AS (
    SELECT r.*, COALESCE(reason, CASE
        WHEN ambiguous THEN 'ambiguous account'
        WHEN account_id IS NULL THEN 'unknown account'
        WHEN date > %(as_of)s THEN 'day to come'
        WHEN GREATEST(abs(rating), abs(lowest), abs(highest)) >= 1e5 THEN 'rating too large'
        WHEN round(lowest, 2) >= round(highest, 2) THEN 'scale without length'
        WHEN round(rating, 2) NOT BETWEEN round(lowest, 2) AND round(highest, 2)
            THEN 'off the scale'
        WHEN differs THEN 'same key, other content'
    END) AS problem
    FROM repeated r
)
SELECT j.line_no, j.source_key, j.account_id, j.date AS given_on, COALESCE(j.topic, 'overall')
        AS topic, COALESCE(j.function, '') AS function, round(j.rating, 2) AS value,
    round(j.lowest, 2) AS lowest, round(j.highest, 2) AS highest,
    COALESCE(j.comment, '') AS comment,
    NULL::numeric AS amount, NULL::text AS currency, j.problem AS reason,
    COALESCE(j.detail, CASE WHEN j.problem IN ('unknown account', 'ambiguous account')
        THEN j.account END) AS detail,
    t.id AS row_id,
    CASE WHEN j.problem IS NOT NULL THEN NULL WHEN j.again THEN 'n' WHEN t.id IS NULL THEN 'c'
        WHEN (t.account_id, t.given_on, t.topic, t.function, t.value, t.lowest, t.highest, t.reason)
          IS DISTINCT FROM (j.account_id, j.date, COALESCE(j.topic, 'overall'),
              COALESCE(j.function, ''), round(j.rating, 2), round(j.lowest, 2),
              round(j.highest, 2), COALESCE(j.comment, '')) THEN 'u'
        ELSE 'n' END AS action
FROM judged j
LEFT JOIN interactions_feedback t ON t.data_source_id = %(source)s AND t.source_key = j.source_key
"""
_UPDATE = """
UPDATE interactions_feedback t SET account_id = r.account_id, given_on = r.given_on,
    topic = r.topic, function = r.function, value = r.value, lowest = r.lowest,
    highest = r.highest, reason = r.comment, batch_id = %(batch)s, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND t.id = r.row_id
"""
_INSERT = """
INSERT INTO interactions_feedback (data_source_id, source_key, batch_id, account_id, given_on,
    topic, function, value, lowest, highest, reason, source, created_at, updated_at)
SELECT %(source)s, source_key, %(batch)s, account_id, given_on, topic, function, value, lowest,
    highest, comment, 'scorecard', now(), now()
FROM import_rows WHERE action = 'c' ORDER BY line_no
"""


class ScorecardsImporter(Importer):
    """Customers' supplier scorecards: a rating per line, by topic and function."""

    key = "scorecards"
    title = _("Supplier scorecards")
    summary = _("How customers rate us: by topic and function, on their own scale.")
    icon = "mood-smile"
    order = 63
    found_by = ("row_id",)
    columns = (
        Column(name="account", label=_("Account"), required=True, example="C-1042",
               help=_("External id or exact name of the account that rates us."),
               synonyms=("customer", "customer id", "account id", "retailer")),
        Column(name="date", label=_("Date"), type=ColumnType.DATE, required=True,
               example="2026-03-31", help=_("On which the rating was given."),
               synonyms=("given on", "period end", "scorecard date", "month")),
        Column(name="topic", label=_("Topic"), example="delivery", read=_topic,
               help=_("Empty: working with us as a whole."),
               synonyms=("about", "category", "criterion", "kpi")),
        Column(name="function", label=_("Function"), example="logistics", read=_function,
               help=_("Which function of theirs rates; empty: the customer as a whole."),
               synonyms=("department", "rated by function")),
        Column(name="rating", label=_("Rating"), type=ColumnType.NUMBER, required=True,
               example="82", synonyms=("score", "value", "points", "result")),
        Column(name="worst", label=_("Worst of the scale"), type=ColumnType.NUMBER, example="0",
               help=_("Empty: 0."), synonyms=("minimum", "min", "lowest")),
        Column(name="best", label=_("Best of the scale"), type=ColumnType.NUMBER, example="100",
               help=_("Empty: 100."), synonyms=("maximum", "max", "highest", "out of")),
        Column(name="comment", label=_("Comment"), max_length=1000, example="Late in week 12",
               synonyms=("reason", "remark", "note")),
        Column(name="key", label=pgettext_lazy("of a row", "Key"),
               max_length=200, example="SC-2026-03-DEL",
               help=_("What makes the line unique in the source; a line sent again replaces."),
               synonyms=("id", "line id", "reference")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Know each line again by its key within the source."""
        lookups.find_accounts(run)
        run.execute(_ROWS)
        run.first, run.last = run.rows(
            "SELECT min(given_on), max(given_on) FROM import_rows WHERE reason IS NULL"
        )[0]

    def apply(self, run: Run) -> None:
        """Write the ratings; those that were sent again are replaced."""
        changes.note_before(run, TABLE, "SELECT row_id FROM import_rows WHERE action = 'u'")
        run.execute(_UPDATE)
        run.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")
        last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {TABLE}"))
        run.execute(_INSERT)
        changes.note_created(run, TABLE, f"SELECT id FROM {TABLE} WHERE id > {last:d}")

    def undo(self, run: Run) -> UndoReport:
        """Remove the ratings that the batch brought and put the others back."""
        changes.refuse_when_built_upon(run)
        restored = changes.put_back(run, TABLE)
        removed = changes.remove_created(run, TABLE)
        changes.forget(run)
        return UndoReport(removed=removed, restored=restored)


def register() -> None:
    """Offer the kind on the import pages, the command line and the API."""
    importers.register(ScorecardsImporter())
    register_reasons(REASONS)
