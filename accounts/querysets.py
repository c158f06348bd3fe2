from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User


class AccountQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Accounts whose lead, or a lead above it, is in the user's scope today."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(lead_chain__overlap=user.scope_user_ids())

    def editable_by(self, user: User) -> Self:
        """Visible accounts that the user may change: a manager's own ones, a director's all."""
        visible = self.visible_to(user)
        if not user.can("accounts.edit"):
            return self.none()
        if user.can("accounts.assign_lead"):
            return visible
        return visible.filter(lead_chain__overlap=user.acting_user_ids())

    def not_merged(self) -> Self:
        """Leave out the empty shells that duplicates became."""
        return self.filter(merged_into__isnull=True)

    def within(self, account_id: int) -> Self:
        """The account itself and everything below it today."""
        return self.filter(path__contains=[account_id])


class AccountScopedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of visible accounts; unassigned rows only for who sees the whole company."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(account__lead_chain__overlap=user.scope_user_ids())


class TargetQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Targets of visible accounts and of managers in the user's scope."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(
            Q(account__lead_chain__overlap=user.scope_user_ids())
            | Q(manager__in=user.scope_user_ids())
        )


class CompanyWideQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Products and categories are known to everybody who may sign in."""
        return self if user.is_authenticated else self.none()


class SnapshotQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Snapshots show the company's total, so only who sees the whole company gets them."""
        if not user.is_authenticated or not user.sees_everything():
            return self.none()
        return self
