"""The comparison of methods that is kept with a draft."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from kam.core.problems import explained
from kam.identity.models import User
from settlements.models import AgreementVersion
from settlements.services.terms.locking import locked_draft


@explained()
@transaction.atomic
def save_comparison(
    *, version: AgreementVersion, comparison: dict[str, Any] | None, by: User
) -> AgreementVersion:
    """Keep a comparison with a draft, in place of the one before; None takes it away.

    Raises RefusedError for a version that is no draft.
    """
    row = locked_draft(version, by=by)
    row.comparison = comparison
    row.save()
    return row
