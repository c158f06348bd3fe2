"""What cells of a heat map are called: their state in words, their colour by class."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.analytics.wallet import Reason, Sum
from accounts.choices import WalletConfidence
from accounts.models import Account
from accounts.selectors.wallet.cells import HeatCell
from kam.core import formats
from kam.core.dates import Period

HALF = Decimal("0.5")
STEPS = (
    (Decimal("0.1"), gettext_lazy("under 10 %")),
    (Decimal("0.25"), gettext_lazy("10 to 25 %")),
    (Decimal("0.5"), gettext_lazy("25 to 50 %")),
    (Decimal("0.75"), gettext_lazy("50 to 75 %")),
    (Decimal(2), gettext_lazy("75 % and more")),
)
REASONS = {
    Reason.NO_WALLET: gettext_lazy("Not estimated"),
    Reason.NO_RATE: gettext_lazy("Not computable: an exchange rate is missing"),
    Reason.NEGATIVE_SALES: gettext_lazy("Not computable: our sales are below zero"),
    Reason.OVER: gettext_lazy("Not computable: we sell more than the estimate"),
    Reason.EMPTY: gettext_lazy("They buy nothing of it"),
}
SHORT = {
    Reason.NO_WALLET: gettext_lazy("Not estimated"),
    Reason.NO_RATE: gettext_lazy("No rate"),
    Reason.NEGATIVE_SALES: gettext_lazy("Sales below zero"),
    Reason.OVER: gettext_lazy("Sales above wallet"),
    Reason.EMPTY: gettext_lazy("Nothing bought"),
}


def step_of(share: Decimal) -> int:
    """The number of the colour: 1 for a small share of their wallet, 5 for nearly all."""
    return next(number for number, (end, _words) in enumerate(STEPS, 1) if share < end)


def css(one: HeatCell) -> str:
    """The class of a cell: a colour by share; hatched where it is not computable."""
    if one.cell.share is not None:
        return f"is-step-{step_of(one.cell.share)}"
    if one.cell.reason in (Reason.NO_WALLET, Reason.EMPTY):
        return "is-blank"
    return "is-hatched"


def reason_of(one: HeatCell) -> str:
    """Why share and whitespace are unknown, in words; nothing where they are known."""
    return str(REASONS[one.cell.reason]) if one.cell.reason is not None else ""


def short_reason(one: HeatCell) -> str:
    """The same in the few words that a cell has room for."""
    return str(SHORT[one.cell.reason]) if one.cell.reason is not None else ""


def coverage(total: Sum) -> str:
    """How much of what is added up is known."""
    words = {"known": formats.number(total.covered), "all": formats.number(total.cells)}
    text = ngettext(
        "%(known)s of %(all)s cell is known", "%(known)s of %(all)s cells are known", total.cells
    )
    return text % words


def estimated(total: Sum) -> str:
    """How many of the categories that somebody estimated can be computed."""
    text = ngettext(
        "%(known)s of %(all)s estimated category",
        "%(known)s of %(all)s estimated categories",
        total.cells,
    )
    return text % {"known": formats.number(total.covered), "all": formats.number(total.cells)}


def parts_words(one: HeatCell) -> str:
    """Of how many estimates below a cell is the sum; nothing for one of its own."""
    if one.covered is None:
        return ""
    text = ngettext(
        "From %(known)s of %(all)s estimate below",
        "From %(known)s of %(all)s estimates below",
        one.covered.cells,
    )
    return text % {
        "known": formats.number(one.covered.covered),
        "all": formats.number(one.covered.cells),
    }


def confidence(value: int | None) -> str:
    """A confidence in words."""
    return "" if value is None else str(WalletConfidence(value).label)


def period_words(period: Period) -> str:
    """A year by its number, anything else by its first and last day."""
    text = str(period)
    if "/" not in text:
        return text
    return _("%(first)s to %(last)s") % {
        "first": formats.date(period.start),
        "last": formats.date(period.last_day),
    }


def cell_url(account_id: int, category_id: int, period: Period) -> str:
    """The page of a cell."""
    url = reverse("accounts:whitespace-cell", args=[account_id, category_id])
    return f"{url}?{urlencode({'period': str(period)})}"


def whitespace_url(account: Account, period: Period) -> str:
    """The map of an account for a period."""
    url = reverse("accounts:whitespace-account", args=[account.pk])
    return f"{url}?{urlencode({'period': str(period)})}"


def rival_url(one: HeatCell) -> str:
    """The page of the main competitor; nothing where several are named, or nobody."""
    rivals = one.rivals
    return reverse("accounts:competitor-detail", args=[rivals[0].id]) if len(rivals) == 1 else ""


def shown(one: HeatCell, period: Period, currency: str) -> dict[str, Any]:
    """A cell as the template draws it; the title says all of it in words."""
    cell = one.cell
    return {
        "one": one,
        "css": css(one),
        "url": cell_url(one.account_id, one.category_id, period),
        "reason": short_reason(one),
        "title": _title(one, currency),
        "is_sum": one.covered is not None and bool(one.covered.covered),
        "share": cell.share,
    }


def _title(one: HeatCell, currency: str) -> str:
    cell = one.cell
    lines = [
        _("Share of wallet %s") % formats.percent(cell.share)
        if cell.share is not None
        else reason_of(one)
    ]
    if cell.wallet is not None:
        lines.append(_("Wallet %s") % formats.money(cell.wallet, currency, 0))
    if one.current is not None:
        lines.append(_("Our sales %s") % formats.money(one.current, currency, 0))
    if cell.whitespace is not None:
        lines.append(_("Whitespace %s") % formats.money(cell.whitespace, currency, 0))
    if one.supplied_by:
        lines.append(_("Main competitor: %s") % one.supplied_by)
    lines += [text for text in (confidence(one.confidence), parts_words(one)) if text]
    return "\n".join(lines)
