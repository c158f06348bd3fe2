"""Many accounts from another system at once, each known by its identifier there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, AccountIdentifier
from accounts.services import leads, tree
from accounts.services.accounts import AccountFacts, update_account, write_account
from accounts.services.figures import refresh_figures
from kam.core.problems import RefusedError
from kam.identity.models import User

type Key = tuple[str, str]
CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """One account as sent. `parent` and `lead_email` are None where nothing was said of them.

    An empty `parent` makes the account a root; `valid_from` is the first day of a new parent or
    lead.
    """

    system: str
    external_id: str
    facts: AccountFacts
    valid_from: date
    parent: str | None = None
    lead_email: str | None = None

    @property
    def key(self) -> Key:
        """What the account is known by."""
        return self.system, self.external_id


@dataclass
class Saved:
    """What became of a row; `error` says why it was refused."""

    status: Literal["created", "updated", "unchanged", "rejected"] = "rejected"
    id: int | None = None
    error: RefusedError | None = None


@dataclass
class _Book:
    """What stands already, read once for all rows."""

    by: User
    as_of: date
    accounts: dict[Key, Account]
    editable: set[int]
    people: Mapping[str, User]
    results: dict[int, Saved] = field(default_factory=dict)
    created: list[int] = field(default_factory=list)


@transaction.atomic
def upsert_accounts(*, rows: Sequence[AccountRow], by: User, as_of: date) -> list[Saved]:
    """Create or change accounts and answer what became of each row, in order.

    Parents may stand anywhere among the rows. A row that a rule refuses changes nothing and
    carries its error; the caller decides whether the others stand. A row for an account that the
    user may not change is refused as if its identifier were somebody else's.
    """
    tree.lock_tree()
    book = _open(rows, by, as_of)
    for index in _parents_first(rows):
        book.results[index] = _save(rows[index], book)
    if book.created:
        tree.refresh_current(as_of=as_of, account_ids=book.created)
        refresh_figures(as_of=as_of, account_ids=book.created)
    return [book.results[index] for index in range(len(rows))]


def _open(rows: Sequence[AccountRow], by: User, as_of: date) -> _Book:
    keys = {row.key for row in rows} | {(r.system, r.parent) for r in rows if r.parent}
    found = AccountIdentifier.objects.filter(
        system__in={key[0] for key in keys}, value__in={key[1] for key in keys}
    ).select_related("account")
    accounts = {(one.system, one.value): one.account for one in found}
    ids = {account.pk for account in accounts.values()}
    emails = {row.lead_email.lower() for row in rows if row.lead_email}
    people = User.objects.filter(email__in=emails, is_active=True)
    return _Book(
        by=by,
        as_of=as_of,
        accounts=accounts,
        editable=set(
            Account.objects.editable_by(by).filter(pk__in=ids).values_list("pk", flat=True)
        ),
        people={user.email: user for user in people},
    )


def _parents_first(rows: Sequence[AccountRow]) -> Iterator[int]:
    """Places of the rows, each behind its parent's; a circle is broken anywhere."""
    places = {row.key: index for index, row in enumerate(rows)}
    done: set[int] = set()
    for start in range(len(rows)):
        chain = [start]
        while (above := _place_above(rows[chain[-1]], places)) is not None and above not in chain:
            chain.append(above)
        for index in reversed(chain):
            if index not in done:
                done.add(index)
                yield index


def _place_above(row: AccountRow, places: Mapping[Key, int]) -> int | None:
    return places.get((row.system, row.parent)) if row.parent else None


def _save(row: AccountRow, book: _Book) -> Saved:
    standing = book.accounts.get(row.key)
    try:
        return _create(row, book) if standing is None else _change(standing, row, book)
    except RefusedError as error:
        if error.field == "value":  # of the identifier that names the row
            error.field = "external_id"
        return Saved(error=error)


def _create(row: AccountRow, book: _Book) -> Saved:
    """Write a new account; what is derived is refreshed once, after the last row."""
    missing = [name for name in ("name", "kind") if not row.facts.get(name)]
    if missing:
        raise RefusedError(_("A new account needs this."), field=missing[0], code="required")
    parent, lead = _parent(row, book), _lead(row, book)
    if lead is None and parent is None and not book.by.sees_everything():
        lead = book.by
    account = write_account(
        as_of=book.as_of,
        parent=parent,
        lead=lead,
        identifiers=[row.key],
        **cast("Any", row.facts),
    )
    account.current_parent, account.current_lead = parent, lead
    book.accounts[row.key] = account
    book.editable.add(account.pk)
    book.created.append(account.pk)
    return Saved("created", account.pk)


def _change(account: Account, row: AccountRow, book: _Book) -> Saved:
    """Write what differs; a row that says what stands costs no statement."""
    _check_editable(account, book)
    facts = {name: value for name, value in row.facts.items() if getattr(account, name) != value}
    parent, lead = _parent(row, book), _lead(row, book)
    moves = row.parent is not None and account.current_parent_id != (parent.pk if parent else None)
    leads_now = lead is not None and account.current_lead_id != lead.pk
    if not (facts or moves or leads_now):
        return Saved("unchanged", account.pk)
    with transaction.atomic():
        if facts:
            update_account(account=account, **cast("Any", facts))
        if moves:
            start = row.valid_from
            tree.move_account(account=account, parent=parent, from_date=start, as_of=book.as_of)
        if lead is not None and leads_now:
            leads.set_lead(account=account, user=lead, from_date=row.valid_from, as_of=book.as_of)
    account.refresh_from_db()
    return Saved("updated", account.pk)


def _parent(row: AccountRow, book: _Book) -> Account | None:
    if not row.parent:
        return None
    parent = book.accounts.get((row.system, row.parent))
    if parent is None or parent.pk not in book.editable:
        raise RefusedError(
            _("There is no account with this identifier."),
            field="parent_external_id",
            code="unknown_parent",
        )
    return parent


def _lead(row: AccountRow, book: _Book) -> User | None:
    if not row.lead_email:
        return None
    lead = book.people.get(row.lead_email.lower())
    if lead is None:
        raise RefusedError(
            _("Nobody with this e-mail can sign in."), field="lead_email", code="unknown_person"
        )
    check_may_lead(lead, by=book.by)
    return lead


def check_may_lead(lead: User, *, by: User) -> None:
    """Refuse that somebody who may not assign leads makes anybody else the lead."""
    if lead.pk != by.pk and not by.can("accounts.assign_lead"):
        raise RefusedError(_("You can only lead it yourself."), field="lead", code="not_allowed")


def _check_editable(account: Account, book: _Book) -> None:
    if account.pk not in book.editable:
        raise RefusedError(
            _("Another account has this identifier already."),
            field="external_id",
            code="account_identifier_unique",
        )
