"""Market facts: known by country, category, channel, measure, period, source and its date."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import MarketMeasure
from accounts.importers import lookups, vocabulary
from kam.imports.columns import DAY_AFTER, Column, ColumnType, last_day
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run

TABLE = "accounts_marketfact"
MEDIUM = 3
REASONS = {
    "no country": _("The country is missing"),
    "neither value nor words": _("Give a value; a trend may be told in words instead"),
    "value below zero": _("A size or price level is zero or more"),
    "not a link": _("A link begins with http:// or https://"),
}
_MEASURES = {
    **{value: value for value in MarketMeasure.values},
    **dict.fromkeys(("market size", "volume", "value"), MarketMeasure.SIZE),
    **dict.fromkeys(("growth a year", "growth rate", "cagr"), MarketMeasure.GROWTH),
    **dict.fromkeys(("price level", "price", "price index"), MarketMeasure.PRICE_LEVEL),
    **dict.fromkeys(("consumer trend", "trends"), MarketMeasure.TREND),
}


def _measure(text: str) -> str | None:
    return _MEASURES.get(" ".join(text.casefold().replace("_", " ").split())) or _MEASURES.get(
        text.casefold()
    )


def _channel(text: str) -> str | None:
    """A channel that we know; others are refused, for the fact would be told of "other"."""
    return None if vocabulary.other_channel_word(text) else vocabulary.sales_channel(text)


_ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH found AS (
    SELECT s.*, c.category_id, COALESCE(s.channel, '') AS in_channel,
        COALESCE(s.noted_on, %(as_of)s::date) AS said_on,
        CASE WHEN s.starts IS NOT NULL OR s.until IS NOT NULL THEN s.starts
            WHEN s.year BETWEEN 1900 AND 2100 AND s.year = trunc(s.year)
                THEN make_date(s.year::integer, 1, 1) END AS first_day,
        CASE WHEN s.starts IS NOT NULL OR s.until IS NOT NULL THEN s.until
            WHEN s.year BETWEEN 1900 AND 2100 AND s.year = trunc(s.year)
                THEN make_date(s.year::integer + 1, 1, 1) END AS end_day
    FROM import_stage s LEFT JOIN import_categories c ON c.value = s.category
), known AS (
    SELECT f.*, t.id AS fact_id, t.value AS old_value, t.unit AS old_unit, t.text AS old_text,
        t.link AS old_link, t.confidence AS old_sure,
        COALESCE(round(f.value, 4), t.value) AS new_value, COALESCE(f.unit, t.unit, '') AS new_unit,
        COALESCE(f.text, t.text, '') AS new_text, COALESCE(f.link, t.link, '') AS new_link,
        COALESCE(f.confidence, t.confidence, %(medium)s) AS sure
    FROM found f LEFT JOIN LATERAL (
        SELECT o.* FROM accounts_marketfact o
        WHERE o.country = f.country AND o.category_id IS NOT DISTINCT FROM f.category_id
          AND o.channel = f.in_channel AND o.measure = f.measure AND o.source = f.source
          AND f.first_day < f.end_day AND o.period = daterange(f.first_day, f.end_day)
          AND (f.noted_on IS NULL OR o.noted_on = f.noted_on)
        ORDER BY o.noted_on DESC, o.id DESC LIMIT 1
    ) AS t ON true
), repeated AS (
    SELECT k.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM (SELECT known.*,
            md5(ROW(country, category, in_channel, measure, first_day, end_day, source,
                noted_on)::text) AS key,
            md5(ROW(round(value, 4), unit, text, link, confidence)::text) AS content
        FROM known) AS k
    WINDOW same AS (PARTITION BY key, reason IS NULL),
        by_line AS (PARTITION BY key, reason IS NULL ORDER BY line_no)
), judged AS (
    SELECT r.*, COALESCE(reason, CASE
        WHEN country = '' THEN 'no country'
        WHEN category IS NOT NULL AND category_id IS NULL THEN 'unknown category'
        WHEN starts IS NULL AND until IS NULL AND year IS NOT NULL AND first_day IS NULL
            THEN 'bad year'
        WHEN first_day IS NULL OR end_day IS NULL THEN 'no period'
        WHEN first_day >= end_day THEN 'period not in order'
        WHEN differs THEN 'same key, other content'
        WHEN abs(value) >= 1e16 THEN 'amount too large'
        WHEN new_value IS NULL AND (measure <> 'trend' OR new_text = '')
            THEN 'neither value nor words'
        WHEN new_value IS NOT NULL AND new_unit = '' THEN 'no unit'
        WHEN new_value < 0 AND measure IN ('size', 'price_level') THEN 'value below zero'
        WHEN confidence NOT IN (1, 2, 3, 4, 5) THEN 'bad confidence'
        WHEN link !~* '^https?://' THEN 'not a link'
        WHEN said_on > %(as_of)s THEN 'seen in the future'
    END) AS problem
    FROM repeated r
)
SELECT line_no, fact_id, country, category_id, in_channel, measure, new_value, new_unit, new_text,
    first_day, end_day, source, new_link, said_on, sure, NULL::numeric AS amount,
    NULL::text AS currency, problem AS reason,
    COALESCE(detail, CASE problem WHEN 'unknown category' THEN category END) AS detail,
    CASE WHEN problem IS NOT NULL THEN NULL WHEN again THEN 'n' WHEN fact_id IS NULL THEN 'c'
        WHEN (new_value, new_unit::text, new_text::text, new_link::text, sure::integer)
            IS DISTINCT FROM (old_value, old_unit::text, old_text::text, old_link::text,
                old_sure::integer) THEN 'u' ELSE 'n' END AS action
FROM judged
"""
_UPDATE = """
UPDATE accounts_marketfact t SET value = r.new_value, unit = r.new_unit, text = r.new_text,
    link = r.new_link, confidence = r.sure, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND t.id = r.fact_id
"""
_INSERT = """
INSERT INTO accounts_marketfact (country, category_id, channel, measure, value, unit, text, period,
    source, link, noted_on, confidence, author_id, created_at, updated_at)
SELECT country, category_id, in_channel, measure, new_value, new_unit, new_text,
    daterange(first_day, end_day), source, new_link, said_on, sure, %(author)s, now(), now()
FROM import_rows WHERE action = 'c' ORDER BY line_no
"""


