"""A technical look at the ledger; posting and reversing go through the pages and services."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model

from kam.core.admin import ReadOnlyAdmin
from settlements.models import (
    AccountingPeriod,
    AccountMove,
    AccountPrice,
    AccountProductCode,
    AgreementVersion,
    Allocation,
    ApplicationFile,
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
    SalesReportSum,
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


@admin.register(ListPrice, FloorPrice)
class CompanyPriceAdmin(ReadOnlyAdmin):
    list_display = ["product", "unit", "amount", "currency_id", "valid"]
    list_select_related = ["product"]
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


# Rows that a list of columns is enough for: columns, and the keys that they read through.
PLAIN: dict[type[Model], tuple[list[str], list[str]]] = {
    LedgerItem: (["document", "sequence", "side", "amount", "allocated", "due_date"], ["document"]),
    Allocation: (
        ["effective_date", "amount", "currency_id", "debit_item_id", "credit_item_id"],
        [],
    ),
    AccountingPeriod: (
        ["valid", "selling_company", "closed_at", "closed_by"],
        ["selling_company", "closed_by"],
    ),
    AccountMove: (["from_account", "to_account", "moved_at"], ["from_account", "to_account"]),
    RebateRun: (["through", "conditions", "left_out", "created_by", "recorded_at"], ["created_by"]),
    RebateAccrual: (
        ["condition", "period", "through", "basis_amount", "accrued", "catch_up"],
        ["condition"],
    ),
    RebateExpectation: (
        ["condition", "period", "total", "expected_on", "created_by"],
        ["condition", "created_by"],
    ),
    RebateSettlement: (
        ["condition", "period", "amount", "currency_id", "document", "settled_on"],
        ["condition", "document"],
    ),
    BusinessCalendar: (["code", "name", "updated_at"], []),
    CreditApplication: (
        ["party", "state", "requested_limit", "currency_id", "submitted_at"],
        ["party"],
    ),
    ApplicationFile: (
        ["application", "kind", "name", "size", "uploaded_by", "created_at"],
        ["application__party", "uploaded_by"],
    ),
    CreditLimit: (["party", "amount", "currency_id", "valid", "revoked_on"], ["party"]),
    Collateral: (["party", "kind", "amount", "currency_id", "valid"], ["party"]),
    CreditCheck: (["party", "as_of", "requested", "currency_id", "result"], ["party"]),
    CreditOverride: (["party", "begins", "until", "role", "reason"], ["party"]),
    CreditHold: (["party", "state", "reason", "until"], ["party"]),
    CreditScoreSnapshot: (["party", "month", "grade", "score", "confidence"], ["party"]),
    ExposureFact: (["party", "kind", "amount", "currency_id", "valid"], ["party"]),
    CreditSettings: (["stock_weight", "horizon_days", "warn_at", "application_rule"], []),
    AccountPrice: (["account", "product", "unit", "currency_id", "valid"], ["account", "product"]),
    ProductUnit: (
        ["product", "code", "numerator", "denominator", "account", "valid"],
        ["product", "account"],
    ),
    SalesReportSum: (
        ["report", "store", "product", "category", "sold", "returned", "sales", "currency_id"],
        ["report", "store", "product", "category"],
    ),
    StockCount: (["store", "counted_on", "reference", "recorded_at"], ["store"]),
}

for _model, (_columns, _keys) in PLAIN.items():
    admin.site.register(
        _model, ReadOnlyAdmin, list_display=_columns, list_select_related=_keys, ordering=["-pk"]
    )
