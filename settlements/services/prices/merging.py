"""Prices, codes and own units in a merge of two accounts: the kept account's own days stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services import periods
from accounts.services.merge_parts import in_words
from accounts.services.merging import Mover, Part
from kam.core.problems import Caution
from settlements.models import AccountPrice, AccountProductCode, PriceBreak, ProductUnit
from settlements.services.prices.common import described


@dataclass(frozen=True)
class _Kind:
    """Dated rows of an account of which no two that are alike hold on one day."""

    model: type[Any]
    alike: Callable[[Any], tuple[Any, ...]]

    def rows(self, account: Account) -> list[Any]:
        """The account's rows in order of time."""
        found = self.model._default_manager.filter(account=account)
        return list(found.select_related("product").order_by("valid", "pk"))

    def pieces(self, keep: Account, row: Any) -> list[DateRange]:
        """The days of a duplicate's row that the kept account's own leave free."""
        own = [one.valid for one in self.rows(keep) if self.alike(one) == self.alike(row)]
        return periods.minus_all(row.valid, own)


KINDS = (
    _Kind(ProductUnit, lambda row: (row.product_id, row.code)),
    _Kind(AccountProductCode, lambda row: (row.code.upper(),)),
    _Kind(AccountPrice, lambda row: (row.product_id, row.unit, row.currency_id)),
)


def _plan(keep: Account, drop: Account) -> Part:
    moves, cautions = list[str](), list[Caution]()
    for kind in KINDS:
        for row in kind.rows(drop):
            pieces = kind.pieces(keep, row)
            moves += [
                _("%(what)s %(period)s") % {"what": described(row), "period": in_words(piece)}
                for piece in pieces
            ]
            if pieces != [row.valid]:
                words = _("%(what)s: where both have one, that of the kept account stays.")
                cautions.append(Caution(words % {"what": described(row)}, "overlap"))
    return Part(moves=moves, cautions=cautions)


def _move(keep: Account, drop: Account) -> None:
    """Units first: prices that move need them where they go."""
    for kind in KINDS:
        for row in kind.rows(drop):
            _move_row(kind, row, keep)


def _move_row(kind: _Kind, row: Any, keep: Account) -> None:
    pieces = kind.pieces(keep, row)
    if not pieces:
        row.delete()
        return
    breaks = list(row.breaks.all()) if kind.model is AccountPrice else []
    row.account, row.valid = keep, pieces[0]
    row.save()
    for piece in pieces[1:]:
        row.pk, row._state.adding, row.valid = None, True, piece
        row.save()
        PriceBreak.objects.bulk_create(
            PriceBreak(price=row, from_quantity=one.from_quantity, amount=one.amount)
            for one in breaks
        )


MOVER = Mover(key="settlements.prices", plan=_plan, move=_move, order=84)
