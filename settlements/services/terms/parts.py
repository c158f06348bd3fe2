"""Writing the parts of a draft, each whole and at once.

Every function takes the version's lock, so two people write one after the other, and nothing is
written in a version that was submitted meanwhile. A refused part leaves the one before. Who says
which version of a part was read (`read_at` of a row, `read_as` of a part: `said`) gets StaleError
where somebody else wrote it since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.db.models import Manager, ProtectedError
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record
from kam.core.problems import RefusedError, explained, refuse, refuse_stale
from kam.identity.models import User
from settlements.models import (
    AgreementVersion,
    MediumRule,
    MinimumGuarantee,
    PaymentLine,
    PaymentOperation,
    RateBand,
    RateSchedule,
    Responsibility,
    SettlementTerm,
    TradeCondition,
)
from settlements.services.reports.media import medium_code
from settlements.services.terms.checks import (
    header_problems,
    responsibility_problems,
    schedule_problems,
    term_problems,
)
from settlements.services.terms.condition_checks import condition_problems
from settlements.services.terms.copying import term_draft_of
from settlements.services.terms.drafts import (
    CONDITION_COLUMNS,
    TERM_COLUMNS,
    ConditionDraft,
    HeaderDraft,
    LineDraft,
    ResponsibilityDraft,
    ScheduleDraft,
    TermDraft,
    VersionDraft,
)
from settlements.services.terms.locking import locked_draft
from settlements.services.terms.presets import preset_of
from settlements.services.terms.said import bearers_version, header_version, term_version

MOST_TERMS, MOST_CONDITIONS, MOST_SCHEDULES = 50, 200, 50


# Header


@explained()
@transaction.atomic
def save_header(
    *, version: AgreementVersion, draft: HeaderDraft, by: User, read_as: str | None = None
) -> AgreementVersion:
    """Write the period, renewal and notice of a draft; raises RefusedError."""
    found = locked_draft(version, by=by)
    refuse_stale(header_version(found), read_as)
    write_header(found, draft)
    return found


def write_header(version: AgreementVersion, draft: HeaderDraft) -> None:
    """Set a header on a locked draft and save it; raises RefusedError with the first problem."""
    refuse(header_problems(draft))
    version.valid = DateRange(draft.start, draft.end)
    version.renewal, version.renewal_months = draft.renewal, draft.renewal_months
    version.notice_days, version.note = draft.notice_days, draft.note.strip()
    version.save()


# Schedules


@explained()
@transaction.atomic
def save_schedule(
    *,
    version: AgreementVersion,
    draft: ScheduleDraft,
    by: User,
    schedule: RateSchedule | None = None,
    read_at: datetime | None = None,
) -> RateSchedule:
    """Write bands under a name, anew or over a schedule of the version; raises RefusedError."""
    found = locked_draft(version, by=by)
    return _write_schedule(found, draft, _own(found.schedules, schedule, read_at))


def _write_schedule(
    version: AgreementVersion, draft: ScheduleDraft, row: RateSchedule | None = None
) -> RateSchedule:
    refuse(schedule_problems(draft))
    row = row or RateSchedule(version=version)
    row.name = draft.name.strip()
    if not row.pk and version.schedules.count() >= MOST_SCHEDULES:
        raise RefusedError(_("A version has at most 50 schedules."), code="too_many_schedules")
    row.save()
    row.bands.all().delete()
    RateBand.objects.bulk_create(
        RateBand(schedule=row, band=NumericRange(one.lower, one.upper), rate=one.rate)
        for one in draft.bands
    )
    return row


@explained()
@transaction.atomic
def delete_schedule(*, schedule: RateSchedule, by: User, read_at: datetime | None = None) -> None:
    """Remove bands from a draft; raises RefusedError where a term or a condition uses them."""
    version = locked_draft(schedule.version, by=by)
    row = _standing(version.schedules, schedule, read_at)
    try:
        row.delete()
    except ProtectedError as error:
        words = _("A term or a condition uses these bands. Change it first.")
        raise RefusedError(words, code="schedule_in_use") from error


# Terms


@explained()
@transaction.atomic
def save_term(
    *,
    version: AgreementVersion,
    draft: TermDraft,
    by: User | None,
    term: SettlementTerm | None = None,
) -> SettlementTerm:
    """Write a term with instalments, guarantee and media, anew or over one of the version.

    The preset is kept where the axes are still its own. Raises RefusedError with the first
    problem; see `term_problems` for all of them.
    """
    found = locked_draft(version, by=by)
    return _write_term(found, draft, _schedules(found), _own(found.terms, term))


@explained()
@transaction.atomic
def save_part(
    *,
    term: SettlementTerm,
    part: str,
    put: Callable[[TermDraft], TermDraft],
    by: User,
    read_as: str | None = None,
) -> SettlementTerm:
    """Write one part of a term (a key of `said.WITHIN`), which `put` sets in the term's draft.

    The other parts stay as they are, whoever wrote them meanwhile. Raises what `save_term` does.
    """
    version = locked_draft(term.version, by=by)
    row = _standing(version.terms, term)
    stands = term_draft_of(row)
    refuse_stale(term_version(stands, part), read_as)
    return _write_term(version, put(stands), _schedules(version), row)


def _write_term(
    version: AgreementVersion,
    draft: TermDraft,
    schedules: dict[str, RateSchedule],
    row: SettlementTerm | None = None,
) -> SettlementTerm:
    places = version.agreement.currency.decimals
    refuse(term_problems(draft, schedules=schedules, places=places))
    row = row or SettlementTerm(version=version)
    if not row.pk and version.terms.count() >= MOST_TERMS:
        raise RefusedError(_("A version has at most 50 terms."), code="too_many_terms")
    for name in TERM_COLUMNS:
        setattr(row, name, getattr(draft, name))
    row.preset = preset_of(draft)
    row.deduction_schedule = schedules[draft.schedule] if draft.schedule else None
    row.save()
    _write_payment(row, draft.lines)
    _write_guarantee(row, draft)
    _write_media(row, draft)
    return row


def _write_payment(term: SettlementTerm, lines: Sequence[LineDraft]) -> None:
    term.payment_lines.all().delete()
    rows = PaymentLine.objects.bulk_create(
        PaymentLine(term=term, sequence=place, kind=line.kind, value=line.value)
        for place, line in enumerate(lines, 1)
    )
    PaymentOperation.objects.bulk_create(
        PaymentOperation(line=row, sequence=place, kind=one.kind, value=one.value, roll=one.roll)
        for row, line in zip(rows, lines, strict=True)
        for place, one in enumerate(line.operations, 1)
    )


def _write_guarantee(term: SettlementTerm, draft: TermDraft) -> None:
    MinimumGuarantee.objects.filter(term=term).delete()
    if draft.guarantee is not None:
        MinimumGuarantee.objects.create(term=term, **vars(draft.guarantee))


def _write_media(term: SettlementTerm, draft: TermDraft) -> None:
    term.media.all().delete()
    MediumRule.objects.bulk_create(
        MediumRule(
            term=term,
            medium=medium_code(one.medium),
            is_counted=one.is_counted,
            percent=one.percent,
        )
        for one in draft.media
    )


@explained()
@transaction.atomic
def delete_term(*, term: SettlementTerm, by: User, read_as: str | None = None) -> None:
    """Remove a term from a draft; raises RefusedError for a version that is no draft."""
    row = _standing(locked_draft(term.version, by=by).terms, term)
    refuse_stale(term_version(term_draft_of(row)), read_as)
    row.delete()


# Conditions


@explained()
@transaction.atomic
def save_condition(
    *,
    version: AgreementVersion,
    draft: ConditionDraft,
    by: User,
    condition: TradeCondition | None = None,
    read_at: datetime | None = None,
) -> TradeCondition:
    """Write a fee, a promotion or a rebate, anew or over one of the version.

    Raises RefusedError with the first problem; see `condition_problems` for all of them.
    """
    found = locked_draft(version, by=by)
    row = _own(found.conditions, condition, read_at)
    return _write_condition(found, draft, _schedules(found), row)


def _write_condition(
    version: AgreementVersion,
    draft: ConditionDraft,
    schedules: dict[str, RateSchedule],
    row: TradeCondition | None = None,
) -> TradeCondition:
    refuse(condition_problems(draft, schedules=schedules))
    row = row or TradeCondition(version=version)
    if not row.pk and version.conditions.count() >= MOST_CONDITIONS:
        words = _("A version has at most 200 conditions.")
        raise RefusedError(words, code="too_many_conditions")
    for name in CONDITION_COLUMNS:
        setattr(row, name, getattr(draft, name))
    row.name = draft.name.strip()
    row.schedule = schedules[draft.schedule] if draft.schedule else None
    whole = draft.start is None and draft.end is None
    row.valid = None if whole else DateRange(draft.start, draft.end)
    row.save()
    return row


@explained()
@transaction.atomic
def delete_condition(
    *, condition: TradeCondition, by: User, read_at: datetime | None = None
) -> None:
    """Remove a condition from a draft; raises RefusedError for a version that is no draft."""
    _standing(locked_draft(condition.version, by=by).conditions, condition, read_at).delete()


# Responsibilities


@explained()
@transaction.atomic
def save_responsibilities(
    *,
    version: AgreementVersion,
    drafts: Sequence[ResponsibilityDraft],
    by: User,
    read_as: str | None = None,
) -> None:
    """Write who bears what, all of it; what is not named is not agreed. Raises RefusedError."""
    found = locked_draft(version, by=by)
    refuse_stale(bearers_version(found), read_as)
    _write_responsibilities(found, drafts)


def _write_responsibilities(
    version: AgreementVersion, drafts: Sequence[ResponsibilityDraft]
) -> None:
    refuse(responsibility_problems(drafts))
    version.responsibilities.all().delete()
    Responsibility.objects.bulk_create(
        Responsibility(version=version, **vars(one)) for one in drafts
    )


# The whole


@explained()
@transaction.atomic
def save_whole(*, version: AgreementVersion, draft: VersionDraft, by: User) -> AgreementVersion:
    """Write a whole draft over what stands, all of it or nothing.

    Raises RefusedError with the first problem; its field names the row: `terms.0.lines.1.value`.
    """
    found = locked_draft(version, by=by)
    write_whole(found, draft)
    return found


def write_whole(version: AgreementVersion, draft: VersionDraft) -> None:
    """Replace everything that a locked draft says; raises RefusedError."""
    _clear(version)
    with _at("header"):
        write_header(version, draft.header)
    for place, schedule in enumerate(draft.schedules):
        with _at(f"schedules.{place}"):
            _write_schedule(version, schedule)
    schedules = _schedules(version)
    for place, term in enumerate(draft.terms):
        with _at(f"terms.{place}"):
            _write_term(version, term, schedules)
    for place, condition in enumerate(draft.conditions):
        with _at(f"conditions.{place}"):
            _write_condition(version, condition, schedules)
    with _at("responsibilities"):
        _write_responsibilities(version, draft.responsibilities)


def delete_draft(version: AgreementVersion) -> None:
    """Delete a locked draft with all its parts, and its file once that is committed."""
    name = version.file.name or ""
    _clear(version)
    version.delete()
    if name:
        transaction.on_commit(partial(default_storage.delete, name))


def _clear(version: AgreementVersion) -> None:
    """Remove what uses bands before the bands."""
    for part in (version.conditions, version.terms, version.schedules):
        part.all().delete()


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Let a refusal say in which part of the whole its field is."""
    try:
        yield
    except RefusedError as error:
        error.field = f"{place}.{error.field}" if error.field else place
        raise


def _schedules(version: AgreementVersion) -> dict[str, RateSchedule]:
    return {one.name: one for one in version.schedules.all()}


def _own[Row: Record](
    rows: Manager[Row], row: Row | None, read_at: datetime | None = None
) -> Row | None:
    """Return the part that is written over, None for a new one."""
    return None if row is None else _standing(rows, row, read_at)


def _standing[Row: Record](rows: Manager[Row], row: Row, read_at: datetime | None = None) -> Row:
    """Return a part of this very version as it stands; raises RefusedError for any other, and
    StaleError for one that was saved after `read_at`."""
    found = rows.filter(pk=row.pk).first()
    if found is None:
        raise RefusedError(_("This is no part of the version any more."), code="not_here")
    refuse_stale(found.updated_at, read_at)
    return found
