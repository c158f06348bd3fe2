"""Whose settlement statements: those of accounts that one may see; which wait for what."""

from __future__ import annotations

from typing import Self

from settlements.choices.settling import UNPOSTED, StatementState
from settlements.querysets.terms import OfAgreementQuerySet


class SettlementStatementQuerySet(OfAgreementQuerySet):
    def within(self, account_id: int) -> Self:
        """Statements of the account and of everything below it today."""
        return self.filter(account__path__contains=[account_id])

    def live(self) -> Self:
        """Statements that take their period: not cancelled, not taken back."""
        return self.exclude(state=StatementState.CANCELLED).filter(taken_back_on__isnull=True)

    def unposted(self) -> Self:
        """Statements that are not in the ledger yet and were not cancelled."""
        return self.filter(state__in=UNPOSTED)


class OfStatementQuerySet(OfAgreementQuerySet):
    """Rows of a statement."""

    account_path = "statement__account"
