"""Concerns of customers."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Account, Position
from interactions.choices import ConcernCategory, ConcernSeverity
from interactions.models import Concern, Note
from interactions.services.concerns import Worry, raise_concern
from kam.identity.models import User
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.interactions import NOW


def make_concern(
    *,
    account: Account | None = None,
    owner: User | None = None,
    author: User | None = None,
    title: str = "Crates arrive crushed",
    category: str = ConcernCategory.DELIVERY,
    severity: int = ConcernSeverity.MEDIUM,
    raised_at: datetime = NOW,
    raised_by: Position | None = None,
    is_confidential: bool = False,
    note: Note | None = None,
    now: datetime | None = None,
) -> Concern:
    """A concern as the service takes it down; of the account's lead, or a new one, unless said."""
    account = account or make_account(lead=make_user())
    worry = Worry(
        account=account,
        title=title,
        category=category,
        severity=severity,
        raised_by=raised_by,
        is_confidential=is_confidential,
    )
    return raise_concern(
        worry=worry,
        author=author or owner or account.current_lead or make_user(),
        owner=owner,
        raised_at=raised_at,
        now=now or max(raised_at, NOW),
        note=note,
    )
