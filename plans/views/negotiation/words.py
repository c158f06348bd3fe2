"""Negotiations in words and signs."""

from __future__ import annotations

from kam.core.badges import Badge, State
from plans.choices.negotiation import (
    BriefState,
    EntryState,
    OfferState,
    RoundAccountState,
    RoundState,
    Side,
)
from plans.models import GiveGet, NegotiationBrief, Offer, PriceRound, PriceRoundAccount

# icons: pencil messages circle-check ban clock send checks x arrow-back speakerphone flag
# icons: hourglass arrow-up-right arrow-down-left progress
BRIEFS: dict[str, tuple[State, str]] = {
    BriefState.PREPARING: ("neutral", "pencil"),
    BriefState.UNDER_WAY: ("info", "messages"),
    BriefState.AGREED: ("success", "circle-check"),
    BriefState.ENDED: ("muted", "ban"),
}
ENTRIES: dict[str, tuple[State, str]] = {
    EntryState.PLANNED: ("neutral", "pencil"),
    EntryState.OFFERED: ("info", "send"),
    EntryState.AGREED: ("info", "checks"),
    EntryState.DELIVERED: ("success", "circle-check"),
    EntryState.LAPSED: ("muted", "ban"),
}
OFFERS: dict[str, tuple[State, str]] = {
    OfferState.RECORDED: ("success", "circle-check"),
    OfferState.WAITING: ("warning", "hourglass"),
    OfferState.REFUSED: ("danger", "x"),
    OfferState.WITHDRAWN: ("muted", "arrow-back"),
}
ROUNDS: dict[str, tuple[State, str]] = {
    RoundState.DRAFT: ("neutral", "pencil"),
    RoundState.RUNNING: ("info", "progress"),
    RoundState.DONE: ("success", "circle-check"),
    RoundState.CANCELLED: ("muted", "ban"),
}
ACCOUNTS: dict[str, tuple[State, str]] = {
    RoundAccountState.TO_TELL: ("neutral", "clock"),
    RoundAccountState.TOLD: ("info", "speakerphone"),
    RoundAccountState.NEGOTIATING: ("warning", "messages"),
    RoundAccountState.ACCEPTED: ("success", "checks"),
    RoundAccountState.REFUSED: ("danger", "x"),
    RoundAccountState.IN_FORCE: ("success", "flag"),
}
SIDES = {Side.GIVE: "arrow-up-right", Side.GET: "arrow-down-left"}


def brief_badge(row: NegotiationBrief) -> Badge:
    """Where a negotiation stands."""
    return Badge(str(row.get_state_display()), *BRIEFS[row.state])


def entry_badge(row: GiveGet) -> Badge:
    """Where a give or get stands."""
    return Badge(str(row.get_state_display()), *ENTRIES[row.state])


def offer_badge(row: Offer) -> Badge:
    """Where an offer stands."""
    return Badge(str(row.get_state_display()), *OFFERS[row.state])


def round_badge(row: PriceRound) -> Badge:
    """Where a price round stands."""
    return Badge(str(row.get_state_display()), *ROUNDS[row.state])


def account_badge(row: PriceRoundAccount) -> Badge:
    """How far a round is with an account."""
    return Badge(str(row.get_state_display()), *ACCOUNTS[row.state])
