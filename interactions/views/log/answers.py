"""What the head of an account's page says of contacts and needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from interactions.selectors import log as reads
from interactions.selectors.needs import important_unanswered
from kam.core import formats
from kam.core.badges import State
from kam.core.cockpit import Answer, Line, LineProvider, Question, line_providers, questions
from kam.identity.models import User

LONG_AGO, VERY_LONG_AGO = 30, 90


def register() -> None:
    """Register the question of the last contact and the risk of needs without an answer."""
    questions.register(
        Question(
            key="last-contact",
            title=gettext_lazy("Last contact"),
            find=last_contact,
            capability="interactions.view",
            order=50,
        )
    )
    line_providers.register(
        LineProvider(
            key="needs", what="risk", find=unanswered, capability="interactions.view", order=45
        )
    )


def last_contact(user: User, account: Account, as_of: date) -> Answer:
    """When we last spoke with them, and who."""
    found = reads.last_contact(account, user)
    if found is None:
        return Answer(
            value="–", detail=_("No contact is logged"), state="warning", url="#panel-contacts"
        )
    days = (as_of - found.occurred_on).days
    state: State = "danger" if days > VERY_LONG_AGO else "warning" if days > LONG_AGO else "neutral"
    words = ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": formats.number(days)}
    who = f"{found.get_kind_display()}, {found.author.full_name}"
    return Answer(
        value=_("Today") if days <= 0 else words, detail=who, state=state, url="#panel-contacts"
    )


def unanswered(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Important needs to which we have no answer yet."""
    for need in important_unanswered(account, user):
        yield Line(
            title=_("No answer to: %(need)s") % {"need": need.text},
            detail=_("voiced %(day)s") % {"day": formats.date(need.voiced_on)},
            url=need.get_absolute_url(),
            state="warning",
            urgency=1,
        )
