"""This app's share in a merge of two accounts: the ledger of the duplicate becomes the other's."""

from __future__ import annotations

from django.db.models import Count, Q, Sum
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.services.merging import Mover, Part
from kam.core import formats
from settlements.choices import Side
from settlements.models import AccountMove, LedgerItem


def _plan(keep: Account, drop: Account) -> Part:
    rows = (
        LedgerItem.objects.filter(Q(account=drop) | Q(party=drop))
        .values_list("currency_id")
        .annotate(
            items=Count("pk"),
            debits=Sum("amount", filter=Q(side=Side.DEBIT), default=0),
            in_favour=Sum("amount", filter=Q(side=Side.CREDIT), default=0),
        )
        .order_by("currency_id")
    )
    return Part(
        moves=[
            ngettext(
                "%(items)s ledger item, balance %(balance)s",
                "%(items)s ledger items, balance %(balance)s",
                items,
            )
            % {
                "items": formats.number(items),
                "balance": formats.money(debits - in_favour, currency),
            }
            for currency, items, debits, in_favour in rows
        ]
    )


def _move(keep: Account, drop: Account) -> None:
    if LedgerItem.objects.filter(Q(account=drop) | Q(party=drop)).exists():
        AccountMove.objects.create(from_account=drop, to_account=keep)


MOVER = Mover(key="settlements.ledger", plan=_plan, move=_move, order=80)
