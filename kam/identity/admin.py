"""A technical look at users and what belongs to them; changes go through the pages and services."""

from __future__ import annotations

from django.contrib import admin

from kam.core.admin import ReadOnlyAdmin
from kam.identity.models import ApiToken, Delegation, SalesTeam, SignInFailure, User


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["full_name", "email", "roles", "team", "is_active", "last_login"]
    list_select_related = ["team"]
    search_fields = ["full_name", "email"]
    exclude = ["password"]


@admin.register(SalesTeam)
class SalesTeamAdmin(ReadOnlyAdmin):
    list_display = ["name", "parent"]
    list_select_related = ["parent"]


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    list_display = ["from_user", "to_user", "valid", "reason"]
    list_select_related = ["from_user", "to_user"]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "prefix", "user", "scope", "expires_at", "revoked_at", "last_used_at"]
    list_select_related = ["user"]
    exclude = ["digest"]


@admin.register(SignInFailure)
class SignInFailureAdmin(ReadOnlyAdmin):
    list_display = ["at", "address"]
    exclude = ["account"]
