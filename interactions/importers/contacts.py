"""A history of contacts from a file: known by their key, with people by address or name."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.importers import lookups
from interactions.choices import Direction, InteractionKind
from interactions.importers import contacts_sql as statements
from interactions.services.log import rewriting_contacts
from kam.core.models import Organisation
from kam.core.text import search_key
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.notices import register_reasons
from kam.imports.engine.run import Run
from kam.imports.registry import importers

CONTACT, PARTICIPANT = "interactions_interaction", "interactions_participant"
COLLEAGUE = "interactions_colleague"
REASONS = {
    "contact in the future": _("The contact is still to come"),
    "no time of day": _("This is no time of day"),
    "contact too early": _("The contact lies before 1990"),
    "minutes of no day": _("A contact lasts 1 to 1,440 whole minutes"),
    "unknown colleague": _("None of us has this e-mail address or staff number"),
    "nobody of ours": _("Say which of us it was"),
    "unknown place": _("The store or place is unknown"),
    "place of another customer": _("The place belongs to another customer"),
    "unknown person": _("Nobody is known by this name, address or identifier"),
    "ambiguous person": _("Several people there are called this: use the e-mail address"),
    "person not there": _("This person was not at this customer on that day"),
    "corrected by hand": _("The contact was corrected here since"),
}
_KINDS = {
    **{value: value for value in InteractionKind.values},
    **dict.fromkeys(("phone", "phone call", "telephone", "telephone call"), InteractionKind.CALL),
    **dict.fromkeys(("store visit", "customer visit"), InteractionKind.VISIT),
    **dict.fromkeys(("video call", "appointment", "online meeting"), InteractionKind.MEETING),
    **dict.fromkeys(("e mail", "mail"), InteractionKind.EMAIL),
    **dict.fromkeys(("chat", "sms", "text message"), InteractionKind.MESSAGE),
    **dict.fromkeys(("fair", "trade fair"), InteractionKind.EVENT),
    "store check": InteractionKind.STORE_CHECK,
}
_DIRECTIONS = {
    **{value: value for value in Direction.values},
    **dict.fromkeys(("out", "outgoing", "we to them"), Direction.OUTBOUND),
    **dict.fromkeys(("in", "incoming", "they to us"), Direction.INBOUND),
    **dict.fromkeys(("both", "both ways", "two way"), Direction.TWO_WAY),
}
_YES = {"yes": "yes", "true": "yes", "1": "yes", "y": "yes", "no": "no", "false": "no", "0": "no",
        "n": "no"}  # fmt: skip
_CLOCK = re.compile(r"[T\s](\d{1,2})[:.](\d{2})(?:[:.]\d{2}(?:\.\d+)?)?\s*$")


def _word(words: dict[str, str], text: str) -> str | None:
    plain = " ".join(text.casefold().replace("-", " ").split())
    return words.get(plain, words.get(plain.replace(" ", "_")))


def _kind(text: str) -> str | None:
    return _word(_KINDS, text)


def _direction(text: str) -> str | None:
    return _word(_DIRECTIONS, text)


def _yes(text: str) -> str | None:
    return _word(_YES, text)


def clock_in(text: str) -> str:
    """Return the time of day after a date, `14:30`; empty where there is none.

    `bad` for a time that no clock shows.
    """
    found = _CLOCK.search(text.strip(), 6)
    if found is None:
        return ""
    hour, minute = int(found[1]), int(found[2])
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else "bad"


class ContactsImporter(Importer):
    """What was spoken with customers so far."""

    key = "contacts"
    title = _("Contacts")
    summary = _("A history of calls, visits, meetings and mails, with who took part.")
    icon = "messages"
    order = 70
    found_by = ("interaction_id",)
    columns = (
        Column(name="account", label=_("Account"), required=True, example="C-1042",
               help=_("External id or exact name."),
               synonyms=("customer", "customer id", "account id", "company")),
        Column(name="date", label=_("Date"), type=ColumnType.DATE, required=True,
               example="2026-03-02 14:30", help=_("With a time of day if it is known."),
               synonyms=("when", "occurred at", "datetime", "day", "start")),
        Column(name="clock", label=_("Time of day"), derived_from="date", read=clock_in),
        Column(name="kind", label=_("Kind"), required=True, example="visit", read=_kind,
               help=_("call, visit, meeting, email, event, message or store_check."),
               synonyms=("type", "activity", "channel")),
        Column(name="direction", label=_("Direction"), example="two_way", read=_direction,
               help=_("outbound, inbound or two_way; empty: as usual for the kind.")),
        Column(name="minutes", label=_("Minutes"), type=ColumnType.NUMBER, example="45",
               synonyms=("duration",)),
        Column(name="people", label=_("People of theirs"), max_length=2000,
               example="anna.ahti@example.com; Bo Berg",
               help=_("E-mail addresses, names or identifiers, with a semicolon between."),
               synonyms=("participants", "contact", "contacts", "attendees", "person")),
        Column(name="colleague", label=_("Our colleague"), max_length=254,
               example="aino.koskela@example.com", help=_("E-mail address or staff number."),
               synonyms=("author", "owner", "user", "logged by", "sales rep")),
        Column(name="summary", label=_("In one line"), required=True, max_length=300,
               example="Spring range", synonyms=("subject", "title")),
        Column(name="text", label=_("What was said"), max_length=20_000, example="",
               synonyms=("notes", "note", "description", "body", "comment")),
        Column(name="place", label=_("Store or place"), example="",
               help=_("External id or exact name of a store of the same customer."),
               synonyms=("store", "location")),
        Column(name="confidential", label=_("Confidential"), example="no", read=_yes,
               synonyms=("private",)),
        Column(name="key", label=pgettext_lazy("of a row", "Key"), example="V-2026-17",
               help=_("What your system calls this contact; a second file updates by it."),
               synonyms=("id", "external id", "activity id")),
    )  # fmt: skip

    def lock(self, run: Run) -> None:
        """Nobody logs the same meanwhile."""
        run.execute(f"LOCK TABLE {CONTACT} IN SHARE ROW EXCLUSIVE MODE")

    def resolve(self, run: Run) -> None:
        """Know each contact again by its key, and everybody who took part."""
        lookups.find_accounts(run, column="place")
        run.execute("ALTER TABLE import_accounts RENAME TO import_places")
        lookups.find_accounts(run)
        tokens = run.ids(statements.TOKENS)
        keys = [search_key(token) for token in tokens]
        run.execute(statements.NAMES, {"values": tokens, "keys": keys})
        zone = Organisation.objects.values_list("time_zone", flat=True).first()
        run.execute(statements.LINES, {"zone": zone or "UTC"})
        run.execute(statements.PEOPLE)
        run.execute(statements.BAD_PEOPLE)
        run.execute(statements.ROWS, {"author": run.batch.created_by_id})
        run.first, run.last = run.rows(
            "SELECT min(date), max(date) FROM import_rows WHERE reason IS NULL"
        )[0]

    def apply(self, run: Run) -> None:
        """Write contacts, then who took part; who is on the list no more goes first."""
        updated = "SELECT interaction_id FROM import_rows WHERE action = 'u'"
        changes.note_before(run, CONTACT, updated)
        changes.note_before(run, PARTICIPANT, statements.GONE)
        with rewriting_contacts():
            run.execute(statements.DROP_PEOPLE)
            run.execute(statements.UPDATE)
        run.execute(statements.INSERT)
        changes.note_created(
            run, CONTACT, "SELECT interaction_id FROM import_rows WHERE action = 'c'"
        )
        for table, statement in (
            (PARTICIPANT, statements.ADD_PEOPLE),
            (COLLEAGUE, statements.ADD_COLLEAGUES),
        ):
            run.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {table}"))
            run.execute(statement)
            changes.note_created(run, table, f"SELECT id FROM {table} WHERE id > {last:d}")

    def undo(self, run: Run) -> UndoReport:
        """Take the contacts back and put changed ones as they were; what grew or changed stays."""
        changes.refuse_when_built_upon(run)
        created = len(changes.created_ids(run, CONTACT))
        at = {"committed_at": run.batch.committed_at}
        with rewriting_contacts():
            for table in (PARTICIPANT, COLLEAGUE):
                _remove_parts(run, table)
            restored = changes.put_back(run, CONTACT)
            changes.put_back(run, PARTICIPANT, keep_newer=False)
            run.execute("DROP TABLE IF EXISTS import_free")
            run.execute(_free("CREATE TEMP TABLE import_free ON COMMIT DROP AS {free}"),
                        {"table": CONTACT, **at})  # fmt: skip
            for table in (PARTICIPANT, COLLEAGUE):
                run.execute(
                    f"DELETE FROM {table} WHERE interaction_id IN (SELECT id FROM import_free)"
                )
            removed = run.execute(f"DELETE FROM {CONTACT} WHERE id IN (SELECT id FROM import_free)")
        changes.forget(run)
        left = created - removed
        return UndoReport(removed=removed, restored=restored, stays=(_stays(left),) if left else ())


_PARTS = """
DELETE FROM {table} t WHERE t.id IN ({created}) AND t.interaction_id IN (
    SELECT c.row_id FROM imports_importchange c JOIN interactions_interaction i ON i.id = c.row_id
    WHERE c.batch_id = %(batch)s AND c."table" = 'interactions_interaction'
      AND c.before IS NOT NULL AND i.updated_at <= %(committed_at)s)
"""


def _remove_parts(run: Run, table: str) -> None:
    """Parts that the batch added to contacts that stood already."""
    query = _PARTS.format(table=table, created=changes.CREATED)
    run.execute(query, {"table": table, "committed_at": run.batch.committed_at})


def _free(query: str) -> str:
    return query.format(free=statements.FREE.format(created=changes.CREATED))


def _stays(count: int) -> str:
    text = ngettext(
        "%(count)d contact stays: something grew out of it, or it was changed since.",
        "%(count)d contacts stay: something grew out of them, or they were changed since.",
        count,
    )
    return text % {"count": count}


def register() -> None:
    """Offer the kind on the import pages, the command line and the API."""
    importers.register(ContactsImporter())
    register_reasons(REASONS)
