"""What My day puts together from all apps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.selectors.concentration.query import has_revenue
from kam.core.formats import Text
from kam.core.models import Organisation
from kam.core.todos import Todo, todos_for
from kam.identity.models import User
from kam.imports.models import DataSource
from kam.imports.selectors import SourceState, days_late
from kam.notifications.models import Notification
from kam.notifications.selectors import latest, put_off_keys

UNNAMED = "kam"
"""The organisation's name until somebody gives it one."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of setting kam up; `url` only for who may take it."""

    title: Text
    text: Text
    is_done: bool
    url: str = ""


_STEPS: tuple[tuple[str, str, str, Text, Text], ...] = (
    (
        "organisation",
        "settings.change",
        "core:organisation-edit",
        _("Name your organisation"),
        _("With its base currency, time zone and fiscal year."),
    ),
    (
        "colleagues",
        "users.manage",
        "identity:user-list",
        _("Invite your colleagues"),
        _("Each sees the accounts of the own team."),
    ),
    (
        "accounts",
        "imports.run",
        "imports:batch-create",
        _("Import your accounts"),
        _("Groups, chains, stores, as your ERP or a spreadsheet has them."),
    ),
    (
        "sales",
        "imports.run",
        "imports:batch-create",
        _("Import your sales"),
        _("Any file with an account, a date and an amount will do."),
    ),
    (
        "concentration",
        "concentration.view",
        "accounts:concentration",
        _("See who brings your revenue"),
        _("The concentration board shows it as soon as sales are in."),
    ),
)
"""What each step makes, who may take it, where, and its words."""


def first_steps(user: User) -> list[Step]:
    """Return the way from an empty installation to the first figures; nothing once there are any.

    A step is done when what it makes is there.
    """
    if has_revenue():
        return []
    done = _done()
    return [
        Step(
            title=title,
            text=text,
            is_done=makes in done,
            url=reverse(url_name) if user.can(capability) else "",
        )
        for makes, capability, url_name, title, text in _STEPS
    ]


def _done() -> set[str]:
    """What is there already of an installation without revenue."""
    found = {
        "organisation": Organisation.objects.exclude(name=UNNAMED).exists(),
        "colleagues": User.objects.count() > 1,
        "accounts": Account.objects.exists(),
    }
    return {name for name, is_done in found.items() if is_done}


def feeds(user: User, as_of: date) -> list[SourceState]:
    """Return every source that sent data or should have, with the days it is late, latest first."""
    sources = DataSource.objects.visible_to(user).exclude(data_as_of=None, expected_every_days=None)
    states = [SourceState(source, days_late(source, as_of)) for source in sources]
    return sorted(states, key=lambda state: (-state.late_by, state.source.name))


NEWS = 8


@dataclass(frozen=True)
class Waiting:
    """What waits for a user, and how many lines they put off."""

    todos: list[Todo]
    put_off: int


def waiting_for(user: User, as_of: date) -> Waiting:
    """Return what waits for the user, the most urgent first, without what was put off."""
    hidden = put_off_keys(user, as_of)
    found = todos_for(user, as_of)
    shown = [todo for todo in found if todo.key not in hidden]
    return Waiting(shown, len(found) - len(shown))


def news_for(user: User, now: datetime) -> Sequence[Notification]:
    """Return what the user was told since yesterday began, the newest first, read or not."""
    yesterday = datetime.combine(now.date() - timedelta(days=1), time.min, now.tzinfo)
    return latest(user, since=yesterday, limit=NEWS)
