"""What concerns bring to other pages: panel, rail, cockpit, My day, follow-ups' sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Task
from accounts.selectors.followups import Source, SourceProvider, sources
from interactions.choices import ConcernSeverity
from interactions.models import Concern, Note
from interactions.selectors import concerns as reads
from kam.core import formats
from kam.core.cockpit import Line, LineProvider, line_providers
from kam.core.nav import NavItem, navigation
from kam.core.panels import Panel, panels
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User

VIEW = "interactions.view"
SHOWN = 5
# icons: message-exclamation message-circle


def register() -> None:
    """Register all of it."""
    panels.register(
        Panel(
            slot="account",
            capability=VIEW,
            key="concerns",
            title=gettext_lazy("Concerns"),
            url_name="interactions:panel-concerns",
            icon="message-exclamation",
            order=25,
        )
    )
    navigation.register(
        NavItem(
            key="concerns",
            title=gettext_lazy("Concerns"),
            icon="message-exclamation",
            url_name="interactions:concern-list",
            capability=VIEW,
            order=14,
            parent="interactions",
            keywords=gettext_lazy("complaint escalation service quality delivery"),
        )
    )
    line_providers.register(
        LineProvider(key="concerns-risk", what="risk", find=risks, capability=VIEW, order=20),
        LineProvider(key="concerns", what="action", find=actions, capability=VIEW, order=20),
    )
    todo_providers.register(
        TodoProvider(key="concerns", find=own_concerns, capability=VIEW, order=22)
    )
    sources.register(SourceProvider(key="note", find=notes_of, order=10))


def _due(concern: Concern) -> str:
    answer = concern.awaits == "response"
    words = _("answer by %s") if answer else _("solve by %s")
    target = concern.next_target
    return words % formats.datetime(target) if target else ""


def risks(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Unsolved concerns that are critical, or whose target is near or has passed."""
    del as_of
    now = timezone.now()
    rows = reads.at_account(account, user)
    for one in reads.pressing(rows, now)[:SHOWN]:
        is_late = one.standing(now) == "late"
        words = _("Concern past its target: %s") if is_late else _("Concern due soon: %s")
        yield Line(
            title=words % one.title,
            detail=f"{one.owner} · {_due(one)}",
            url=one.get_absolute_url(),
            state="danger" if is_late or one.severity == ConcernSeverity.CRITICAL else "warning",
            urgency=0 if is_late else 1,
        )


def actions(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Unsolved concerns, the first due first."""
    del as_of
    now = timezone.now()
    rows = reads.by_target(reads.unsolved(reads.at_account(account, user)))
    for one in rows[:SHOWN]:
        is_late = one.standing(now) == "late"
        yield Line(
            title=one.title,
            detail=f"{one.owner} · {_due(one)}",
            url=one.get_absolute_url(),
            state="danger" if is_late else "info",
            urgency=0 if is_late else 1,
        )


def own_concerns(user: User, as_of: date) -> Iterator[Todo]:
    """Concerns of the user whose target is near or has passed."""
    del as_of
    now = timezone.now()
    for one in reads.waiting_for(user, now=now):
        is_late = one.standing(now) == "late"
        yield Todo(
            key=f"concern-{one.pk}",
            title=_("Concern: %s") % one.title,
            detail=f"{one.account.name} · {_due(one)}",
            url=one.get_absolute_url(),
            action=_("Answer") if one.awaits == "response" else _("Solve"),
            icon="message-exclamation",
            state="danger" if is_late else "warning",
            urgency=0 if is_late else 1,
        )


def notes_of(user: User, task: Task) -> Sequence[Source]:
    """Notes of contacts that became this follow-up, as far as the user may read them."""
    rows = Note.objects.visible_to(user).filter(task=task).select_related("interaction")
    return [
        Source(
            title=note.text,
            detail=_("%(kind)s, noted on %(day)s")
            % {
                "kind": note.get_kind_display(),
                "day": formats.date(note.interaction.occurred_on),
            },
            url=reverse("interactions:interaction-detail", args=[note.interaction_id]),
            icon="message-circle",
        )
        for note in rows
    ]
