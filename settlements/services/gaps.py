"""Items that a full extract no longer named: what became of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError
from kam.identity.models import User
from settlements.choices import GapOutcome
from settlements.models import ExtractGap

BY_HAND = {
    GapOutcome.PAID, GapOutcome.CANCELLED, GapOutcome.STILL_OPEN, GapOutcome.IGNORED,
}  # fmt: skip


@transaction.atomic
def answer_gaps(
    *, gaps: Iterable[ExtractGap], outcome: str, note: str = "", user: User | None = None
) -> int:
    """Say what became of missing items, as a record: nothing is posted. Answers how many.

    Those answered meanwhile are left as they are. To leave an item as it is needs a reason, and
    later extracts do not list it again. Raises RefusedError.
    """
    if outcome not in BY_HAND:
        raise RefusedError(_("Say what became of the item."), field="outcome")
    note = note.strip()
    if outcome == GapOutcome.IGNORED and not note:
        raise RefusedError(_("Say why it is left as it is."), field="note")
    rows = ExtractGap.objects.filter(pk__in=[gap.pk for gap in gaps]).unanswered().order_by("pk")
    ids = list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    return ExtractGap.objects.filter(pk__in=ids).update(
        outcome=outcome, note=note, reviewed_at=timezone.now(), reviewed_by=user
    )


@transaction.atomic
def reopen_gap(*, gap: ExtractGap) -> ExtractGap:
    """Take an answer back: the item waits for review again."""
    now: ExtractGap = ExtractGap.objects.select_for_update(no_key=True).get(pk=gap.pk)
    now.outcome, now.note = "", ""
    now.reviewed_at, now.reviewed_by, now.answered_by = None, None, None
    now.save(update_fields=["outcome", "note", "reviewed_at", "reviewed_by", "answered_by"])
    return now
