"""What a rebate says in words: its rate, its next tier, how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kam.core import formats
from kam.core.badges import Badge
from settlements.analytics.rates import Scheme
from settlements.analytics.rebate_outlook import Outlook
from settlements.choices.terms import Conditionality, Deduction, RebateBasis
from settlements.models import RebateAccrual, TradeCondition
from settlements.selectors.rebates.figures import counted as counted
from settlements.selectors.rebates.figures import outlook_of


def rebate_url(row: RebateAccrual) -> str:
    """The page of a rebate, opened at the row's period."""
    path = reverse("settlements:rebate-detail", args=[row.condition_id])
    return f"{path}?period={row.period.lower.isoformat()}"


def rate_words(condition: TradeCondition, rate: Decimal) -> str:
    """A rate: hundredths of the basis, or money for each unit."""
    if condition.basis == RebateBasis.UNITS:
        currency = condition.version.agreement.currency_id
        return _("%(amount)s each") % {"amount": f"{formats.number(rate)} {currency}"}
    places = max(-int(rate.normalize().as_tuple().exponent), 0)
    return formats.percent(rate / 100, places)


def outlook_at(row: RebateAccrual) -> Outlook | None:
    """The tiers on both sides as of the row's day; no query where the row comes `with_rules`."""
    places = row.currency.decimals
    return outlook_of(row.condition, row.basis_amount, row.expected_total, places)


def next_words(condition: TradeCondition, found: Outlook | None) -> str:
    """What the next tier asks and pays: “12,400.00 EUR more brings 2 % on everything”."""
    if found is None or found.to_next is None or found.next_rate is None:
        return ""
    words = {
        "more": counted(condition, found.to_next),
        "rate": rate_words(condition, found.next_rate),
    }
    if condition.scheme == Deduction.TIERED_INCREMENTAL:
        return _("%(more)s more, then %(rate)s on what follows") % words
    if condition.conditionality == Conditionality.GROWTH:
        return _("%(more)s more brings %(rate)s on all growth") % words
    return _("%(more)s more brings %(rate)s on everything") % words


def back_words(condition: TradeCondition, found: Outlook | None) -> str:
    """What falling back would cost: “3,000.00 EUR of returns would cost 20,000.00 EUR”."""
    if found is None or found.above_last is None or not found.loss or found.loss <= 0:
        return ""
    currency = condition.version.agreement.currency_id
    return _("%(less)s above the tier; returns beyond that would cost %(loss)s") % {
        "less": counted(condition, found.above_last),
        "loss": formats.money(found.loss, currency),
    }


@dataclass(frozen=True)
class Progress:
    """How much of the next bound is reached; a file gets the share."""

    row: RebateAccrual

    @property
    def share(self) -> Decimal | None:
        """Reached of the next bound; None where there is no next one."""
        row = self.row
        if row.to_next is None:
            return None
        bound = row.basis_amount + row.to_next
        return max(row.basis_amount, Decimal(0)) / bound if bound > 0 else Decimal(0)

    def __str__(self) -> str:
        if self.share is not None:
            return formats.percent(self.share)
        return _("Top tier") if self.row.condition.schedule_id else _("One rate for all")

    def __html__(self) -> SafeString:
        if self.share is None and not self.row.condition.schedule_id:
            return format_html('<span class="text-secondary">{}</span>', str(self))
        share = Decimal(1) if self.share is None else self.share
        return format_html(
            '<span class="rebate-progress"><progress class="progress" max="1" value="{}"'
            ' aria-label="{}"></progress><span class="cell-sub">{}</span></span>',
            f"{share:.4f}",
            _("Reached of the next tier"),
            str(self),
        )


def state_badge(row: RebateAccrual) -> Badge:
    """Running, near its cliff, over, or settled. icons: circle-check clock-play hourglass"""
    if getattr(row, "is_settled", False):
        return Badge(pgettext("rebate", "Settled"), "muted", "circle-check")
    if getattr(row, "is_over", False):
        return Badge(_("To be settled"), "warning", "hourglass")
    if getattr(row, "near", False):
        return Badge(_("Near the next tier"), "info", "trending-up")
    return Badge(_("Running"), "neutral", "player-play")


def scheme_words(condition: TradeCondition, scheme: Scheme) -> str:
    """How the bands apply."""
    if scheme is Scheme.TIERED_INCREMENTAL:
        return _("Each slice at its own rate")
    return _("Everything at the rate reached")
