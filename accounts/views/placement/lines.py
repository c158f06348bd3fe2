"""What placement adds to pages of others: panels, the rail, My day, the account's cockpit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import Account
from accounts.selectors.placement import compliance, listing, service
from accounts.selectors.placement.gaps import old_gaps
from accounts.views.placement.deliveries import period_of
from kam.core import formats
from kam.core.cockpit import Answer, Line, LineProvider, Question, line_providers, questions
from kam.core.nav import NavItem, navigation
from kam.core.panels import Panel, panels
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User

MONTHS, SOON = 6, 7
GOOD = Decimal("0.9")
PANEL = "#panel-availability"

# icons: address-book building-store checklist camera checkbox
PANELS = (
    Panel(
        slot="account",
        capability="accounts.view",
        key="file",
        title=gettext_lazy("Account file"),
        url_name="accounts:panel-file",
        icon="address-book",
        order=75,
    ),
    Panel(
        slot="account",
        capability="placement.view",
        key="availability",
        title=gettext_lazy("Placement and availability"),
        url_name="accounts:panel-availability",
        icon="building-store",
        order=38,
    ),
    Panel(
        slot="account",
        capability="accounts.view",
        key="followups",
        title=gettext_lazy("Follow-ups"),
        url_name="accounts:panel-followups",
        icon="checkbox",
        order=26,
    ),
)
NAVIGATION = (
    NavItem(
        key="availability",
        title=gettext_lazy("Availability"),
        icon="checklist",
        url_name="accounts:availability",
        capability="placement.view",
        order=25,
        parent="accounts",
        keywords=gettext_lazy(
            "placement shelf store check compliance fill rate OTIF listing facings"
        ),
    ),
    NavItem(
        key="store-check",
        title=gettext_lazy("Check a store"),
        icon="camera",
        url_name="accounts:store-checks",
        capability="placement.check",
        order=27,
        create=True,
        keywords=gettext_lazy("shelf photo visit"),
    ),
    NavItem(
        key="tasks",
        title=gettext_lazy("Follow-ups"),
        icon="checkbox",
        url_name="accounts:task-list",
        capability="accounts.view",
        order=12,
        parent="interactions",
        keywords=gettext_lazy("to do tasks gaps"),
    ),
)


def register() -> None:
    """Register panels, entries of the rail, the cockpit's share, and the tasks of My day."""
    panels.register(*PANELS)
    navigation.register(*NAVIGATION)
    questions.register(
        Question(
            key="availability",
            title=gettext_lazy("On the shelf"),
            find=answer,
            capability="placement.view",
            order=65,
        )
    )
    line_providers.register(
        LineProvider(
            key="placement", what="risk", find=risks, capability="placement.view", order=40
        ),
        LineProvider(key="tasks", what="action", find=actions, order=40),
    )
    todo_providers.register(TodoProvider(key="tasks", find=own_tasks, order=24))


def answer(user: User, account: Account, as_of: date) -> Answer:
    """Compliance of half a year, with the fill rate; none of it where nobody looked or reported."""
    period = period_of(MONTHS, as_of)
    seen = compliance.total(user, period, within=account.pk)
    level = service.service_level(user, period, within=account.pk)
    share = seen.compliance
    if level.fill_rate is None:
        detail = "" if share is not None else _("No store was checked in 6 months")
    else:
        detail = _("Fill rate %s") % formats.percent(level.fill_rate)
    if share is None:
        return Answer(value="–", detail=detail, state="muted", url=PANEL)
    return Answer(
        value=formats.percent(share, 0),
        detail=detail,
        state="success" if share >= GOOD else "warning",
        url=PANEL,
    )


def risks(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Gaps that are open for more than 14 days."""
    found = old_gaps(user, as_of=as_of, within=account.pk)
    if found is None:
        return
    count, line, since = found
    text = ngettext(
        "%s placement is missing for more than 14 days",
        "%s placements are missing for more than 14 days",
        count,
    )
    yield Line(
        title=text % formats.number(count, 0),
        detail=_("%(what)s at %(store)s since %(day)s")
        % {
            "what": line.placement.item,
            "store": line.check_of.account.name,
            "day": formats.date(since),
        },
        url=PANEL,
        state="warning",
    )


def actions(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Open tasks of the account and of what is below it."""
    for task in listing.open_tasks_at(account)[:5]:
        is_late = task.due_on < as_of
        yield Line(
            title=task.title,
            detail=_("%(who)s, due %(day)s")
            % {"who": task.owner.full_name, "day": formats.date(task.due_on)},
            url=task.get_absolute_url(),
            state="danger" if is_late else "info",
            urgency=0 if is_late else 1,
        )


def own_tasks(user: User, as_of: date) -> Iterator[Todo]:
    """What the user has to do within the week, what they are reminded of, and what is late."""
    may_finish = user.can("accounts.edit")
    for task in listing.own_open_tasks(user):
        days = (task.due_on - as_of).days
        is_reminded = task.reminder_on is not None and task.reminder_on <= as_of
        if days > SOON and not is_reminded:
            continue
        yield Todo(
            key=f"followup-{task.pk}",
            title=task.title,
            detail=_("%(account)s, due %(day)s")
            % {"account": task.account.name, "day": formats.date(task.due_on)},
            url=task.get_absolute_url(),
            action=pgettext("verb", "Open"),
            finish_url=reverse("accounts:task-finish", args=[task.pk]) if may_finish else "",
            finish=_("Done"),
            icon="checkbox",
            state="danger" if days < 0 else "info",
            urgency=0 if days < 0 else 1 if days == 0 or is_reminded else 2,
        )
