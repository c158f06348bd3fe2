"""Names for the customers on a page: of those shown, not of all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.formats import Text
from kam.identity.models import User

REMOVED = _("Removed account")
"""What a stored figure calls an account that an undone import took away again."""


@dataclass(frozen=True, kw_only=True)
class Name:
    """A customer's name; `url` and `lead` only where the user may open the account."""

    name: Text
    lead: str = ""
    is_visible: bool = True


class NameBook:
    """Names by account id for one user, each looked up once.

    A group above a user's own accounts is named, since their pages name it too, but no more.
    """

    def __init__(self, user: User) -> None:
        """Begin without any name."""
        self._user = user
        self._found: dict[int, Name] = {}

    def look_up(self, account_ids: Iterable[int]) -> dict[int, Name]:
        """Return the names of these accounts, in two queries at most."""
        ids = set(account_ids)
        if unknown := ids - self._found.keys():
            self._found |= self._fetch(unknown)
        return {pk: self._found[pk] for pk in ids}

    def _fetch(self, ids: set[int]) -> dict[int, Name]:
        rows = Account.objects.visible_to(self._user).filter(pk__in=ids)
        found = {
            pk: Name(name=name, lead=lead or "")
            for pk, name, lead in rows.values_list("pk", "name", "current_lead__full_name")
        }
        if unseen := ids - found.keys():
            others = Account.objects.filter(pk__in=unseen).values_list("pk", "name")
            found |= {pk: Name(name=name, is_visible=False) for pk, name in others}
        gone = {pk: Name(name=REMOVED, is_visible=False) for pk in ids - found.keys()}
        return found | gone
