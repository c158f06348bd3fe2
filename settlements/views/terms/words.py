"""What an agreement says, in plain words: whole sentences, each one translated as it stands."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.formats import Text
from settlements.choices.terms import (
    Bearer,
    Cycle,
    Deduction,
    GuaranteeBasis,
    InvoicingParty,
    NegativeHandling,
    Proration,
    Renewal,
    SettlementBasis,
    TestPeriod,
    TitleTransfer,
    VersionState,
)
from settlements.models import AgreementVersion, MediumRule, MinimumGuarantee, SettlementTerm

# icons: pencil hourglass circle-check archive ban calendar-event calendar-x
STATES: dict[str, tuple[State, str]] = {
    VersionState.DRAFT: ("neutral", "pencil"),
    VersionState.IN_APPROVAL: ("warning", "hourglass"),
    VersionState.ACTIVE: ("success", "circle-check"),
    VersionState.SUPERSEDED: ("muted", "archive"),
    VersionState.TERMINATED: ("muted", "ban"),
}


def state_badge(version: AgreementVersion) -> Badge:
    """Where a version stands."""
    state, icon = STATES[version.state]
    return Badge(str(version.get_state_display()), state, icon)


def percent(value: Decimal) -> str:
    """A percentage as agreements write it: 22 is 22 %, 0.6 is 0.6 %."""
    places = max(-int(value.normalize().as_tuple().exponent), 0)
    return formats.percent(value / 100, places)


# The period

_ENDS: dict[str, Text] = {
    Renewal.ENDS: gettext_lazy("It ends on %(day)s."),
    Renewal.NEGOTIATED: gettext_lazy("It runs until %(day)s and is negotiated anew."),
}


def last_day(version: AgreementVersion) -> date | None:
    """The last day of a version; None where there is none."""
    upper: date | None = version.valid.upper
    return None if upper is None else upper - timedelta(days=1)


def period(version: AgreementVersion) -> list[str]:
    """From when, until when, what then, and until when notice can be given."""
    last = last_day(version)
    if last is None:
        words = _("It holds from %(day)s and has no last day.")
        return [words % {"day": formats.date(version.valid.lower)}]
    found = [
        _("It holds from %(day)s.") % {"day": formats.date(version.valid.lower)},
        _at_the_end(version, last),
    ]
    if version.notice_by:
        words = _("Notice can be given until %(day)s.")
        found.append(words % {"day": formats.date(version.notice_by)})
    return found


def _at_the_end(version: AgreementVersion, last: date) -> str:
    if version.renewal != Renewal.SILENT:
        return str(_ENDS[version.renewal]) % {"day": formats.date(last)}
    months = version.renewal_months or 0
    words = ngettext(
        "It runs until %(day)s, and on for %(months)s month unless notice is given.",
        "It runs until %(day)s, and on for %(months)s months unless notice is given.",
        months,
    )
    return words % {"day": formats.date(last), "months": formats.number(months)}


# A method of settlement

_BASES: dict[str, Text] = {
    SettlementBasis.RECEIVED_NET: gettext_lazy(
        "They pay for what they received less what they returned, at our price."
    ),
    SettlementBasis.SOLD_NET: gettext_lazy(
        "They pay for what consumers bought less what these returned, at our price."
    ),
    SettlementBasis.TURNOVER_NET: gettext_lazy(
        "They pay us what consumers paid them, less a deduction."
    ),
}
_RENTS: dict[str, Text] = {
    Cycle.WEEKLY: gettext_lazy("We pay a rent of %(rent)s each week."),
    Cycle.HALF_MONTHLY: gettext_lazy("We pay a rent of %(rent)s twice a month."),
    Cycle.MONTHLY: gettext_lazy("We pay a rent of %(rent)s each month."),
    Cycle.QUARTERLY: gettext_lazy("We pay a rent of %(rent)s each quarter."),
}
_TITLES: dict[str, Text] = {
    TitleTransfer.ON_RECEIPT: gettext_lazy("The goods become theirs when they accept them."),
    TitleTransfer.ON_SELL_THROUGH: gettext_lazy(
        "The goods stay ours until the consumer buys them."
    ),
    TitleTransfer.NEVER: gettext_lazy("The goods never become theirs: we sell to the consumer."),
}
_DEDUCTIONS: dict[str, Text] = {
    Deduction.PERCENT: gettext_lazy("They keep %(rate)s of the turnover."),
    Deduction.TIERED_INCREMENTAL: gettext_lazy(
        "What they keep goes by bands: each part of the turnover at the rate of its band."
    ),
    Deduction.TIERED_RETROACTIVE: gettext_lazy(
        "What they keep goes by bands: the whole turnover at the rate of the band it reaches."
    ),
}
_CYCLES: dict[str, Text] = {
    Cycle.WEEKLY: gettext_lazy("A statement is made every week."),
    Cycle.HALF_MONTHLY: gettext_lazy("A statement is made twice a month."),
    Cycle.MONTHLY: gettext_lazy("A statement is made every month."),
    Cycle.QUARTERLY: gettext_lazy("A statement is made every quarter."),
}
_INVOICES: dict[str, Text] = {
    InvoicingParty.SUPPLIER: gettext_lazy("We write the invoices."),
    InvoicingParty.SELF_BILLED: gettext_lazy("They write our invoices for us."),
}
_SHRINK: dict[str, Text] = {
    Bearer.US: gettext_lazy("We bear shrink."),
    Bearer.CUSTOMER: gettext_lazy("They bear shrink."),
    Bearer.SHARED: gettext_lazy("Both bear shrink."),
}
_COUPONS: dict[str, Text] = {
    Bearer.US: gettext_lazy("We pay for coupons."),
    Bearer.CUSTOMER: gettext_lazy("They pay for coupons."),
    Bearer.SHARED: gettext_lazy("Both pay for coupons, half each."),
}
_NEGATIVE: dict[str, Text] = {
    NegativeHandling.CARRY_FORWARD: gettext_lazy(
        "What a statement leaves in their favour is carried to the next one."
    ),
    NegativeHandling.BILL: gettext_lazy("What a statement leaves in their favour they claim."),
}


def method(term: SettlementTerm, currency: str) -> list[str]:
    """How goods become money under a term; the deduction's bands stand in a table of their own."""
    if term.settlement_basis == SettlementBasis.FIXED_RENT:
        rent = formats.money(term.rent or Decimal(0), currency)
        return [str(_RENTS[term.cycle]) % {"rent": rent}, *deduction(term), *_tax(term)]
    found = [str(_BASES[term.settlement_basis]), str(_TITLES[term.title_transfer])]
    found += deduction(term)
    if term.settlement_basis != SettlementBasis.RECEIVED_NET:
        found.append(str(_CYCLES[term.cycle]))
    found += [str(_INVOICES[term.invoicing_party]), *_tax(term)]
    if term.settlement_basis == SettlementBasis.TURNOVER_NET:
        found += _turnover(term)
    return [*found, *shrink(term)]


