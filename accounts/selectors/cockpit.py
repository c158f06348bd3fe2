"""What the head of an account's page needs to know, each in a statement or two at any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models.fields.json import KeyTextTransform

from accounts.analytics.concentration import FORMULA_VERSION
from accounts.choices import ConcentrationLevel, DecisionRole
from accounts.models import Account, ConcentrationSnapshot, CustomerDate, Position
from accounts.selectors.accounts import windows
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.selectors.people.ratings import relationship_settings
from accounts.selectors.tiers.policies import required_functions
from kam.core.cockpit import once, once_a_page
from kam.core.exact import ratio
from kam.identity.models import User


def share_of_ours(account: Account, user: User, *, as_of: date) -> Decimal | None:
    """Return the account's share of the company's net revenue over the last 12 complete months.

    With everything below it; unassigned and negative revenue are in the denominator, as for the
    10 % rule. From the latest kept snapshot; None without one, without positive revenue, and for
    who may not see the company's total.
    """
    asked = f"share of ours {user.pk} {as_of}"
    return once(account, asked, lambda: shares_of_ours([account], user, as_of=as_of)[account.pk])


def shares_of_ours(
    accounts: Sequence[Account], user: User, *, as_of: date
) -> dict[int, Decimal | None]:
    """Return `share_of_ours` of several accounts, by their keys, in one statement."""
    total = _company_total(as_of) if user.sees_everything() else None
    return {account.pk: _share(account, total) for account in accounts}


def _share(account: Account, total: Decimal | None) -> Decimal | None:
    if total is None or total <= 0 or account.figure.unconverted:
        return None
    return ratio(account.figure.net_12m, total)


def _company_total(as_of: date) -> Decimal | None:
    query = ConcentrationQuery(period=windows(as_of).latest, level=ConcentrationLevel.GROUP)
    rows = ConcentrationSnapshot.objects.filter(
        scope_key=query.scope_key,
        period=(query.period.start, query.period.end),
        formula_version=FORMULA_VERSION,
    )
    text = rows.order_by("-watermark").values_list(KeyTextTransform("net_total", "figures"))
    found = text.first()
    return Decimal(found[0]) if found and found[0] else None


@dataclass(frozen=True, slots=True)
class WhomWeKnow:
    """People at an account and below it today, without those who left and without placeholders.

    `met` and `missing` are required functions with and without somebody.
    """

    people: int
    met: Sequence[str]
    missing: Sequence[str]
    has_decision_maker: bool
    has_champion: bool


def whom_we_know(account: Account, user: User, *, as_of: date) -> WhomWeKnow:
    """Return whom we know and which required functions nobody stands for."""
    rows = Position.objects.visible_to(user).on(as_of).filter(account__path__contains=[account.pk])
    known = list(rows.filter(person__isnull=False).values_list("person", "function", "roles"))
    functions = {function for _person, function, _roles in known}
    roles = {role for _person, _function, held in known for role in held}
    settings = once_a_page(account, "relationship settings", relationship_settings)
    required = required_functions(account, settings, as_of=as_of)
    return WhomWeKnow(
        people=len({person for person, _function, _roles in known}),
        met=[one for one in required if one in functions],
        missing=[one for one in required if one not in functions],
        has_decision_maker=DecisionRole.DECISION_MAKER in roles,
        has_champion=bool({DecisionRole.CHAMPION, DecisionRole.SPONSOR} & roles),
    )


def next_date(account: Account, user: User, *, as_of: date) -> CustomerDate | None:
    """Return the next date of the customer's calendar at the account or below it."""
    rows = CustomerDate.objects.visible_to(user).filter(
        account__path__contains=[account.pk], starts_on__gte=as_of
    )
    return rows.order_by("starts_on", "pk").first()
