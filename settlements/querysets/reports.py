"""Whose sales reports and consigned goods."""

from __future__ import annotations

from typing import Self

from settlements.choices.reports import ReportState
from settlements.querysets.terms import OfAgreementQuerySet


class ReportQuerySet(OfAgreementQuerySet):
    """Reports of accounts, seen by whoever sees the account that reports."""

    def within(self, account_id: int) -> Self:
        """Reports of the account and of everything below it today."""
        return self.filter(account__path__contains=[account_id])

    def in_force(self) -> Self:
        """Reports whose lines count."""
        return self.filter(state=ReportState.ACCEPTED)


class ReportLineQuerySet(OfAgreementQuerySet):
    account_path = "report__account"

    def in_force(self) -> Self:
        """Lines that count: those of accepted reports."""
        return self.filter(report__state=ReportState.ACCEPTED)


class StoreQuerySet(OfAgreementQuerySet):
    """Rows of a store, seen by whoever sees the store."""

    account_path = "store"

    def within(self, account_id: int) -> Self:
        """Rows of the account and of every store below it today."""
        return self.filter(store__path__contains=[account_id])


class CountLineQuerySet(OfAgreementQuerySet):
    account_path = "count__store"
