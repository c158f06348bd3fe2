from __future__ import annotations

from django.contrib import admin

from kam.core.admin import ReadOnlyAdmin
from kam.identity.models import Delegation, SalesTeam, User


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["email", "full_name", "roles", "team", "is_active", "last_login"]
    exclude = ["password"]
    search_fields = ["email", "full_name"]


@admin.register(SalesTeam, Delegation)
class StructureAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "updated_at"]
