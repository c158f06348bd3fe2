"""Plans when an account is handed over: drafts go to the new lead, open plans stand in the pack."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from kam.core import formats
from kam.core.handover import Change, Heading, Mover, Part, Section, movers, sections
from kam.identity.models import User
from plans.choices.plan import Confidentiality, PlanState
from plans.models import Plan
from plans.services.writing import written_by

MOST = 100


def register() -> None:
    """Register the mover and the section of the pack."""
    sections.register(
        Section(
            key="plans",
            title=gettext_lazy("Plans"),
            find=open_plans,
            capability="plans.view",
            order=36,
        )
    )
    movers.register(
        Mover(key="plans", title=gettext_lazy("Drafts of plans"), move=move_drafts, order=40)
    )


def open_plans(account: Account, reader: User, as_of: date) -> Part | None:
    """Open plans of the account and below it that are open to the sales organisation.

    Those of the team or of named people are told by whoever owns them.
    """
    del reader, as_of
    rows = Plan.objects.open().within(account.pk).filter(confidentiality=Confidentiality.OPEN)
    found = list(rows.select_related("account", "owner").order_by("account__name_key", "period"))
    headings = [
        Heading(_("Plan")), Heading(_("Account")), Heading(_("State")),
        Heading(_("From"), "date"), Heading(_("Next review"), "date"), Heading(_("Owner")),
    ]  # fmt: skip
    cells = [
        [
            one.title, one.account.name, str(one.get_state_display()), one.period.lower,
            one.review_on, str(one.owner),
        ]
        for one in found[:MOST]
    ]  # fmt: skip
    words = ngettext("%(n)s plan is open.", "%(n)s plans are open.", len(found))
    said = words % {"n": formats.number(len(found))} if found else _("No plan is open.")
    return Part(summary=said, headings=headings, rows=cells)


def move_drafts(change: Change) -> int:
    """Give the old lead's drafts to the new one; what is submitted keeps its owner."""
    rows = Plan.objects.filter(
        account__in=change.account_ids, owner=change.from_user, state=PlanState.DRAFT
    )
    found = list(rows.order_by("pk"))
    for plan in found:
        row = written_by(plan, change.by)
        row.owner = change.to_user
        row.save(update_fields=["owner", "updated_at"])
    return len(found)
