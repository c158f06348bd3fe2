"""What agreements tell the timeline: versions that were approved, and those that were terminated.

Of accounts that the reader may see. Drafts are nobody's history yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.dates import last_day
from kam.core.timeline import Event, TimelineSource, Wanted, merged, timeline_sources
from kam.identity.models import User
from settlements.choices.terms import VersionState
from settlements.models import AgreementVersion

ICON = "file-text"


def _rows(user: User, wanted: Wanted) -> QuerySet[AgreementVersion]:
    rows: QuerySet[AgreementVersion] = AgreementVersion.objects.visible_to(user)
    if wanted.account_ids is not None:
        rows = rows.filter(agreement__account__in=wanted.account_ids)
    return rows.select_related("agreement__account", "approved_by", "ended_by")


def _approved(user: User, wanted: Wanted) -> Iterator[Event]:
    strand = "agreements.approved"
    rows = _rows(user, wanted).filter(approved_at__isnull=False)
    for row in wanted.newest(rows, strand, "approved_at"):
        account, when = row.agreement.account, row.approved_at
        if when is None:
            continue
        yield Event(
            strand=strand,
            pk=row.pk,
            occurred_at=when,
            kind=_("Agreement approved"),
            title=str(row),
            detail=_("It holds from %(day)s.") % {"day": formats.date(row.valid.lower)},
            who=str(row.approved_by or ""),
            state="success",
            icon=ICON,
            account=account.name,
            account_url=account.get_absolute_url(),
            url=row.get_absolute_url(),
        )


def _terminated(user: User, wanted: Wanted) -> Iterator[Event]:
    strand = "agreements.terminated"
    rows = _rows(user, wanted).filter(state=VersionState.TERMINATED, ended_at__isnull=False)
    for row in wanted.newest(rows, strand, "ended_at"):
        account, last, when = row.agreement.account, last_day(row.valid), row.ended_at
        if when is None or last is None:
            continue
        ends = _("It ends on %(day)s.") % {"day": formats.date(last)}
        yield Event(
            strand=strand,
            pk=row.pk,
            occurred_at=when,
            kind=_("Agreement terminated"),
            title=str(row),
            detail=f"{ends} {row.end_reason}",
            who=str(row.ended_by or ""),
            state="warning",
            icon=ICON,
            account=account.name,
            account_url=account.get_absolute_url(),
            url=row.get_absolute_url(),
        )


def agreements(user: User, wanted: Wanted) -> list[Event]:
    """Return approvals and terminations of versions, the newest first."""
    return merged((_approved(user, wanted), _terminated(user, wanted)), wanted.limit)


def register() -> None:
    """Register the source."""
    timeline_sources.register(
        TimelineSource(
            key="agreements",
            title=gettext_lazy("Agreements"),
            find=agreements,
            icon=ICON,
            capability="terms.view",
            order=115,
        )
    )
