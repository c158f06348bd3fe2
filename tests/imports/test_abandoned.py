"""Files that were uploaded and never imported do not stay for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from kam.imports.models import ImportBatch
from kam.imports.services.batches import forget_abandoned
from tests.factories.imports import csv_text, ready_batch, send

pytestmark = pytest.mark.django_db


def _at(batch: ImportBatch, days: int) -> ImportBatch:
    created_at = timezone.now() - timedelta(days=days)
    ImportBatch.objects.filter(pk=batch.pk).update(created_at=created_at)
    return batch


def test_old_files_that_nobody_imported_go(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    text = csv_text(["code", "name"], ["P1", "Milk"])
    imported = _at(send("products", text).batch, 400)
    old, fresh = _at(ready_batch("products", text), 31), _at(ready_batch("products", text), 29)
    names = [str(batch.file.name) for batch in (old, fresh)]
    assert all(default_storage.exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_abandoned(now=timezone.now()) == 1
    assert set(ImportBatch.objects.values_list("pk", flat=True)) == {imported.pk, fresh.pk}
    assert [default_storage.exists(name) for name in names] == [False, True]
