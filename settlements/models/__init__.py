from settlements.models.conditions import TradeCondition
from settlements.models.consignment import (
    ConsignedStock,
    ConsignmentMovement,
    StockCount,
    StockCountLine,
)
from settlements.models.credit import Collateral, CreditLimit, CreditSettings, ExposureFact
from settlements.models.credit_applications import (
    ApplicationFile,
    ChecklistAnswer,
    CreditApplication,
    FinancialStatement,
)
from settlements.models.credit_checks import (
    CreditCheck,
    CreditHold,
    CreditOverride,
    CreditScoreSnapshot,
)
from settlements.models.credit_positions import CreditPosition
from settlements.models.documents import Document
from settlements.models.ledger import Allocation, LedgerItem
from settlements.models.moves import AccountMove
from settlements.models.overdue import ExtractGap, OverdueRun, OverdueSpell, Position
from settlements.models.payment_terms import PaymentLine, PaymentOperation
from settlements.models.periods import AccountingPeriod
from settlements.models.prices import AccountPrice, FloorPrice, ListPrice, PriceBreak
from settlements.models.product_codes import AccountProductCode, ProductUnit
from settlements.models.rates import RateBand, RateSchedule
from settlements.models.rebates import (
    RebateAccrual,
    RebateExpectation,
    RebateRun,
    RebateSettlement,
)
from settlements.models.report_sums import SalesReportSum
from settlements.models.reports import SalesReport, SalesReportLine
from settlements.models.rollups import AccountPosition, OpenBalance
from settlements.models.settling import SettlementStatement, StatementLine, StatementReport
from settlements.models.settling_parts import (
    PostingLimit,
    StatementDispute,
    StatementDocument,
)
from settlements.models.term_parts import (
    BusinessCalendar,
    CalendarDay,
    MediumRule,
    MinimumGuarantee,
    SettlementTerm,
)
from settlements.models.terms import AgreementVersion, Responsibility, TradingAgreement
from settlements.models.work import ControllerAssignment, WorkEvent, WorkItem

__all__ = [
    "AccountMove",
    "AccountPosition",
    "AccountPrice",
    "AccountProductCode",
    "AccountingPeriod",
    "AgreementVersion",
    "Allocation",
    "ApplicationFile",
    "BusinessCalendar",
    "CalendarDay",
    "ChecklistAnswer",
    "Collateral",
    "ConsignedStock",
    "ConsignmentMovement",
    "ControllerAssignment",
    "CreditApplication",
    "CreditCheck",
    "CreditHold",
    "CreditLimit",
    "CreditOverride",
    "CreditPosition",
    "CreditScoreSnapshot",
    "CreditSettings",
    "Document",
    "ExposureFact",
    "ExtractGap",
    "FinancialStatement",
    "FloorPrice",
    "LedgerItem",
    "ListPrice",
    "MediumRule",
    "MinimumGuarantee",
    "OpenBalance",
    "OverdueRun",
    "OverdueSpell",
    "PaymentLine",
    "PaymentOperation",
    "Position",
    "PostingLimit",
    "PriceBreak",
    "ProductUnit",
    "RateBand",
    "RateSchedule",
    "RebateAccrual",
    "RebateExpectation",
    "RebateRun",
    "RebateSettlement",
    "Responsibility",
    "SalesReport",
    "SalesReportLine",
    "SalesReportSum",
    "SettlementStatement",
    "SettlementTerm",
    "StatementDispute",
    "StatementDocument",
    "StatementLine",
    "StatementReport",
    "StockCount",
    "StockCountLine",
    "TradeCondition",
    "TradingAgreement",
    "WorkEvent",
    "WorkItem",
]
