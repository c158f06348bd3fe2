"""Who changed what about the people of an account; confidential notes are no part of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.models import CustomerDate, DecisionStep, Position
from kam.core.selectors.history import Change, history_of_rows


def people_history(account_ids: Sequence[int], limit: int) -> list[Change]:
    """Return the last changes of places, decision steps and dates, in no order.

    Who reports to whom is left out: a line may lead to somebody the reader may not see.
    """
    parts = [
        history_of_rows(
            Position,
            subject=_("Person"),
            hidden=["account", "reports_to"],
            limit=limit,
            account_id__in=account_ids,
        ),
        history_of_rows(
            DecisionStep,
            subject=_("Decision step"),
            hidden=["account", "position"],
            limit=limit,
            account_id__in=account_ids,
        ),
        history_of_rows(
            CustomerDate,
            subject=_("Date of the customer"),
            hidden=["account"],
            limit=limit,
            account_id__in=account_ids,
        ),
    ]
    return [change for part in parts for change in part]
