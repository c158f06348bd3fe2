"""Accounts: known by external id or exact name, never doubled; empty cells leave what is there."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from accounts.analytics.identifiers import is_gln, is_vat, tidy
from accounts.importers import accounts_sql as statements
from accounts.importers import addresses, leftovers, lookups, vocabulary
from accounts.services.figures import refresh_figures
from accounts.services.tree import lock_tree, refresh_current
from kam.core.jobs import enqueue
from kam.core.text import search_key
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoRefusedError, UndoReport
from kam.imports.engine.run import Run

ACCOUNT, IDENTIFIER = "accounts_account", "accounts_accountidentifier"
FIGURES_AT_ONCE = 2_000


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _name_key(text: str) -> str:
    return search_key(text)[:300]


def _gln(text: str) -> str | None:
    number = tidy(text)
    return number if is_gln(number) else None


def _vat(text: str) -> str | None:
    number = tidy(text)
    return number if is_vat(number) else None


class AccountsImporter(Importer):
    """The customer tree."""

    key = "accounts"
    title = _("Accounts")
    summary = _("Customers: groups, banners, legal entities and stores, with who is under whom.")
    icon = "building-store"
    order = 10
    creates_accounts = True
    alternatives = (frozenset({"external_id"}), frozenset({"name"}))
    found_by = ("account_id",)
    columns = (
        Column(name="external_id", label=_("External id"), example="C-1042",
               help=_("What the source calls the account; a second file updates by it."),
               synonyms=("id", "account id", "customer id", "customer no", "customer number",
                         "account number", "reseller key", "store id", "code")),
        Column(name="name", label=_("Name"), example="Kesko Oyj", max_length=300, read=_tidy,
               synonyms=("account", "customer", "customer name", "company", "company name",
                         "reseller name", "account name", "nimi", "名称")),
        Column(name="parent", label=_("Parent"), example="G-7",
               help=_("External id or exact name; may stand further down in the same file."),
               synonyms=("parent id", "parent account", "group", "chain", "belongs to")),
        Column(name="kind", label=_("Kind"), example="store", read=vocabulary.account_kind,
               help=_("group, banner, legal_entity, store or dc."),
               synonyms=("type", "account type", "account kind")),
        Column(name="country", label=_("Country"), example="FI", read=vocabulary.country_code,
               help=_("ISO code or name."),
               synonyms=("country code", "country region", "land", "maa")),
        Column(name="region", label=_("Region"), max_length=100, example="Uusimaa",
               synonyms=("state", "province", "state province name", "district")),
        Column(name="channel", label=_("Sales channel"), example="supermarket",
               read=vocabulary.sales_channel,
               help=_("Such as supermarket, discount, distributor; unknown words become other."),
               synonyms=("sales channel", "business type", "format")),
        Column(name="currency", label=_("Currency"), max_length=3, example="EUR",
               synonyms=("currency code",)),
        Column(name="lead", label=_("Lead"), example="anna@example.com",
               help=_("E-mail address or staff number of the user who leads the account."),
               synonyms=("owner", "account manager", "lead email", "manager", "salesperson",
                         "sales person id")),
        Column(name="status", label=_("Status"), example="active", read=vocabulary.account_status,
               help=_("prospect, active, dormant or closed."),
               synonyms=("account status", "state of account")),
        Column(name="valid_from", label=_("Valid from"), type=ColumnType.DATE,
               example="2026-01-01",
               help=_("From when parent and lead hold. Empty: since ever for new accounts, "
                      "from today for a change.")),
        Column(name="industry", label=_("Industry"), max_length=100, example="Food retail",
               read=_tidy, synonyms=("sector", "branch", "line of business")),
        Column(name="insolvent_since", label=_("Insolvent since"), type=ColumnType.DATE,
               example="2026-05-04", help=_("The day insolvency was filed for; empty: as it is."),
               synonyms=("insolvency date", "bankrupt since", "insolvency")),
        Column(name="gln", label=_("GLN"), example="4006381333931", read=_gln,
               help=_("Global location number: 13 digits with a check digit."),
               synonyms=("global location number", "ean location", "iln")),
        Column(name="vat", label=_("VAT id"), example="FI01120389", read=_vat,
               synonyms=("vat number", "vat no", "tax id", "vat registration number")),
        *addresses.COLUMNS,
        Column(name="name_key", label=_("Search key"), derived_from="name", read=_name_key),
        Column(name="channel_word", label=_("Channel as given"), derived_from="channel",
               read=vocabulary.other_channel_word),
        Column(name="country_word", label=_("Country as given"), derived_from="country",
               read=vocabulary.no_country_word),
    )  # fmt: skip

    def lock(self, run: Run) -> None:
        """Nobody adds or moves accounts meanwhile."""
        lock_tree()

    def resolve(self, run: Run) -> None:
        """Know each account again, find its parent and lead, compare with what stands."""
        create = {"create": run.options.create_accounts}
        run.execute(statements.NODES.replace("{addresses}", addresses.SAID))
        run.execute("ANALYZE import_nodes")
        _judge_numbers(run)
        for statement in (
            statements.MATCH_OWN,
            statements.MATCH_STUBS,
            statements.MATCH_NAMES,
            statements.NEW_IDS,
            addresses.find(run),
            statements.NUMBERS,
            statements.TAKEN_NUMBERS,
            addresses.NOWHERE,
            statements.PARENTS,
        ):
            run.execute(statement)
        run.execute(statements.LINK_PARENTS, create)
        while run.execute(statements.ORPHANS):
            pass  # whoever stood under an orphan is one now
        while run.execute(statements.CYCLES):
            while run.execute(statements.ORPHANS):
                pass
        run.execute(statements.ROWS)
        self._notice(run)

    def _notice(self, run: Run) -> None:
        for code, column in (("channels", "channel_word"), ("countries", "country_word")):
            words = run.ids(
                f"SELECT DISTINCT {column} FROM import_stage WHERE {column} IS NOT NULL ORDER BY 1"
            )
            if words:
                run.notice(code, names=", ".join(words[:10]) + (", …" if words[10:] else ""))
        if linked := run.value(
            "SELECT count(*) FROM import_rows WHERE linked AND action IN ('c', 'u')"
        ):
            run.notice("linked by name", count=linked)
        if parents := _new_parents(run):
            run.notice("new accounts", count=len(parents))

    def apply(self, run: Run) -> None:
        """Write accounts, identifiers, and the dated parents and leads."""
        if parents := _new_parents(run):
            lookups.create_accounts(run, parents, table="import_parents")
            run.execute(
                "UPDATE import_rows r SET parent_id = p.account_id FROM import_parents p "
                "WHERE p.value = r.parent AND r.parent_id IS NULL"
            )
        _write_accounts(run)
        for table, (column, flag) in statements.DATED.items():
            _write_dated(run, table, column, flag)
        _refresh(run, run.ids("SELECT account_id FROM import_rows WHERE action IN ('c', 'u')"))

    def undo(self, run: Run) -> UndoReport:
        """Put back what accounts were; remove those that nothing else refers to."""
        lock_tree()
        changes.refuse_when_built_upon(run)
        for table in statements.DATED:
            if changes.changed_since(run, table):
                raise UndoRefusedError(
                    gettext("Accounts of this import were moved or got another lead since.")
                )
        created = len(changes.created_ids(run, ACCOUNT))
        ids = run.ids(_AFFECTED)
        for table in (*statements.DATED, IDENTIFIER, addresses.TABLE):
            _remove_from_older_accounts(run, table)
            changes.put_back(run, table)
        restored = changes.put_back(run, ACCOUNT)
        stays = leftovers.remove_created(run)
        left = run.value(
            f"SELECT count(*) FROM {ACCOUNT} WHERE id IN ({changes.CREATED})", {"table": ACCOUNT}
        )
        changes.forget(run)
        _refresh(run, ids)
        return UndoReport(removed=created - left, restored=restored, stays=tuple(stays))


_AFFECTED = """
SELECT row_id FROM imports_importchange WHERE batch_id = %(batch)s AND "table" = 'accounts_account'
UNION
SELECT l.account_id FROM accounts_parentlink l JOIN imports_importchange c
    ON c.row_id = l.id AND c."table" = 'accounts_parentlink' WHERE c.batch_id = %(batch)s
