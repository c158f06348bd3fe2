"""The version under a lock, and who wrote in it."""

from __future__ import annotations

from kam.core.problems import RefusedError
from kam.identity.models import User
from settlements.choices.terms import VersionState
from settlements.models import AgreementVersion, TradingAgreement
from settlements.services.terms.words import FIXED, WAITS


def locked_agreement(agreement_id: int) -> TradingAgreement:
    """Return an agreement under a lock: what happens to its versions happens one by one."""
    rows = TradingAgreement.objects.select_for_update(no_key=True, of=("self",))
    found: TradingAgreement = rows.select_related("account", "currency").get(pk=agreement_id)
    return found


def locked_version(version: AgreementVersion) -> AgreementVersion:
    """Return the version as it stands, under its agreement's lock and its own."""
    agreement = locked_agreement(version.agreement_id)
    rows = AgreementVersion.objects.select_for_update(no_key=True, of=("self",))
    found: AgreementVersion = rows.get(pk=version.pk)
    found.agreement = agreement
    return found


def locked_draft(version: AgreementVersion, *, by: User | None) -> AgreementVersion:
    """Return a draft under its lock and keep who writes in it.

    Raises RefusedError for a version that waits for approval or was approved.
    """
    found = locked_version(version)
    if found.state == VersionState.IN_APPROVAL:
        raise RefusedError(WAITS, code="in_approval")
    if found.state != VersionState.DRAFT:
        raise RefusedError(FIXED, code="agreement_version_fixed")
    touch(found, by=by)
    return found


def touch(version: AgreementVersion, *, by: User | None) -> None:
    """Keep who writes in a draft and that it changed, so that an older copy is not saved over."""
    if by is not None and by.pk not in version.writer_ids:
        version.writer_ids = [*version.writer_ids, by.pk]
    version.save(update_fields=["writer_ids", "updated_at"])
