"""What promises, teams, requests and handovers bring to a merge of accounts."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, Handover, Promise, TeamMember, TeamRequest
from accounts.services import periods
from accounts.services.merge_parts import in_words
from accounts.services.merging import Mover, Part
from accounts.services.ratings import rewriting_ratings
from kam.core.problems import Caution


def _plan_promises(keep: Account, drop: Account) -> Part:
    count = Promise.objects.filter(account=drop).count()
    return Part(moves=[ngettext("%s promise", "%s promises", count) % count] if count else [])


def _move_promises(keep: Account, drop: Account) -> None:
    with rewriting_ratings():
        for promise in Promise.objects.filter(account=drop).order_by("pk"):
            promise.account = keep
            promise.save()


def _plan_team(keep: Account, drop: Account) -> Part:
    rows = TeamMember.objects.filter(account=drop).select_related("user").order_by("pk")
    lines = [
        _("%(who)s on the team %(period)s") % {"who": row, "period": in_words(row.valid)}
        for row in rows
    ]
    return Part(moves=lines)


def _move_team(keep: Account, drop: Account) -> None:
    """A member of both stands for the time of either."""
    rows = list(TeamMember.objects.filter(account=drop).order_by("pk"))
    for row in rows:
        row.delete()
    for row in rows:
        own = TeamMember.objects.filter(account=keep, user=row.user_id, function=row.function)
        for piece in periods.minus_all(row.valid, [one.valid for one in own]):
            TeamMember.objects.create(
                account=keep, user_id=row.user_id, function=row.function, note=row.note,
                valid=piece,
            )  # fmt: skip


def _plan_requests(keep: Account, drop: Account) -> Part:
    count = TeamRequest.objects.filter(account=drop).count()
    words = ngettext("%s request to the team", "%s requests to the team", count)
    return Part(moves=[words % count] if count else [])


def _move_requests(keep: Account, drop: Account) -> None:
    for request in TeamRequest.objects.filter(account=drop).order_by("pk"):
        request.account = keep
        request.save()


def _same_day(keep: Account, drop: Account) -> set[int]:
    """Handovers of the duplicate on a day on which the kept account has one of its own."""
    days = Handover.objects.filter(account=keep).values("effective_on")
    twins = Handover.objects.filter(account=drop, effective_on__in=days)
    return set(twins.values_list("pk", flat=True))


def _plan_handovers(keep: Account, drop: Account) -> Part:
    twins = _same_day(keep, drop)
    count = Handover.objects.filter(account=drop).count() - len(twins)
    stays = _("A handover of the same day stays with the duplicate.")
    return Part(
        moves=[ngettext("%s handover", "%s handovers", count) % count] if count else [],
        cautions=[Caution(stays, "handover") for _twin in twins],
    )


def _move_handovers(keep: Account, drop: Account) -> None:
    rows = Handover.objects.filter(account=drop).exclude(pk__in=_same_day(keep, drop))
    with rewriting_ratings():
        rows.update(account=keep)


MOVERS = (
    Mover(key="accounts.promises", plan=_plan_promises, move=_move_promises, order=84),
    Mover(key="accounts.team", plan=_plan_team, move=_move_team, order=85),
    Mover(key="accounts.requests", plan=_plan_requests, move=_move_requests, order=86),
    Mover(key="accounts.handovers", plan=_plan_handovers, move=_move_handovers, order=87),
)
