"""What is proposed when a plan is made: template, period, currency, owner, plan above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.selectors.tiers.policies import tier_on
from kam.core.dates import Period, add_months, months_between
from kam.core.models import Currency, Organisation
from kam.identity.models import User
from plans.choices.plan import PlanState
from plans.models import Plan, PlanTemplate


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a new plan begins with; `template` is None where none is in use."""

    template: PlanTemplate | None
    title: str
    period: Period
    currency: Currency
    owner: User | None
    review_on: date
    parent: Plan | None


def proposal_for(account: Account, user: User, *, as_of: date) -> Proposal:
    """Return what is proposed for an account: the fiscal year after those that have a plan."""
    organisation = Organisation.objects.select_related("base_currency").get(pk=1)
    period = free_year(account, organisation.fiscal_year_start, as_of=as_of)
    above = parents_for(account, user, period=DateRange(period.start, period.end))
    return Proposal(
        template=template_for(account, as_of=as_of),
        title=_("%(account)s, plan %(year)s") % {"account": account.name, "year": period},
        period=period,
        currency=account.currency or organisation.base_currency,
        owner=account.current_lead or user,
        review_on=add_months(period.start, 6),
        parent=above.first(),
    )


def free_year(account: Account, start_month: int, *, as_of: date) -> Period:
    """Return the next fiscal year without a plan of the account: the one after the running one,
    or the running one itself in its first half where it has none."""
    running = Period.fiscal_year_of(as_of, start_month)
    taken = list(
        Plan.objects.filter(account=account)
        .exclude(state=PlanState.CANCELLED)
        .values_list("period", flat=True)
    )
    year = running if as_of < add_months(running.start, 6) else _next(running)
    while any(one.lower < year.end and year.start < one.upper for one in taken):
        year = _next(year)
    return year


def next_period(plan: Plan) -> Period:
    """Return the next period of the plan's length for which its account has no plan."""
    months = months_between(plan.period.lower, plan.period.upper) or 12
    taken = list(
        Plan.objects.filter(account=plan.account_id)
        .exclude(state=PlanState.CANCELLED)
        .values_list("period", flat=True)
    )
    found = Period(plan.period.upper, add_months(plan.period.upper, months))
    while any(one.lower < found.end and found.start < one.upper for one in taken):
        found = Period(found.end, add_months(found.end, months))
    return found


def _next(year: Period) -> Period:
    return Period(year.end, add_months(year.end, 12))


def template_for(account: Account, *, as_of: date) -> PlanTemplate | None:
    """Return the template of the account's tier, else that of any tier."""
    tier = tier_on(account, as_of=as_of)
    rows = PlanTemplate.objects.filter(is_active=True)
    own = rows.filter(tier_code=tier.code).first() if tier else None
    return own or rows.filter(tier_code="").first()


def parents_for(account: Account, user: User, *, period: DateRange) -> QuerySet[Plan]:
    """Return the readable plans of accounts above, for a time that shares a day, nearest first."""
    above = [pk for pk in account.path if pk != account.pk]
    rows: QuerySet[Plan] = Plan.objects.visible_to(user).filter(
        account__in=above, period__overlap=period
    )
    shown = rows.exclude(state=PlanState.CANCELLED).select_related("account")
    return shown.order_by("-account__path__len", "-period", "pk")
