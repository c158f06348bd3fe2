"""Handing an account over: the change of lead and its pack in one transaction, frozen."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.analytics.sealing import seal
from accounts.models import Account, Handover, LeadAssignment
from accounts.selectors.team.members import lead_on
from accounts.services import leads, notices, tree
from kam.core.handover import Change, movers, pack_of
from kam.core.problems import RefusedError, explained, register_constraint
from kam.identity.models import User

VERSION = 1
register_constraint("handover_frozen", _("A handover stays as it was confirmed."))


class ChangedMeanwhileError(RefusedError):
    """Somebody else changed the lead since the pack was looked at."""

    code = "lead_changed"
    words = _("Somebody changed the lead meanwhile. Look at who leads the account now.")


def preview(*, account: Account, to_user: User, as_of: date) -> list[dict[str, Any]]:
    """Return the pack as it would be frozen now; nothing is written."""
    return pack_of(account, to_user, as_of)


@explained()
@transaction.atomic
def hand_over(
    *,
    account: Account,
    from_user: User | None,
    to_user: User,
    effective_on: date,
    reason: str = "",
    made_by: User,
    as_of: date,
) -> Handover:
    """Let a colleague lead an account from a day on, and freeze the pack of that moment.

    `from_user` is who leads it on that day as far as the maker knows: of two handovers at the
    same time one wins, the other gets ChangedMeanwhileError. Raises RefusedError for a day that
    has passed, for who leads it already, and for all that `leads.set_lead` refuses. Open work
    goes along on the day itself, see `move_work`.
    """
    tree.lock_tree()
    account.refresh_from_db()
    if effective_on < as_of:
        raise RefusedError(_("This day has passed."), field="effective_on")
    _check_lead(account, from_user, effective_on)
    if from_user is not None and from_user.pk == to_user.pk:
        raise RefusedError(_("This colleague leads the account already."), field="to_user")
    pack = {
        "version": VERSION,
        "language": get_language() or "",
        "as_of": as_of.isoformat(),
        "account": account.name,
        "sections": pack_of(account, to_user, as_of),
    }
    leads.set_lead(account=account, user=to_user, from_date=effective_on, as_of=as_of)
    handover = Handover(
        account=account,
        from_user=from_user,
        to_user=to_user,
        effective_on=effective_on,
        reason=reason.strip(),
        made_by=made_by,
        pack=json.loads(json.dumps(pack, cls=DjangoJSONEncoder)),
    )
    handover.pack_hash = seal(handover.said)
    handover.save()
    if effective_on <= as_of:
        move_work(handover=handover, now=timezone.now())
    notices.tell_of_handover(handover)
    return handover


def move_work(*, handover: Handover, now: datetime) -> dict[str, int]:
    """Give open work of the old lead to the new one, once: follow-ups, requests, what apps add.

    At the account and all below it, except where the old lead still leads by an assignment of
    its own. Where somebody else leads by now nothing moves. Answers how much of each kind went.
    """
    moved: dict[str, int] = {}
    lead = lead_on(handover.account, on=handover.effective_on)
    if handover.from_user is not None and lead is not None and lead.pk == handover.to_user_id:
        change = Change(
            account_ids=_handed(handover),
            from_user=handover.from_user,
            to_user=handover.to_user,
            by=handover.made_by,
            on=handover.effective_on,
        )
        moved = {mover.key: mover.move(change) for mover in movers}
    handover.moved, handover.moved_at = moved, now
    handover.save(update_fields=["moved", "moved_at"])
    return moved


@transaction.atomic
def move_due_work(*, as_of: date, now: datetime) -> int:
    """Move the work of handovers that have taken effect since (nightly); answers how many."""
    due = Handover.objects.filter(effective_on__lte=as_of, moved_at=None)
    rows = due.select_related("account", "from_user", "to_user", "made_by").order_by(
        "effective_on", "pk"
    )
    locked = list(rows.select_for_update(of=("self",)))
    for handover in locked:
        move_work(handover=handover, now=now)
    return len(locked)


def _handed(handover: Handover) -> list[int]:
    """The account and all below it today, less what the old lead keeps leading."""
    rows: QuerySet[Account] = Account.objects.filter(path__contains=[handover.account_id])
    kept = LeadAssignment.objects.filter(
        account__path__contains=[handover.account_id],
        user=handover.from_user,
        valid__contains=handover.effective_on,
    ).values_list("account", flat=True)
    ids = list(kept)
    return list((rows.exclude(path__overlap=ids) if ids else rows).values_list("pk", flat=True))


def _check_lead(account: Account, expected: User | None, on: date) -> None:
    """Refuse where the lead is another by now, or will be by a handover that is confirmed."""
    current = lead_on(account, on=on)
    if (current.pk if current else None) != (expected.pk if expected else None):
        raise ChangedMeanwhileError
    for other in Handover.objects.filter(account=account, effective_on__gte=on):
        lead = lead_on(account, on=other.effective_on)
        if lead is not None and lead.pk == other.to_user_id:
            raise ChangedMeanwhileError(
                _("A handover is confirmed for that day or a later one already."),
                field="effective_on",
            )


@explained()
@transaction.atomic
def acknowledge(*, handover: Handover, by: User, at: datetime, note: str = "") -> Handover:
    """Note that the new lead has read the pack, once. Raises RefusedError for anybody else."""
    rows = Handover.objects.select_for_update(no_key=True, of=("self",))
    locked: Handover = rows.get(pk=handover.pk)
    if locked.to_user_id != by.pk:
        raise RefusedError(_("The new lead acknowledges it."), code="not_the_new_lead")
    if locked.is_acknowledged:
        raise RefusedError(_("It is acknowledged already."), code="acknowledged")
    locked.acknowledged_at, locked.acknowledged_note = at, note.strip()
    locked.save(update_fields=["acknowledged_at", "acknowledged_note"])
    return locked
