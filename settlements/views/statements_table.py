"""Columns of the list of accounts to send a statement to."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core import formats
from kam.core.tables import Column, Table
from settlements.selectors.statement_list import open_by_account


class Amounts:
    """What is open at the accounts that are shown, fetched for many at once."""

    def __init__(self) -> None:
        self.table: Table | None = None
        self._found: dict[int, Any] = {}

    def of(self, account: Account) -> list[Any]:
        """One position per currency."""
        if account.pk not in self._found:
            self._fetch(account)
        return list(self._found.get(account.pk, []))

    def _fetch(self, account: Account) -> None:
        """Everything that the table shows, or exports, with this account."""
        ids = {account.pk}
        if self.table is not None:
            is_file = bool(self.table.state.get("export"))
            rows = self.table.all_rows() if is_file else self.table.page.rows
            ids |= {row.pk for row in rows}
        self._found |= {key: [] for key in ids - self._found.keys()} | open_by_account(ids)


def statement_columns(amounts: Amounts) -> list[Column]:
    """Account, kind, lead, and what is open in each currency."""
    return [
        Column(name="name", title=_("Account"), sort="name_key"),
        Column(name="kind", title=_("Kind"), value="get_kind_display"),
        Column(
            name="lead",
            title=_("Lead"),
            value="current_lead",
            unknown=_("Nobody leads this account"),
        ),
        Column(name="open", title=_("Open"), value=_words(amounts, "open"), css="is-num"),
        Column(
            name="overdue",
            title=_("Overdue"),
            value=_words(amounts, "overdue"),
            sort="overdue",
            css="is-num",
            help=_("Sorted by the largest amount in one currency."),
        ),
    ]


def _words(amounts: Amounts, name: str) -> Callable[[Account], str]:
    """Amounts side by side, never added across currencies."""

    def words(account: Account) -> str:
        found = [(getattr(one, name), one.currency_id) for one in amounts.of(account)]
        shown = [formats.money(amount, code) for amount, code in found if amount != Decimal(0)]
        return " · ".join(shown)

    return words
