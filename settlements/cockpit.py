"""What an account owes, at the head of its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from kam.core import formats
from kam.core.badges import State
from kam.core.cockpit import Answer, Line, LineProvider, Question, line_providers, questions
from kam.core.dates import ONE_DAY
from kam.identity.models import User
from settlements.selectors.owed import Owed, owed_by, work_of
from settlements.selectors.rebates.board import SOON, rebates_of
from settlements.selectors.rebates.figures import counted

LATE, VERY_LATE = 30, 60
VIEW = "receivables.view"


def register() -> None:
    """Register the question, its risk and the work that waits."""
    questions.register(
        Question(
            key="receivables",
            part="business",
            title=gettext_lazy("Open, and overdue of it"),
            find=receivables,
            capability=VIEW,
            order=50,
        )
    )
    line_providers.register(
        LineProvider(key="receivables-work", what="action", find=work, capability=VIEW, order=20),
        LineProvider(
            key="rebates-near",
            what="action",
            find=near_tiers,
            capability="rebates.view",
            order=40,
            part="business",
        ),
    )


def receivables(user: User, account: Account, as_of: date) -> Answer | None:
    """What is open and how much of it is late, as of the last overdue run."""
    owed = owed_by(account, user, as_of=as_of)
    if owed is None:
        return None
    return Answer(
        value=_value(owed),
        detail=f"{_detail(owed)} · {_counted(owed)}",
        state=_state(owed),
        url="#panel-receivables",
        risks=_risks(owed),
    )


def _value(owed: Owed) -> str:
    if owed.open is None:
        return "–"
    return f"{formats.compact(owed.open)} {owed.currency}"


def _detail(owed: Owed) -> str:
    if owed.open is None:
        return _("No rate for %(currency)s") % {"currency": owed.missing_rate}
    if not owed.overdue:
        return _("Nothing is overdue")
    words = {
        "amount": formats.compact(owed.overdue),
        "days": formats.number(owed.oldest_days),
    }
    return (
        ngettext(
            "%(amount)s overdue, the oldest since %(days)s day",
            "%(amount)s overdue, the oldest since %(days)s days",
            owed.oldest_days,
        )
        % words
    )


def _counted(owed: Owed) -> str:
    """Since when the figures stand: what was posted since is not in them."""
    return _("counted %(moment)s") % {"moment": formats.datetime(owed.counted_at)}


def _state(owed: Owed) -> State:
    if not owed.overdue:
        return "success" if owed.open is not None else "muted"
    return "danger" if owed.oldest_days > LATE else "warning"


def _risks(owed: Owed) -> Sequence[Line]:
    """Items that are late by more than two months."""
    if not owed.overdue or owed.oldest_days <= VERY_LATE:
        return ()
    words = ngettext(
        "Payment is overdue since %(days)s day",
        "Payment is overdue since %(days)s days",
        owed.oldest_days,
    )
    days = formats.number(owed.oldest_days)
    return (
        Line(
            title=words % {"days": days},
            detail=f"{formats.compact(owed.overdue)} {owed.currency}",
            url="#panel-receivables",
            state="danger",
            urgency=0,
        ),
    )


def work(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Next steps with overdue receivables, the first due first."""
    for one in work_of(account, user):
        is_due = one.next_step_on is not None and one.next_step_on <= as_of
        yield Line(
            title=one.next_step,
            detail=_("%(who)s, %(day)s")
            % {
                "who": one.user.full_name if one.user else _("Nobody"),
                "day": formats.date(one.next_step_on) if one.next_step_on else "–",
            },
            url="#panel-receivables",
            state="warning" if is_due else "info",
            urgency=0 if is_due else 1,
        )


def near_tiers(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Rebates of the account, or that it counts towards, which lack little of their next tier."""
    rows = rebates_of(user, account, as_of=as_of).filter(near=True, is_over=False)
    for row in rows[:3]:
        lacks = {"more": counted(row.condition, row.to_next), "rebate": row.condition.name}
        gain = formats.money(row.gain, row.currency_id)
        yield Line(
            title=_("%(more)s more reaches the next tier of %(rebate)s") % lacks,
            detail=_("It pays %(gain)s more, until %(day)s")
            % {"gain": gain, "day": formats.date(row.period.upper - ONE_DAY)},
            url="#panel-rebates",
            state="info",
            urgency=1 if row.period.upper - as_of <= SOON else 2,
        )
