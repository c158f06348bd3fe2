"""A version of an agreement as a page reads it: method, payment, guarantee, bands, examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from settlements.choices.terms import Calculation, RebateBasis
from settlements.models import AgreementVersion, RateSchedule, SettlementTerm
from settlements.selectors.terms import own_figures
from settlements.selectors.terms.conditions import bands_of
from settlements.selectors.terms.own_figures import Invoice, UsualMonth
from settlements.selectors.terms.rules import TermRules, rules_of, term_rows
from settlements.views.terms import examples, words
from settlements.views.terms.conditions import bearer_rows, condition_rows

RELATED = ("version__agreement", "guarantee", "deduction_schedule", "category", "calendar")


@dataclass(frozen=True, kw_only=True)
class TermBlock:
    """One method of settlement in words, with its examples."""

    term: SettlementTerm
    rules: TermRules
    title: str
    goods: str
    method: list[str]
    payment: list[examples.Instalment]
    example: str
    discount: list[str]
    guarantee: list[str]
    bands: list[examples.BandRow]
    invoices: list[examples.InvoiceRow]
    deduction: examples.DeductionExample | None


def terms_of(version: AgreementVersion) -> list[SettlementTerm]:
    """The terms of a version with all that words need, that of all goods first."""
    rows = term_rows().select_related(*RELATED).filter(version=version)
    return sorted(
        rows, key=lambda term: (term.category_id is not None, str(term.category), term.pk)
    )


def blocks(
    version: AgreementVersion,
    *,
    today: date,
    invoices: Sequence[Invoice] = (),
    average: UsualMonth | None = None,
    typed: Decimal | None = None,
) -> list[TermBlock]:
    """Every term of a version in words."""
    return [
        block(term, today=today, invoices=invoices, average=average, typed=typed)
        for term in terms_of(version)
    ]


def block(
    term: SettlementTerm,
    *,
    today: date,
    invoices: Sequence[Invoice] = (),
    average: UsualMonth | None = None,
    typed: Decimal | None = None,
) -> TermBlock:
    """One term in words."""
    rules = rules_of(term)
    currency = rules.currency
    return TermBlock(
        term=term,
        rules=rules,
        title=str(term.get_preset_display()),
        goods=term.category.name if term.category else _("All goods"),
        method=words.method(term, currency),
        payment=examples.instalments(rules.base_event, rules.lines, currency),
        example=examples.as_sentence(rules, today),
        discount=words.discount(term),
        guarantee=words.guarantee(getattr(term, "guarantee", None), currency),
        bands=examples.band_rows(rules.bands, currency) if len(rules.bands) > 1 else [],
        invoices=examples.invoice_rows(rules, invoices),
        deduction=examples.deduction_example(rules, typed=typed, average=average),
    )


def read(version: AgreementVersion, *, today: date, typed: Decimal | None = None) -> dict[str, Any]:
    """What the page of a version shows of what it says."""
    agreement = version.agreement
    currency = agreement.currency_id
    return {
        "period": words.period(version),
        "blocks": blocks(
            version,
            today=today,
            invoices=own_figures.last_invoices(agreement),
            average=own_figures.usual_month(agreement, as_of=today),
            typed=typed,
        ),
        "conditions": condition_rows(
            version.conditions.select_related("category", "schedule"), currency
        ),
        "schedules": [
            (one, schedule_rows(one, currency))
            for one in version.schedules.prefetch_related("bands", "terms", "conditions")
            if not one.terms.all()
        ],
        "bearers": bearer_rows(version.responsibilities.all()),
    }


def schedule_rows(schedule: RateSchedule, currency: str) -> list[examples.BandRow]:
    """The bands of a schedule; counted in units where a condition that uses it counts units."""
    per_unit = any(
        one.basis == RebateBasis.UNITS or one.calculation == Calculation.PER_UNIT
        for one in schedule.conditions.all()
    )
    return examples.band_rows(bands_of(schedule.bands.all()), currency, per_unit=per_unit)
