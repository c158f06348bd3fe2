from settlements.models.documents import Document
from settlements.models.ledger import Allocation, LedgerItem
from settlements.models.periods import AccountingPeriod

__all__ = ["AccountingPeriod", "Allocation", "Document", "LedgerItem"]
