"""Creating and changing accounts and their identifiers in other systems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.analytics import identifiers as rules
from accounts.models import Account, AccountIdentifier
from accounts.services import leads, tree
from accounts.services.figures import refresh_figures
from kam.core.formats import Text
from kam.core.models import Currency
from kam.core.problems import RefusedError, StaleError, explained
from kam.core.text import search_key
from kam.identity.models import User


class AccountFacts(TypedDict, total=False):
    """What an account says about itself."""

    name: str
    kind: str
    status: str
    country: str
    region: str
    channel: str
    industry: str
    insolvent_since: date | None
    currency: Currency | None


@explained()
@transaction.atomic
def create_account(
    *,
    as_of: date,
    parent: Account | None = None,
    parent_from: date | None = None,
    lead: User | None = None,
    identifiers: Sequence[tuple[str, str]] = (),
    **facts: Unpack[AccountFacts],
) -> Account:
    """Create an account, below a parent since ever unless a date says otherwise.

    A lead of its own leads it from `as_of` on; without one it has the lead of the nearest node
    above. Raises RefusedError for a merged parent or an identifier that is taken.
    """
    account = write_account(
        as_of=as_of,
        parent=parent,
        parent_from=parent_from,
        lead=lead,
        identifiers=identifiers,
        **facts,
    )
    tree.refresh_current(as_of=as_of, account_ids=[account.pk])
    refresh_figures(as_of=as_of, account_ids=[account.pk])
    account.refresh_from_db()
    return account


@explained()
@transaction.atomic
def write_account(
    *,
    as_of: date,
    parent: Account | None = None,
    parent_from: date | None = None,
    lead: User | None = None,
    identifiers: Sequence[tuple[str, str]] = (),
    **facts: Unpack[AccountFacts],
) -> Account:
    """Write a new account without refreshing what is derived from it: see `create_account`."""
    tree.lock_tree()
    account = Account(**facts)
    _tidy(account)
    account.save()
    if parent is not None:
        valid = tree.checked_period(parent_from, None)
        tree.check_parent(account, parent, valid)
        tree.place(account, parent, valid)
    if lead is not None:
        leads.assign(account, lead, tree.checked_period(as_of, None))
    for system, value in identifiers:
        add_identifier(account=account, system=system, value=value)
    return account


@explained()
@transaction.atomic
def update_account(
    *, account: Account, read_at: datetime | None = None, **facts: Unpack[AccountFacts]
) -> Account:
    """Change what an account says about itself; what is not named stays.

    With `read_at`, the `updated_at` that the editor saw, a change by somebody else in between
    raises StaleError and nothing is overwritten. A merged account raises MergedAccountError.
    """
    locked: Account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    tree.refuse_merged(locked)
    if read_at is not None and locked.updated_at != read_at:
        raise StaleError(
            _("Somebody else changed this account while you were editing. Look at their version.")
        )
    for name, value in facts.items():
        setattr(locked, name, value)
    _tidy(locked)
    locked.save(update_fields=[*facts, "name_key", "updated_at"])
    return locked


def _tidy(account: Account) -> None:
    account.name = " ".join(account.name.split())
    account.name_key = search_key(account.name)[:300]
    account.country = account.country.strip().upper()


@explained()
@transaction.atomic
def add_identifier(*, account: Account, system: str, value: str) -> AccountIdentifier:
    """Note what another system calls the account.

    Raises RefusedError when another account has the identifier already, and for a GLN or VAT id
    whose digits cannot be.
    """
    tree.refuse_merged(account)
    system, value = tidy_identifier(system, value)
    return AccountIdentifier.objects.create(account=account, system=system, value=value)


def tidy_identifier(system: str, value: str) -> tuple[str, str]:
    """Return an identifier as it is kept: a GLN or VAT id in one writing and judged.

    Raises RefusedError where its digits cannot be.
    """
    system, value = system.strip(), value.strip()
    judge = _JUDGED.get(system.casefold())
    if judge is None:
        return system, value
    value = rules.tidy(value)
    is_right, words = judge
    if not is_right(value):
        raise RefusedError(words, field="value", code=f"bad_{system.casefold()}")
    return system.upper(), value


_JUDGED: dict[str, tuple[Callable[[str], bool], Text]] = {
    rules.GLN: (rules.is_gln, _("A GLN has 13 digits; the last one does not fit the others.")),
    rules.VAT: (rules.is_vat, _("This is no VAT id: look at the country and the digits.")),
}


@transaction.atomic
def remove_identifier(*, identifier: AccountIdentifier) -> None:
    """Forget an identifier; the account's history keeps it."""
    identifier.delete()
