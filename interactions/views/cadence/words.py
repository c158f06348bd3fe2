"""How a due contact is said and where it leads."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Position
from interactions.forms.cadence import WHOLE_LABEL
from interactions.selectors.cadence.touches import OVERDUE, TODAY, WEEK, Touch
from kam.core import formats
from kam.core.badges import Badge, State

STATES: dict[str, State] = {OVERDUE: "danger", TODAY: "warning", WEEK: "info"}


def what(touch: Touch) -> str:
    """The function, or the account as a whole."""
    return touch.what or str(WHOLE_LABEL)


def badge(touch: Touch) -> Badge:
    """How it stands: overdue by so many days, or due in so many."""
    return Badge(standing(touch), STATES.get(touch.state, "success"))


def standing(touch: Touch) -> str:
    """So many days overdue, due today, or in so many days."""
    if touch.is_overdue:
        words = ngettext("%(days)s day overdue", "%(days)s days overdue", touch.overdue_days)
        return words % {"days": formats.number(touch.overdue_days)}
    left = (touch.due_on - touch.as_of).days
    if left <= 0:
        return _("Due today")
    return ngettext("In %(days)s day", "In %(days)s days", left) % {"days": formats.number(left)}


def last_contact(touch: Touch) -> str:
    """When the last one was."""
    if touch.last_on is None:
        return _("No two-way contact is in the log.")
    return _("Last two-way contact on %(day)s.") % {"day": formats.date(touch.last_on)}


def who(touch: Touch) -> str:
    """Whom to speak with: of those there, the one not heard of for longest."""
    return name_of(touch.position)


def name_of(position: Position | None) -> str:
    """Whoever holds a place."""
    return position.person.name if position is not None and position.person else ""


def log_url(touch: Touch) -> str:
    """The form to log the contact, with whom it may be."""
    return log_url_of(touch.account.pk, touch.position)


def log_url_of(account: int, position: Position | None) -> str:
    """The form to log a contact at an account."""
    asked = {"account": account}
    if position is not None and position.person_id:
        asked["person"] = position.person_id
    return f"{reverse('interactions:log')}?{urlencode(asked)}"
