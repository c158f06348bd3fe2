"""A technical look at the ledger; posting and reversing go through the pages and services."""

from __future__ import annotations

from django.contrib import admin

from kam.core.admin import ReadOnlyAdmin
from settlements.models import (
    AccountingPeriod,
    AccountMove,
    AccountPrice,
    AccountProductCode,
    AgreementVersion,
    Allocation,
    BusinessCalendar,
    Collateral,
    ConsignedStock,
    ConsignmentMovement,
    CreditApplication,
    CreditCheck,
    CreditHold,
    CreditLimit,
    CreditOverride,
    CreditScoreSnapshot,
    CreditSettings,
    Document,
    ExposureFact,
    FloorPrice,
    LedgerItem,
    ListPrice,
    PostingLimit,
    ProductUnit,
    RebateAccrual,
    RebateExpectation,
    RebateRun,
    RebateSettlement,
    SalesReport,
    SettlementStatement,
    SettlementTerm,
    StockCount,
    TradeCondition,
    TradingAgreement,
)


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ["number", "kind", "party", "posting_date", "total", "currency_id"]
    list_select_related = ["party"]
    search_fields = ["=number"]
    ordering = ["-pk"]


@admin.register(LedgerItem)
class LedgerItemAdmin(ReadOnlyAdmin):
    list_display = ["document", "sequence", "side", "amount", "allocated", "due_date"]
    list_select_related = ["document"]
    ordering = ["-pk"]


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = ["effective_date", "amount", "currency_id", "debit_item_id", "credit_item_id"]
    ordering = ["-pk"]


@admin.register(AccountingPeriod)
class AccountingPeriodAdmin(ReadOnlyAdmin):
    list_display = ["valid", "selling_company", "closed_at", "closed_by"]
    list_select_related = ["selling_company", "closed_by"]


@admin.register(AccountMove)
class AccountMoveAdmin(ReadOnlyAdmin):
    list_display = ["from_account", "to_account", "moved_at"]
    list_select_related = ["from_account", "to_account"]


@admin.register(RebateRun)
class RebateRunAdmin(ReadOnlyAdmin):
    list_display = ["through", "conditions", "left_out", "created_by", "recorded_at"]
    list_select_related = ["created_by"]


@admin.register(RebateAccrual)
class RebateAccrualAdmin(ReadOnlyAdmin):
    list_display = ["condition", "period", "through", "basis_amount", "accrued", "catch_up"]
    list_select_related = ["condition"]
    ordering = ["-pk"]


@admin.register(RebateExpectation)
class RebateExpectationAdmin(ReadOnlyAdmin):
    list_display = ["condition", "period", "total", "expected_on", "created_by"]
    list_select_related = ["condition", "created_by"]


@admin.register(RebateSettlement)
class RebateSettlementAdmin(ReadOnlyAdmin):
    list_display = ["condition", "period", "amount", "currency_id", "document", "settled_on"]
    list_select_related = ["condition", "document"]


@admin.register(TradingAgreement)
class TradingAgreementAdmin(ReadOnlyAdmin):
    list_display = ["number", "name", "account", "selling_company", "currency_id"]
    list_select_related = ["account", "selling_company"]
    search_fields = ["=number", "name"]
    ordering = ["-pk"]


@admin.register(AgreementVersion)
class AgreementVersionAdmin(ReadOnlyAdmin):
    list_display = ["agreement", "version", "state", "valid", "submitted_by", "approved_by"]
    list_select_related = ["agreement", "submitted_by", "approved_by"]
    list_filter = ["state"]
    ordering = ["-pk"]


@admin.register(SettlementTerm)
class SettlementTermAdmin(ReadOnlyAdmin):
    list_display = ["version", "category", "preset", "settlement_basis", "deduction"]
    list_select_related = ["version__agreement", "category"]
    list_filter = ["preset"]
    ordering = ["-pk"]


@admin.register(TradeCondition)
class TradeConditionAdmin(ReadOnlyAdmin):
    list_display = ["version", "kind", "name", "calculation", "value", "channel"]
    list_select_related = ["version__agreement"]
    list_filter = ["kind"]
    ordering = ["-pk"]


@admin.register(BusinessCalendar)
class BusinessCalendarAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "updated_at"]


@admin.register(CreditApplication)
class CreditApplicationAdmin(ReadOnlyAdmin):
    list_display = ["party", "state", "requested_limit", "currency_id", "submitted_at"]
    list_select_related = ["party"]
    ordering = ["-pk"]


