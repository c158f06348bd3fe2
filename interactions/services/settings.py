"""How the log is kept in this organisation."""

from __future__ import annotations

from django.db import transaction

from interactions.models import LogSettings
from kam.core.problems import explained


@explained()
@transaction.atomic
def save_log_settings(*, edit_hours: int) -> LogSettings:
    """Say how long the author may change a contact. Raises RefusedError outside 1 to 720 hours."""
    row, _made = LogSettings.objects.select_for_update().get_or_create(pk=1)
    row.edit_hours = edit_hours
    row.save()
    return row
