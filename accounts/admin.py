"""A technical look at accounts and revenue; changes go through the pages and services."""

from __future__ import annotations

from django.contrib import admin

from accounts.models import (
    Account,
    AccountAddress,
    AccountIdentifier,
    ActivityDriver,
    ActivityRate,
    Competitor,
    CostEntry,
    CostPool,
    Handover,
    HealthScore,
    HealthSettings,
    LeadAssignment,
    MarketFact,
    Opportunity,
    ParentLink,
    Placement,
    Product,
    ProductCategory,
    ProgrammeElement,
    ProgrammeItem,
    Promise,
    RevenueEntry,
    ServiceLine,
    StoreCheck,
    Target,
    Task,
    TeamMember,
    TeamRequest,
    WalletEstimate,
)
from kam.core.admin import ReadOnlyAdmin


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["name", "kind", "status", "country", "current_lead"]
    list_select_related = ["current_lead"]
    search_fields = ["name_key", "=identifiers__value"]


@admin.register(AccountIdentifier)
class AccountIdentifierAdmin(ReadOnlyAdmin):
    list_display = ["system", "value", "account"]
    list_select_related = ["account"]
    search_fields = ["=value"]


@admin.register(ParentLink)
class ParentLinkAdmin(ReadOnlyAdmin):
    list_display = ["account", "parent", "valid"]
    list_select_related = ["account", "parent"]


@admin.register(LeadAssignment)
class LeadAssignmentAdmin(ReadOnlyAdmin):
    list_display = ["account", "user", "valid"]
    list_select_related = ["account", "user"]


@admin.register(ProductCategory)
class ProductCategoryAdmin(ReadOnlyAdmin):
    list_display = ["code", "name"]


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "category", "is_active"]
    list_select_related = ["category"]


@admin.register(Competitor)
class CompetitorAdmin(ReadOnlyAdmin):
    list_display = ["name", "country", "merged_into"]
    list_select_related = ["merged_into"]
    search_fields = ["name_key"]


@admin.register(MarketFact)
class MarketFactAdmin(ReadOnlyAdmin):
    list_display = ["country", "measure", "value", "unit", "noted_on"]


@admin.register(ProgrammeElement)
class ProgrammeElementAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "is_price", "is_active"]


@admin.register(ProgrammeItem)
class ProgrammeItemAdmin(ReadOnlyAdmin):
    list_display = ["account", "element", "valid", "switching"]
    list_select_related = ["account", "element"]


@admin.register(RevenueEntry)
class RevenueEntryAdmin(ReadOnlyAdmin):
    list_display = ["source_key", "booked_on", "net_amount", "currency_id"]
    ordering = ["-pk"]


@admin.register(Target)
class TargetAdmin(ReadOnlyAdmin):
    list_display = ["month", "account", "manager", "amount", "currency_id"]
    list_select_related = ["account", "manager"]


@admin.register(HealthSettings)
class HealthSettingsAdmin(ReadOnlyAdmin):
    list_display = ["effective_on", "author", "note"]
    list_select_related = ["author"]


@admin.register(HealthScore)
class HealthScoreAdmin(ReadOnlyAdmin):
    list_display = ["account", "valid", "level", "score", "confidence", "scored_on"]
    list_select_related = ["account"]
    ordering = ["-pk"]


@admin.register(CostEntry)
class CostEntryAdmin(ReadOnlyAdmin):
    list_display = ["booked_on", "account", "kind", "amount", "currency_id"]
    list_select_related = ["account"]
    ordering = ["-pk"]


@admin.register(ActivityRate)
class ActivityRateAdmin(ReadOnlyAdmin):
    list_display = ["kind", "unit", "amount", "valid"]


@admin.register(ActivityDriver)
class ActivityDriverAdmin(ReadOnlyAdmin):
    list_display = ["month", "account", "kind", "volume"]
    list_select_related = ["account"]


@admin.register(CostPool)
class CostPoolAdmin(ReadOnlyAdmin):
    list_display = ["month", "kind", "name", "amount", "rule"]


@admin.register(WalletEstimate)
class WalletEstimateAdmin(ReadOnlyAdmin):
    list_display = ["account", "category", "period", "amount", "currency_id", "estimated_on"]
    list_select_related = ["account", "category"]


@admin.register(Opportunity)
class OpportunityAdmin(ReadOnlyAdmin):
    list_display = ["title", "account", "stage", "value", "currency_id", "expected_close"]
    list_select_related = ["account"]
    search_fields = ["title"]


@admin.register(Promise)
class PromiseAdmin(ReadOnlyAdmin):
    list_display = ["what", "side", "account", "user", "due_on", "outcome"]
    list_select_related = ["account", "user"]


@admin.register(TeamMember)
class TeamMemberAdmin(ReadOnlyAdmin):
    list_display = ["account", "user", "function", "valid"]
    list_select_related = ["account", "user"]


@admin.register(TeamRequest)
class TeamRequestAdmin(ReadOnlyAdmin):
    list_display = ["title", "account", "sender", "to_user", "status", "due_on"]
    list_select_related = ["account", "sender", "to_user"]


@admin.register(Handover)
class HandoverAdmin(ReadOnlyAdmin):
    list_display = ["account", "from_user", "to_user", "effective_on", "acknowledged_at"]
    list_select_related = ["account", "from_user", "to_user"]
    exclude = ["pack", "reason", "acknowledged_note"]


@admin.register(AccountAddress)
class AccountAddressAdmin(ReadOnlyAdmin):
    list_display = ["account", "kind", "city", "country", "is_main"]
    list_select_related = ["account"]


@admin.register(Placement)
class PlacementAdmin(ReadOnlyAdmin):
    list_display = ["account", "product", "category", "kind", "stage", "valid"]
    list_select_related = ["account", "product", "category"]


@admin.register(StoreCheck)
class StoreCheckAdmin(ReadOnlyAdmin):
    list_display = ["account", "checked_on", "checker", "state"]
    list_select_related = ["account", "checker"]


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = ["title", "account", "owner", "due_on", "done_on"]
    list_select_related = ["account", "owner"]


@admin.register(ServiceLine)
class ServiceLineAdmin(ReadOnlyAdmin):
    list_display = ["source_key", "account", "reported_on", "ordered", "delivered"]
    list_select_related = ["account"]
