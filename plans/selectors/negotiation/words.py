"""What the check of an offer says, in words for people, as typed problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kam.core import formats
from kam.core.formats import Text
from kam.core.problems import Blocker, Caution
from plans.analytics.negotiation import Need, Note, Stop
from plans.choices.negotiation import EntryState
from plans.selectors.negotiation.check import Checked


def added_up(states: Iterable[str]) -> str:
    """Say of which entries a sum of gives and gets is: a brief counts what is only planned, the
    ledger of an account does not."""
    names = ", ".join(str(EntryState(one).label) for one in states)
    return _("Added up: %(states)s.") % {"states": names}


@dataclass(frozen=True)
class ApprovalNeeded:
    """Why somebody else has to approve; with a reason the offer may be made and waits."""

    message: Text
    code: str


def problems_of(checked: Checked, currency: str) -> list[Blocker | ApprovalNeeded | Caution]:
    """Return what is to be said of a check, the gravest first. Amounts that the reader may not
    see are left out of the words."""
    return [
        *(Blocker(_stop(code), code, "price") for code in checked.stops),
        *(ApprovalNeeded(_need(code, checked, currency), code) for code in checked.needs),
        *(Caution(words, code) for code, words in _notes(checked)),
    ]


def _stop(code: str) -> str:
    words = {Stop.NOTHING_LEFT: _("Terms pay back the whole price: nothing is left of it.")}
    return words[Stop(code)]


def _need(code: str, checked: Checked, currency: str) -> str:
    def money(amount: object) -> str:
        """An amount in the currency of the offer."""
        return formats.money(amount, currency)  # type: ignore[arg-type]

    net = money(checked.net_net)
    if code == Need.BELOW_FLOOR:
        if checked.floor is None:
            return _("The net-net price of %(net)s is below the floor price.") % {"net": net}
        return _("The net-net price of %(net)s is below the floor price of %(floor)s.") % {
            "net": net, "floor": money(checked.floor),
        }  # fmt: skip
    if code == Need.BELOW_MARGIN:
        return _margin(checked)
    if code == Need.BELOW_OTHERS:
        return _("The net-net price of %(net)s is below the lowest that others of the channel pay, "
                 "%(others)s.") % {"net": net, "others": money(checked.others)}  # fmt: skip
    if code == Need.BEYOND_MANDATE:
        return _mandate(checked)
    return _("Neither list price, floor, margin nor others’ prices are known: somebody else has to "
             "look at it.")  # fmt: skip


def _margin(checked: Checked) -> str:
    share = checked.after_share if checked.pocket_share is None else checked.pocket_share
    if share is None or checked.margin_target is None:
        return _("The margin is below the target of the tier.")
    return _("A margin of %(margin)s is below the target of the tier, %(target)s.") % {
        "margin": formats.percent(share), "target": formats.percent(checked.margin_target),
    }  # fmt: skip


def _mandate(checked: Checked) -> str:
    discount = formats.percent((checked.discount or 0) / 100)
    if checked.mandate is None:
        words = _("It is %(discount)s below the list price; the role has no mandate for prices.")
        return words % {"discount": discount}
    return _("It is %(discount)s below the list price; the mandate goes to %(most)s.") % {
        "discount": discount, "most": formats.percent(checked.mandate / 100),
    }  # fmt: skip


def _notes(checked: Checked) -> Iterator[tuple[str, str]]:
    words = {
        Note.NO_LIST_PRICE: _("No list price is known."),
        Note.NO_FLOOR: _("No floor price is set."),
        Note.NO_COST: _("The cost of the product is not known, so no margin either."),
        Note.NO_SERVE_COST: _("Cost to serve is not known: the margin is before it."),
        Note.NO_MARGIN_TARGET: _("The account’s tier asks for no margin."),
        Note.NO_OTHERS: _("No other account of the channel has a price to compare with."),
        Note.NO_AGREEMENT: _("No agreement is in force: nothing is taken off after the invoice."),
        Note.ABOVE_LIST: _("It is above the list price."),
    }
    for code in checked.notes:
        if code == Note.NOT_COUNTED:
            names = ", ".join(f"“{name}”" for name in checked.uncounted[:5])
            yield (
                code,
                _("Not in the net-net price, since they cannot be put on one unit: %s.") % names,
            )
        elif code == Note.NO_SERVE_COST and Note.NO_COST in checked.notes:
            continue
        else:
            yield code, words[Note(code)]
