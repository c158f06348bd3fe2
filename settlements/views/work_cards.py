"""The card of My day: overdue payers that wait for the user."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from kam.core import htmx
from kam.identity.decorators import requires, signed_in
from settlements.selectors import work as reads

SHOWN = 5


@requires("receivables.work")
@require_GET
def overdue_card(request: HttpRequest) -> HttpResponse:
    """One's own open work with the largest amounts, else what lies in the default queue."""
    user, today = signed_in(request), timezone.localdate()
    counts = reads.count_by_whose(user)
    whose = reads.MINE if counts[reads.MINE] else reads.QUEUE
    rows = reads.waiting_for(user, whose, as_of=today, limit=SHOWN)
    context = {
        "rows": [(work, (today - work.oldest_due_on).days) for work in rows],
        "is_queue": whose == reads.QUEUE,
        "count": counts[whose],
        "last_run": reads.last_run(),
        "url": f"{reverse('settlements:work-list')}?whose={whose}",
    }
    return htmx.render_part(request, "settlements/card_overdue.html", context, "card")
