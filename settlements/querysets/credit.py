"""Whose credit rows: those of payers that one may see; which of them hold on a day."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import F, Q
from django.db.models.functions import Lower

from settlements.choices.credit import ApplicationState, HoldState
from settlements.querysets.ledger import PartyQuerySet
from settlements.querysets.terms import OfAgreementQuerySet


class OfPartyQuerySet(PartyQuerySet):
    """Rows of an account's credit."""

    def within(self, account_id: int) -> Self:
        """Rows of the account and of everything below it today."""
        return self.filter(party__path__contains=[account_id])

    def editable_by(self, user: Any) -> Self:
        """Rows of accounts that the user sees."""
        return self.visible_to(user)


class LimitQuerySet(OfPartyQuerySet):
    def standing(self) -> Self:
        """Limits that were not taken back."""
        return self.filter(revoked_on__isnull=True)

    def in_force(self, day: date) -> Self:
        """Limits that hold on a day; one taken back held until then if it had begun."""
        held = Q(revoked_on__isnull=True) | Q(starts__lt=F("revoked_on"))
        return self.annotate(starts=Lower("valid")).filter(held, valid__contains=day)


class DatedQuerySet(OfPartyQuerySet):
    def on(self, day: date) -> Self:
        """Rows that hold on a day."""
        return self.filter(valid__contains=day)


class HoldQuerySet(OfPartyQuerySet):
    def standing(self) -> Self:
        """Holds that were not released."""
        return self.exclude(state=HoldState.RELEASED)

    def blocking(self, day: date) -> Self:
        """Holds that stop sales on credit on a day."""
        lapsed = Q(state=HoldState.OVERRIDDEN, until__lt=day)
        return self.filter(Q(state=HoldState.ACTIVE) | lapsed)


class OverrideQuerySet(OfPartyQuerySet):
    def in_force(self, day: date) -> Self:
        """Overrides that hold on a day."""
        return self.filter(begins__lte=day, until__gte=day)


class ApplicationQuerySet(OfPartyQuerySet):
    def waiting(self) -> Self:
        """Applications that wait for a decision."""
        return self.filter(state=ApplicationState.SUBMITTED)


class OfApplicationQuerySet(OfAgreementQuerySet):
    """Parts of applications."""

    account_path = "application__party"
