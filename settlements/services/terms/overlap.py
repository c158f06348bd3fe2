"""Which approved versions share days with one: the one it follows, and those in its way."""

from __future__ import annotations

from settlements.choices.terms import VersionState
from settlements.models import AgreementVersion
from settlements.models.terms import FIXED as APPROVED


def overlapping(version: AgreementVersion) -> list[AgreementVersion]:
    """Return the approved versions of the agreement that cover some of the version's days."""
    rows = AgreementVersion.objects.filter(
        agreement=version.agreement_id, state__in=APPROVED, valid__overlap=version.valid
    )
    return list(rows.exclude(pk=version.pk).order_by("valid"))


def followed_by(version: AgreementVersion) -> list[AgreementVersion]:
    """Return the version in force that ends where this one begins: none, or one in a list."""
    return [one for one in overlapping(version) if _ends_before(one, version)]


def in_the_way(version: AgreementVersion) -> list[AgreementVersion]:
    """Return the approved versions that keep this one from being approved."""
    return [one for one in overlapping(version) if not _ends_before(one, version)]


def _ends_before(one: AgreementVersion, version: AgreementVersion) -> bool:
    """Whether a version may end where another begins: one in force that begins earlier."""
    earlier: bool = one.valid.lower < version.valid.lower
    return earlier and one.state == VersionState.ACTIVE
