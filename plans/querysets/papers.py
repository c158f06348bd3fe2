"""Whose papers: one's own, as long as one may read what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from plans.querysets.plans import readable

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User


class PaperQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Papers that the user made of plans and reviews that the user may read today.

        Whoever stands in for somebody absent makes their own: a paper shows what its maker saw.
        """
        if not user.is_authenticated or not user.can("plans.view"):
            return self.none()
        reviews = apps.get_model("plans", "BusinessReview")._default_manager.visible_to(user)
        of_plan = Q(plan__isnull=False) & readable(user, "plan__")
        of_snapshot = Q(snapshot__isnull=False) & readable(user, "snapshot__plan__")
        of_review = Q(review__isnull=False, review__in=reviews.order_by())
        return self.filter(made_by=user.pk).filter(of_plan | of_snapshot | of_review)