UNION
SELECT l.account_id FROM accounts_leadassignment l JOIN imports_importchange c
    ON c.row_id = l.id AND c."table" = 'accounts_leadassignment' WHERE c.batch_id = %(batch)s
"""
_NEW_PARENTS = """
SELECT p.value FROM import_parents p WHERE p.account_id IS NULL AND NOT p.ambiguous
  AND EXISTS (SELECT 1 FROM import_rows r WHERE r.parent = p.value AND r.action IN ('c', 'u'))
ORDER BY 1
"""
_OF_OLDER = """
DELETE FROM {table} t WHERE t.id IN (
    SELECT c.row_id FROM imports_importchange c
    WHERE c.batch_id = %(batch)s AND c."table" = %(table)s AND c.before IS NULL)
  AND t.account_id NOT IN (
    SELECT c.row_id FROM imports_importchange c
    WHERE c.batch_id = %(batch)s AND c."table" = 'accounts_account' AND c.before IS NULL)
"""


def _new_parents(run: Run) -> list[str]:
    return run.ids(_NEW_PARENTS) if run.options.create_accounts else []


def _judge_numbers(run: Run) -> None:
    """A source that is called GLN or VAT names accounts by numbers that have check digits."""
    judge = {"gln": is_gln, "vat": is_vat}.get(run.source.code.casefold())
    if judge is None:
        return
    sent = run.rows(
        "SELECT line_no, external_id FROM import_nodes WHERE external_id IS NOT NULL "
        "AND reason IS NULL"
    )
    wrong = [line for line, number in sent if not judge(tidy(number))]
    run.execute(
        "UPDATE import_nodes SET reason = %(reason)s, what = external_id "
        "WHERE line_no = ANY(%(lines)s)",
        {"lines": wrong, "reason": f"unknown: {run.source.code.casefold()}"},
    )


def _write_accounts(run: Run) -> None:
    if unkeyed := run.rows(statements.UNKEYED):
        ids, names = zip(*unkeyed, strict=True)
        keys = [_name_key(name) for name in names]
        run.execute(statements.KEYED, {"ids": list(ids), "keys": keys})
    changes.note_before(run, ACCOUNT, "SELECT account_id FROM import_rows WHERE action = 'u'")
    run.execute(statements.UPDATE_ACCOUNTS)
    run.execute(statements.INSERT_ACCOUNTS)
    changes.note_created(run, ACCOUNT, "SELECT account_id FROM import_rows WHERE action = 'c'")
    last = _last_id(run, IDENTIFIER)
    run.execute(statements.INSERT_IDENTIFIERS)
    run.execute(statements.INSERT_NUMBERS)
    changes.note_created(run, IDENTIFIER, f"SELECT id FROM {IDENTIFIER} WHERE id > {last:d}")
    addresses.write(run)


def _write_dated(run: Run, table: str, column: str, flag: str) -> None:
    """Put accounts under another parent, or give them another lead, from a day on."""
    target = "parent_id" if column == "parent_id" else "user_id"
    parts = {"table": table, "flag": flag, "column": column, "target": target}
    changes.note_before(run, table, statements.CUT_SHORT.format(**parts))
    run.execute(statements.REMOVE_LATER.format(**parts))
    run.execute(statements.END_EARLIER.format(**parts))
    last = _last_id(run, table)
    run.execute(statements.BEGIN_NEW.format(**parts))
    changes.note_created(run, table, f"SELECT id FROM {table} WHERE id > {last:d}")


def _last_id(run: Run, table: str) -> int:
    """The highest id before rows are added: the tree's lock keeps everybody else out."""
    return int(run.value(f"SELECT COALESCE(max(id), 0) FROM {table}"))


def _remove_from_older_accounts(run: Run, table: str) -> None:
    statement = sql.SQL(_OF_OLDER).format(table=sql.Identifier(table))
    run.cursor.execute(statement, {**run.defaults, "table": table})


def _refresh(run: Run, ids: list[int]) -> None:
    """Derive today's tree again; list figures at once for few accounts, as a job for many."""
    if not ids:
        return
    refresh_current(as_of=run.as_of, account_ids=ids)
    if len(ids) > FIGURES_AT_ONCE:
        enqueue("accounts.refresh_accounts", key="schedule:accounts.refresh_accounts")
        return
    above = run.ids(
        "SELECT DISTINCT unnest(path) FROM accounts_account WHERE id = ANY(%(ids)s)", {"ids": ids}
    )
    refresh_figures(as_of=run.as_of, account_ids=above)
