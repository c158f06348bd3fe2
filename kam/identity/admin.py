from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from kam.core.admin import ReadOnlyAdmin
from kam.identity.models import Delegation, SalesTeam, User


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["email", "full_name", "roles", "team", "is_active", "last_login"]
    exclude: ClassVar = ["password"]
    search_fields: ClassVar = ["email", "full_name"]


@admin.register(SalesTeam, Delegation)
class StructureAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["__str__", "updated_at"]
