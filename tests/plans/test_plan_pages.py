"""The plan as a document: made from a template, read section by section, edited where it stands."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Account
from plans.models import Plan
from tests.conftest import People, client_of

pytestmark = pytest.mark.django_db


def test_a_plan_is_made_from_the_proposed_template_and_read(
    people: People, account: Account
) -> None:
    client = client_of(people.owner)
    url = f"{reverse('plans:plan-create')}?account={account.pk}"
    shown = client.get(url)
    assert shown.status_code == 200
    form = shown.context["form"]
    assert form.initial["template"].tier_code == ""
    start = form.initial["start"]
    data = {name: getattr(value, "pk", value) for name, value in form.initial.items() if value} | {
        "confidentiality": "open"
    }
    made = client.post(url, data)
    plan = Plan.objects.get()
    assert (made.status_code, made["Location"]) == (302, plan.get_absolute_url())
    assert plan.period.lower == start
    page = client.get(plan.get_absolute_url())
    assert [one.line.kind for one in page.context["shown"]] == [
        "ambition", "figures", "objectives", "kpis", "risks",
    ]  # fmt: skip
