"""Who changed what about promises, the team and requests of an account."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.models import Promise, TeamMember, TeamRequest
from kam.core.selectors.history import Change, history_of_rows


def team_history(account_ids: Sequence[int], limit: int) -> list[Change]:
    """Return the last changes, in no order. Handovers show as the leads that they change."""
    models = ((Promise, _("Promise")), (TeamMember, _("Account team")), (TeamRequest, _("Request")))
    hidden = ["account", "position", "author"]
    parts = [
        history_of_rows(
            model, subject=subject, hidden=hidden, limit=limit, account_id__in=account_ids
        )
        for model, subject in models
    ]
    return [change for part in parts for change in part]
