"""The enumerations of settlements; each topic has a module of its own beside the ledger's."""

from settlements.choices.ledger import (
    FIRST_DAY,
    LAST_DAY,
    SIDES,
    DocumentKind,
    GapOutcome,
    Side,
    WorkAct,
    WorkOutcome,
    WorkRole,
    WorkState,
)

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "SIDES",
    "DocumentKind",
    "GapOutcome",
    "Side",
    "WorkAct",
    "WorkOutcome",
    "WorkRole",
    "WorkState",
]
