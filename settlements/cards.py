"""What this app puts on My day: the card of overdue payers, and lines of what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kam.core import formats
from kam.core.registry import Card, cards
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User
from settlements.choices import WorkState
from settlements.models import ExtractGap, Position, WorkItem
from settlements.selectors.work import work_for

MY_DAY = "my-day"
SHOWN = 5


def register() -> None:
    """Register the card and the finders."""
    cards.register(
        Card(
            key="overdue",
            board=MY_DAY,
            title=gettext_lazy("Overdue receivables"),
            url_name="settlements:card-overdue",
            capability="receivables.work",
            order=15,
        )
    )
    todo_providers.register(
        TodoProvider(key="receivables-steps", find=steps_due, capability="receivables.work",
                     order=15),
        TodoProvider(key="receivables-work", find=unplanned, capability="receivables.work",
                     order=16),
        TodoProvider(key="receivables-gaps", find=missing_items, capability="receivables.post",
                     order=17),
        TodoProvider(key="receivables-cash", find=unapplied_cash,
                     capability="receivables.allocate", order=18),
    )  # fmt: skip


def steps_due(user: User, as_of: date) -> Iterator[Todo]:
    """Next steps of one's own open work that were planned for today or earlier."""
    rows = work_for(user).filter(
        user__in=user.acting_user_ids(), state=WorkState.OPEN, next_step_on__lte=as_of
    )
    for work in rows.order_by("next_step_on", "-amount", "pk")[:SHOWN]:
        on = work.next_step_on or as_of
        words = {"payer": work.party.name, "step": work.next_step}
        yield Todo(
            title=_("%(payer)s: %(step)s") % words if work.next_step else work.party.name,
            detail=_("%(amount)s overdue, the step was planned for %(day)s.")
            % {
                "amount": formats.money(work.amount, work.currency_id),
                "day": formats.date(on),
            },
            url=reverse("settlements:work-detail", args=[work.pk]),
            state="danger" if on < as_of else "warning",
            icon="phone",
            urgency=0 if on < as_of else 1,
        )


def unplanned(user: User, as_of: date) -> Iterator[Todo]:
    """How much of one's own open work has no step planned yet; the default queue for controllers.

    The queue is told to who sees the company: whoever else looks at it finds it on the worklist.
    """
    mine = Q(user__in=user.acting_user_ids(), next_step_on__isnull=True)
    found = WorkItem.objects.visible_to(user).waiting().aggregate(
        mine=Count("party", filter=mine, distinct=True),
        queue=Count("party", filter=Q(user__isnull=True), distinct=True),
    )  # fmt: skip
    if mine_waits := found["mine"]:
        text = ngettext(
            "%(n)s overdue payer waits for a plan of yours",
            "%(n)s overdue payers wait for a plan of yours",
            mine_waits,
        )
        yield _work_todo(text % {"n": formats.number(mine_waits)}, "mine")
    if (queue := found["queue"]) and user.can("receivables.post"):
        text = ngettext(
            "%(n)s overdue payer lies in the default queue",
            "%(n)s overdue payers lie in the default queue",
            queue,
        )
        yield _work_todo(text % {"n": formats.number(queue)}, "queue")


def _work_todo(title: str, whose: str) -> Todo:
    return Todo(
        title=title,
        detail=_("Take them over, plan a next step, or put them off."),
        url=f"{reverse('settlements:work-list')}?whose={whose}",
        action=_("Open the worklist"),
        state="warning",
        icon="checklist",
        urgency=1 if whose == "mine" else 2,
    )


def missing_items(user: User, as_of: date) -> Iterator[Todo]:
    """Items that a full extract no longer named and nobody reviewed."""
    if count := ExtractGap.objects.visible_to(user).unanswered().count():
        text = ngettext(
            "%(n)s item is missing from an extract",
            "%(n)s items are missing from an extract",
            count,
        )
        yield Todo(
            title=text % {"n": formats.number(count)},
            detail=_("Open here, and no longer named by the sender."),
            url=reverse("settlements:gap-list"),
            action=_("Review"),
            state="warning",
            icon="file-search",
        )


def unapplied_cash(user: User, as_of: date) -> Iterator[Todo]:
    """Money received and not set against anything, as of the last overdue run, by currency."""
    rows = Position.objects.visible_to(user).filter(unapplied__gt=0)
    sums: list[tuple[str, Decimal, int]] = list(
        rows.values_list("currency_id")
        .annotate(total=Sum("unapplied"), payers=Count("party"))
        .order_by("-total")
    )
    if sums:
        amounts = [formats.money(total, currency) for currency, total, _payers in sums]
        payers = sum(count for _currency, _total, count in sums)
        text = ngettext("From %(n)s payer: %(amounts)s.", "From %(n)s payers: %(amounts)s.", payers)
        yield Todo(
            title=_("Receipts wait to be allocated"),
            detail=text % {"n": formats.number(payers), "amounts": ", ".join(amounts)},
            url=reverse("settlements:unapplied-list"),
            action=_("Allocate"),
            icon="coins",
            urgency=2,
        )
