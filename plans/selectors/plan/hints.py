"""What the system would write into the SWOT of a plan: proposed once, chosen one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.selectors.cockpit import whom_we_know
from accounts.selectors.health.standing import Line, standing_of
from accounts.selectors.people.stakeholder_map import function_label
from accounts.selectors.wallet.boards import standing as wallet_standing
from interactions.choices import ConcernSeverity
from interactions.selectors import concerns
from kam.core import formats
from kam.core.registry import may
from kam.core.selectors.rates import base_currency
from kam.identity.models import User
from plans.choices.plan import Origin, SwotKind
from plans.models import Plan
from plans.selectors.kpis import sees_figures
from settlements.selectors.owed import owed_by

MOST = 3
LOW, HIGH = Decimal("0.4"), Decimal("0.9")


@dataclass(frozen=True, slots=True)
class Hint:
    """An item as the system would write it. `origin` and `key` say from what; they stay."""

    kind: str
    text: str
    evidence: str
    origin: str
    key: str

    @property
    def name(self) -> str:
        """What tells it from others on a form."""
        return f"{self.origin}:{self.key}"


type Finder = Callable[[Account, User, date], Iterator[Hint]]


def hints_for(plan: Plan, user: User, *, as_of: date) -> list[Hint]:
    """Return what the system knows of the account and the plan does not say yet.

    Weak and strong parts of its health, required functions nobody stands for, whitespace,
    unsolved concerns that are not confidential, overdue receivables, each as far as the user may
    see it. Nothing for who does not see the account by scope.
    """
    if not sees_figures(plan, user):
        return []
    taken = set(plan.swot_items.exclude(origin_key="").values_list("origin", "origin_key"))
    return [
        one
        for find, capability in FINDERS
        if may(user, capability)
        for one in find(plan.account, user, as_of)
        if (one.origin, one.key) not in taken
    ]


def _health(account: Account, user: User, as_of: date) -> Iterator[Hint]:
    standing = standing_of(account, as_of=as_of)
    if standing is None:
        return
    known = [(_reached(line), line) for line in standing.lines if line.share]
    ordered = sorted(known, key=lambda one: (one[0], one[1].measure.key))
    for part, line in ordered[:MOST]:
        if part < LOW:
            text = _("Health is low in: %(what)s") % {"what": line.measure.title}
            yield _of_health(SwotKind.WEAKNESS, text, line)
    for part, line in ordered[-MOST:]:
        if part >= HIGH:
            text = _("Health is high in: %(what)s") % {"what": line.measure.title}
            yield _of_health(SwotKind.STRENGTH, text, line)


def _reached(line: Line) -> Decimal:
    return (line.brought or Decimal(0)) / line.share if line.share else Decimal(0)


def _of_health(kind: SwotKind, text: str, line: Line) -> Hint:
    return Hint(kind, text, line.said[:500], Origin.HEALTH, line.measure.key)


def _gaps(account: Account, user: User, as_of: date) -> Iterator[Hint]:
    known = whom_we_know(account, user, as_of=as_of)
    for function in known.missing:
        text = _("We know nobody in %(function)s") % {"function": function_label(function)}
        yield Hint(
            SwotKind.WEAKNESS, text, _("The tier asks for this function."), Origin.GAP, function
        )
    if not known.has_decision_maker:
        text = _("We do not know who decides")
        yield Hint(SwotKind.WEAKNESS, text, "", Origin.GAP, "decision-maker")


def _whitespace(account: Account, user: User, as_of: date) -> Iterator[Hint]:
    del user
    _sum, cells = wallet_standing(account, as_of=as_of)
    open_ones = [(one.cell.whitespace, one) for one in cells if one.cell.whitespace]
    currency = base_currency() if open_ones else ""
    for amount, cell in sorted(open_ones, key=lambda one: -one[0])[:MOST]:
        words = {"what": cell.category_name, "amount": f"{formats.compact(amount)} {currency}"}
        rivals = cell.supplied_by
        evidence = _("Main supplier: %(name)s") % {"name": rivals} if rivals else ""
        yield Hint(
            SwotKind.OPPORTUNITY,
            _("%(what)s: they buy %(amount)s a year elsewhere") % words,
            evidence,
            Origin.WHITESPACE,
            str(cell.category_id),
        )


def _concerns(account: Account, user: User, as_of: date) -> Iterator[Hint]:
    del as_of
    rows = concerns.unsolved(concerns.at_account(account, user)).filter(is_confidential=False)
    for one in rows.order_by("-severity", "raised_at", "pk")[: MOST + 2]:
        is_grave = one.severity >= ConcernSeverity.HIGH
        yield Hint(
            SwotKind.THREAT if is_grave else SwotKind.WEAKNESS,
            _("Unsolved: %(concern)s") % {"concern": one.title},
            _("Concern of %(day)s, %(severity)s")
            % {"day": formats.date(one.raised_on), "severity": one.get_severity_display()},
            Origin.CONCERN,
            str(one.pk),
        )


def _overdue(account: Account, user: User, as_of: date) -> Iterator[Hint]:
    owed = owed_by(account, user, as_of=as_of)
    if owed is None or not owed.overdue:
        return
    days = ngettext("%(n)s day", "%(n)s days", owed.oldest_days)
    yield Hint(
        SwotKind.THREAT,
        _("%(amount)s are overdue")
        % {"amount": f"{formats.compact(owed.overdue)} {owed.currency}"},
        _("The oldest since %(days)s, as of %(day)s")
        % {
            "days": days % {"n": formats.number(owed.oldest_days)},
            "day": formats.date(as_of),
        },
        Origin.OVERDUE,
        "overdue",
    )


FINDERS: tuple[tuple[Finder, str], ...] = (
    (_health, "health.view"),
    (_gaps, "people.view"),
    (_whitespace, "whitespace.view"),
    (_concerns, "interactions.view"),
    (_overdue, "receivables.view"),
)
