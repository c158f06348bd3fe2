"""What a version says, read back as a draft: the start of the next version, a nested document."""

from __future__ import annotations

from settlements.models import (
    AgreementVersion,
    MinimumGuarantee,
    SettlementTerm,
    TradeCondition,
)
from settlements.services.terms.drafts import (
    CONDITION_COLUMNS,
    TERM_COLUMNS,
    BandDraft,
    ConditionDraft,
    GuaranteeDraft,
    HeaderDraft,
    LineDraft,
    MediumDraft,
    OperationDraft,
    ResponsibilityDraft,
    ScheduleDraft,
    TermDraft,
    VersionDraft,
)

PARTS = (
    "schedules__bands", "terms__payment_lines__operations", "terms__guarantee", "terms__media",
    "terms__deduction_schedule", "terms__category", "terms__calendar__days",
    "conditions__schedule", "conditions__category", "responsibilities",
)  # fmt: skip
"""What `draft_of` reads: prefetch it where there are many."""


def draft_of(version: AgreementVersion) -> VersionDraft:
    """Return all that a version says as a draft."""
    return VersionDraft(
        header=header_of(version),
        schedules=tuple(
            ScheduleDraft(
                name=one.name,
                bands=tuple(
                    BandDraft(lower=row.band.lower, upper=row.band.upper, rate=row.rate)
                    for row in sorted(one.bands.all(), key=lambda row: row.band.lower)
                ),
            )
            for one in version.schedules.all()
        ),
        terms=tuple(term_draft_of(one) for one in version.terms.all()),
        conditions=tuple(condition_draft_of(one) for one in version.conditions.all()),
        responsibilities=responsibilities_of(version),
    )


def responsibilities_of(version: AgreementVersion) -> tuple[ResponsibilityDraft, ...]:
    """Return who bears what as drafts."""
    return tuple(
        ResponsibilityDraft(
            subject=one.subject, bearer=one.bearer, our_share=one.our_share, note=one.note
        )
        for one in version.responsibilities.all()
    )


def header_of(version: AgreementVersion) -> HeaderDraft:
    """Return a version's period, renewal and notice as a draft."""
    return HeaderDraft(
        start=version.valid.lower,
        end=version.valid.upper,
        renewal=version.renewal,
        renewal_months=version.renewal_months,
        notice_days=version.notice_days,
        note=version.note,
    )


def term_draft_of(term: SettlementTerm) -> TermDraft:
    """Return a term with its instalments and guarantee as a draft."""
    schedule = term.deduction_schedule
    return TermDraft(
        **{name: getattr(term, name) for name in (*TERM_COLUMNS, "preset")},
        schedule=schedule.name if schedule else "",
        lines=tuple(
            LineDraft(
                kind=line.kind,
                value=line.value,
                operations=tuple(
                    OperationDraft(kind=one.kind, value=one.value, roll=one.roll)
                    for one in sorted(line.operations.all(), key=lambda one: one.sequence)
                ),
            )
            for line in sorted(term.payment_lines.all(), key=lambda line: line.sequence)
        ),
        guarantee=_guarantee_of(term),
        media=tuple(
            MediumDraft(medium=one.medium, is_counted=one.is_counted, percent=one.percent)
            for one in sorted(term.media.all(), key=lambda one: one.medium)
        ),
    )


def _guarantee_of(term: SettlementTerm) -> GuaranteeDraft | None:
    row: MinimumGuarantee | None = getattr(term, "guarantee", None)
    names = GuaranteeDraft.__dataclass_fields__
    return None if row is None else GuaranteeDraft(**{one: getattr(row, one) for one in names})


def condition_draft_of(condition: TradeCondition) -> ConditionDraft:
    """Return a condition as a draft."""
    valid, schedule = condition.valid, condition.schedule
    return ConditionDraft(
        **{name: getattr(condition, name) for name in CONDITION_COLUMNS},
        schedule=schedule.name if schedule else "",
        start=valid.lower if valid else None,
        end=valid.upper if valid else None,
    )
