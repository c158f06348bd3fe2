from __future__ import annotations

from django.contrib import admin

from kam.core.admin import ReadOnlyAdmin
from kam.imports.models import DataSource, ImportBatch


@admin.register(DataSource)
class DataSourceAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "data_as_of", "expected_every_days"]


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ["pk", "kind", "source", "file_name", "state", "rows", "created_by"]
    list_filter = ["kind", "state"]
