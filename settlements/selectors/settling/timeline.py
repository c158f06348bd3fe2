"""What settlement statements tell the timeline: issued, disputed, posted, taken back."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.badges import State
from kam.core.formats import Text
from kam.core.timeline import Event, TimelineSource, Wanted, merged, timeline_sources
from kam.identity.models import User
from settlements.models import SettlementStatement

ICON = "file-check"
STRANDS: tuple[tuple[str, Text, State], ...] = (
    ("issued_on", gettext_lazy("Settlement statement issued"), "info"),
    ("confirmed_on", gettext_lazy("Settlement statement confirmed"), "info"),
    ("posted_on", gettext_lazy("Settlement statement posted"), "success"),
    ("taken_back_on", gettext_lazy("Settlement statement taken back"), "warning"),
)


def _events(user: User, wanted: Wanted, column: str, kind: Text, state: State) -> Iterator[Event]:
    rows: QuerySet[SettlementStatement] = SettlementStatement.objects.visible_to(user)
    rows = rows.filter(**{f"{column}__isnull": False})
    if wanted.account_ids is not None:
        rows = rows.filter(account__in=wanted.account_ids)
    strand = f"settling.{column}"
    for row in wanted.newest(rows.select_related("account"), strand, column, is_day=True):
        words = {"number": row, "amount": formats.money(row.payable, row.currency_id)}
        yield Event(
            strand=strand,
            pk=row.pk,
            occurred_at=wanted.end_of(getattr(row, column)),
            is_day=True,
            kind=str(kind),
            title=_("%(number)s, %(amount)s") % words,
            state=state,
            icon=ICON,
            account=row.account.name,
            account_url=row.account.get_absolute_url(),
            url=row.get_absolute_url(),
        )


def statements(user: User, wanted: Wanted) -> list[Event]:
    """Return issues, confirmations, postings and takings back, the newest first."""
    parts = tuple(_events(user, wanted, *strand) for strand in STRANDS)
    return merged(parts, wanted.limit)


def register() -> None:
    """Register the source."""
    timeline_sources.register(
        TimelineSource(
            key="settlement-statements",
            title=gettext_lazy("Settlement statements"),
            find=statements,
            icon=ICON,
            capability="statements.view",
            order=116,
        )
    )
