"""Settlement statements in a merge of two accounts: they and their lines become the kept one's."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.services.merging import Mover, Part
from kam.core import formats
from kam.core.problems import Blocker
from settlements.models import SettlementStatement, StatementLine


def _plan(keep: Account, drop: Account) -> Part:
    rows = SettlementStatement.objects.filter(Q(account=drop) | Q(store=drop))
    count = rows.count()
    words = ngettext("%(n)s settlement statement", "%(n)s settlement statements", count)
    moves = [words % {"n": formats.number(count)}] if count else []
    return Part(moves=moves, blockers=_twice(keep, drop))


def _twice(keep: Account, drop: Account) -> list[Blocker]:
    """Both stores have a statement of the same terms and days: they cannot become one."""
    mine = SettlementStatement.objects.live().filter(store=drop)
    for row in mine:
        twin = SettlementStatement.objects.live().filter(
            store=keep, term=row.term_id, kind=row.kind, period__overlap=row.period
        )
        if twin.exists():
            text = _("Both stores have a settlement statement of the same days: %s.")
            return [Blocker(text % row, "statements_of_both")]
    return []


def _move(keep: Account, drop: Account) -> None:
    SettlementStatement.objects.filter(account=drop).update(account=keep)
    SettlementStatement.objects.filter(store=drop).update(store=keep)
    StatementLine.objects.filter(store=drop).update(store=keep)


MOVER = Mover(key="settlements.settling", plan=_plan, move=_move, order=86)
