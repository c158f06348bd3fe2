"""The dated tree: who stands under whom, and today's state that is derived from it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, LeadAssignment, ParentLink
from accounts.selectors import tree as reads
from accounts.services import periods
from accounts.services.figures import refresh_figures
from kam.core.locks import lock_names
from kam.core.problems import RefusedError, explained, register_constraint

TREE_LOCK = "accounts.tree"


class CycleError(RefusedError):
    """An account would stand above itself at some date."""

    code = "parent_link_no_cycle"
    field = "parent"


class MergedAccountError(RefusedError):
    """A duplicate that was merged away takes no changes: its survivor does."""

    code = "account_merged"


CYCLE_WORDS = _("This parent stands below the account itself in that period. Choose another one.")
register_constraint("parent_link_no_cycle", CYCLE_WORDS, field="parent", kind=CycleError)


def lock_tree() -> None:
    """Let one transaction at a time change links or leads, so that derived state misses nothing.

    Held until the transaction ends. Take it before anything that writes revenue or links.
    """
    lock_names(TREE_LOCK)


@explained()
@transaction.atomic
def move_account(
    *,
    account: Account,
    parent: Account | None,
    from_date: date | None,
    until: date | None = None,
    as_of: date,
) -> None:
    """Put an account under another parent (None: make it a root) from a date on.

    Links that reach into the period end where it begins, or go where it covers them; what was
    before stays as it was. `from_date` None means since ever. What becomes a root keeps the lead
    that it had from above, so that nothing is left without one. Raises CycleError,
    MergedAccountError, or RefusedError for an impossible period.
    """
    lock_tree()
    valid = checked_period(from_date, until)
    check_parent(account, parent, valid)
    above = reads.ever_above(account.pk)
    if parent is None:
        _keep_lead(account, from_date or as_of, until)
    place(account, parent, valid)
    refresh_current(as_of=as_of, account_ids=[account.pk])
    refresh_figures(as_of=as_of, account_ids=above | reads.ever_above(account.pk))


def _keep_lead(account: Account, start: date, until: date | None) -> None:
    """Give the account a lead of its own where it has none: who leads it when the period begins."""
    lead_id = reads.lead_on(account.pk, start)
    if lead_id is None or (until is not None and until <= start):
        return
    valid = DateRange(start, until)
    own = LeadAssignment.objects.filter(account=account)
    for piece in periods.minus_all(valid, [row.valid for row in own]):
        periods.put(own, LeadAssignment(account=account, user_id=lead_id, valid=piece))


def place(account: Account, parent: Account | None, valid: DateRange) -> None:
    """Write the link of a period without refreshing what is derived from it."""
    links = ParentLink.objects.filter(account=account)
    periods.clear(links, valid)
    if parent is not None:
        periods.put(links, ParentLink(account=account, parent=parent, valid=valid))


def checked_period(from_date: date | None, until: date | None) -> DateRange:
    """Return the half-open period. Raises RefusedError when it ends before it begins."""
    if from_date is not None and until is not None and until <= from_date:
        raise RefusedError(_("The period ends before it begins."), field="until")
    return DateRange(from_date, until)


def check_parent(account: Account, parent: Account | None, valid: DateRange) -> None:
    """Refuse a parent that is merged away, the account itself, or below it in the period."""
    refuse_merged(account)
    if parent is None:
        return
    refuse_merged(parent, field="parent")
    if parent.pk == account.pk:
        raise CycleError(_("An account cannot be its own parent."))
    if reads.is_above(account.pk, parent.pk, valid):
        raise CycleError(CYCLE_WORDS)


def refuse_merged(account: Account, *, field: str = "") -> None:
    """Raise MergedAccountError for the empty shell of a duplicate."""
    if account.merged_into_id is not None:
        raise MergedAccountError(
            _("This account was merged into another one. Use that one."), field=field
        )


_REFRESH_SQL = """
WITH RECURSIVE wanted(id) AS (
    SELECT id FROM accounts_account WHERE %(everyone)s OR id = ANY(%(ids)s::bigint[])
    UNION
    SELECT id FROM accounts_account WHERE NOT %(everyone)s AND path && %(ids)s::bigint[]
    UNION
    SELECT l.account_id FROM accounts_parentlink l JOIN wanted ON l.parent_id = wanted.id
    WHERE l.valid @> %(as_of)s::date
), up(account_id, node_id, depth) AS (
    SELECT id, id, 0 FROM wanted
    UNION ALL
    SELECT up.account_id, l.parent_id, up.depth + 1
    FROM up JOIN accounts_parentlink l ON l.account_id = up.node_id
    WHERE l.valid @> %(as_of)s::date
), state AS (
    SELECT up.account_id,
        array_agg(up.node_id ORDER BY up.depth DESC) AS path,
        min(up.node_id) FILTER (WHERE up.depth = 1) AS parent_id,
        (array_agg(up.node_id ORDER BY up.depth DESC))[1] AS group_id,
        (array_agg(a.user_id ORDER BY up.depth) FILTER (WHERE a.user_id IS NOT NULL))[1]
            AS lead_id,
        COALESCE(array_agg(DISTINCT a.user_id) FILTER (WHERE a.user_id IS NOT NULL), '{}')
            AS lead_chain
    FROM up LEFT JOIN accounts_leadassignment a
        ON a.account_id = up.node_id AND a.valid @> %(as_of)s::date
    GROUP BY up.account_id
), changed AS (
    SELECT account.id FROM accounts_account account JOIN state ON state.account_id = account.id
    WHERE (account.path, account.lead_chain) IS DISTINCT FROM (state.path, state.lead_chain)
       OR account.current_parent_id IS DISTINCT FROM state.parent_id
       OR account.current_group_id IS DISTINCT FROM state.group_id
       OR account.current_lead_id IS DISTINCT FROM state.lead_id
    ORDER BY account.id FOR NO KEY UPDATE OF account
)
UPDATE accounts_account account SET current_parent_id = state.parent_id,
    current_group_id = state.group_id, path = state.path, current_lead_id = state.lead_id,
    lead_chain = state.lead_chain, updated_at = clock_timestamp()
FROM state, changed
WHERE account.id = changed.id AND state.account_id = changed.id
"""


@transaction.atomic
def refresh_current(*, as_of: date, account_ids: Collection[int] | None = None) -> int:
    """Recompute today's parent, group, path and leads of accounts and of everything below them.

    None means all accounts. An account without a parent is its own group. Answers how many rows
    changed.
    """
    lock_tree()
    parameters: dict[str, Any] = {
        "everyone": account_ids is None,
        "ids": sorted(account_ids or ()),
        "as_of": as_of,
    }
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH_SQL, parameters)
        return int(cursor.rowcount)
