"""In which functions an account needs people: its tier's own list, else the organisation's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import Tier, TierModel
from accounts.selectors.people.coverage import coverage_of
from accounts.selectors.people.stakeholder_map import stakeholder_map
from accounts.services.tiers.drafts import draft_of, save_draft
from accounts.services.tiers.overrides import set_override
from accounts.services.tiers.publishing import publish_model
from accounts.services.tiers.rescoring import rescore
from kam.core.problems import RefusedError
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.known import make_element, make_item
from tests.factories.people import make_position
from tests.factories.tiers import TODAY, make_draft, make_rating

pytestmark = pytest.mark.django_db


def published(required: dict[str, list[str]], on: date, people: People) -> TierModel:
    draft = make_draft()
    tiers = [replace(one, required_functions=required.get(one.code)) for one in draft.tiers]
    model = save_draft(draft=replace(draft, tiers=tiers))
    before = on - timedelta(days=1)
    return publish_model(model=model, effective_on=on, by=people.director, as_of=before)


def required_of(account: object, people: People) -> list[str]:
    found = coverage_of(stakeholder_map(account, user=people.director, as_of=TODAY))  # type: ignore[arg-type]
    return [row.function for row in found.functions if row.is_required]


def test_the_tiers_list_takes_the_place_of_the_organisations(people: People) -> None:
    group = make_account(lead=people.owner)
    store = make_account(parent=group)
    plain = make_account(lead=people.owner)
    make_rating(account=group, value=5)
    make_rating(account=plain, value=1)
    make_position(account=store, function="finance")
    model = published({"strategic": ["quality", "finance"]}, TODAY, people)
    rescore(model=model, as_of=TODAY)

    assert required_of(group, people) == ["finance", "quality"]
    assert required_of(store, people) == ["finance", "quality"]
    assert required_of(plain, people) == ["merchandising", "operations", "marketing"]
    gaps = coverage_of(stakeholder_map(store, user=people.director, as_of=TODAY)).gaps
    assert [one.function for one in gaps] == ["quality"]


def test_a_decided_tier_brings_its_own_list(people: People) -> None:
    account = make_account(lead=people.owner)
    make_rating(account=account, value=5)
    model = published({"key": ["it"]}, TODAY, people)
    rescore(model=model, as_of=TODAY)
    assert required_of(account, people) == ["merchandising", "operations", "marketing"]
    set_override(
        account=account, tier=Tier.objects.get(model=model, code="key"), reason="So decided",
        approver=people.director, from_date=TODAY, until=TODAY + timedelta(days=9), as_of=TODAY,
    )  # fmt: skip
    assert required_of(account, people) == ["it"]


def test_an_unknown_function_is_refused_and_a_new_version_starts_with_the_old_list(
    people: People,
) -> None:
    draft = make_draft()
    bad = [replace(one, required_functions=["magic"]) for one in draft.tiers]
    with pytest.raises(RefusedError) as problem:
        save_draft(draft=replace(draft, tiers=bad))
    assert problem.value.field == "tiers.0.required_functions"
    model = published({"strategic": ["quality"]}, TODAY, people)
    assert draft_of(model).tiers[0].required_functions == ["quality"]


def test_a_tier_says_what_of_the_programme_its_accounts_get(people: People) -> None:
    account = make_account(name="Kuusipelto", lead=people.owner)
    make_rating(account=account, value=5)
    service, training = make_element(name="Shelf service"), make_element(name="Staff training")
    make_item(account=account, element=service, cost="1200")
    draft = make_draft()
    bad = [replace(one, programme_elements=["magic"]) for one in draft.tiers]
    with pytest.raises(RefusedError) as problem:
        save_draft(draft=replace(draft, tiers=bad))
    assert (problem.value.field, problem.value.code) == (
        "tiers.0.programme_elements",
        "unknown_element",
    )
    codes = [service.code, training.code]
    tiers = [
        replace(one, programme_elements=codes if one.code == "strategic" else None)
        for one in draft.tiers
    ]
    model = save_draft(draft=replace(draft, tiers=tiers))
    model = publish_model(
        model=model, effective_on=TODAY, by=people.director, as_of=TODAY - timedelta(days=1)
    )
    rescore(model=model, as_of=TODAY)
    assert draft_of(model).tiers[0].programme_elements == sorted(codes)

    page = client_of(people.owner).get(reverse("accounts:panel-programme", args=[account.pk]))
    text = " ".join(page.content.decode().split())
    assert "Strategic accounts get: Shelf service, Staff training." in text
    missing = text.split("Missing here:")[1]
    assert "Staff training" in missing
    assert f"?element={training.pk}" in missing
    assert f"?element={service.pk}" not in missing
    answer = Api(people.owner).get(f"tier-models/{model.pk}/").json()
    assert answer["tiers"][0]["programme_elements"] == sorted(codes)
    with pytest.raises(DatabaseError), transaction.atomic():
        Tier.objects.filter(model=model, code="strategic").update(programme_elements=None)
