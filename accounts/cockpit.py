"""The accounts' answers at the head of an account's page; words here, figures in the selectors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from accounts.selectors import accounts as reads
from accounts.selectors import cockpit as found
from accounts.selectors.people.stakeholder_map import function_label
from accounts.selectors.tiers.standing import Standing, standing_of
from kam.core import formats
from kam.core.cockpit import Answer, Line, LineProvider, Question, line_providers, questions
from kam.identity.models import User

FELL = Decimal("-0.2")
UNKNOWN = "–"


def register() -> None:
    """Register questions, risks and actions."""
    questions.register(
        Question(key="lead", part="business", title=gettext_lazy("Lead"), find=lead, order=10),
        Question(
            key="tier",
            part="business",
            title=gettext_lazy("Tier"),
            find=tier,
            capability="tiers.view",
            order=20,
        ),
        Question(
            key="share",
            part="business",
            title=gettext_lazy("Share of our revenue"),
            find=share,
            capability="concentration.view",
            order=30,
        ),
        Question(
            key="people",
            title=gettext_lazy("Functions covered"),
            find=people,
            capability="people.view",
            order=60,
        ),
        Question(
            key="dates",
            title=gettext_lazy("Next date"),
            find=dates,
            capability="people.view",
            order=70,
        ),
    )
    line_providers.register(
        LineProvider(key="insolvency", part="business", what="risk", find=insolvency, order=5),
        LineProvider(key="accounts", part="business", what="risk", find=risks, order=10),
    )


def insolvency(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """That the account is noted as insolvent; of those below it the cap of health tells."""
    since = account.insolvent_since
    if since is not None and since <= as_of:
        yield Line(
            title=_("Insolvent since %s") % formats.date(since),
            detail=_("Health is capped; look at what is open before the next delivery."),
            url="#panel-overview",
            state="danger",
            urgency=0,
        )


def lead(user: User, account: Account, as_of: date) -> Answer:
    """Who leads it today."""
    if account.current_lead is None:
        return Answer(
            value=_("Nobody"),
            detail=_("Nobody answers for this account."),
            state="danger",
            url="#panel-leads",
        )
    return Answer(value=account.current_lead.full_name, url="#panel-leads")


def tier(user: User, account: Account, as_of: date) -> Answer:
    """The tier that holds, and what brings it there."""
    standing = standing_of(account, as_of=as_of)
    if standing is None or standing.tier is None:
        return Answer(value=UNKNOWN, detail=_("Not scored yet"), state="muted", url="#panel-tier")
    return Answer(value=standing.tier.title, detail=_why(standing), url="#panel-tier")


def _why(standing: Standing) -> str:
    if standing.override is not None:
        return _("Set by hand: %(reason)s") % {"reason": standing.override.reason}
    best = max(
        (line for line in standing.lines if line.brought is not None),
        key=lambda line: line.brought or Decimal(0),
        default=None,
    )
    if best is None or standing.assignment is None:
        return ""
    words = {
        "score": formats.number(standing.assignment.score, 0),
        "what": best.title,
    }
    return _("%(score)s points, most for %(what)s") % words


def share(user: User, account: Account, as_of: date) -> Answer | None:
    """How much of our revenue hangs on it."""
    part = found.share_of_ours(account, user, as_of=as_of)
    if part is None:
        return None
    is_major = part >= Decimal("0.1")
    return Answer(
        value=formats.percent(part),
        detail=_("A tenth or more of all net revenue: a major customer")
        if is_major
        else _("of all net revenue, 12 months"),
        state="warning" if is_major else "neutral",
        url="#panel-revenue",
    )


def people(user: User, account: Account, as_of: date) -> Answer:
    """Which required functions we know somebody in, and which we do not."""
    known = found.whom_we_know(account, user, as_of=as_of)
    if known.missing:
        names = ", ".join(str(function_label(one)) for one in known.missing)
        detail = _("Nobody in %(functions)s") % {"functions": names}
    elif not known.has_decision_maker:
        detail = _("Who decides is not known")
    else:
        detail = ngettext("%(count)s person", "%(count)s people", known.people) % {
            "count": formats.number(known.people)
        }
    is_gap = bool(known.missing) or not known.has_decision_maker
    return Answer(
        value=_("%(met)s of %(all)s")
        % {"met": len(known.met), "all": len(known.met) + len(known.missing)},
        detail=detail,
        state="warning" if is_gap else "success",
        url="#panel-people",
    )


def dates(user: User, account: Account, as_of: date) -> Answer:
    """What comes next in the customer's calendar."""
    entry = found.next_date(account, user, as_of=as_of)
    if entry is None:
        return Answer(
            value=UNKNOWN, detail=_("No date is known"), state="muted", url="#panel-deciding"
        )
    days = (entry.starts_on - as_of).days
    return Answer(
        value=formats.date(entry.starts_on),
        detail=entry.title or entry.get_kind_display(),
        state="warning" if days <= 7 else "neutral",
        url="#panel-deciding",
    )


def risks(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """A fall of revenue, and nobody who answers for it."""
    change = reads.change(account.figure)
    if change is not None and change <= FELL:
        yield Line(
            title=_("Revenue fell by %(share)s") % {"share": formats.percent(-change, 0)},
            detail=_("12 months against the year before"),
            url="#panel-revenue",
            state="danger",
            urgency=0,
        )
    if account.current_lead is None:
        yield Line(
            title=_("Nobody leads this account"), url="#panel-leads", state="danger", urgency=0
        )
