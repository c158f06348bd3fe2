from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.core.access import Viewer


class JobRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Viewer | AnonymousUser) -> Self:
        """All runs for who runs the installation, one's own for everybody else."""
        if not user.is_authenticated:
            return self.none()
        if user.can("jobs.view_all"):
            return self
        return self.filter(requested_by=user.pk)
