"""Whose agreements: those of accounts that one may see; which are in force on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from settlements.choices.terms import VersionState

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User

APPROVED = (VersionState.ACTIVE, VersionState.SUPERSEDED, VersionState.TERMINATED)
"""States of versions that were in force on the days they cover."""


class OfAgreementQuerySet(models.QuerySet[Any]):
    """Rows that reach an agreement's account by `account_path`."""

    account_path = "account"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of accounts whose lead, or a lead above it, is in the user's scope today."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(**{f"{self.account_path}__lead_chain__overlap": user.scope_user_ids()})

    def editable_by(self, user: User) -> Self:
        """Visible rows that the user may write: of accounts that one leads, all for who approves
        or assigns leads."""
        visible = self.visible_to(user)
        if not user.can("terms.edit"):
            return self.none()
        if user.can("terms.approve") or user.can("accounts.assign_lead"):
            return visible
        return visible.filter(
            **{f"{self.account_path}__lead_chain__overlap": user.acting_user_ids()}
        )


class AgreementQuerySet(OfAgreementQuerySet):
    def within(self, account_id: int) -> Self:
        """Agreements of the account and of everything below it today."""
        return self.filter(account__path__contains=[account_id])


class VersionQuerySet(OfAgreementQuerySet):
    account_path = "agreement__account"

    def in_force(self, day: date) -> Self:
        """Versions that cover the day and were approved, ended ones too where they covered it."""
        return self.filter(state__in=APPROVED, valid__contains=day)

    def ending(self, start: date, end: date) -> Self:
        """Versions in force whose first day without is in the half-open period."""
        return self.filter(
            Q(valid__endswith__gte=start, valid__endswith__lt=end), state=VersionState.ACTIVE
        )


class OfVersionQuerySet(OfAgreementQuerySet):
    """Parts of versions; see `through` for parts of parts."""

    account_path = "version__agreement__account"

    @classmethod
    def through(cls, path: str) -> type[Self]:
        """Return the same for rows that reach their version by a path."""
        return type(cls.__name__, (cls,), {"account_path": f"{path}__agreement__account"})
