"""A technical look at interactions; changes go through the pages and services."""

from __future__ import annotations

from django.contrib import admin

from interactions.models import (
    CadencePause,
    CadencePolicy,
    Concern,
    ConcernTarget,
    Feedback,
    Invitation,
    Survey,
)
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


@admin.register(Concern)
class ConcernAdmin(ReadOnlyAdmin):
    list_display = ["title", "account", "category", "severity", "state", "owner", "raised_at"]
    list_select_related = ["account", "owner"]
    list_filter = ["state", "severity", "category"]


@admin.register(ConcernTarget)
class ConcernTargetAdmin(ReadOnlyAdmin):
    list_display = ["tier_code", "severity", "respond_hours", "resolve_hours", "valid"]
    list_filter = ["tier_code", "severity"]


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin):
    list_display = ["account", "topic", "function", "value", "points", "given_on", "source"]
    list_select_related = ["account"]
    list_filter = ["source", "topic"]


@admin.register(Survey)
class SurveyAdmin(ReadOnlyAdmin):
    list_display = ["name", "topics", "days_valid", "is_active"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ["survey", "account", "position", "expires_at", "answered_at", "revoked_at"]
    list_select_related = ["survey", "account", "position__person"]
    exclude = ["token_hash"]
