"""What wallets and opportunities say at the head of an account's page and on My day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.analytics.wallet import Reason
from accounts.models import Account
from accounts.selectors.opportunities import due_steps, open_at
from accounts.selectors.wallet.boards import standing
from accounts.selectors.wallet.cells import HeatCell
from accounts.views.wallet import words
from kam.core import formats
from kam.core.cockpit import Answer, Line, LineProvider, Question, line_providers, questions
from kam.core.selectors.rates import base_currency
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User

HELD = 3
"""At most so many cells are named that a competitor holds."""
VIEW, PURSUE = "whitespace.view", "opportunities.view"


def register() -> None:
    """Register the question, the risks, the actions and the finder of due steps."""
    questions.register(
        Question(
            key="wallet",
            part="business",
            title=gettext_lazy("Share of their wallet"),
            find=wallet,
            capability=VIEW,
            order=35,
        )
    )
    line_providers.register(
        LineProvider(key="next-steps", what="action", find=actions, capability=PURSUE, order=20),
    )
    todo_providers.register(
        TodoProvider(key="opportunity-steps", find=todos, capability=PURSUE, order=24)
    )


def wallet(user: User, account: Account, as_of: date) -> Answer:
    """Our share of what they buy, of the categories where it can be computed."""
    total, cells = standing(account, as_of=as_of)
    url = "#panel-whitespace"
    if not cells:
        detail = _("Nobody has estimated what they buy")
        return Answer(value="–", detail=detail, state="muted", url=url)
    if total.share is None or total.whitespace is None:
        return Answer(value="–", detail=_("Not computable"), state="warning", url=url)
    detail = _("%(whitespace)s to win; %(coverage)s") % {
        "whitespace": f"{formats.compact(total.whitespace)}\N{NO-BREAK SPACE}{base_currency()}",
        "coverage": words.estimated(total),
    }
    share = formats.percent(total.share, 0)
    return Answer(value=share, detail=detail, url=url, risks=list(held(cells)))


def actions(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Next steps of open opportunities, those due first."""
    for one in open_at(account, user):
        if not one.next_step:
            continue
        is_late = one.next_step_on is not None and one.next_step_on < as_of
        day = formats.date(one.next_step_on) if one.next_step_on else _("no day yet")
        yield Line(
            title=one.next_step,
            detail=f"{one.title} · {day}",
            url=one.get_absolute_url(),
            state="warning" if is_late else "info",
            urgency=0 if is_late else 1 if one.next_step_on == as_of else 2,
        )


def held(cells: Iterable[HeatCell]) -> Iterator[Line]:
    """Categories that a named competitor holds: they buy more than half of it elsewhere."""
    theirs = [one for one in cells if one.supplied_by and _is_held(one)]
    ranked = sorted(theirs, key=lambda one: -(one.cell.whitespace or 0))
    for one in ranked[:HELD]:
        share = formats.percent(one.cell.share or 0, 0)
        yield Line(
            title=_("%(category)s: mostly from %(competitor)s")
            % {"competitor": one.supplied_by, "category": one.category_name},
            detail=_("Our share is %s") % share,
            url="#panel-whitespace",
            state="warning",
            urgency=2,
        )


def _is_held(one: HeatCell) -> bool:
    share = one.cell.share
    return one.cell.reason is not Reason.OVER and share is not None and share < words.HALF


def todos(user: User, as_of: date) -> Iterator[Todo]:
    """Next steps of one's own opportunities that are due."""
    for one in due_steps(user, as_of=as_of):
        is_late = one.next_step_on is not None and one.next_step_on < as_of
        yield Todo(
            title=one.next_step,
            detail=_("%(what)s at %(account)s, due %(day)s")
            % {
                "what": one.title,
                "account": one.account.name,
                "day": formats.date(one.next_step_on) if one.next_step_on else "",
            },
            url=reverse("accounts:opportunity-detail", args=[one.pk]),
            action=pgettext("verb", "Open"),
            state="warning" if is_late else "info",
            icon="target-arrow",
            urgency=0 if is_late else 1,
        )
