"""A technical look at interactions; changes go through the pages and services."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from interactions.models import (
    Attachment,
    CadencePause,
    CadencePolicy,
    CalendarFeed,
    Concern,
    ConcernTarget,
    Correction,
    Feedback,
    Interaction,
    Invitation,
    LogSettings,
    Meeting,
    Need,
    Note,
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


class _OpenOnly(ReadOnlyAdmin):
    """Without what is confidential: that is for the account's team alone."""

    confidential = "is_confidential"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).exclude(**{self.confidential: True})


@admin.register(Concern)
class ConcernAdmin(_OpenOnly):
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


@admin.register(Interaction)
class InteractionAdmin(_OpenOnly):
    list_display = ["summary", "account", "kind", "direction", "occurred_at", "author", "source"]
    list_select_related = ["account", "author"]
    list_filter = ["kind", "direction", "source"]
    exclude = ["text"]


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    list_display = ["kind", "interaction_id", "created_at"]
    list_filter = ["kind"]
    exclude = ["text"]


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ["interaction_id", "content_type", "size", "uploaded_by", "created_at"]
    list_select_related = ["uploaded_by"]
    exclude = ["name", "file"]


@admin.register(Correction)
class CorrectionAdmin(_OpenOnly):
    confidential = "interaction__is_confidential"
    list_display = ["interaction_id", "why", "author", "recorded_at"]
    list_select_related = ["author"]
    exclude = ["before"]


@admin.register(Need)
class NeedAdmin(_OpenOnly):
    confidential = "note__interaction__is_confidential"
    list_display = ["text", "account", "kind", "importance", "last_confirmed_on", "closed_on"]
    list_select_related = ["account"]
    list_filter = ["kind", "importance"]


@admin.register(LogSettings)
class LogSettingsAdmin(ReadOnlyAdmin):
    list_display = ["edit_hours", "updated_at"]


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    list_display = ["title", "account", "owner", "kind", "starts_on", "state"]
    list_select_related = ["account", "owner"]
    list_filter = ["state", "kind", "source"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meeting]:
        """Without private ones: those are their owners' and the invited colleagues' alone."""
        return cast("QuerySet[Meeting]", super().get_queryset(request).filter(is_private=False))


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    list_display = ["user", "created_at", "revoked_at", "last_read_at"]
    list_select_related = ["user"]
    exclude = ["digest"]
