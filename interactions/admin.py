"""A technical look at interactions; changes go through the pages and services."""

from __future__ import annotations

from django.contrib import admin

from interactions.models import CadencePause, CadencePolicy
from kam.core.admin import ReadOnlyAdmin


@admin.register(CadencePolicy)
class CadencePolicyAdmin(ReadOnlyAdmin):
    list_display = ["tier_code", "function", "every_days", "valid"]
    list_filter = ["tier_code", "function"]


@admin.register(CadencePause)
class CadencePauseAdmin(ReadOnlyAdmin):
    list_display = ["reason", "account", "function", "valid"]
    list_select_related = ["account"]
    list_filter = ["reason"]
