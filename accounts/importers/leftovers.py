"""What a batch created beside its rows (accounts, products, categories, competitors) goes, as far
as nothing else refers to it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import ForeignKey, Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg import sql

from accounts.models import (
    Account,
    AccountAddress,
    AccountFigure,
    AccountIdentifier,
    Competitor,
    GroupMonth,
    GroupPeriod,
    HealthScore,
    LeadAssignment,
    ParentLink,
    Product,
    ProductCategory,
    RevenueMonth,
    TierAssignment,
)
from kam.imports.engine.changes import CREATED
from kam.imports.engine.run import Run

# What is part of an account or derived for it goes with it, in this order; whatever else refers
# to an account makes it stay. A parent stays when a child does, see _SPARE_PARENTS.
PARTS: tuple[tuple[type[Model], str], ...] = (
    (ParentLink, "account_id"),
    (LeadAssignment, "account_id"),
    (AccountIdentifier, "account_id"),
    (AccountAddress, "account_id"),
    (AccountFigure, "account_id"),
    (GroupPeriod, "account_id"),
    (GroupPeriod, "group_id"),
    (RevenueMonth, "account_id"),
    (RevenueMonth, "group_id"),
    (GroupMonth, "group_id"),
    (HealthScore, "account_id"),
    (TierAssignment, "account_id"),
)
_NO_REASON_TO_STAY = frozenset(
    {
        *PARTS,
        (ParentLink, "parent_id"),
        (Account, "current_parent_id"),
        (Account, "current_group_id"),
    }
)
_DOOMED = """
CREATE TEMP TABLE import_doomed ON COMMIT DROP AS
SELECT t.id FROM {table} t WHERE t.id IN ({created}) AND t.updated_at <= %(committed_at)s
"""
_SPARE = """
DELETE FROM import_doomed d WHERE EXISTS (
    SELECT 1 FROM {table} t WHERE t.{column} = d.id)
"""
_SPARE_PARENTS = """
DELETE FROM import_doomed d WHERE EXISTS (
    SELECT 1 FROM accounts_parentlink l WHERE l.parent_id = d.id
      AND l.account_id NOT IN (SELECT id FROM import_doomed))
"""


def remove_created(run: Run) -> list[str]:
    """Delete what the batch created as far as nothing refers to it; say how many stay."""
    stays = []
    for model, what in (
        (Account, _("accounts")),
        (Product, _("products")),
        (ProductCategory, _("categories")),
        (Competitor, _("competitors")),
    ):
        if left := _remove(run, model):
            stays.append(_stay_text(what, left))
    return stays


def _remove(run: Run, model: type[Model]) -> int:
    """Delete the created rows of a model that nothing refers to; return how many stay."""
    table = model._meta.db_table
    run.execute("DROP TABLE IF EXISTS import_doomed")
    parameters = {"table": table, "committed_at": run.batch.committed_at}
    doomed = sql.SQL(_DOOMED).format(table=sql.Identifier(table), created=sql.SQL(CREATED))
    run.cursor.execute(doomed, {**run.defaults, **parameters})
    created = run.value(f"SELECT count(*) FROM ({CREATED}) AS c", parameters)
    for referring, column in _references(model):
        _spare(run, referring, column)
    if model is Account:
        while run.execute(_SPARE_PARENTS):
            pass  # a parent whose child stays, stays too, and so on upwards
        for part, column in PARTS:
            _delete(run, part._meta.db_table, column)
    removed = _delete(run, table, "id")
    return int(created) - removed


def _references(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """Yield every model and column that refers to the model, but for the account's own parts."""
    for relation in model._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if not relation.auto_created or not isinstance(field, ForeignKey):
            continue
        referring = field.model
        history = getattr(referring, "pgh_tracked_model", None) is not None
        if not history and (referring, field.column) not in _NO_REASON_TO_STAY:
            yield referring, field.column


def _spare(run: Run, referring: type[Model], column: str) -> None:
    run.cursor.execute(
        sql.SQL(_SPARE).format(
            table=sql.Identifier(referring._meta.db_table), column=sql.Identifier(column)
        )
    )


def _delete(run: Run, table: str, column: str) -> int:
    run.cursor.execute(
        sql.SQL("DELETE FROM {table} WHERE {column} IN (SELECT id FROM import_doomed)").format(
            table=sql.Identifier(table), column=sql.Identifier(column)
        )
    )
    return int(run.cursor.rowcount)


def _stay_text(what: str, count: int) -> str:
    text = ngettext(
        "%(count)d of the %(what)s stays: something else refers to it, or it was changed since.",
        "%(count)d of the %(what)s stay: something else refers to them, or they were changed "
        "since.",
        count,
    )
    return text % {"count": count, "what": what}
