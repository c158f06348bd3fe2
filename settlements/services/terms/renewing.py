"""The night's work on agreements: silent renewals go on, people are told of what ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kam.core.dates import add_months
from settlements.choices.terms import Renewal, VersionState
from settlements.models import AgreementVersion
from settlements.models.terms import FIXED as APPROVED
from settlements.services.terms.locking import locked_version
from settlements.services.terms.notices import tell_of_ends


@dataclass(frozen=True, kw_only=True)
class Renewed:
    """What a run did: versions that went on, people told of dates that come near."""

    renewed: int
    told: int


def renew(*, as_of: date, at: datetime) -> Renewed:
    """Let versions go on whose end has come without notice, then tell of ends to come.

    A version goes on by whole steps of its months until it covers the day, never into the days of
    the version that follows it. Running it twice changes nothing.
    """
    ended = AgreementVersion.objects.filter(
        state=VersionState.ACTIVE, renewal=Renewal.SILENT, valid__endswith__lte=as_of
    )
    renewed = sum(_go_on(one, as_of=as_of) for one in ended.order_by("pk"))
    return Renewed(renewed=renewed, told=tell_of_ends(as_of=as_of, at=at))


@transaction.atomic
def _go_on(version: AgreementVersion, *, as_of: date) -> bool:
    """Extend one version under its lock; answer whether it went on."""
    row = locked_version(version)
    start, end = row.valid.lower, row.valid.upper
    stands = row.state == VersionState.ACTIVE and row.renewal == Renewal.SILENT
    if not stands or end is None or end > as_of or not row.renewal_months:
        return False
    last = _next_end(end, row.renewal_months, as_of)
    if follower := _follower(row):
        last = min(last, follower.valid.lower)
    if last <= end:
        return False
    row.valid = DateRange(start, last)
    row.save()
    return True


def _next_end(end: date, months: int, as_of: date) -> date:
    """Return the first end after the day, in whole steps from the one that was agreed.

    A last day at the end of a month stays there.
    """
    steps, last = 0, end
    while last <= as_of:
        steps += months
        last = _later(end, steps)
    return last


def _later(end: date, months: int) -> date:
    if end.day == 1:
        return add_months(end, months)
    return add_months(end - timedelta(days=1), months) + timedelta(days=1)


def _follower(version: AgreementVersion) -> AgreementVersion | None:
    """Return the next approved version of the agreement."""
    rows = AgreementVersion.objects.filter(
        agreement=version.agreement_id,
        state__in=APPROVED,
        valid__startswith__gte=version.valid.upper,
    )
    found: AgreementVersion | None = rows.order_by("valid").first()
    return found
