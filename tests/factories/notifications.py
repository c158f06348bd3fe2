"""A kind of notification for tests, and what people were told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account
from kam.identity.models import User
from kam.notifications.choices import Mail
from kam.notifications.models import Notification
from kam.notifications.registry import NotificationKind, Told

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday


def told(params: Mapping[str, Any]) -> Told:
    """Words of the test's kind: a text that all languages have, and a name."""
    return Told(f"{_('Account')}: {params['name']}", params.get("more", ""))


def visible(user: User) -> Any:
    """The accounts that the user may see."""
    return Account.objects.visible_to(user).values("pk")


def make_kind(key: str = "test.probe", **fields: Any) -> NotificationKind:
    """A kind about accounts; registered by the test's fixture."""
    values: dict[str, Any] = {
        "key": key,
        "title": "Probes",
        "explains": "When a test wants it.",
        "told": told,
        "visible": visible,
        "mail": Mail.DIGEST,
    }
    return NotificationKind(**{**values, **fields})


def make_notification(*, user: User, account: Account, **fields: Any) -> Notification:
    """Something that a user was told about an account."""
    values: dict[str, Any] = {
        "kind": "test.probe",
        "params": {"name": account.name},
        "subject_id": account.pk,
        "url": account.get_absolute_url(),
        "dedupe": f"{Notification.objects.count()}",
        "mail": Mail.DIGEST,
        "occurred_at": NOON,
    }
    return Notification.objects.create(user=user, **{**values, **fields})
