"""Placements: known by account, product or category, kind and first day; steps go forward only."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.choices import PlacementKind, PlacementStage, ShelfLevel
from accounts.importers import lookups
from accounts.services.placement.checks import correcting_checks
from kam.imports.columns import DAY_AFTER, Column, ColumnType, last_day
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run

PLACEMENT, STEP = "accounts_placement", "accounts_placementstep"
REASONS = {
    "product or category": _("A placement is of a product or of a category, not both"),
    "unknown category": _("The category is unknown"),
    "no number of facings": _("Facings need a number of 1 or more, others than second "
                              "placements have none"),
    "no shelf": _("A shelf position names the shelf, and nothing else does"),
    "ends before it begins": _("The last date is not after the first"),
    "step in the future": _("The step was reached after today"),
    "step before the last one": _("The step was reached before the one that stands"),
    "overlaps another": _("The same is agreed for a part of this period already"),
}  # fmt: skip
_KINDS = {
    **{value: value for value in PlacementKind.values},
    **dict.fromkeys(("listed", "range", "assortment"), PlacementKind.LISTING),
    **dict.fromkeys(("facing", "fronts"), PlacementKind.FACINGS),
    **dict.fromkeys(("shelf position", "shelf level", "shelf"), PlacementKind.SHELF_POSITION),
    **dict.fromkeys(
        ("second placement", "display", "secondary placement", "off shelf"),
        PlacementKind.SECOND_PLACEMENT,
    ),
    **dict.fromkeys(("promo", "campaign", "leaflet", "feature"), PlacementKind.PROMOTION),
}
_SHELVES = {
    **{value: value for value in ShelfLevel.values},
    **dict.fromkeys(("eye level", "eye height"), ShelfLevel.EYE),
    **dict.fromkeys(("hand level", "waist", "middle"), ShelfLevel.HAND),
    **dict.fromkeys(("top shelf", "upper"), ShelfLevel.TOP),
    **dict.fromkeys(("bottom shelf", "floor", "stoop", "lower"), ShelfLevel.BOTTOM),
    **dict.fromkeys(("end of aisle", "gondola end", "endcap"), ShelfLevel.END),
}
_STEPS = {
    **{stage.name.lower(): str(stage.value) for stage in PlacementStage},
    **{str(stage.value): str(stage.value) for stage in PlacementStage},
    **dict.fromkeys(("planned", "open"), "0"),
    **dict.fromkeys(("agreed by buying", "buying", "listed"), "1"),
    **dict.fromkeys(("on the shelf", "on shelf", "operations", "in store"), "2"),
    **dict.fromkeys(("marketing", "in promotion"), "3"),
}


def _word(words: dict[str, str], text: str) -> str | None:
    plain = " ".join(text.casefold().replace("-", " ").split())
    return words.get(plain, words.get(plain.replace(" ", "_")))


def _kind(text: str) -> str | None:
    return _word(_KINDS, text)


def _shelf(text: str) -> str | None:
    return _word(_SHELVES, text)


def _step(text: str) -> str | None:
    return _word(_STEPS, text)


_ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH found AS (
    SELECT s.*, a.account_id, a.ambiguous, p.product_id, c.category_id,
        s.step::smallint AS wanted, COALESCE(s.step_on, LEAST(s.valid_from, %(as_of)s)) AS reached,
        md5(ROW(a.account_id, s.account, s.product, s.category, s.kind, s.valid_from)::text) AS key,
        md5(ROW(s.quantity, s.shelf, s.valid_until, s.step, s.step_on, s.note)::text) AS content
    FROM import_stage s
    LEFT JOIN import_accounts a ON a.value = s.account
    LEFT JOIN import_products p ON p.value = s.product
    LEFT JOIN import_categories c ON c.value = s.category
), repeated AS (
    SELECT f.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM found f
    WINDOW same AS (PARTITION BY key, reason IS NULL),
        by_line AS (PARTITION BY key, reason IS NULL ORDER BY line_no)
), known AS (
    SELECT r.*, t.id AS placement_id, t.stage, t.stage_on, t.quantity AS old_quantity,
        t.shelf AS old_shelf, upper(t.valid) AS old_until, t.note AS old_note,
        COALESCE(r.quantity::integer, t.quantity) AS new_quantity,
        COALESCE(r.shelf, t.shelf, '') AS new_shelf,
        COALESCE(r.valid_until, upper(t.valid)) AS new_until,
        COALESCE(r.note, t.note, '') AS new_note
    FROM repeated r
    LEFT JOIN accounts_placement t ON t.account_id = r.account_id AND t.kind = r.kind
        AND t.product_id IS NOT DISTINCT FROM r.product_id
        AND t.category_id IS NOT DISTINCT FROM r.category_id
        AND lower(t.valid) = r.valid_from
), judged AS (
    SELECT k.*, COALESCE(k.reason, CASE
        WHEN k.ambiguous THEN 'ambiguous account'
        WHEN k.account_id IS NULL THEN 'unknown account'
        WHEN num_nonnulls(k.product, k.category) <> 1 THEN 'product or category'
        WHEN k.product IS NOT NULL AND k.product_id IS NULL THEN 'unknown product'
        WHEN k.category IS NOT NULL AND k.category_id IS NULL THEN 'unknown category'
        WHEN k.differs THEN 'same key, other content'
        WHEN k.new_quantity IS NOT NULL AND (k.kind NOT IN ('facings', 'second_placement')
                OR k.new_quantity NOT BETWEEN 1 AND 9999 OR k.quantity <> trunc(k.quantity))
          OR k.kind = 'facings' AND k.new_quantity IS NULL THEN 'no number of facings'
        WHEN (k.kind = 'shelf_position') <> (k.new_shelf <> '') THEN 'no shelf'
        WHEN k.new_until <= k.valid_from THEN 'ends before it begins'
        WHEN k.wanted > 0 AND k.reached > %(as_of)s THEN 'step in the future'
        WHEN k.wanted > k.stage AND k.reached < k.stage_on THEN 'step before the last one'
    END) AS problem
    FROM known k
), apart AS (
    SELECT j.*, CASE WHEN j.problem IS NULL AND (EXISTS (
        SELECT 1 FROM accounts_placement o
        WHERE o.account_id = j.account_id AND o.kind = j.kind
          AND o.product_id IS NOT DISTINCT FROM j.product_id
          AND o.category_id IS NOT DISTINCT FROM j.category_id
          AND o.id IS DISTINCT FROM j.placement_id
          AND o.valid && daterange(j.valid_from, j.new_until)
          AND NOT EXISTS (SELECT 1 FROM judged n WHERE n.placement_id = o.id
                AND n.problem IS NULL AND n.new_until <= j.valid_from)
    ) OR EXISTS (
        SELECT 1 FROM judged o
        WHERE o.key <> j.key AND o.problem IS NULL AND o.line_no < j.line_no
          AND o.account_id = j.account_id AND o.kind = j.kind
          AND o.product_id IS NOT DISTINCT FROM j.product_id
          AND o.category_id IS NOT DISTINCT FROM j.category_id
          AND daterange(o.valid_from, o.new_until) && daterange(j.valid_from, j.new_until)
    )) THEN 'overlaps another' ELSE j.problem END AS verdict
    FROM judged j
)
SELECT line_no, placement_id, account_id, product_id, category_id, kind, new_quantity, new_shelf,
    valid_from, new_until, new_note, wanted, reached, stage, stage_on,
    NULL::numeric AS amount, NULL::text AS currency, verdict AS reason,
    COALESCE(detail, CASE verdict WHEN 'unknown account' THEN account
        WHEN 'ambiguous account' THEN account WHEN 'unknown product' THEN product
        WHEN 'unknown category' THEN category END) AS detail,
    CASE WHEN verdict IS NOT NULL THEN NULL WHEN again THEN 'n'
        WHEN placement_id IS NULL THEN 'c'
        WHEN wanted > stage OR (new_quantity::integer, new_shelf, new_until, new_note)
            IS DISTINCT FROM (old_quantity::integer, old_shelf::text, old_until, old_note::text)
            THEN 'u' ELSE 'n' END AS action
FROM apart
"""
_INSERT = """
WITH wanted AS (
    SELECT nextval(pg_get_serial_sequence('accounts_placement', 'id')) AS id, r.*
    FROM import_rows r WHERE action = 'c'
), made AS (
    INSERT INTO accounts_placement (id, account_id, product_id, category_id, kind, quantity, shelf,
        valid, note, stage, batch_id, created_at, updated_at)
    SELECT id, account_id, product_id, category_id, kind, new_quantity, new_shelf,
        daterange(valid_from, new_until), new_note, 0, %(batch)s, now(), now() FROM wanted
    ORDER BY line_no
)
UPDATE import_rows r SET placement_id = wanted.id, stage = 0 FROM wanted
WHERE wanted.line_no = r.line_no
"""
_UPDATE = """
UPDATE accounts_placement t SET quantity = r.new_quantity, shelf = r.new_shelf,
    valid = daterange(r.valid_from, r.new_until), note = r.new_note, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND t.id = r.placement_id
"""
_STEPS_TAKEN = """
INSERT INTO accounts_placementstep (placement_id, stage, reached_on, evidence, author_id,
    recorded_at)
SELECT r.placement_id, step, GREATEST(r.reached, r.stage_on), '', %(author)s, now()
FROM import_rows r CROSS JOIN LATERAL generate_series(r.stage + 1, r.wanted) AS step
WHERE r.action IN ('c', 'u') ORDER BY r.line_no, step
"""
_STEPS_BACK = """
DELETE FROM accounts_placementstep s WHERE s.id IN ({created}) AND NOT EXISTS (
    SELECT 1 FROM accounts_placementstep later
    WHERE later.placement_id = s.placement_id AND later.id > s.id
      AND later.id NOT IN ({created}))
"""
_GONE = """
DELETE FROM accounts_placement t WHERE t.id IN ({created}) AND t.updated_at <= %(committed_at)s
  AND NOT EXISTS (SELECT 1 FROM accounts_storecheckline x WHERE x.placement_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM accounts_task x WHERE x.placement_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM accounts_placementstep x WHERE x.placement_id = t.id
        AND x.id NOT IN (SELECT c.row_id FROM imports_importchange c WHERE c.batch_id = %(batch)s
            AND c."table" = 'accounts_placementstep'))
"""


