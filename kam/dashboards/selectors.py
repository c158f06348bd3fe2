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


def first_steps(user: User) -> list[Step]:
    """Return the way from an empty installation to the first figures; nothing once there are any.

    A step is done when what it makes is there.
    """
    if has_revenue():
        return []
    named = Organisation.objects.exclude(name=UNNAMED).exists()
    return [
        _step(
            user,
            "settings.change",
            "core:organisation-edit",
            title=_("Name your organisation"),
            text=_("With its base currency, time zone and fiscal year."),
            is_done=named,
        ),
        _step(
            user,
            "users.manage",
            "identity:user-list",
            title=_("Invite your colleagues"),
            text=_("Each sees the accounts of the own team."),
            is_done=User.objects.count() > 1,
        ),
        _step(
            user,
            "imports.run",
            "imports:batch-create",
            title=_("Import your accounts"),
            text=_("Groups, chains, stores, as your ERP or a spreadsheet has them."),
            is_done=Account.objects.exists(),
        ),
        _step(
            user,
            "imports.run",
            "imports:batch-create",
            title=_("Import your sales"),
            text=_("Any file with an account, a date and an amount will do."),
            is_done=False,
        ),
        _step(
            user,
            "concentration.view",
            "accounts:concentration",
            title=_("See who brings your revenue"),
            text=_("The concentration board shows it as soon as sales are in."),
            is_done=False,
        ),
    ]


def _step(
    user: User, capability: str, url_name: str, *, title: Text, text: Text, is_done: bool
) -> Step:
    url = reverse(url_name) if user.can(capability) else ""
    return Step(title=title, text=text, is_done=is_done, url=url)


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
