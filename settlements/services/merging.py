"""This app's share in a merge of two accounts: ledger, work and controllers become the other's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.services.merge_parts import move_dated, plan_dated
from accounts.services.merging import Mover, Part
from kam.core import formats
from kam.core.locks import lock_names
from kam.core.problems import Caution
from settlements.choices import Side, WorkAct, WorkState
from settlements.models import (
    AccountMove,
    ControllerAssignment,
    ExtractGap,
    LedgerItem,
    OverdueSpell,
    WorkEvent,
    WorkItem,
)
from settlements.services.consignment.merging import GOODS
from settlements.services.work import RUN

# What the last overdue run found for the two payers, added up: the next run finds the same.
_ADD_POSITIONS = """
INSERT INTO settlements_position AS p (party_id, currency_id, as_of, buckets, open, overdue,
    open_items, overdue_items, oldest_due_on, oldest_days, unapplied, open_credits, computed_at)
SELECT %(keep)s, currency_id, as_of, buckets, open, overdue, open_items, overdue_items,
    oldest_due_on, oldest_days, unapplied, open_credits, computed_at
FROM settlements_position WHERE party_id = %(drop)s ORDER BY currency_id
ON CONFLICT (party_id, currency_id) DO UPDATE SET
    buckets = ARRAY(
        SELECT COALESCE(mine, 0) + COALESCE(other, 0)
        FROM unnest(p.buckets, EXCLUDED.buckets) WITH ORDINALITY AS pair(mine, other, place)
        ORDER BY place),
    open = p.open + EXCLUDED.open, overdue = p.overdue + EXCLUDED.overdue,
    open_items = p.open_items + EXCLUDED.open_items,
    overdue_items = p.overdue_items + EXCLUDED.overdue_items,
    oldest_due_on = least(p.oldest_due_on, EXCLUDED.oldest_due_on),
    oldest_days = greatest(p.oldest_days, EXCLUDED.oldest_days),
    unapplied = p.unapplied + EXCLUDED.unapplied,
    open_credits = p.open_credits + EXCLUDED.open_credits
"""
_DROP_POSITIONS = "DELETE FROM settlements_position WHERE party_id = %(drop)s"


# The ledger, with what the overdue run derived from it


def _plan_ledger(keep: Account, drop: Account) -> Part:
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


def _move_ledger(keep: Account, drop: Account) -> None:
    lock_names(RUN)  # a run beside this would keep positions of an account that is gone
    if LedgerItem.objects.filter(Q(account=drop) | Q(party=drop)).exists():
        AccountMove.objects.create(from_account=drop, to_account=keep)
    OverdueSpell.objects.filter(party=drop).update(party=keep)
    ExtractGap.objects.filter(party=drop).update(party=keep)
    with connection.cursor() as cursor:
        for statement in (_ADD_POSITIONS, _DROP_POSITIONS):
            cursor.execute(statement, {"keep": keep.pk, "drop": drop.pk})


# Work


def _waiting(account: Account) -> Any:
    rows = WorkItem.objects.filter(party=account).not_done().select_related("user")
    return rows.order_by("currency_id", "role")


def _twins(keep: Account, drop: Account) -> Iterator[tuple[WorkItem, WorkItem]]:
    """Each waiting work of the duplicate with the kept account's of the same kind."""
    own = {(one.currency_id, one.role): one for one in _waiting(keep)}
    for work in _waiting(drop):
        if twin := own.get((work.currency_id, work.role)):
            yield work, twin


def _plan_work(keep: Account, drop: Account) -> Part:
    lines = [
        _("Work for %(who)s on %(amount)s overdue")
        % {
            "who": work.user or _("the default queue"),
            "amount": formats.money(work.amount, work.currency_id),
        }
        for work in _waiting(drop)
    ]
    cautions = [
        Caution(
            _(
                "Both have work in %(currency)s: it becomes one. %(kept)s keeps it; the other "
                "next step goes to its steps: %(step)s"
            )
            % {
                "currency": work.currency_id,
                "kept": twin.user or _("The default queue"),
                "step": work.next_step,
            },
            "work_of_both",
        )
        for work, twin in _twins(keep, drop)
        if work.next_step and twin.next_step
    ]
    return Part(moves=lines, cautions=cautions)


def _move_work(keep: Account, drop: Account) -> None:
    for work, twin in _twins(keep, drop):
        _join(work, twin)
    WorkItem.objects.filter(party=drop).update(party=keep)
    last = WorkItem.objects.filter(party=keep).order_by("-last_contact_on")
    if contacted := last.exclude(last_contact_on=None).first():
        WorkItem.objects.filter(party=keep).update(last_contact_on=contacted.last_contact_on)


def _join(work: WorkItem, twin: WorkItem) -> None:
    """Two pieces of work become the twin; what only one of them says stays, and all steps do."""
    if work.state == WorkState.OPEN:
        twin.state, twin.snoozed_until = WorkState.OPEN, None
    twin.amount += work.amount
    twin.overdue_items += work.overdue_items
    twin.oldest_due_on = min(twin.oldest_due_on, work.oldest_due_on)
    twin.opened_on = min(twin.opened_on, work.opened_on)
    if work.is_taken and not twin.is_taken:
        twin.user, twin.is_taken = work.user, True
    if not twin.next_step:
        twin.next_step, twin.next_step_on = work.next_step, work.next_step_on
    twin.last_contact_on = max(
        filter(None, [twin.last_contact_on, work.last_contact_on]), default=None
    )
    WorkEvent.objects.filter(work=work).update(work=twin)
    words = " · ".join(filter(None, [str(work.user or ""), work.next_step]))
    WorkEvent.objects.create(work=twin, act=WorkAct.MERGED, text=words, day=work.next_step_on)
    work.delete()
    twin.save()


# Controllers


def _controllers(account: Account) -> Any:
    rows = ControllerAssignment.objects.filter(account=account)
    return rows.select_related("user").order_by("valid")


def _plan_controllers(keep: Account, drop: Account) -> Part:
    return plan_dated(
        _controllers(keep),
        _controllers(drop),
        lambda row: row.user_id,
        moves=_("Watched over by %(what)s %(period)s"),
        stays=_(
            "Both have a credit controller %(period)s: %(kept)s stays, %(what)s goes to the "
            "history."
        ),
        name=lambda row: row.user,
    )


def _move_controllers(keep: Account, drop: Account) -> None:
    move_dated(
        _controllers(keep),
        _controllers(drop),
        lambda row, valid: ControllerAssignment(account=keep, user=row.user, valid=valid),
    )


MOVERS = (
    Mover(key="settlements.ledger", plan=_plan_ledger, move=_move_ledger, order=80),
    GOODS,
    Mover(key="settlements.work", plan=_plan_work, move=_move_work, order=81),
    Mover(key="settlements.controllers", plan=_plan_controllers, move=_move_controllers, order=82),
)
