"""What of business is open at an account, for a new lead: opportunities and follow-up tasks."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.analytics.pipeline import OPEN
from accounts.models import Account, Opportunity, Task
from kam.core.handover import Heading, Money, Part, Section, sections
from kam.identity.models import User

MOST = 200


def register() -> None:
    """Register the sections."""
    sections.register(
        Section(
            key="opportunities",
            title=gettext_lazy("Open opportunities"),
            find=opportunities,
            capability="opportunities.view",
            order=45,
        ),
        Section(
            key="tasks",
            title=gettext_lazy("Open follow-ups"),
            find=tasks,
            capability="placement.view",
            order=35,
        ),
    )


def opportunities(account: Account, reader: User, as_of: date) -> Part:
    """Open opportunities at the account and below, the next to close first."""
    rows = Opportunity.objects.filter(account__path__contains=[account.pk], stage__in=OPEN)
    found = list(rows.select_related("account", "owner").order_by("expected_close", "pk")[:MOST])
    headings = [
        Heading(_("Opportunity")), Heading(_("Account")), Heading(_("Stage")),
        Heading(_("Value a year"), "money"), Heading(_("Probability, percent"), "number"),
        Heading(_("Expected close"), "date"), Heading(_("Next step")), Heading(_("Owner")),
    ]  # fmt: skip
    cells = [
        [
            one.title,
            one.account.name,
            one.get_stage_display(),
            Money(one.value, one.currency_id),
            one.probability,
            one.expected_close,
            one.next_step,
            str(one.owner),
        ]
        for one in found
    ]
    return Part(summary=_counted(len(found)), headings=headings, rows=cells)


def tasks(account: Account, reader: User, as_of: date) -> Part:
    """Follow-ups that are not done at the account and below, the next first."""
    rows = Task.objects.filter(account__path__contains=[account.pk], done_on__isnull=True)
    found = list(rows.select_related("account", "owner").order_by("due_on", "pk")[:MOST])
    headings = [
        Heading(_("What")), Heading(_("Account")), Heading(_("Due"), "date"), Heading(_("Owner")),
    ]  # fmt: skip
    cells = [[one.title, one.account.name, one.due_on, str(one.owner)] for one in found]
    return Part(summary=_counted(len(found)), headings=headings, rows=cells)


def _counted(count: int) -> str:
    if not count:
        return _("Nothing is open.")
    return ngettext("%(n)s is open.", "%(n)s are open.", count) % {"n": count}
