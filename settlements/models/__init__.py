from settlements.models.documents import Document
from settlements.models.ledger import Allocation, LedgerItem
from settlements.models.moves import AccountMove
from settlements.models.overdue import ExtractGap, OverdueRun, OverdueSpell, Position
from settlements.models.periods import AccountingPeriod
from settlements.models.rollups import AccountPosition, OpenBalance
from settlements.models.work import ControllerAssignment, WorkEvent, WorkItem

__all__ = [
    "AccountMove",
    "AccountPosition",
    "AccountingPeriod",
    "Allocation",
    "ControllerAssignment",
    "Document",
    "ExtractGap",
    "LedgerItem",
    "OpenBalance",
    "OverdueRun",
    "OverdueSpell",
    "Position",
    "WorkEvent",
    "WorkItem",
]
