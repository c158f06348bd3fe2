"""People at accounts: known by external id, else by name at the account, never doubled."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.importers import lookups, people_words
from accounts.importers import people_sql as statements
from accounts.importers.colleagues import name_in
from accounts.services.ratings import rewriting_ratings
from kam.core.text import search_key
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run

PERSON, IDENTIFIER = "accounts_person", "accounts_personidentifier"
POSITION, RATING = "accounts_position", "accounts_stakeholderrating"
REASONS = {
    "rating off its scale": _("Influence is 1 to 5 and support −2 to +2"),
    "rating of nobody": _("A row without a name is an unmet role and cannot be rated"),
    "rating before arrival": _("The person is rated before the day of arrival"),
    "unknown boss": _("Nobody of this name or number is there to report to"),
    "boss at another customer": _("The boss stands at another customer"),
    "circle of reporting": _("The boss reports to this person"),
}
NOTICES = {
    "ratings without author": _(
        "Influence and support are left out: a rating needs somebody who gives it. Sign in and "
        "import on the pages or over the API."
    ),
}


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _number(text: str) -> str:
    """Return a phone number without the apostrophe that keeps spreadsheets from computing it."""
    return _tidy(text.lstrip("'"))


def _name_key(text: str) -> str:
    return search_key(text)[:200]


def _mail_key(mail: str) -> str:
    return _name_key(name_in(mail))


class PeopleImporter(Importer):
    """Who is who at customers."""

    key = "people"
    title = _("People")
    summary = _("People at customers: function, roles, who reports to whom, influence, support.")
    icon = "users"
    order = 15
    found_by = ("person_id", "position_id")
    columns = (
        Column(name="external_id", label=_("External id"), example="K-77",
               help=_("What the source calls the person; a second file updates by it."),
               synonyms=("id", "person id", "contact id", "contact key", "business entity id")),
        Column(name="account", label=_("Account"), required=True, example="C-1042",
               help=_("External id or exact name of the account."),
               synonyms=("customer", "customer id", "account id", "company", "store name")),
        Column(name="name", label=_("Name"), example="Päivi Salminen", read=_tidy,
               help=_("Empty: a role that somebody holds whom nobody has met."),
               synonyms=("person", "full name", "contact", "contact name", "nimi", "姓名")),
        Column(name="function", label=_("Function"), example="merchandising",
               read=people_words.function_word,
               help=_("merchandising, operations, marketing, finance, logistics, quality, it, "
                      "management or store. Empty: guessed from the title."),
               synonyms=("department", "area", "contact type", "person type")),
        Column(name="title", label=_("Title"), example="Category buyer", read=_tidy,
               synonyms=("job title", "position", "role title")),
        Column(name="email", label=_("E-mail"), example="paivi@example.com", max_length=254,
               synonyms=("email address", "mail")),
        Column(name="phone", label=_("Phone"), max_length=50, example="+358 40 123 4567",
               read=_number,
               synonyms=("phone number", "telephone", "mobile")),
        Column(name="roles", label=_("Decision roles"), example="decision_maker, influencer",
               read=people_words.role_words,
               help=_("Separated by commas: decision_maker, economic_buyer, champion …"),
               synonyms=("decision roles", "role")),
        Column(name="reports_to", label=_("Reports to"), example="K-12",
               help=_("External id or name; may stand further down in the same file."),
               synonyms=("manager", "boss", "supervisor", "manager id")),
        Column(name="valid_from", label=_("There since"), type=ColumnType.DATE,
               example="2024-01-01", help=_("Empty: we do not know since when."),
               synonyms=("since", "start date", "hire date")),
        Column(name="influence", label=_("Influence"), type=ColumnType.NUMBER, example="4",
               help=_("1 to 5; becomes a rating of yours.")),
        Column(name="support", label=_("Support"), type=ColumnType.NUMBER, example="1",
               help=_("−2 to 2; becomes a rating of yours.")),
        Column(name="name_key", label=_("Search key"), derived_from="name", read=_name_key),
        Column(name="mail_name", label=_("Name in the address"), derived_from="email",
               read=name_in),
        Column(name="mail_key", label=_("Search key of the address"), derived_from="email",
               read=_mail_key),
        Column(name="title_function", label=_("Function in the title"), derived_from="title",
               read=people_words.function_in),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Know each person again, find the account and the boss, compare with what stands."""
        lookups.find_accounts(run)
        for statement in (
            statements.NODES,
            statements.MATCH_IDS,
            statements.NAMES_IN_ADDRESSES,
            statements.MATCH_NAMES,
            statements.MATCH_PLACES,
            statements.MATCH_UNMET,
            statements.NO_FUNCTION,
            statements.BOSS_LINES,
            statements.BOSS_PLACES,
            statements.BAD_BOSSES,
            statements.CYCLES,
        ):
            run.execute(statement)
        # Whoever reports to a line that was rejected meanwhile has no boss there.
        while run.execute(_LOST_BOSSES):
            pass
        run.execute(statements.ROWS)
        if run.batch.created_by_id is None and run.value(_ANY_RATING):
            run.notice("ratings without author")

    def apply(self, run: Run) -> None:
        """Write people, places, report lines and ratings."""
        changes.note_before(run, PERSON, "SELECT person_id FROM import_rows WHERE action = 'u'")
        changes.note_before(run, POSITION, "SELECT position_id FROM import_rows WHERE action = 'u'")
        self._insert(run, PERSON, statements.INSERT_PEOPLE)
        run.execute(statements.UPDATE_PEOPLE)
        self._insert(run, IDENTIFIER, statements.INSERT_IDENTIFIERS)
        self._insert(run, POSITION, statements.INSERT_PLACES)
        run.execute(statements.UPDATE_PLACES)
        run.execute(statements.SET_BOSSES)
        author = run.batch.created_by_id
        if author is not None:
            run.execute(statements.INSERT_RATINGS, {"author": author})

    def _insert(self, run: Run, table: str, statement: str) -> None:
        """Run an insertion and remember what it made: nobody else's rows are younger here."""
        run.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {table}"))
        run.execute(statement)
        changes.note_created(run, table, f"SELECT id FROM {table} WHERE id > {last:d}")

    def undo(self, run: Run) -> UndoReport:
        """Put back who people were; remove those that nobody rated or wrote about since."""
        changes.refuse_when_built_upon(run)
        with rewriting_ratings():
            run.execute(f"DELETE FROM {RATING} WHERE batch_id = %(batch)s")
        created = len(changes.created_ids(run, POSITION))
        restored = changes.put_back(run, POSITION) + changes.put_back(run, PERSON)
        while removed := self._remove(run, POSITION, statements.REMOVE_PLACES):
            created -= removed  # who reports goes before the boss
        self._remove(run, IDENTIFIER, statements.REMOVE_IDENTIFIERS)
        self._remove(run, PERSON, statements.REMOVE_PEOPLE)
        left = max(created, 0)
        total = len(changes.created_ids(run, POSITION))
        changes.forget(run)
        stays = (_stays(left),) if left else ()
        return UndoReport(removed=total - left, restored=restored, stays=stays)

    def _remove(self, run: Run, table: str, statement: str) -> int:
        parameters = {"table": table, "committed_at": run.batch.committed_at}
        return run.execute(statement.format(created=changes.CREATED), parameters)


def _stays(count: int) -> str:
    text = ngettext(
        "%(count)d person stays: rated, noted, linked or changed since.",
        "%(count)d people stay: rated, noted, linked or changed since.",
        count,
    )
    return text % {"count": count}


_LOST_BOSSES = """
UPDATE import_nodes n SET problem = 'unknown boss'
WHERE n.problem IS NULL AND n.boss_line IS NOT NULL AND n.boss_position IS NULL AND EXISTS (
    SELECT 1 FROM import_nodes b WHERE b.line_no = n.boss_line AND b.problem IS NOT NULL)
"""
_ANY_RATING = """
SELECT count(*) FROM import_rows WHERE (says_influence OR says_support) AND action IS NOT NULL
"""
