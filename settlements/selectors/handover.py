"""What the ledger tells a new lead of an account: what is open, and what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from kam.core import formats
from kam.core.handover import Heading, Money, Part, Section, sections
from settlements.models import LedgerItem
from settlements.selectors.items import CurrencyTotal, ItemQuery, State, asked, totals

MOST = 100


def register() -> None:
    """Register the section."""
    sections.register(
        Section(
            key="receivables",
            title=gettext_lazy("Open receivables"),
            find=receivables,
            capability="receivables.view",
            order=40,
        )
    )


def receivables(account: Account, reader: object, as_of: date) -> Part:
    """Open and overdue debits of the account and what is below it, by currency.

    The rows are the overdue items, the oldest first; credits that nobody applied are left out.
    """
    found_open = totals(asked(LedgerItem.objects.all(), _query(account, as_of, State.OPEN)), as_of)
    late = asked(LedgerItem.objects.all(), _query(account, as_of, State.OVERDUE))
    found = list(late.select_related("document", "account").order_by("due_date", "pk")[:MOST])
    headings = [
        Heading(_("Document")), Heading(_("Account")), Heading(_("Due"), "date"),
        Heading(_("Days late"), "number"), Heading(_("Open"), "money"),
    ]  # fmt: skip
    return Part(
        summary=_in_words(found_open, late.count()),
        headings=headings,
        rows=[_row(item, as_of) for item in found],
    )


def _query(account: Account, as_of: date, state: State) -> ItemQuery:
    return ItemQuery(as_of=as_of, state=state, account=account.pk)


def _in_words(found: Sequence[CurrencyTotal], late: int) -> str:
    amounts = ", ".join(formats.money(one.open, one.currency) for one in found if one.open)
    if not amounts:
        return _("Nothing is open.")
    overdue = ngettext("%(n)s item is overdue", "%(n)s items are overdue", late) % {"n": late}
    return _("Open: %(amounts)s. %(overdue)s.") % {"amounts": amounts, "overdue": overdue}


def _row(item: Any, as_of: date) -> list[object]:
    money = Money(item.open_amount, item.currency_id)
    number = item.document.number
    return [number, item.account.name, item.due_date, (as_of - item.due_date).days, money]