def deduction(term: SettlementTerm) -> list[str]:
    """What they keep of a turnover; nothing where there is no deduction."""
    if term.deduction == Deduction.NONE:
        return []
    facts = {"rate": percent(term.deduction_percent or Decimal(0))}
    words = str(_DEDUCTIONS[term.deduction])
    return [words % facts if term.deduction == Deduction.PERCENT else words]


def _tax(term: SettlementTerm) -> list[str]:
    rate = {"rate": percent(term.tax_rate) if term.tax_rate is not None else ""}
    if term.is_tax_inclusive:
        if term.tax_rate is None:
            return [_("Amounts include tax.")]
        return [_("Amounts include tax, at %(rate)s where nothing else is said.") % rate]
    if term.tax_rate is None:
        return [_("Amounts are without tax.")]
    return [_("Amounts are without tax, at %(rate)s where nothing else is said.") % rate]


def _turnover(term: SettlementTerm) -> list[str]:
    counted = (
        _("Turnover is counted after coupons.")
        if term.is_after_coupons
        else _("Turnover is counted before coupons.")
    )
    coupons, negative = _COUPONS[term.coupon_bearer], _NEGATIVE[term.negative_handling]
    return [counted, str(coupons), *media(term), str(negative)]


_OWN_RATE: dict[bool, Text] = {
    False: gettext_lazy("Of what is paid by %(medium)s they keep %(rate)s instead."),
    True: gettext_lazy(
        "Of what is paid by %(medium)s they keep %(rate)s instead; it counts towards the guarantee."
    ),
}
_NOT_COUNTED: dict[bool, Text] = {
    False: gettext_lazy("What is paid by %(medium)s does not count: they keep nothing of it."),
    True: gettext_lazy(
        "What is paid by %(medium)s does not count: they keep nothing of it, and it is no part of"
        " the guarantee."
    ),
}


