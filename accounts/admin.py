"""A technical look at accounts and revenue; changes go through the pages and services."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from accounts.models import (
    Account,
    AccountIdentifier,
    LeadAssignment,
    ParentLink,
    Product,
    ProductCategory,
    RevenueEntry,
    Target,
)
from kam.core.admin import ReadOnlyAdmin


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["name", "kind", "status", "country", "current_lead"]
    list_select_related: ClassVar = ["current_lead"]
    search_fields: ClassVar = ["name_key", "=identifiers__value"]


@admin.register(AccountIdentifier)
class AccountIdentifierAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["system", "value", "account"]
    list_select_related: ClassVar = ["account"]
    search_fields: ClassVar = ["=value"]


@admin.register(ParentLink)
class ParentLinkAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["account", "parent", "valid"]
    list_select_related: ClassVar = ["account", "parent"]


@admin.register(LeadAssignment)
class LeadAssignmentAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["account", "user", "valid"]
    list_select_related: ClassVar = ["account", "user"]


@admin.register(ProductCategory)
class ProductCategoryAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["code", "name"]


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["code", "name", "category", "is_active"]
    list_select_related: ClassVar = ["category"]


@admin.register(RevenueEntry)
class RevenueEntryAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["source_key", "booked_on", "net_amount", "currency_id"]
    ordering: ClassVar = ["-pk"]


@admin.register(Target)
class TargetAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["month", "account", "manager", "amount", "currency_id"]
    list_select_related: ClassVar = ["account", "manager"]
