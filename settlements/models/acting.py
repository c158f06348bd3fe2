"""Who did what to a row: the key to a user that stays with the row."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


def user_key(label: Any, **options: object) -> models.ForeignKey:  # type: ignore[type-arg]
    """A key to a user that no form sets and that keeps the user from being deleted."""
    facts: dict[str, Any] = {
        "null": True,
        "editable": False,
        "related_name": "+",
        "verbose_name": label,
    }
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, **(facts | options))
