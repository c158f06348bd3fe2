"""The technical admin: rows to look at. Changes go through pages and services, which keep rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from kam.core.models import Currency, ExchangeRate, JobRun, Organisation, SellingCompany

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Model]
else:
    _Base = admin.ModelAdmin  # not subscriptable at run time


class ReadOnlyAdmin(_Base):
    """Rows to look at: services keep the rules that an edit here would pass by."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ["name", "state", "requested_by", "queued_at", "finished_at"]
    list_filter = ["state", "name"]


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadOnlyAdmin):
    list_display = ["currency", "base", "valid_on", "rate", "source"]
    list_filter = ["currency"]


@admin.register(Organisation, SellingCompany, Currency)
class SettingAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "updated_at"]
