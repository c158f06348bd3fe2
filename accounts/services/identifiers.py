"""All identifiers of an account at once, as an interface sends them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import Account, AccountIdentifier
from accounts.services.accounts import (
    add_identifier,
    remove_identifier,
    tidy_identifier,
    update_account,
)
from kam.core.problems import RefusedError, explained


def tidied(identifiers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return identifiers as they are kept. Raises RefusedError that names the one among them
    whose digits cannot be."""
    found = []
    for place, (system, value) in enumerate(identifiers):
        try:
            found.append(tidy_identifier(system, value))
        except RefusedError as problem:
            problem.field = f"identifiers.{place}.value"
            raise
    return found


@explained()
@transaction.atomic
def set_identifiers(*, account: Account, identifiers: Sequence[tuple[str, str]]) -> None:
    """Have exactly these (system, value) pairs; those that stand already are left alone.

    Raises RefusedError when another account has one of them, or for one whose digits cannot be.
    """
    wanted = set(tidied(identifiers))
    standing = {
        (one.system, one.value): one for one in AccountIdentifier.objects.filter(account=account)
    }
    for pair, identifier in standing.items():
        if pair not in wanted:
            remove_identifier(identifier=identifier)
    for system, value in sorted(wanted - standing.keys()):
        add_identifier(account=account, system=system, value=value)
    if wanted != standing.keys():
        update_account(account=account)  # whoever reads by date of change hears of it
