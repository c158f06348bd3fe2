"""Concerns when an account is handed over: they go to the new lead, and stand in the pack."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from interactions.choices import ConcernEntryKind
from interactions.models import Concern, ConcernEntry
from interactions.selectors.concerns import by_target
from kam.core import formats
from kam.core.clock import organisation_zone
from kam.core.handover import Change, Heading, Mover, Part, Section, movers, sections
from kam.identity.models import User

MOST = 200


def register() -> None:
    """Register the mover and the section of the pack."""
    movers.register(
        Mover(key="concerns", title=gettext_lazy("Concerns"), move=move_concerns, order=30)
    )
    sections.register(
        Section(
            key="concerns",
            title=gettext_lazy("Open concerns"),
            find=unsolved,
            capability="interactions.view",
            order=34,
        )
    )


def move_concerns(change: Change) -> int:
    """Give the old lead's unsolved concerns to the new one, and note it in each."""
    rows: QuerySet[Concern] = Concern.objects.unsolved().filter(
        account__in=change.account_ids, owner=change.from_user
    )
    found = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    words = _("%(who)s, the new lead") % {"who": change.to_user}
    now = timezone.now()
    for row in found:
        row.owner = change.to_user
        row.save(update_fields=["owner", "updated_at"])
    ConcernEntry.objects.bulk_create(
        ConcernEntry(
            concern=row,
            kind=ConcernEntryKind.OWNER,
            author=change.by,
            happened_at=max(now, row.raised_at),
            text=words,
            round=row.reopened,
        )
        for row in found
    )
    return len(found)


def unsolved(account: Account, reader: User, as_of: date) -> Part:
    """Unsolved concerns at the account and below that are not confidential, the first due first.

    Confidential ones are told by whoever sees to them.
    """
    del reader
    rows = Concern.objects.unsolved().filter(
        account__path__contains=[account.pk], is_confidential=False
    )
    found = list(by_target(rows.select_related("account", "owner"))[:MOST])
    zone = organisation_zone()
    headings = [
        Heading(_("Concern")), Heading(_("Account")), Heading(_("Severity")),
        Heading(_("State")), Heading(_("Raised"), "date"), Heading(_("Solve by"), "date"),
        Heading(_("Owner")),
    ]  # fmt: skip
    cells = [
        [
            one.title,
            one.account.name,
            str(one.get_severity_display()),
            str(one.get_state_display()),
            one.raised_on,
            one.resolve_by.astimezone(zone).date(),
            str(one.owner),
        ]
        for one in found
    ]
    words = ngettext("%(n)s concern is unsolved.", "%(n)s concerns are unsolved.", len(found))
    said = words % {"n": formats.number(len(found))} if found else _("Nothing is unsolved.")
    return Part(summary=said, headings=headings, rows=cells)
