from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User


class BatchQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All batches for who may look at imports; nobody else sees any."""
        if not user.is_authenticated or not user.can("imports.view"):
            return self.none()
        return self


class SourceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Everybody signed in sees how fresh the data is."""
        return self if user.is_authenticated else self.none()
