"""Whose rows of settlements, by topic; the ledger's here, the others in modules of their own."""

from settlements.querysets.ledger import (
    AllocationQuerySet,
    ControllerQuerySet,
    DocumentQuerySet,
    GapQuerySet,
    LedgerItemQuerySet,
    LedgerQuerySet,
    PartyQuerySet,
    PeriodQuerySet,
    WorkQuerySet,
)

__all__ = [
    "AllocationQuerySet",
    "ControllerQuerySet",
    "DocumentQuerySet",
    "GapQuerySet",
    "LedgerItemQuerySet",
    "LedgerQuerySet",
    "PartyQuerySet",
    "PeriodQuerySet",
    "WorkQuerySet",
]
