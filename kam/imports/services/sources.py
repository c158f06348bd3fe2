"""Sources: what they are called and how often they are expected."""

from __future__ import annotations

from django.db import transaction

from kam.imports.models import DataSource


@transaction.atomic
def change_source(*, source_id: int, name: str, expected_every_days: int | None) -> DataSource:
    """Rename a source and say how many days may pass between its data; None: any number."""
    source: DataSource = DataSource.objects.select_for_update(no_key=True).get(pk=source_id)
    source.name, source.expected_every_days = name, expected_every_days
    source.save(update_fields=["name", "expected_every_days", "updated_at"])
    return source
