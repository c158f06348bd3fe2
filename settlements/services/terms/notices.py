"""Telling people of agreements: what waits for approval, what was decided, what ends soon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from accounts.models import Account
from kam.identity.choices import Role
from kam.identity.models import User
from kam.identity.permissions import CAPABILITIES
from kam.notifications.services import Telling, notify, notify_each
from settlements.choices.terms import Renewal, VersionState
from settlements.models import AgreementVersion
from settlements.selectors.controllers import controllers_of

WAITS, DECIDED, ENDING = (
    "settlements.agreement_waits",
    "settlements.agreement_decided",
    "settlements.agreement_ending",
)
STEPS = (7, 30, 90)
"""Days before a date on which people are reminded of it."""


def approvers_of(version: AgreementVersion) -> list[User]:
    """Return who may approve a version: in scope, by role, and with no hand in it.

    Administrators may as well, but it is not their daily work: they are not told.
    """
    roles = [role for role in CAPABILITIES["terms.approve"] if role != Role.ADMINISTRATOR]
    rows = User.objects.filter(is_active=True, roles__overlap=roles)
    wrote = {version.submitted_by_id, version.written_by_id, *version.writer_ids}
    leads = set(version.agreement.account.lead_chain)
    return [
        one
        for one in rows
        if one.pk not in wrote
        and (one.sees_everything() or not leads.isdisjoint(one.scope_user_ids()))
    ]


def tell_of_submitted(version: AgreementVersion, *, at: datetime) -> None:
    """Tell who may approve a version that it waits for them."""
    _tell(WAITS, version, approvers_of(version), at=at, by=version.submitted_by)


def tell_of_approved(version: AgreementVersion, *, by: User, at: datetime) -> None:
    """Tell the writer, the submitter and the account's lead that a version is in force."""
    _tell(DECIDED, version, _concerned(version), at=at, by=by, what="approved")


def tell_of_returned(version: AgreementVersion, *, to: int | None, by: User, at: datetime) -> None:
    """Tell the writer and the submitter that a version was sent back."""
    _tell(DECIDED, version, [to, version.written_by_id], at=at, by=by, what="returned")


def tell_of_terminated(version: AgreementVersion, *, by: User, at: datetime) -> None:
    """Tell the writer, the submitter and the account's lead that a version ends."""
    _tell(DECIDED, version, _concerned(version), at=at, by=by, what="terminated")


def _concerned(version: AgreementVersion) -> list[int | None]:
    lead = version.agreement.account.current_lead_id
    return [version.written_by_id, version.submitted_by_id, lead]


def _tell(
    kind: str,
    version: AgreementVersion,
    users: Iterable[User | int | None],
    *,
    at: datetime,
    by: User | None,
    what: str = "",
) -> None:
    notify(
        kind=kind,
        users=users,
        url=version.get_absolute_url(),
        dedupe=f"{version.pk}:{what}:{at.isoformat()}",
        occurred_at=at,
        params={
            "what": what,
            "agreement": str(version.agreement),
            "version": version.version,
            "account": version.agreement.account.name,
            "note": version.end_reason if what == "terminated" else version.decision_note,
            "day": version.valid.upper if what == "terminated" else version.valid.lower,
        },
        subject_id=version.agreement_id,
        by=by,
    )


# Ends


def tell_of_ends(*, as_of: date, at: datetime) -> int:
    """Tell leads and controllers of notice dates and ends that come in 90, 30 and 7 days.

    Each step of each date is told once, however often this runs; a night that was missed is made
    up for by the next. Returns how many people were told now.
    """
    rows = AgreementVersion.objects.filter(
        state=VersionState.ACTIVE, valid__endswith__gt=as_of
    ).select_related("agreement__account")
    # A date of notice may be years before the end: those with one are all looked at.
    near = [row for row in rows if any(_dates(row, as_of))]
    accounts: list[Account] = [row.agreement.account for row in near]
    watching = {pk: row.user_id for pk, row in controllers_of(accounts, on=as_of).items()}
    tellings = [
        telling
        for row in near
        for what, day, step in _dates(row, as_of)
        for telling in _reminders(row, what, day, step, watching)
    ]
    return notify_each(kind=ENDING, tellings=tellings, occurred_at=at)


def _dates(version: AgreementVersion, as_of: date) -> Iterator[tuple[str, date, int]]:
    """Return the dates of a version that are near, each with the step that is reached.

    The last day of one that goes on by itself is no end.
    """
    days: list[tuple[str, date | None]] = [("notice", version.notice_by)]
    if version.renewal != Renewal.SILENT:
        days.append(("end", version.valid.upper - timedelta(days=1)))
    for what, day in days:
        if day is None or day < as_of:
            continue
        left = (day - as_of).days
        if step := next((step for step in STEPS if left <= step), None):
            yield what, day, step


def _reminders(
    version: AgreementVersion, what: str, day: date, step: int, watching: dict[int, int]
) -> Iterator[Telling]:
    account = version.agreement.account
    told = {account.current_lead_id, watching.get(account.pk)}
    for user_id in sorted(one for one in told if one is not None):
        yield Telling(
            user_id=user_id,
            url=version.get_absolute_url(),
            dedupe=f"{version.pk}:{what}:{day.isoformat()}:{step}",
            params={
                "what": what,
                "agreement": str(version.agreement),
                "version": version.version,
                "account": account.name,
                "day": day.isoformat(),
                "renewal": version.renewal,
            },
            subject_id=version.agreement_id,
        )
