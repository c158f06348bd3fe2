"""The share of reports and consigned goods in a merge of two accounts."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.services.merging import Mover, Part
from kam.core import formats
from settlements.models import (
    AccountMove,
    ConsignedStock,
    ConsignmentMovement,
    SalesReport,
    SalesReportLine,
    StockCount,
)


def has_goods(account: Account) -> bool:
    """Whether a report, a movement or a count names the account."""
    own = Q(account=account) | Q(store=account)
    return (
        SalesReport.objects.filter(account=account).exists()
        or ConsignmentMovement.objects.filter(own).exists()
        or StockCount.objects.filter(own).exists()
        or SalesReportLine.objects.filter(store=account).exists()
    )


def _plan(keep: Account, drop: Account) -> Part:
    del keep
    reports = SalesReport.objects.filter(account=drop).count()
    goods = ConsignedStock.objects.filter(store=drop).exclude(quantity=0).count()
    moves = []
    if reports:
        words = ngettext("%(n)s sales report", "%(n)s sales reports", reports)
        moves.append(words % {"n": formats.number(reports)})
    if goods:
        words = ngettext(
            "Consigned stock of %(n)s product", "Consigned stock of %(n)s products", goods
        )
        moves.append(words % {"n": formats.number(goods)})
    return Part(moves=moves)


def _move(keep: Account, drop: Account) -> None:
    """Write the log of moves, unless the ledger's share did: its triggers take goods along."""
    if has_goods(drop):
        AccountMove.objects.create(from_account=drop, to_account=keep)


GOODS = Mover(key="settlements.consignment", plan=_plan, move=_move, order=80)
