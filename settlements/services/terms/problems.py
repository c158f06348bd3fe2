"""What stands in the way of a version, and what to know before it is approved.

The cautions about law are defaults with a source and a date, to be checked where one trades; they
are no advice and refuse nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kam.core import formats
from kam.core.problems import Blocker, Caution
from settlements.analytics.due_dates import TermLine, due_date
from settlements.analytics.problems import CalculationError
from settlements.analytics.rates import RateUnit
from settlements.analytics.working_days import WorkingDays
from settlements.choices.terms import (
    Calculation,
    Channel,
    Conditionality,
    ConditionKind,
    FeeType,
    Proration,
    RebateBasis,
    Renewal,
    SettlementBasis,
)
from settlements.models import AgreementVersion, SettlementTerm, TradeCondition
from settlements.selectors.terms.rules import working_days
from settlements.services.terms.checks import (
    header_problems,
    responsibility_problems,
    schedule_problems,
    term_lines,
    term_problems,
)
from settlements.services.terms.condition_checks import condition_problems
from settlements.services.terms.copying import PARTS, draft_of, term_draft_of
from settlements.services.terms.drafts import ConditionDraft, VersionDraft
from settlements.services.terms.overlap import in_the_way
from settlements.services.terms.words import NO_TERM

LONGEST = 60
"""Days of payment after which the laws named below ask for more than an agreement."""
CHECKED = date(2026, 11, 22)
"""When the sources of the cautions about law were last looked at."""
FLAGGED_FEES = frozenset(
    {
        FeeType.LISTING,
        FeeType.NEW_PRODUCT,
        FeeType.ANNIVERSARY,
        FeeType.STORE_OPENING,
        FeeType.LOGISTICS,
        FeeType.INFORMATION,
        FeeType.CARD,
    }
)

LONG_PAYMENT = _(
    "More than 60 days needs an express agreement that is not grossly unfair in the EU "
    "(directive 2011/7) and is limited for smaller suppliers in China (order 802 of 2025, "
    "order 17 of 2006). A default as of %(day)s to be checked, not advice."
)
UNCONDITIONAL = _(
    "Unconditional rebate: %(names)s. Some laws forbid forcing them (China, order 17 of 2006, "
    "article 6). A default as of %(day)s to be checked, not advice."
)
FLAGGED = _(
    "Fees that some laws or authorities object to: %(names)s (China, order 17 of 2006; Romania, "
    "law 81 of 2022). A default as of %(day)s to be checked, not advice."
)


@dataclass(frozen=True, kw_only=True)
class Problems:
    """Blockers stop a submission and an approval; cautions are shown and stop nothing."""

    blockers: tuple[Blocker, ...]
    cautions: tuple[Caution, ...]


def problems_of(version: AgreementVersion) -> Problems:
    """Return all that stands in the way of a version, fields with their row, and the cautions.

    A constant number of queries.
    """
    rows = AgreementVersion.objects.select_related("agreement__currency")
    found = rows.prefetch_related(*PARTS).get(pk=version.pk)
    said = draft_of(found)
    places = found.agreement.currency.decimals
    return Problems(
        blockers=(*draft_blockers(said, places), *_overlap(found)),
        cautions=(*_header_cautions(found), *_term_cautions(found), *_law(found, said)),
    )


# Blockers


def draft_blockers(said: VersionDraft, places: int) -> list[Blocker]:
    """Return what stands in the way of a whole draft, such as `terms.0.lines.1.value`."""
    names = {one.name for one in said.schedules}
    found = _under("header", header_problems(said.header))
    if not said.terms:
        found.append(Blocker(NO_TERM, "agreement_version_whole", "terms"))
    units = _units(said)
    for place, schedule in enumerate(said.schedules):
        unit = units.get(schedule.name, RateUnit.PER_UNIT)
        found += _under(f"schedules.{place}", schedule_problems(schedule, rate_unit=unit))
    for place, term in enumerate(said.terms):
        found += _under(f"terms.{place}", term_problems(term, schedules=names, places=places))
    for place, condition in enumerate(said.conditions):
        found += _under(f"conditions.{place}", condition_problems(condition, schedules=names))
    return found + _under("responsibilities", responsibility_problems(said.responsibilities))


def _under(place: str, problems: Iterable[Blocker]) -> list[Blocker]:
    return [replace(one, field=f"{place}.{one.field}" if one.field else place) for one in problems]


def _units(said: VersionDraft) -> dict[str, RateUnit]:
    """Return the schedules whose rates are percentages, by what uses them."""
    percent = {one.schedule for one in said.terms if one.schedule}
    percent |= {
        one.schedule for one in said.conditions if one.schedule and one.basis != RebateBasis.UNITS
    }
    return dict.fromkeys(percent, RateUnit.PERCENT)


def _overlap(version: AgreementVersion) -> Iterator[Blocker]:
    for other in in_the_way(version):
        words = _("Version %(version)s holds from %(start)s%(end)s: the days overlap.") % {
            "version": other.version,
            "start": formats.date(other.valid.lower),
            "end": f" – {formats.date(last)}" if (last := _last(other)) else "",
        }
        yield Blocker(words, "agreement_versions_in_force_apart", "header.start")


def _last(version: AgreementVersion) -> date | None:
    end: date | None = version.valid.upper
    return end - timedelta(days=1) if end else None


# Cautions


def _header_cautions(version: AgreementVersion) -> Iterator[Caution]:
    if version.renewal == Renewal.SILENT and version.notice_days is None:
        words = _("It goes on by itself and no time of notice is agreed.")
        yield Caution(words, "no_notice")
    if not version.file:
        yield Caution(_("No signed file is kept with it."), "no_file")


def _term_cautions(version: AgreementVersion) -> Iterator[Caution]:
    terms = list(version.terms.all())
    if terms and all(one.category_id is not None for one in terms):
        words = _("There is no term for all goods: other categories have none.")
        yield Caution(words, "not_all_goods")
    if any(
        not day.is_confirmed for one in terms if one.calendar for day in one.calendar.days.all()
    ):
        words = _("A calendar of working days is not confirmed by an official notice yet.")
        yield Caution(words, "calendar_unconfirmed")
    if _cuts_a_month(version) and any(map(_is_whole_in_parts, terms)):
        words = _(
            "The version begins or ends within a month, and a part month guarantees the whole "
            "amount: with the version before or after it is guaranteed twice."
        )
        yield Caution(words, "guarantee_of_part_months")
    if _cuts_a_month(version) and terms and any(map(_is_whole_fee, version.conditions.all())):
        words = _(
            "The version begins or ends within a month: fixed amounts of each period are charged "
            "in both parts of it."
        )
        yield Caution(words, "fees_of_part_months")
    for term in terms:
        by_statement = term.settlement_basis in (
            SettlementBasis.SOLD_NET,
            SettlementBasis.TURNOVER_NET,
        )
        if by_statement and term.base_event in ("delivery", "goods_receipt", "order_date"):
            words = _("It is settled on what was sold, but payment runs from a delivery or order.")
            yield Caution(words, "base_event_before_sale")


def _cuts_a_month(version: AgreementVersion) -> bool:
    end = version.valid.upper
    return version.valid.lower.day != 1 or (end is not None and end.day != 1)


def _is_whole_in_parts(term: SettlementTerm) -> bool:
    """Whether a guarantee is not reduced for a part of a month."""
    found = getattr(term, "guarantee", None)
    return found is not None and found.proration == Proration.NONE


def _is_whole_fee(condition: TradeCondition) -> bool:
    """Whether it is a fixed amount that each statement carries."""
    on_statements = condition.channel in (Channel.ON_INVOICE, Channel.SET_OFF)
    is_fixed = condition.calculation == Calculation.FIXED
    return is_fixed and on_statements and condition.kind != ConditionKind.REBATE


def _law(version: AgreementVersion, said: VersionDraft) -> Iterator[Caution]:
    on = {"day": formats.date(CHECKED)}
    days = longest_payment(version)
    if days is not None and days > LONGEST:
        paid = ngettext(
            "It is paid up to %(days)s day after its base date.",
            "It is paid up to %(days)s days after its base date.",
            days,
        ) % {"days": formats.number(days)}
        yield Caution(f"{paid} {LONG_PAYMENT % on}", "longer_than_60_days")
    if names := [one.name for one in said.conditions if _is_unconditional(one)]:
        told = {**on, "names": ", ".join(names)}
        yield Caution(UNCONDITIONAL % told, "unconditional_rebate")
    if names := [one.name for one in said.conditions if _is_flagged(one)]:
        told = {**on, "names": ", ".join(names)}
        yield Caution(FLAGGED % told, "flagged_fee")


def _is_unconditional(one: ConditionDraft) -> bool:
    due = one.conditionality
    return one.kind == ConditionKind.REBATE and due == Conditionality.UNCONDITIONAL


def _is_flagged(one: ConditionDraft) -> bool:
    return one.fee_type in FLAGGED_FEES and not one.is_distinct_service


def longest_payment(version: AgreementVersion) -> int | None:
    """Return the most days from a base date of the coming year to the last due date.

    None where no date can be computed.
    """
    start = version.valid.lower
    bases = [start + timedelta(days=step) for step in range(366)]
    found = [
        days
        for term in version.terms.all()
        for line in _lines_of(term)
        for days in _days(line, bases, working_days(term.calendar))
    ]
    return max(found, default=None)


def _lines_of(term: SettlementTerm) -> tuple[TermLine, ...]:
    return term_lines(term_draft_of(term).lines)


def _days(line: TermLine, bases: Iterable[date], calendar: WorkingDays) -> Iterator[int]:
    for base in bases:
        try:
            due = due_date(base, line.operations, calendar)
        except CalculationError:
            continue
        if due is not None:
            yield (due - base).days
