"""Where an account is visited, invoiced and delivered."""

from __future__ import annotations

from typing import TypedDict, Unpack

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, AccountAddress
from accounts.services import tree
from kam.core.problems import RefusedError, explained


class AddressFacts(TypedDict, total=False):
    """What an address says."""

    kind: str
    lines: str
    postal_code: str
    city: str
    region: str
    country: str
    note: str
    is_main: bool


@explained()
@transaction.atomic
def add_address(*, account: Account, **facts: Unpack[AddressFacts]) -> AccountAddress:
    """Add an address; the first of its kind is the main one, a new main one takes its place.

    Raises RefusedError for an address that does not say where, and for a merged account.
    """
    tree.refuse_merged(account)
    address = AccountAddress(account=account, **facts)
    _tidy(address)
    others = _others(address)
    address.is_main = address.is_main or not others.filter(is_main=True).exists()
    return _write(address)


@explained()
@transaction.atomic
def update_address(*, address: AccountAddress, **facts: Unpack[AddressFacts]) -> AccountAddress:
    """Change an address; what is not named stays. A new main one takes the old one's place."""
    for name, value in facts.items():
        setattr(address, name, value)
    _tidy(address)
    return _write(address)


@transaction.atomic
def remove_address(*, address: AccountAddress) -> None:
    """Take an address away; of those left of its kind the oldest becomes the main one."""
    rest = _others(address).order_by("pk").first()
    was_main = address.is_main
    address.delete()
    if was_main and rest is not None:
        rest.is_main = True
        rest.save(update_fields=["is_main", "updated_at"])


def _others(address: AccountAddress) -> models.QuerySet[AccountAddress]:
    rows = AccountAddress.objects.filter(account_id=address.account_id, kind=address.kind)
    return rows.exclude(pk=address.pk) if address.pk else rows


def _tidy(address: AccountAddress) -> None:
    lines = [" ".join(line.split()) for line in address.lines.splitlines()]
    address.lines = "\n".join(line for line in lines if line)
    for name in ("postal_code", "city", "region", "note"):
        setattr(address, name, " ".join(getattr(address, name).split()))
    address.country = address.country.strip().upper()
    if not address.lines and not address.city:
        raise RefusedError(
            _("An address needs a street or a city."),
            field="lines",
            code="account_address_says_where",
        )


def _write(address: AccountAddress) -> AccountAddress:
    # The account's row keeps two people from making two main addresses at once.
    Account.objects.select_for_update(no_key=True).get(pk=address.account_id)
    if address.is_main:
        for other in _others(address).filter(is_main=True):
            other.is_main = False
            other.save(update_fields=["is_main", "updated_at"])
    address.save()
    return address