class MarketFactsImporter(Importer):
    """Figures and trends of markets; the same line sent again changes nothing."""

    key = "market_facts"
    title = _("Market facts")
    summary = _("Size, growth, price level and consumer trends by country, category and channel.")
    icon = "world-dollar"
    order = 52
    alternatives = (
        frozenset({"year"}),
        frozenset({"starts", "until"}),
        frozenset({"starts", "last_day"}),
    )
    found_by = ("fact_id",)
    columns = (
        Column(name="country", label=_("Country"), required=True, example="FI",
               read=vocabulary.country_code, help=_("ISO code or name."),
               synonyms=("country code", "market", "land", "maa")),
        Column(name="category", label=_("Category"), max_length=100, example="Bakery",
               help=_("Empty: all categories."),
               synonyms=("product category", "product group")),
        Column(name="channel", label=_("Sales channel"), example="",
               read=_channel, help=_("Empty: all channels."),
               synonyms=("channel", "format")),
        Column(name="measure", label=_("What"), required=True, example="size", read=_measure,
               help=_("size, growth, price_level or trend."),
               synonyms=("measure", "kind", "indicator", "metric")),
        Column(name="value", label=_("Value"), type=ColumnType.NUMBER, example="125000000",
               synonyms=("figure", "number")),
        Column(name="unit", label=_("Unit"), max_length=30, example="EUR"),
        Column(name="text", label=_("In words"), max_length=1000, example="",
               synonyms=("description", "words", "trend")),
        Column(name="year", label=_("Year"), type=ColumnType.NUMBER, example="2025",
               help=_("A calendar year, or the two days of a period."),
               synonyms=("calendar year",)),
        Column(name="starts", label=_("Period from"), type=ColumnType.DATE, example="",
               synonyms=("start", "from", "period start")),
        Column(name="until", label=_("Period until"), type=ColumnType.DATE, example="",
               help=DAY_AFTER, synonyms=("end", "to", "period end")),
        last_day("until", words=_("Of the period, beside its first day."), example=""),
        Column(name="source", label=_("Source"), required=True, max_length=300,
               example="Statistics office", synonyms=("basis", "publisher")),
        Column(name="link", label=_("Link"), max_length=500, example="",
               synonyms=("url", "address", "web page")),
        Column(name="noted_on", label=_("Date of the source"), type=ColumnType.DATE,
               example="2026-02-01", help=_("Empty: today."), synonyms=("published", "date")),
        Column(name="confidence", label=_("Confidence"), type=ColumnType.NUMBER, example="4",
               help=_("1 to 5; empty is 3.")),
    )  # fmt: skip

    def lock(self, run: Run) -> None:
        """Nobody notes the same meanwhile."""
        run.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")

    def resolve(self, run: Run) -> None:
        """Find categories, judge every line, compare with what stands."""
        lookups.find_categories(run)
        run.execute(_ROWS, {"medium": MEDIUM})
        run.first, run.last = run.rows(
            "SELECT min(said_on), max(said_on) FROM import_rows WHERE reason IS NULL"
        )[0]
        if run.batch.created_by_id is None:
            run.blockers.append(
                gettext("A market fact needs somebody who notes it: sign in and import it again.")
            )

    def apply(self, run: Run) -> None:
        """Write the facts."""
        changes.note_before(run, TABLE, "SELECT fact_id FROM import_rows WHERE action = 'u'")
        run.execute(_UPDATE)
        last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {TABLE}"))
        run.execute(_INSERT, {"author": run.batch.created_by_id})
        changes.note_created(run, TABLE, f"SELECT id FROM {TABLE} WHERE id > {last:d}")

    def undo(self, run: Run) -> UndoReport:
        """Put facts back, remove those that the batch brought and nobody changed since."""
        changes.refuse_when_built_upon(run)
        created = len(changes.created_ids(run, TABLE))
        restored = changes.put_back(run, TABLE)
        removed = changes.remove_created(run, TABLE)
        changes.forget(run)
        left = created - removed
        return UndoReport(removed=removed, restored=restored, stays=(_stays(left),) if left else ())


def _stays(count: int) -> str:
    text = ngettext(
        "%(count)d market fact stays: changed since.",
        "%(count)d market facts stay: changed since.",
        count,
    )
    return text % {"count": count}
