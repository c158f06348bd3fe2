from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from kam.core.admin import ReadOnlyAdmin
from kam.imports.models import DataSource, ImportBatch


@admin.register(DataSource)
class DataSourceAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["code", "name", "data_as_of", "expected_every_days"]


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["pk", "kind", "source", "file_name", "state", "rows", "created_by"]
    list_filter: ClassVar = ["kind", "state"]
