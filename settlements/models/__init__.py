from settlements.models.conditions import TradeCondition
from settlements.models.documents import Document
from settlements.models.ledger import Allocation, LedgerItem
from settlements.models.moves import AccountMove
from settlements.models.overdue import ExtractGap, OverdueRun, OverdueSpell, Position
from settlements.models.payment_terms import PaymentLine, PaymentOperation
from settlements.models.periods import AccountingPeriod
from settlements.models.prices import AccountPrice, FloorPrice, ListPrice, PriceBreak
from settlements.models.product_codes import AccountProductCode, ProductUnit
from settlements.models.rates import RateBand, RateSchedule
from settlements.models.rollups import AccountPosition, OpenBalance
from settlements.models.term_parts import (
    BusinessCalendar,
    CalendarDay,
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
    "BusinessCalendar",
    "CalendarDay",
    "ControllerAssignment",
    "Document",
    "ExtractGap",
    "FloorPrice",
    "LedgerItem",
    "ListPrice",
    "MinimumGuarantee",
    "OpenBalance",
    "OverdueRun",
    "OverdueSpell",
    "PaymentLine",
    "PaymentOperation",
    "Position",
    "PriceBreak",
    "ProductUnit",
    "RateBand",
    "RateSchedule",
    "Responsibility",
    "SettlementTerm",
    "TradeCondition",
    "TradingAgreement",
    "WorkEvent",
    "WorkItem",
]
