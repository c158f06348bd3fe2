"""Triggers that keep the words of a table's rows in `SearchText`: a table joins by a `Searched`."""

from __future__ import annotations

from dataclasses import dataclass

import pgtrigger

_PUT = """
    INSERT INTO interactions_searchtext
        (kind, object_id, account_id, author_id, owner_id, is_confidential, occurred_at, words)
    SELECT '{kind}', r.id, r.account_id, {author}, {owner}, {confidential}, {at},
        interactions_words({title}, {body})
    FROM {table} r {join} WHERE r.id IN ({ids})
    ON CONFLICT (kind, object_id) DO UPDATE SET account_id = EXCLUDED.account_id,
        author_id = EXCLUDED.author_id, owner_id = EXCLUDED.owner_id,
        is_confidential = EXCLUDED.is_confidential, occurred_at = EXCLUDED.occurred_at,
        words = EXCLUDED.words;
    RETURN NULL;"""
_CHANGED = """SELECT n.id FROM new_rows n JOIN old_rows o USING (id)
        WHERE ({new}) IS DISTINCT FROM ({old})"""


@dataclass(frozen=True, kw_only=True)
class Searched:
    """How rows of a table are found: SQL over the row `r`, its columns read for that, its joins."""

    kind: str
    table: str
    columns: tuple[str, ...]
    title: str
    body: str = "''"
    at: str
    join: str = ""
    author: str = "r.author_id"
    owner: str = "NULL::bigint"
    confidential: str = "false"

    def put(self, ids: str) -> str:
        """Return the statement that writes the words of some rows anew."""
        return _PUT.format(
            kind=self.kind,
            table=self.table,
            title=self.title,
            body=self.body,
            at=self.at,
            join=self.join,
            author=self.author,
            owner=self.owner,
            confidential=self.confidential,
            ids=ids,
        )

    def triggers(self) -> list[pgtrigger.Trigger]:
        """Return what keeps the words right: one statement for as many rows as were written."""
        new, old = (
            ", ".join(f"{side}.{column}" for column in ("account_id", *self.columns))
            for side in "no"
        )
        gone = f"""
    DELETE FROM interactions_searchtext
    WHERE kind = '{self.kind}' AND object_id IN (SELECT id FROM old_rows);
    RETURN NULL;"""
        return [
            _trigger("searched_new", pgtrigger.Insert, self.put("SELECT id FROM new_rows")),
            _trigger(
                "searched_changed", pgtrigger.Update, self.put(_CHANGED.format(new=new, old=old))
            ),
            _trigger("searched_gone", pgtrigger.Delete, gone),
        ]


def _trigger(name: str, operation: pgtrigger.Operation, func: str) -> pgtrigger.Trigger:
    rows = {
        pgtrigger.Insert: pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]
        pgtrigger.Update: pgtrigger.Referencing(old="old_rows", new="new_rows"),  # type: ignore[no-untyped-call]
        pgtrigger.Delete: pgtrigger.Referencing(old="old_rows"),  # type: ignore[no-untyped-call]
    }
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=rows[operation],
        func=func,
    )


CONTACT = Searched(
    kind="contact",
    table="interactions_interaction",
    columns=("author_id", "is_confidential", "occurred_at", "summary", "text"),
    title="r.summary",
    body="""concat_ws(E'\\n', r.text, (SELECT string_agg(t.text, E'\\n' ORDER BY t.id)
            FROM interactions_note t WHERE t.interaction_id = r.id))""",
    at="r.occurred_at",
    confidential="r.is_confidential",
)

CONCERN = Searched(
    kind="concern",
    table="interactions_concern",
    columns=("author_id", "owner_id", "is_confidential", "raised_at", "title", "description"),
    title="r.title",
    body="r.description",
    at="r.raised_at",
    owner="r.owner_id",
    confidential="r.is_confidential",
)
# A need heard in a confidential contact is found by that contact's readers.
NEED = Searched(
    kind="need",
    table="interactions_need",
    columns=("note_id", "voiced_on", "text", "answer_words"),
    title="r.text",
    body="r.answer_words",
    at="r.voiced_on::timestamp AT TIME ZONE 'UTC'",
    join="""LEFT JOIN interactions_note heard ON heard.id = r.note_id
        LEFT JOIN interactions_interaction source ON source.id = heard.interaction_id""",
    author="source.author_id",
    confidential="COALESCE(source.is_confidential, false)",
)


def note_triggers() -> list[pgtrigger.Trigger]:
    """Return what lets a contact be found by its notes."""
    ids = "SELECT interaction_id FROM {rows}"
    both = (
        "SELECT n.interaction_id FROM new_rows n JOIN old_rows o USING (id)"
        " WHERE n.text <> o.text OR n.interaction_id <> o.interaction_id"
        " UNION SELECT o.interaction_id FROM new_rows n JOIN old_rows o USING (id)"
        " WHERE n.interaction_id <> o.interaction_id"
    )
    return [
        _trigger("searched_new", pgtrigger.Insert, CONTACT.put(ids.format(rows="new_rows"))),
        _trigger("searched_changed", pgtrigger.Update, CONTACT.put(both)),
        _trigger("searched_gone", pgtrigger.Delete, CONTACT.put(ids.format(rows="old_rows"))),
    ]
