"""What stands in the way of a negotiation, an offer or a price round."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError


class BriefOverError(RefusedError):
    """What is agreed or ended stays."""

    code = "negotiation_over"
    words = _("This negotiation is over: what was written down stays.")


class WrongStateError(RefusedError):
    """A thing does not go there from where it stands."""

    code, field = "negotiation_wrong_state", "state"
    words = _("It cannot take this step in its present state.")


class DeciderTwiceError(RefusedError):
    """A person is named once."""

    code, field = "brief_decider_once", "position"
    words = _("This person is named already.")


class EntryFixedError(RefusedError):
    """What was agreed stays; only its proof is added."""

    code = "give_get_fixed"
    words = _("What was agreed stays as it is; it can be delivered, or lapse.")


class NoProofError(RefusedError):
    """What was delivered has a proof."""

    code, field = "give_get_without_proof", "proof"
    words = _("Say how one sees that it was delivered.")


class ReasonNeededError(RefusedError):
    """An offer that goes below says why."""

    code, field = "offer_below_says_why", "reason"
    words = _("Say why the offer goes below: somebody else decides on it.")


class OwnOfferError(RefusedError):
    """Nobody approves their own offer."""

    code = "offer_decided_by_another"
    words = _("Nobody approves their own offer.")


class NotWaitingError(RefusedError):
    """An offer is decided on while it waits."""

    code = "offer_not_waiting"
    words = _("This offer does not wait for anybody.")


class BeyondMandateError(RefusedError):
    """An approver says yes as far as their own mandate goes."""

    code = "offer_beyond_mandate"
    words = _("The offer goes further than your own mandate for prices: ask somebody above you.")


class RoundOverError(RefusedError):
    """A round that is done or cancelled stays."""

    code = "price_round_over"
    words = _("This round is over: what was written down stays.")