@admin.register(CreditLimit)
class CreditLimitAdmin(ReadOnlyAdmin):
    list_display = ["party", "amount", "currency_id", "valid", "revoked_on"]
    list_select_related = ["party"]
    ordering = ["-pk"]


@admin.register(Collateral)
class CollateralAdmin(ReadOnlyAdmin):
    list_display = ["party", "kind", "amount", "currency_id", "valid"]
    list_select_related = ["party"]
    ordering = ["-pk"]


@admin.register(CreditCheck)
class CreditCheckAdmin(ReadOnlyAdmin):
    list_display = ["party", "as_of", "requested", "currency_id", "result"]
    list_select_related = ["party"]
    ordering = ["-pk"]


@admin.register(CreditOverride)
class CreditOverrideAdmin(ReadOnlyAdmin):
    list_display = ["party", "begins", "until", "role", "reason"]
    list_select_related = ["party"]
    ordering = ["-pk"]


@admin.register(CreditHold)
class CreditHoldAdmin(ReadOnlyAdmin):
    list_display = ["party", "state", "reason", "until"]
    list_select_related = ["party"]
    ordering = ["-pk"]


@admin.register(CreditScoreSnapshot)
class CreditScoreSnapshotAdmin(ReadOnlyAdmin):
    list_display = ["party", "month", "grade", "score", "confidence"]
    list_select_related = ["party"]
    ordering = ["-pk"]


@admin.register(ExposureFact)
class ExposureFactAdmin(ReadOnlyAdmin):
    list_display = ["party", "kind", "amount", "currency_id", "valid"]
    list_select_related = ["party"]
    ordering = ["-pk"]


@admin.register(CreditSettings)
class CreditSettingsAdmin(ReadOnlyAdmin):
    list_display = ["stock_weight", "horizon_days", "warn_at", "application_rule"]


@admin.register(SettlementStatement)
class SettlementStatementAdmin(ReadOnlyAdmin):
    list_display = ["number", "version", "account", "kind", "period", "state", "payable"]
    list_select_related = ["account"]
    list_filter = ["state", "kind"]
    search_fields = ["=number"]
    ordering = ["-pk"]


@admin.register(PostingLimit)
class PostingLimitAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["role", "amount"]


@admin.register(AccountPrice)
class AccountPriceAdmin(ReadOnlyAdmin):
    list_display = ["account", "product", "unit", "currency_id", "valid"]
    list_select_related = ["account", "product"]
    ordering = ["-pk"]


@admin.register(ListPrice, FloorPrice)
class CompanyPriceAdmin(ReadOnlyAdmin):
    list_display = ["product", "unit", "amount", "currency_id", "valid"]
    list_select_related = ["product"]
    ordering = ["-pk"]


@admin.register(ProductUnit)
class ProductUnitAdmin(ReadOnlyAdmin):
    list_display = ["product", "code", "numerator", "denominator", "account", "valid"]
    list_select_related = ["product", "account"]
    ordering = ["-pk"]


@admin.register(AccountProductCode)
class AccountProductCodeAdmin(ReadOnlyAdmin):
    list_display = ["account", "code", "product", "unit", "valid"]
    list_select_related = ["account", "product"]
    search_fields = ["=code", "=gtin"]
    ordering = ["-pk"]


@admin.register(SalesReport)
class SalesReportAdmin(ReadOnlyAdmin):
    list_display = ["their_number", "version", "kind", "account", "period", "state"]
    list_select_related = ["account"]
    list_filter = ["kind", "state", "function"]
    search_fields = ["their_number"]
    ordering = ["-pk"]


@admin.register(ConsignmentMovement)
class ConsignmentMovementAdmin(ReadOnlyAdmin):
    list_display = ["moved_on", "kind", "store", "product", "quantity", "report_id"]
    list_select_related = ["store", "product"]
    list_filter = ["kind"]
    ordering = ["-pk"]


@admin.register(ConsignedStock)
class ConsignedStockAdmin(ReadOnlyAdmin):
    list_display = ["store", "product", "quantity", "is_flagged"]
    list_select_related = ["store", "product"]
    list_filter = ["is_flagged"]
    ordering = ["-pk"]


@admin.register(StockCount)
class StockCountAdmin(ReadOnlyAdmin):
    list_display = ["store", "counted_on", "reference", "recorded_at"]
    list_select_related = ["store"]
    ordering = ["-pk"]
