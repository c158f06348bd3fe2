"""Names for the customers on a page: of those shown, not of all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Account
from kam.identity.models import User


@dataclass(frozen=True, kw_only=True)
class Name:
    """A customer's name; `url` and `lead` only where the user may open the account."""

    name: str
    lead: str = ""
    is_visible: bool = True


@dataclass(frozen=True)
class NameBook:
    """Names by account id for one user.

    A group above a user's own accounts is named, since their pages name it too, but no more.
    """

    user: User

    def look_up(self, account_ids: Iterable[int]) -> dict[int, Name]:
        """Return the names of these accounts, in two queries at most."""
        ids = set(account_ids)
        rows = Account.objects.visible_to(self.user).filter(pk__in=ids)
        found = {
            pk: Name(name=name, lead=lead or "")
            for pk, name, lead in rows.values_list("pk", "name", "current_lead__full_name")
        }
        if unseen := ids - found.keys():
            others = Account.objects.filter(pk__in=unseen).values_list("pk", "name")
            found |= {pk: Name(name=name, is_visible=False) for pk, name in others}
        return found
