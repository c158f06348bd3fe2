"""Meetings when an account is handed over: they go to the new lead, and stand in the pack."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from interactions.choices import MeetingState
from interactions.models import Meeting, MeetingColleague
from kam.core import formats
from kam.core.handover import Change, Heading, Mover, Part, Section, movers, sections
from kam.identity.models import User

MOST = 100


def register() -> None:
    """Register the mover and the section of the pack."""
    movers.register(
        Mover(key="meetings", title=gettext_lazy("Meetings"), move=move_meetings, order=35)
    )
    sections.register(
        Section(
            key="meetings",
            title=gettext_lazy("Planned meetings"),
            find=planned,
            capability="interactions.view",
            order=36,
        )
    )


def move_meetings(change: Change) -> int:
    """Give the old lead's planned meetings of that day and later to the new one.

    Private ones stay, and those that the new lead has in the own calendar already.
    """
    has_it = Meeting.objects.filter(owner=change.to_user)
    rows: QuerySet[Meeting] = Meeting.objects.filter(
        account__in=change.account_ids,
        owner=change.from_user,
        state=MeetingState.PLANNED,
        is_private=False,
        starts_on__gte=change.on,
    ).exclude(Q(uid__in=has_it.values("uid")))
    ids = list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    MeetingColleague.objects.filter(meeting__in=ids, user=change.to_user).delete()
    now = timezone.now()
    return Meeting.objects.filter(pk__in=ids).update(
        owner=change.to_user, sequence=F("sequence") + 1, updated_at=now
    )


def planned(account: Account, reader: User, as_of: date) -> Part:
    """What is planned at the account and below from that day on, private meetings left out."""
    del reader
    rows = Meeting.objects.filter(
        account__path__contains=[account.pk],
        state=MeetingState.PLANNED,
        is_private=False,
        starts_on__gte=as_of,
    )
    found = list(rows.select_related("account", "owner").order_by("starts_on", "starts_at")[:MOST])
    headings = [
        Heading(_("Meeting")),
        Heading(_("Account")),
        Heading(_("Day"), "date"),
        Heading(_("Kind")),
        Heading(_("Planned by")),
    ]
    cells = [
        [one.title, _name(one), one.starts_on, str(one.get_kind_display()), str(one.owner)]
        for one in found
    ]
    words = ngettext("%(n)s meeting is planned.", "%(n)s meetings are planned.", len(found))
    said = words % {"n": formats.number(len(found))} if found else _("Nothing is planned.")
    return Part(summary=said, headings=headings, rows=cells)


def _name(meeting: Meeting) -> str:
    return meeting.account.name if meeting.account is not None else ""
