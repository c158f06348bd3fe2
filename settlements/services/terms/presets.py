"""The methods under their trade names, as drafts of a term to begin with.

A preset sets the axes; every one of them can be changed afterwards. What only the contract can say
is left open (who bears shrink, the percentage, the rent, the amount of a guarantee), so a preset
alone is not yet a whole term.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from settlements.choices.terms import (
    BaseEvent,
    Cycle,
    Deduction,
    GuaranteeBasis,
    NegativeHandling,
    OperationKind,
    Preset,
    SettlementBasis,
    TestPeriod,
    TitleTransfer,
)
from settlements.services.terms.drafts import (
    GuaranteeDraft,
    LineDraft,
    OperationDraft,
    TermDraft,
)

NET_DAYS = 30


def _after(days: int) -> tuple[LineDraft, ...]:
    """Everything at once, so many days after the base event."""
    steps = (OperationDraft(kind=OperationKind.DAYS, value=days),) if days else ()
    return (LineDraft(operations=steps),)


OUTRIGHT_CASH = TermDraft(
    preset=Preset.OUTRIGHT_CASH,
    title_transfer=TitleTransfer.ON_RECEIPT,
    settlement_basis=SettlementBasis.RECEIVED_NET,
    base_event=BaseEvent.DELIVERY,
    lines=_after(0),
)
OUTRIGHT_CREDIT = replace(
    OUTRIGHT_CASH,
    preset=Preset.OUTRIGHT_CREDIT,
    base_event=BaseEvent.INVOICE_DATE,
    lines=_after(NET_DAYS),
)
CONSIGNMENT = TermDraft(
    preset=Preset.CONSIGNMENT,
    title_transfer=TitleTransfer.ON_SELL_THROUGH,
    settlement_basis=SettlementBasis.SOLD_NET,
    base_event=BaseEvent.STATEMENT_CONFIRMED,
    lines=_after(NET_DAYS),
)
CONCESSION = TermDraft(
    preset=Preset.CONCESSION,
    title_transfer=TitleTransfer.NEVER,
    settlement_basis=SettlementBasis.TURNOVER_NET,
    deduction=Deduction.PERCENT,
    is_tax_inclusive=True,
    base_event=BaseEvent.STATEMENT_CONFIRMED,
    lines=_after(NET_DAYS),
)
GUARANTEED = replace(
    CONCESSION,
    preset=Preset.GUARANTEED,
    negative_handling=NegativeHandling.CARRY_FORWARD,
    guarantee=GuaranteeDraft(
        basis=GuaranteeBasis.SALES, amount=Decimal(0), test_period=TestPeriod.MONTH
    ),
)
LEASE = TermDraft(
    preset=Preset.LEASE,
    title_transfer=TitleTransfer.NEVER,
    settlement_basis=SettlementBasis.FIXED_RENT,
    base_event=BaseEvent.PERIOD_END,
    cycle=Cycle.MONTHLY,
    lines=_after(0),
)
PRESETS: dict[str, TermDraft] = {
    one.preset: one
    for one in (OUTRIGHT_CASH, OUTRIGHT_CREDIT, CONSIGNMENT, CONCESSION, GUARANTEED, LEASE)
}


def preset_of(draft: TermDraft) -> str:
    """Return the preset whose axes a term has; `own` where it has those of none.

    What a preset leaves open, and how it is paid, does not matter, unless two presets differ in
    nothing else: then the term's own preset goes first, and after it what is paid on credit.
    """
    mine = [one.preset for one in PRESETS.values() if _axes(one) == _axes(draft)]
    if not mine:
        return Preset.OWN
    return draft.preset if draft.preset in mine else mine[-1]


def _axes(draft: TermDraft) -> tuple[object, ...]:
    """Return the axes that tell the methods apart."""
    deducts = draft.deduction != Deduction.NONE
    if draft.settlement_basis == SettlementBasis.FIXED_RENT:
        deducts = False  # with or without a part of the turnover it is a lease
    return (draft.title_transfer, draft.settlement_basis, deducts, draft.guarantee is not None)