class PlacementsImporter(Importer):
    """What is agreed for the shelves."""

    key = "placements"
    title = _("Placements")
    summary = _("Listings, facings, shelf positions, second placements and promotions agreed.")
    icon = "layout-grid-add"
    order = 60
    alternatives = (frozenset({"product"}), frozenset({"category"}))
    found_by = ("placement_id",)
    columns = (
        Column(name="account", label=_("Account"), required=True, example="C-1042",
               help=_("External id or exact name; it applies to every store below."),
               synonyms=("customer", "customer id", "account id", "banner", "store")),
        Column(name="product", label=_("Product"), max_length=100, example="P-100",
               help=_("The product's code, or a category instead."),
               synonyms=("product code", "sku", "item", "article")),
        Column(name="category", label=_("Category"), max_length=100, example="",
               help=_("Code or name of a category, instead of a product."),
               synonyms=("product category", "product group")),
        Column(name="kind", label=_("Kind"), required=True, example="facings", read=_kind,
               help=_("listing, facings, shelf_position, second_placement or promotion."),
               synonyms=("type", "placement", "agreement")),
        Column(name="quantity", label=_("How many"), type=ColumnType.NUMBER, example="4",
               help=_("Facings need it."), synonyms=("number", "facings", "count")),
        Column(name="shelf", label=_("Shelf position"), example="", read=_shelf,
               help=_("top, eye, hand, bottom or end; only for a shelf position."),
               synonyms=("shelf level", "level")),
        Column(name="valid_from", label=_("From"), type=ColumnType.DATE, required=True,
               example="2026-01-01", synonyms=("start", "valid from", "begin")),
        Column(name="valid_until", label=_("Until before"), type=ColumnType.DATE,
               example="2027-01-01", help=DAY_AFTER, synonyms=("end", "valid until", "valid to")),
        last_day("valid_until", words=_("Empty: until further notice.")),
        Column(name="step", label=_("Step"), example="agreed", read=_step,
               help=_("proposed, agreed, on_shelf or promoted. A step back is taken by hand."),
               synonyms=("status", "stage", "state")),
        Column(name="step_on", label=_("Step reached on"), type=ColumnType.DATE,
               example="2026-01-15", synonyms=("reached on", "status date", "date of step")),
        Column(name="note", label=_("Note"), max_length=500, example="",
               synonyms=("comment", "remark")),
    )  # fmt: skip

    def lock(self, run: Run) -> None:
        """Nobody agrees on the same meanwhile."""
        run.execute(f"LOCK TABLE {PLACEMENT} IN SHARE ROW EXCLUSIVE MODE")

    def resolve(self, run: Run) -> None:
        """Know each placement again by account, item, kind and first day."""
        lookups.find_accounts(run)
        lookups.find_products(run)
        lookups.find_categories(run)
        run.execute(_ROWS)
        run.first, run.last = run.rows(
            "SELECT min(valid_from), max(valid_from) FROM import_rows WHERE reason IS NULL"
        )[0]

    def apply(self, run: Run) -> None:
        """Write placements, then the steps that they have reached."""
        changes.note_before(
            run, PLACEMENT, "SELECT placement_id FROM import_rows WHERE action = 'u'"
        )
        run.execute(_UPDATE)
        run.execute(_INSERT)
        changes.note_created(
            run, PLACEMENT, "SELECT placement_id FROM import_rows WHERE action = 'c'"
        )
        run.execute(f"LOCK TABLE {STEP} IN SHARE ROW EXCLUSIVE MODE")
        last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {STEP}"))
        run.execute(_STEPS_TAKEN, {"author": run.batch.created_by_id})
        changes.note_created(run, STEP, f"SELECT id FROM {STEP} WHERE id > {last:d}")

    def undo(self, run: Run) -> UndoReport:
        """Take back the steps and put the placements back; what was checked since stays."""
        changes.refuse_when_built_upon(run)
        created = len(changes.created_ids(run, PLACEMENT))
        at = {"committed_at": run.batch.committed_at}
        with correcting_checks():
            gone = _GONE.format(created=changes.CREATED)
            steps = _STEPS_BACK.format(created=changes.CREATED)
            restored = changes.put_back(run, PLACEMENT)
            run.execute(
                f"DELETE FROM {STEP} s USING ({_DOOMED}) AS d WHERE s.placement_id = d.id",
                {"table": PLACEMENT, **at},
            )
            removed = run.execute(gone, {"table": PLACEMENT, **at})
            run.execute(steps + _OF_RESTORED, {"table": STEP, **at})
        changes.forget(run)
        left = created - removed
        return UndoReport(removed=removed, restored=restored, stays=(_stays(left),) if left else ())


_DOOMED = _GONE.replace(
    "DELETE FROM accounts_placement t", "SELECT t.id FROM accounts_placement t"
).format(created=changes.CREATED)
_OF_RESTORED = """
  AND EXISTS (SELECT 1 FROM imports_importchange c JOIN accounts_placement t ON t.id = c.row_id
        WHERE c.batch_id = %(batch)s AND c."table" = 'accounts_placement'
          AND c.before IS NOT NULL AND t.id = s.placement_id AND t.updated_at <= %(committed_at)s)
"""


def _stays(count: int) -> str:
    text = ngettext(
        "%(count)d placement stays: checked or changed since.",
        "%(count)d placements stay: checked or changed since.",
        count,
    )
    return text % {"count": count}
