"""Competitors at accounts: where they stand with what share, and prices and terms seen there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.importers import competitors_sql as statements
from accounts.importers import lookups, vocabulary
from kam.core.models import Organisation
from kam.core.text import search_key
from kam.imports.columns import DAY_AFTER, Column, ColumnType, last_day
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run

COMPETITOR, PRESENCE = "accounts_competitor", "accounts_competitorpresence"
PRICE = "accounts_competitorprice"
MEDIUM = 3
REASONS = {
    "ambiguous competitor": _("Several competitors have this name: say the country"),
    "share is not between 0 and 1": _("A share is 0 to 1, or 0 to 100 with a percent sign"),
    "no source": _("Say where it is from"),
    "seen in the future": _("The day is still to come"),
    "price of nothing": _("A price is above zero"),
    "no unit": _("Say for which unit the price or value is"),
    "price of what": _("A price or terms need a product or a category"),
    "overlaps another presence": _(
        "The competitor is noted here in the category for a part of this period already"
    ),
}
NOTICES = {
    "new competitors": _("New competitors, created: %(count)s (%(names)s)."),
    "prices without author": _(
        "Prices and terms are left out: they need somebody who noted them. Sign in and import on "
        "the pages or over the API."
    ),
}


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _name_key(text: str) -> str:
    return search_key(_tidy(text))[:200]


class CompetitorsImporter(Importer):
    """A line is a presence, something seen (terms or a price), or with a share both."""

    key = "competitors"
    title = _("Competitors at accounts")
    summary = _("Where competitors stand, with what share, and prices and terms seen there.")
    icon = "swords"
    order = 50
    found_by = ("presence_id",)
    columns = (
        Column(name="competitor", label=_("Competitor"), required=True, example="Nordmill",
               read=_tidy, help=_("Name; who is not known yet is created."),
               synonyms=("competitor name", "rival", "supplier")),
        Column(name="country", label=_("Country"), example="SE", read=vocabulary.country_code,
               help=_("Of the competitor; tells two of one name apart."),
               synonyms=("competitor country", "country code")),
        Column(name="account", label=_("Account"), required=True, example="C-1042",
               help=_("External id or exact name."),
               synonyms=("customer", "customer id", "account id")),
        Column(name="category", label=_("Category"), max_length=100, example="Bakery",
               help=_("Empty: all categories."),
               synonyms=("product category", "product group")),
        Column(name="since", label=_("Since"), type=ColumnType.DATE, example="2025-01-01",
               help=_("Empty: what is noted today, else since ever."),
               synonyms=("from", "valid from", "start")),
        Column(name="until", label=_("Until before"), type=ColumnType.DATE, example="",
               help=DAY_AFTER, synonyms=("end", "valid until", "to")),
        last_day("until", words=_("Empty: still there."), example=""),
        Column(name="share", label=_("Estimated share"), type=ColumnType.FRACTION, example="0.35",
               help=_("Of what the account buys: 0.35 or 35 %."),
               synonyms=("share", "share of wallet", "estimated share")),
        Column(name="product", label=_("Product"), max_length=200, example="",
               help=_("What a price or terms are for."), synonyms=("item", "article")),
        Column(name="price", label=_("Price"), type=ColumnType.NUMBER, example="",
               synonyms=("price seen", "shelf price")),
        Column(name="currency", label=_("Currency"), max_length=3, example="",
               help=_("Empty: the account's currency, else the organisation's."),
               synonyms=("currency code",)),
        Column(name="unit", label=_("Unit"), max_length=30, example="", synonyms=("per",)),
        Column(name="terms", label=_("Terms"), max_length=500, example="60 days, no bonus",
               synonyms=("conditions", "payment terms")),
        Column(name="seen_on", label=_("Seen on"), type=ColumnType.DATE, example="2026-03-01",
               help=_("Day of the estimate, or when the terms were seen. Empty: today."),
               synonyms=("estimated on", "date", "date seen")),
        Column(name="source", label=_("Source"), max_length=200, example="Buyer, March",
               help=_("Who said it or where it was seen; a share, price and terms need it."),
               synonyms=("where", "seen where", "basis")),
        Column(name="confidence", label=_("Confidence"), type=ColumnType.NUMBER, example="3",
               help=_("Of the share, 1 to 5; empty is 3.")),
        Column(name="note", label=_("Note"), max_length=2000, example="",
               synonyms=("comment", "remark")),
        Column(name="competitor_key", label=_("Search key"), derived_from="competitor",
               read=_name_key),
    )  # fmt: skip

    def lock(self, run: Run) -> None:
        """Nobody adds the same competitor or presence meanwhile."""
        run.execute(f"LOCK TABLE {COMPETITOR}, {PRESENCE} IN SHARE ROW EXCLUSIVE MODE")

    def resolve(self, run: Run) -> None:
        """Know competitors by name, presences by account, category and first day."""
        lookups.find_accounts(run)
        lookups.find_categories(run)
        base = Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1)
        run.execute(statements.COMPETITORS)
        run.execute(statements.ROWS, {"base": base, "medium": MEDIUM})
        run.first, run.last = run.rows(
            "SELECT min(said_on), max(said_on) FROM import_rows WHERE reason IS NULL"
        )[0]
        if new := [name for _key, _country, name in run.rows(statements.NEW_COMPETITORS)]:
            run.notice("new competitors", count=len(new), names=", ".join(new[:10]))
        if run.batch.created_by_id is None and run.execute(_UNSIGNED):
            run.notice("prices without author")

    def apply(self, run: Run) -> None:
        """Write competitors, then where they stand, then what was seen."""
        self._insert(run, COMPETITOR, statements.CREATE_COMPETITORS)
        changes.note_before(
            run, PRESENCE, "SELECT presence_id FROM import_rows WHERE presence_action = 'u'"
        )
        run.execute(statements.UPDATE_PRESENCES)
        self._insert(run, PRESENCE, statements.INSERT_PRESENCES)
        self._insert(run, PRICE, statements.INSERT_PRICES)

    def _insert(self, run: Run, table: str, statement: str) -> None:
        """Run an insertion and remember what it made: nobody else's rows are younger here."""
        run.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {table}"))
        run.execute(statement, {"author": run.batch.created_by_id})
        changes.note_created(run, table, f"SELECT id FROM {table} WHERE id > {last:d}")

    def undo(self, run: Run) -> UndoReport:
        """Put presences back, remove what came with the batch and was not changed since."""
        changes.refuse_when_built_upon(run)
        made = [len(changes.created_ids(run, table)) for table in (PRESENCE, PRICE)]
        restored = changes.put_back(run, PRESENCE)
        gone = [changes.remove_created(run, table) for table in (PRESENCE, PRICE)]
        run.execute(
            statements.REMOVE_COMPETITORS.format(created=changes.CREATED),
            {"table": COMPETITOR, "committed_at": run.batch.committed_at},
        )
        changes.forget(run)
        left = sum(made) - sum(gone)
        return UndoReport(
            removed=sum(gone), restored=restored, stays=(_stays(left),) if left else ()
        )


_UNSIGNED = """
UPDATE import_rows SET new_price = false,
    action = CASE WHEN action = 'c' AND presence_action IS DISTINCT FROM 'c'
        THEN COALESCE(presence_action, 'n') ELSE action END
WHERE new_price
"""


def _stays(count: int) -> str:
    text = ngettext(
        "%(count)d note about a competitor stays: changed since.",
        "%(count)d notes about competitors stay: changed since.",
        count,
    )
    return text % {"count": count}
