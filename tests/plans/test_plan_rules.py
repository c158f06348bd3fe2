"""What the database keeps true about plans, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from plans.choices.plan import Confidentiality, PlanState
from plans.models import Plan, PlanSection
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.plans import (
    YEAR,
    make_action,
    make_kpi,
    make_objective,
    make_plan,
    make_plan_member,
    make_template,
)


def refused(name: str, act: Callable[[], Any]) -> None:
    with pytest.raises(Error) as caught, transaction.atomic():
        act()
    assert caught.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]


def _set(row: Any, **values: Any) -> Callable[[], Any]:
    return lambda: type(row).objects.filter(pk=row.pk).update(**values)


@pytest.mark.django_db
def test_what_an_approved_plan_says_is_fixed_and_its_work_goes_on() -> None:
    owner = make_user()
    plan = make_plan(account=make_account(), owner=owner)
    objective = make_objective(plan=plan)
    kpi = make_kpi(plan=plan, target=Decimal(5))
    plan.state, plan.submitted_by = PlanState.IN_REVIEW, owner
    plan.save()
    plan.state, plan.approved_by, plan.approved_at = (
        PlanState.APPROVED,
        make_user(),
        timezone.now(),
    )
    plan.save()
    section = plan.sections.first()
    assert section is not None
    refused("plan_section_fixed", _set(section, text="Other"))
    refused("plan_section_fixed", section.delete)
    refused("plan_section_fixed", lambda: PlanSection.objects.create(plan=plan, kind="swot"))
    refused("objective_fixed", _set(objective, title="Other"))
    refused("kpi_fixed", _set(kpi, target=Decimal(1)))
    refused("plan_header_fixed", _set(plan, title="Other"))
    bare = make_plan(account=make_account(), owner=owner, template=make_template(sections=()))
    refused("plan_is_never_deleted", bare.delete)
    _set(objective, typed_percent=Decimal(40))()
    _set(kpi, typed_actual=Decimal(2), typed_on=date(2026, 5, 1))()
    make_action(plan=plan)
    assert plan.actions.count() == 1


@pytest.mark.django_db
def test_nobody_approves_what_they_wrote() -> None:
    owner = make_user()
    plan = make_plan(account=make_account(), owner=owner, state=PlanState.IN_REVIEW)
    now = timezone.now()
    change = {"state": PlanState.APPROVED, "approved_at": now}
    refused("plan_approved_by_another", _set(plan, approved_by=owner, **change))
    refused("plan_goes_its_way", _set(plan, state=PlanState.ACTIVE))


@pytest.mark.django_db
def test_plans_of_an_account_never_cover_the_same_day() -> None:
    account, owner = make_account(), make_user()
    first = make_plan(account=account, owner=owner)
    later = DateRange(date(2026, 12, 31), date(2027, 6, 1))
    refused("plan_once_at_a_date", lambda: make_plan(account=account, owner=owner, period=later))
    Plan.objects.filter(pk=first.pk).update(
        state=PlanState.CANCELLED, ended_at=timezone.now(), ended_by=owner, end_reason="Twice"
    )
    make_plan(account=account, owner=owner, period=later)


@pytest.mark.django_db
def test_a_plan_hangs_below_one_of_an_account_above() -> None:
    group = make_account()
    banner = make_account(parent=group)
    owner = make_user()
    above = make_plan(account=group, owner=owner)
    make_plan(account=banner, owner=owner, parent=above)
    other = make_account()
    refused("plan_parent_above", lambda: make_plan(account=other, owner=owner, parent=above))
    below = make_plan(account=other, owner=owner)
    refused("plan_parent_above", _set(above, parent=below))


@pytest.mark.django_db
def test_who_reads_a_plan() -> None:
    """By confidentiality: lead, sponsor, reader, one whose time is over, stranger."""
    lead, sponsor, reader, gone, stranger = (make_user() for _one in range(5))
    plan = make_plan(account=make_account(lead=lead), owner=lead, sponsor=sponsor)
    make_plan_member(plan=plan, user=reader)
    past = DateRange(date(2025, 1, 1), timezone.localdate() - timedelta(days=1))
    make_plan_member(plan=plan, user=gone, role="approver", valid=past)
    people = (lead, sponsor, reader, gone, stranger)
    for level in Confidentiality.values:
        Plan.objects.filter(pk=plan.pk).update(confidentiality=level)
        seen = [Plan.objects.visible_to(one).filter(pk=plan.pk).exists() for one in people]
        assert seen == [True, True, True, False, False], level
    assert plan.period == YEAR
