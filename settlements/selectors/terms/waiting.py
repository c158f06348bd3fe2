"""What waits for whom: versions to approve, versions that were sent back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kam.core import formats
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User
from settlements.choices.terms import VersionState
from settlements.models import AgreementVersion

SHOWN, SOON = 5, 7


def waiting_for(user: User) -> QuerySet[AgreementVersion]:
    """Return versions that the user may approve: in sight, and with no hand in them."""
    rows: QuerySet[AgreementVersion] = AgreementVersion.objects.visible_to(user)
    if not user.can("terms.approve"):
        return rows.none()
    return (
        rows.filter(state=VersionState.IN_APPROVAL)
        .exclude(submitted_by=user)
        .exclude(written_by=user)
        .exclude(writer_ids__contains=[user.pk])
        .select_related("agreement__account", "submitted_by")
        .order_by("submitted_at", "pk")
    )


def sent_back_to(user: User) -> QuerySet[AgreementVersion]:
    """Return the user's own drafts that were sent back with a note."""
    rows: QuerySet[AgreementVersion] = AgreementVersion.objects.visible_to(user)
    mine = Q(written_by=user) | Q(writer_ids__contains=[user.pk])
    found = rows.filter(mine, state=VersionState.DRAFT).exclude(decision_note="")
    return found.select_related("agreement__account").order_by("-updated_at", "pk")


def to_approve(user: User, as_of: date) -> Iterator[Todo]:
    """Name the versions that wait for the user's approval, the longest waiting first."""
    for row in waiting_for(user)[:SHOWN]:
        begins = row.valid.lower
        words = {"who": row.submitted_by, "day": formats.date(begins)}
        is_late = begins <= as_of
        yield Todo(
            key=f"agreement-approve-{row.pk}",
            title=_("%(account)s: agreement %(agreement)s waits for your approval")
            % {"account": row.agreement.account.name, "agreement": row.agreement.number},
            detail=_("Submitted by %(who)s, it is to hold from %(day)s.") % words,
            url=row.get_absolute_url(),
            state="warning" if is_late else "info",
            icon="file-text",
            urgency=0 if is_late else 1,
        )


def to_mend(user: User, as_of: date) -> Iterator[Todo]:
    """Name the user's drafts that were sent back."""
    del as_of
    for row in sent_back_to(user)[:SHOWN]:
        yield Todo(
            key=f"agreement-mend-{row.pk}",
            title=_("%(account)s: agreement %(agreement)s was sent back")
            % {"account": row.agreement.account.name, "agreement": row.agreement.number},
            detail=row.decision_note,
            url=row.get_absolute_url(),
            state="warning",
            icon="file-text",
        )


def register() -> None:
    """Register the finders of My day."""
    todo_providers.register(
        TodoProvider(
            key="agreements-approve", find=to_approve, capability="terms.approve", order=19
        ),
        TodoProvider(key="agreements-mend", find=to_mend, capability="terms.edit", order=20),
    )
