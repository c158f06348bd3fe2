from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User


class UserQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Every user for who manages users, oneself for everybody else."""
        if not user.is_authenticated:
            return self.none()
        return self if user.can("users.manage") else self.filter(pk=user.pk)

    def able_to_sign_in(self) -> Self:
        """Leave out users who were disabled."""
        return self.filter(is_active=True)


class DelegationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Every delegation for who manages users; else those one gave or holds."""
        if not user.is_authenticated:
            return self.none()
        if user.can("users.manage"):
            return self
        return self.filter(Q(from_user=user.pk) | Q(to_user=user.pk))

    def endable_by(self, user: User | AnonymousUser) -> Self:
        """Every delegation for who manages users; else those one gave."""
        visible = self.visible_to(user)
        if not user.is_authenticated or user.can("users.manage"):
            return visible
        return visible.filter(from_user=user.pk)


class ApiTokenQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Every token (never its key) for who manages users, one's own for everybody else."""
        if not user.is_authenticated:
            return self.none()
        return self if user.can("users.manage") else self.filter(user=user.pk)
