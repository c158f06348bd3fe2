from __future__ import annotations

from django.contrib import admin

from kam.core.admin import ReadOnlyAdmin
from kam.notifications.models import Delivery, Notification, Preference, TodoSnooze


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["pk", "user", "kind", "occurred_at", "read_at", "mail", "mailed_at", "tries"]
    list_filter = ["kind", "mail"]


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    list_display = ["user", "kind", "in_app", "mail"]
    list_filter = ["kind"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["user", "wants_digest", "digest_hour", "quiet_days", "last_digest_on"]


@admin.register(TodoSnooze)
class TodoSnoozeAdmin(ReadOnlyAdmin):
    list_display = ["user", "key", "until"]
