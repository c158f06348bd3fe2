"""What an answer may name: an account only where the caller may see it."""

from __future__ import annotations

from typing import Any

from accounts.models import Account
from kam.identity.models import User


def may_see(user: Any, account: Account | None) -> bool:
    """Whether an account that is at hand is in the user's scope; the same rule as `visible_to`."""
    if account is None or not isinstance(user, User):
        return False
    return user.sees_everything() or not set(user.scope_user_ids()).isdisjoint(account.lead_chain)
