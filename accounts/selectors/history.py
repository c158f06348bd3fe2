"""Who changed what about an account: itself, its places, leads, identifiers and people."""

from __future__ import annotations

from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Account,
    AccountIdentifier,
    CompetitorPresence,
    LeadAssignment,
    ParentLink,
    ProgrammeItem,
    TierOverride,
)
from accounts.selectors.people.history import people_history
from accounts.selectors.team.history import team_history
from kam.core.selectors.history import Change, history_of_rows

SHOWN = 50


def account_history(account: Account, limit: int = SHOWN) -> list[Change]:
    """Return the last changes of it and of what was merged into it, the newest first."""
    ids = [account.pk, *account.merged_from.values_list("pk", flat=True)]
    parts = [
        history_of_rows(
            Account,
            subject=_("Account"),
            hidden=["name_key"],
            limit=limit,
            pgh_obj_id__in=ids,
        ),
        history_of_rows(
            ParentLink,
            subject=_("Place in the tree"),
            hidden=["account"],
            limit=limit,
            account_id__in=ids,
        ),
        history_of_rows(
            LeadAssignment, subject=_("Lead"), hidden=["account"], limit=limit, account_id__in=ids
        ),
        history_of_rows(
            AccountIdentifier,
            subject=_("Identifier"),
            hidden=["account"],
            limit=limit,
            account_id__in=ids,
        ),
        history_of_rows(
            TierOverride,
            subject=_("Tier override"),
            hidden=["account"],
            limit=limit,
            account_id__in=ids,
        ),
        *_known(ids, limit),
        people_history(ids, limit),
        team_history(ids, limit),
    ]
    changes = [change for part in parts for change in part]
    return sorted(changes, key=attrgetter("at"), reverse=True)[:limit]


def _known(ids: list[int], limit: int) -> list[list[Change]]:
    """Competitors and programme; statements of the portrait are their own history."""
    named = ((CompetitorPresence, _("Competitor")), (ProgrammeItem, _("Programme")))
    return [
        history_of_rows(model, subject=subject, hidden=["account"], limit=limit, account_id__in=ids)
        for model, subject in named
    ]
