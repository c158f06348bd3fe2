"""What stands in the way of a part of a version, each problem with its field, rows by place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kam.core.formats import Text
from kam.core.problems import Blocker
from settlements.analytics import concession
from settlements.analytics.due_dates import (
    MOST_DISCOUNT,
    LineKind,
    Operation,
    OperationKind,
    Roll,
    TermLine,
    check_lines,
)
from settlements.analytics.problems import Problem
from settlements.analytics.rates import Band, RateUnit, check_bands
from settlements.choices import terms as choices
from settlements.choices.terms import Bearer, Deduction, Renewal, SettlementBasis
from settlements.models.reports import MEDIUM_LENGTH
from settlements.models.term_parts import BANDED
from settlements.services.reports.media import medium_code
from settlements.services.terms.drafts import (
    GuaranteeDraft,
    HeaderDraft,
    LineDraft,
    MediumDraft,
    OperationDraft,
    ResponsibilityDraft,
    ScheduleDraft,
    TermDraft,
)
from settlements.services.terms.words import (
    band_blockers,
    guarantee_blockers,
    payment_blockers,
)

MOST_LINES, MOST_STEPS, MOST_BANDS, MOST_MONTHS, MOST_DAYS = 24, 8, 50, 120, 3660
MOST_MEDIA = 20
LARGEST, PLACES = Decimal(10) ** 16, 4
UNKNOWN = _("This is none of the choices.")
PERCENT = _("A percentage is between 0 and 100.")
_TERM_CHOICES: dict[str, Collection[str]] = {
    "preset": choices.Preset.values,
    "title_transfer": choices.TitleTransfer.values,
    "settlement_basis": SettlementBasis.values,
    "deduction": Deduction.values,
    "cycle": choices.Cycle.values,
    "invoicing_party": choices.InvoicingParty.values,
    "negative_handling": choices.NegativeHandling.values,
    "base_event": choices.BaseEvent.values,
    "coupon_bearer": Bearer.values,
    "shrink_bearer": ["", *Bearer.values],
}
_NUMBERS = ("deduction_percent", "rent", "tax_rate", "shrink_tolerance", "discount_percent")


def unknown_choices(draft: object, known: dict[str, Collection[str]]) -> Iterator[Blocker]:
    """Return the fields whose value is none of the choices."""
    for name, values in known.items():
        if getattr(draft, name) not in values:
            yield Blocker(UNKNOWN, "unknown_choice", name)


def number_problems(draft: object, names: Iterable[str], *, prefix: str = "") -> Iterator[Blocker]:
    """Return amounts and percentages that no column holds: 16 digits, four decimals."""
    for name in names:
        value: Decimal | None = getattr(draft, name)
        if value is None:
            continue
        if not value.is_finite() or abs(value) >= LARGEST:
            yield Blocker(_("This number is too large."), "too_large", prefix + name)
        elif -int(value.normalize().as_tuple().exponent) > PLACES:
            words = _("A number has at most four decimals.")
            yield Blocker(words, "too_many_decimals", prefix + name)


def is_percent(value: Decimal | None) -> bool:
    """Whether there is no value, or one between 0 and 100."""
    return value is None or (value.is_finite() and 0 <= value <= 100)


# Header


def header_problems(draft: HeaderDraft) -> list[Blocker]:
    """Return what stands in the way of a header."""
    found = list(unknown_choices(draft, {"renewal": Renewal.values}))
    if draft.end is not None and draft.end <= draft.start:
        words = _("A version needs a first day, and ends after it.")
        found.append(Blocker(words, "empty_period", "end"))
    if draft.renewal == Renewal.SILENT:
        if draft.end is None:
            words = _("A version that goes on by itself needs a last day.")
            found.append(Blocker(words, "no_end", "end"))
        if not draft.renewal_months:
            words = _("Say for how many months it goes on.")
            found.append(Blocker(words, "no_months", "renewal_months"))
    if not 0 <= (draft.renewal_months or 0) <= MOST_MONTHS:
        found.append(Blocker(_("This is 1 to 120 months."), "months_range", "renewal_months"))
    if not 0 <= (draft.notice_days or 0) <= MOST_DAYS:
        found.append(Blocker(_("This is 0 to 3,660 days."), "days_range", "notice_days"))
    if len(draft.note) > 5000:
        found.append(Blocker(_("This is too long."), "too_long", "note"))
    return found


# Terms


def term_problems(
    draft: TermDraft, *, schedules: Collection[str], places: int = PLACES
) -> list[Blocker]:
    """Return what stands in the way of a term; `schedules` are the names of the version's bands.

    `places` are the decimals of the currency, for instalments of a fixed amount.
    """
    if wrong := list(number_problems(draft, _NUMBERS)):
        return wrong
    return [
        *unknown_choices(draft, _TERM_CHOICES),
        *_deduction_problems(draft, schedules),
        *_goods_problems(draft),
        *_discount_problems(draft),
        *_guarantee_problems(draft),
        *_media_problems(draft),
        *line_problems(draft.lines, places=places, is_needed=not _is_lease(draft)),
    ]


def _is_lease(draft: TermDraft) -> bool:
    return draft.settlement_basis == SettlementBasis.FIXED_RENT


def _deduction_problems(draft: TermDraft, schedules: Collection[str]) -> Iterator[Blocker]:
    kind, percent = draft.deduction, draft.deduction_percent
    whole = _("Give the deduction its percentage or its bands.")
    if (kind == Deduction.PERCENT) != (percent is not None):
        yield Blocker(whole, "deduction_percent", "deduction_percent")
    elif not is_percent(percent):
        yield Blocker(PERCENT, "percent_range", "deduction_percent")
    if (kind in BANDED) != bool(draft.schedule):
        yield Blocker(whole, "deduction_bands", "schedule")
    elif draft.schedule and draft.schedule not in schedules:
        words = _("The version has no bands of this name.")
        yield Blocker(words, "unknown_schedule", "schedule")
    of_turnover = draft.settlement_basis == SettlementBasis.TURNOVER_NET
    if kind != Deduction.NONE and not of_turnover and not _is_lease(draft):
        words = _("A deduction is taken from a turnover alone.")
        yield Blocker(words, "deduction_without_turnover", "deduction")
    if kind == Deduction.NONE and of_turnover:
        words = _("Say what the customer deducts from the turnover.")
        yield Blocker(words, "deduction_missing", "deduction")


def _goods_problems(draft: TermDraft) -> Iterator[Blocker]:
    if _is_lease(draft) != (draft.rent is not None):
        words = _("A rent is said where space is leased, and only there.")
        yield Blocker(words, "rent", "rent")
    elif draft.rent is not None and draft.rent <= 0:
        yield Blocker(_("This has to be above zero."), "not_positive", "rent")
    if draft.settlement_basis == SettlementBasis.SOLD_NET and not draft.shrink_bearer:
        words = _("Say who bears shrink: the method does not tell.")
        yield Blocker(words, "shrink_bearer", "shrink_bearer")
    shared = draft.shrink_bearer == Bearer.SHARED
    if shared and draft.shrink_tolerance is None:
        words = _("Say up to which percentage of units sold we bear shrink.")
        yield Blocker(words, "tolerance_missing", "shrink_tolerance")
    if not shared and draft.shrink_tolerance is not None:
        words = _("A tolerance is for shrink that both share.")
        yield Blocker(words, "tolerance_unused", "shrink_tolerance")
    for name in ("shrink_tolerance", "tax_rate"):
        if not is_percent(getattr(draft, name)):
            yield Blocker(PERCENT, "percent_range", name)


def _discount_problems(draft: TermDraft) -> Iterator[Blocker]:
    percent, days = draft.discount_percent, draft.discount_days
    if (percent is None) != (days is None):
        words = _("An early payment discount needs percent and days.")
        field = "discount_days" if days is None else "discount_percent"
        yield Blocker(words, "discount_whole", field)
    if percent is not None and not (percent.is_finite() and 0 < percent <= MOST_DISCOUNT):
        words = _("A discount is above 0 and at most 90 percent.")
        yield Blocker(words, "discount_percent", "discount_percent")
    if days is not None and not 0 <= days <= MOST_DAYS:
        yield Blocker(_("This is 0 to 3,660 days."), "days_range", "discount_days")


def _guarantee_problems(draft: TermDraft) -> list[Blocker]:
    guarantee = draft.guarantee
    if guarantee is None:
        return []
    found = list(number_problems(guarantee, ("amount", "excess_rate"), prefix="guarantee."))
    if found:
        return found
    if draft.settlement_basis != SettlementBasis.TURNOVER_NET:
        words = _("A guarantee is tested on a turnover.")
        found.append(Blocker(words, "guarantee_without_turnover", "guarantee.basis"))
    if not guarantee.test_period:
        words = _("Say over which period the guarantee is tested.")
        return [*found, Blocker(words, "no_test_period", "guarantee.test_period")]
    known: dict[str, Collection[str]] = {
        "basis": choices.GuaranteeBasis.values,
        "test_period": choices.TestPeriod.values,
        "proration": choices.Proration.values,
    }
    if unknown := list(unknown_choices(guarantee, known)):
        return [*found, *(Blocker(one.message, one.code, f"guarantee.{one.field}")
                          for one in unknown)]  # fmt: skip
    return found + _guarantee_of(guarantee)


def _guarantee_of(draft: GuaranteeDraft) -> list[Blocker]:
    if draft.amount <= 0:
        problems = [Problem("guarantee_negative")]
    elif draft.excess_rate is not None and not is_percent(draft.excess_rate):
        problems = [Problem("excess_rate_out_of_range")]
    elif draft.excess_rate is not None and draft.basis != concession.GuaranteeBasis.SALES:
        problems = [Problem("excess_needs_sales")]
    else:
        problems = []
    return guarantee_blockers(problems)


# Payment media


def _media_problems(draft: TermDraft) -> Iterator[Blocker]:
    if draft.media and (
        draft.settlement_basis != SettlementBasis.TURNOVER_NET or draft.deduction == Deduction.NONE
    ):
        words = _("Payment media have rules where a deduction is taken from a turnover.")
        yield Blocker(words, "media_without_turnover", "media.0.medium")
    if len(draft.media) > MOST_MEDIA:
        yield Blocker(_("There are at most 20 rules of media."), "too_many_media", "media")
    seen: set[str] = set()
    for row, one in enumerate(draft.media):
        code = medium_code(one.medium)
        yield from (Blocker(words, why, f"media.{row}.{name}")
                    for name, why, words in _medium_problems(one, code, seen))  # fmt: skip
        seen.add(code)


def _medium_problems(
    one: MediumDraft, code: str, seen: Collection[str]
) -> Iterator[tuple[str, str, Text]]:
    if not code or len(code) > MEDIUM_LENGTH:
        yield "medium", "no_medium", _("Say which medium, in at most 30 characters.")
    elif code in seen:
        yield "medium", "medium_twice", _("There is a rule of this medium already.")
    if one.is_counted != (one.percent is not None):
        words = _("A medium has its own percentage, or does not count.")
        yield "percent", "medium_whole", words
    elif not is_percent(one.percent):
        yield "percent", "percent_range", PERCENT
    for problem in number_problems(one, ("percent",)):
        yield "percent", problem.code, problem.message


# Payment


def line_problems(
    lines: Sequence[LineDraft], *, places: int = PLACES, is_needed: bool = True
) -> list[Blocker]:
    """Return what stands in the way of instalments; a lease may say nothing of payment."""
    if not lines and not is_needed:
        return []
    if len(lines) > MOST_LINES:
        words = _("A term has at most 24 instalments.")
        return [Blocker(words, "too_many_lines", "lines")]
    unknown = [*_unknown_kinds(lines)]
    if unknown:
        return unknown
    return payment_blockers([*check_lines(term_lines(lines)), *_exact_problems(lines, places)])


def _unknown_kinds(lines: Sequence[LineDraft]) -> Iterator[Blocker]:
    for row, line in enumerate(lines):
        if line.kind not in choices.LineKind.values:
            yield Blocker(UNKNOWN, "unknown_choice", f"lines.{row}.kind")
        if len(line.operations) > MOST_STEPS:
            words = _("An instalment has at most 8 steps.")
            yield Blocker(words, "too_many_steps", f"lines.{row}.operations")
        for place, step in enumerate(line.operations):
            at = f"lines.{row}.operations.{place}"
            if step.kind not in choices.OperationKind.values:
                yield Blocker(UNKNOWN, "unknown_choice", f"{at}.kind")
            elif step.roll not in ["", *choices.Roll.values]:
                yield Blocker(UNKNOWN, "unknown_choice", f"{at}.roll")
            elif step.roll and (step.value is not None or step.kind != OperationKind.BUSINESS_DAY):
                words = _("The step and its number do not fit.")
                yield Blocker(words, "operation_value", f"{at}.value")


def _exact_problems(lines: Sequence[LineDraft], places: int) -> Iterator[Problem]:
    for row, line in enumerate(lines):
        value = line.value
        if value is None or not value.is_finite():
            continue
        most = places if line.kind == LineKind.FIXED else PLACES
        if -int(value.normalize().as_tuple().exponent) > most:
            yield Problem("too_many_decimals", row=row)
        if line.kind != LineKind.FIXED and value == 100:
            yield Problem("percent_above_100", row=row)


def term_lines(lines: Sequence[LineDraft]) -> tuple[TermLine, ...]:
    """Return instalments as the mathematics reads them; kinds have to be known."""
    return tuple(
        TermLine(LineKind(line.kind), line.value, tuple(operation(one) for one in line.operations))
        for line in lines
    )


def operation(step: OperationDraft) -> Operation:
    """Return a step as the mathematics reads it."""
    return Operation(OperationKind(step.kind), Roll(step.roll) if step.roll else step.value)


# Bands


def schedule_problems(
    draft: ScheduleDraft, *, rate_unit: RateUnit = RateUnit.PER_UNIT
) -> list[Blocker]:
    """Return what stands in the way of bands; rates of percent are at most 100."""
    found = []
    if not draft.name.strip() or len(draft.name) > 100:
        found.append(Blocker(_("Bands need a name."), "no_name", "name"))
    if len(draft.bands) > MOST_BANDS:
        return [*found, Blocker(_("There are at most 50 bands."), "too_many_bands", "bands")]
    for row, one in enumerate(draft.bands):
        found += number_problems(one, ("lower", "upper", "rate"), prefix=f"bands.{row}.")
    return found or band_blockers(check_bands(bands(draft), rate_unit=rate_unit))


def bands(draft: ScheduleDraft) -> list[Band]:
    """Return bands as the mathematics reads them."""
    return [Band(one.lower, one.upper, one.rate) for one in draft.bands]


# Responsibilities


def responsibility_problems(drafts: Sequence[ResponsibilityDraft]) -> list[Blocker]:
    """Return what stands in the way of who bears what, rows by place: `0.our_share`."""
    found: list[Blocker] = []
    seen: set[str] = set()
    for row, one in enumerate(drafts):
        found += (Blocker(words, code, f"{row}.{name}") for name, code, words in _one(one, seen))
        seen.add(one.subject)
    return found


def _one(draft: ResponsibilityDraft, seen: set[str]) -> Iterator[tuple[str, str, Text]]:
    if draft.subject not in choices.Subject.values:
        yield "subject", "unknown_choice", UNKNOWN
    elif draft.subject in seen:
        yield "subject", "subject_twice", _("Who bears this is said already.")
    if draft.bearer not in Bearer.values:
        yield "bearer", "unknown_choice", UNKNOWN
    share, shared = draft.our_share, draft.bearer == Bearer.SHARED
    if shared != (share is not None):
        words = _("Say our share where both share it, and only there.")
        yield "our_share", "share_whole", words
    elif share is not None and not (share.is_finite() and 0 < share < 100):
        yield "our_share", "share_range", _("Our share is above 0 and below 100 percent.")
    if len(draft.note) > 300:
        yield "note", "too_long", _("This is too long.")
