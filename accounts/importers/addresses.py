"""Addresses beside the accounts of a file: the main one of each kind; empty cells leave it."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.choices import AddressKind
from accounts.importers import vocabulary
from kam.imports.columns import Column
from kam.imports.engine import changes
from kam.imports.engine.run import Run

TABLE = "accounts_accountaddress"
KINDS = tuple(AddressKind.values)
PARTS = ("street", "postal_code", "city", "country")
SAID = ", ".join(f"{kind}_{part}" for kind in KINDS for part in PARTS)
REASONS = {"address of nowhere": _("An address needs a street or a city")}


def _lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _columns(kind: AddressKind) -> list[Column]:
    named = kind.label
    return [
        Column(
            name=f"{kind.value}_street",
            label=format_lazy(_("{address}: street"), address=named),
            max_length=500,
            read=_lines,
            example="Satamakatu 3" if kind == AddressKind.VISITING else "",
            synonyms=(f"{kind.value} address", f"{kind.value} street and number"),
        ),
        Column(
            name=f"{kind.value}_postal_code",
            label=format_lazy(_("{address}: postal code"), address=named),
            max_length=20,
            read=_tidy,
            synonyms=(f"{kind.value} zip", f"{kind.value} postcode"),
        ),
        Column(
            name=f"{kind.value}_city",
            label=format_lazy(_("{address}: city"), address=named),
            max_length=100,
            read=_tidy,
            synonyms=(f"{kind.value} town",),
        ),
        Column(
            name=f"{kind.value}_country",
            label=format_lazy(_("{address}: country"), address=named),
            read=vocabulary.country_code,
            synonyms=(f"{kind.value} country code",),
        ),
    ]


COLUMNS = tuple(column for kind in AddressKind for column in _columns(kind))
_FIND = f"""
CREATE TEMP TABLE import_addresses ON COMMIT DROP AS
SELECT n.line_no, n.account_id, said.kind, t.id AS address_id,
    COALESCE(said.street, t.lines, '') AS lines,
    COALESCE(said.postal_code, t.postal_code, '') AS postal_code,
    COALESCE(said.city, t.city, '') AS city,
    COALESCE(NULLIF(said.country, ''), t.country, '') AS country,
    (COALESCE(said.street, t.lines, ''), COALESCE(said.postal_code, t.postal_code, ''),
        COALESCE(said.city, t.city, ''), COALESCE(NULLIF(said.country, ''), t.country, ''))
    IS DISTINCT FROM (t.lines, t.postal_code::text, t.city::text, t.country::text) AS differs
FROM import_nodes n JOIN import_stage s USING (line_no)
CROSS JOIN LATERAL (VALUES {
    ", ".join(
        f"('{kind}', " + ", ".join(f"s.{kind}_{part}" for part in PARTS) + ")" for kind in KINDS
    )
}) AS said(kind, street, postal_code, city, country)
LEFT JOIN {TABLE} t ON t.account_id = n.account_id AND t.kind = said.kind AND t.is_main
WHERE n.reason IS NULL AND {{any}}
  AND num_nonnulls(said.street, said.postal_code, said.city, NULLIF(said.country, '')) > 0
"""
NOWHERE = """
UPDATE import_nodes n SET reason = 'address of nowhere', what = p.kind
FROM import_addresses p WHERE p.line_no = n.line_no AND p.lines = '' AND p.city = ''
"""
_CHANGED = """
FROM import_addresses p JOIN import_rows r USING (line_no)
WHERE r.action IN ('c', 'u') AND p.differs
"""
_UPDATE = f"""
UPDATE {TABLE} t SET lines = p.lines, postal_code = p.postal_code, city = p.city,
    country = p.country, updated_at = now() {_CHANGED} AND t.id = p.address_id
"""
_INSERT = f"""
INSERT INTO {TABLE} (account_id, kind, lines, postal_code, city, region, country, note, is_main,
    created_at, updated_at)
SELECT p.account_id, p.kind, p.lines, p.postal_code, p.city, '', p.country, '', true, now(), now()
{_CHANGED} AND p.address_id IS NULL ORDER BY p.line_no, p.kind
"""


def find(run: Run) -> str:
    """The statement that makes `import_addresses`; empty at once for a file without addresses."""
    mapped = run.mapping.mapped()
    return _FIND.replace("{any}", str(any(column.name in mapped for column in COLUMNS)))


def write(run: Run) -> None:
    """Write the main addresses that the file says otherwise than they stand."""
    run.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")
    run.execute("CREATE INDEX ON import_addresses (address_id) WHERE address_id IS NOT NULL")
    changes.note_before(run, TABLE, f"SELECT p.address_id {_CHANGED} AND p.address_id IS NOT NULL")
    run.execute(_UPDATE)
    last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {TABLE}"))
    run.execute(_INSERT)
    changes.note_created(run, TABLE, f"SELECT id FROM {TABLE} WHERE id > {last:d}")
