"""Whose prices, codes and units: of accounts that one may see; the company's are everybody's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User


def works_on_all(user: User) -> bool:
    """Whether the user may change prices wherever they see them, not where they lead alone."""
    return user.sees_everything() or user.can("prices.configure")


class DatedQuerySet(models.QuerySet[Any]):
    def at(self, day: date) -> Self:
        """Rows that hold on a day."""
        return self.filter(valid__contains=day)


class OfAccountQuerySet(DatedQuerySet):
    """Rows that reach their account by `account_path`."""

    account_path = "account"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of accounts whose lead, or a lead above it, is in the user's scope today."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(**{f"{self.account_path}__lead_chain__overlap": user.scope_user_ids()})

    def editable_by(self, user: User) -> Self:
        """Visible rows that the user may change: a manager's own accounts', others' all."""
        if not user.can("prices.edit"):
            return self.none()
        visible = self.visible_to(user)
        if works_on_all(user):
            return visible
        return visible.filter(
            **{f"{self.account_path}__lead_chain__overlap": user.acting_user_ids()}
        )


class BreakQuerySet(OfAccountQuerySet):
    account_path = "price__account"


class UnitQuerySet(DatedQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The company's units, and own ones of accounts that the user may see."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        mine = Q(account__lead_chain__overlap=user.scope_user_ids())
        return self.filter(Q(account__isnull=True) | mine)

    def editable_by(self, user: User) -> Self:
        """Own units of accounts that one works on; the company's for who configures prices."""
        if not user.can("prices.edit"):
            return self.none()
        rows = self.visible_to(user)
        if not user.can("prices.configure"):
            rows = rows.filter(account__isnull=False)
        if works_on_all(user):
            return rows
        mine = Q(account__lead_chain__overlap=user.acting_user_ids())
        return rows.filter(Q(account__isnull=True) | mine)


class ListPriceQuerySet(DatedQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What the list says is known to everybody who may sign in."""
        return self if user.is_authenticated else self.none()

    def editable_by(self, user: User) -> Self:
        """For who configures prices."""
        return self.visible_to(user) if user.can("prices.configure") else self.none()


class FloorPriceQuerySet(ListPriceQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Floors are for who decides on prices; others are told that a price is below one."""
        allowed = user.is_authenticated and user.can("prices.see_floor")
        return self if allowed else self.none()