def media(term: SettlementTerm) -> list[str]:
    """Which payment media do not go by the deduction, the first by name first."""
    is_guaranteed = getattr(term, "guarantee", None) is not None
    rows = sorted(term.media.all(), key=lambda one: one.medium)
    return [_medium(one, is_guaranteed=is_guaranteed) for one in rows]


def _medium(one: MediumRule, *, is_guaranteed: bool) -> str:
    if one.percent is None:
        return str(_NOT_COUNTED[is_guaranteed]) % {"medium": one.medium}
    facts = {"medium": one.medium, "rate": percent(one.percent)}
    return str(_OWN_RATE[is_guaranteed]) % facts


def shrink(term: SettlementTerm) -> list[str]:
    """Who bears what is missing; nothing where it was not agreed."""
    if not term.shrink_bearer:
        return []
    if term.shrink_tolerance is None:
        return [str(_SHRINK[term.shrink_bearer])]
    words = _("We bear shrink up to %(share)s of the units sold; they bear what is above.")
    return [words % {"share": percent(term.shrink_tolerance)}]


# A guarantee

_GUARANTEED: dict[str, Text] = {
    GuaranteeBasis.SALES: gettext_lazy("We guarantee them a turnover of %(amount)s each month."),
    GuaranteeBasis.COMMISSION: gettext_lazy(
        "We guarantee them a deduction of %(amount)s each month."
    ),
}
_TESTED: dict[str, Text] = {
    TestPeriod.MONTH: gettext_lazy("It is tested each month."),
    TestPeriod.QUARTER: gettext_lazy("It is tested over each quarter, by a statement of its own."),
    TestPeriod.YEAR: gettext_lazy("It is tested over each year, by a statement of its own."),
    TestPeriod.CUMULATIVE: gettext_lazy(
        "It is taken each month and tested over the year, by a statement of its own."
    ),
}
_PRORATED: dict[str, Text] = {
    Proration.NONE: gettext_lazy("A part month guarantees the whole amount."),
    Proration.TRADING_DAYS: gettext_lazy(
        "A part month guarantees its days of trading out of all its days."
    ),
}


def guarantee(found: MinimumGuarantee | None, currency: str) -> list[str]:
    """What is guaranteed, over which period it is tested, and what is kept above it."""
    if found is None:
        return []
    amount = {"amount": formats.money(found.amount, currency)}
    lines = [str(_GUARANTEED[found.basis]) % amount, str(_TESTED[found.test_period])]
    lines.append(str(_PRORATED[found.proration]))
    if found.excess_rate is not None:
        words = _("They keep %(rate)s of what is sold above it.")
        lines.append(words % {"rate": percent(found.excess_rate)})
    return lines


def discount(term: SettlementTerm) -> list[str]:
    """The early payment discount."""
    if term.discount_percent is None or term.discount_days is None:
        return []
    words = ngettext(
        "They may take off %(rate)s if they pay within %(days)s day.",
        "They may take off %(rate)s if they pay within %(days)s days.",
        term.discount_days,
    )
    facts = {"rate": percent(term.discount_percent), "days": formats.number(term.discount_days)}
    return [words % facts]
