"""Insolvency: a dated fact of an account that caps health and stands among the risks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, HealthScore, RevenueEntry
from accounts.services.accounts import update_account
from accounts.services.health.rescoring import rescore_health
from accounts.services.merging import merge_accounts
from kam.core import formats
from kam.core.selectors.history import history_of_rows
from tests.accounts.test_health_rescoring import buys
from tests.accounts.test_importers_accounts import accounts
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_entry
from tests.factories.health import TODAY

pytestmark = pytest.mark.django_db
SINCE = date(2026, 5, 4)


def score_of(account: Account) -> HealthScore:
    return HealthScore.objects.get(account=account, valid__upper_inf=True)


def test_it_caps_health_from_its_day_on_and_that_of_those_above(people: People) -> None:
    group, later = make_account(lead=people.owner), make_account()
    store = make_account(parent=group, kind="store", name="Corner Shop")
    for account in (store, later):
        buys(account, 110, 100)
    update_account(account=store, insolvent_since=SINCE)
    update_account(account=later, insolvent_since=TODAY + timedelta(days=1))

    rescore_health(as_of=TODAY)

    held, free = score_of(group), score_of(later)
    assert (held.uncapped, held.score, held.caps) == (100, 40, [["insolvent", 40]])
    assert held.details["insolvent"] == {"since": "2026-05-04", "accounts": 1, "itself": False}
    assert (free.score, free.caps) == (100, [])


def test_it_stands_among_the_risks_and_in_the_history(people: People) -> None:
    group = make_account(lead=people.owner)
    store = make_account(parent=group, kind="store", name="Corner Shop")
    api = Api(people.owner)
    told = api.patch(f"accounts/{store.pk}/", {"insolvent_since": "2026-05-04"})
    assert (told.status_code, told.json()["insolvent_since"]) == (200, "2026-05-04")
    day = formats.date(SINCE)

    rescore_health(as_of=timezone.localdate())
    for account, words in ((store, f"Insolvent since {day}"), (group, "1 account below it")):
        page = client_of(people.owner).get(reverse("accounts:account-cockpit", args=[account.pk]))
        lines = [one for one in page.context["risks"] if words in f"{one.title} {one.detail}"]
        assert [line.state for line in lines] == ["danger"]

    changed = history_of_rows(Account, subject="", limit=5, pgh_obj_id=store.pk)
    assert "insolvent since" in str(changed).lower()
    api.patch(f"accounts/{store.pk}/", {"insolvent_since": None})
    store.refresh_from_db()
    assert store.insolvent_since is None


def test_form_import_and_merge_keep_it(people: People) -> None:
    make_account(name="Kept", external_id="C1", lead=people.owner)
    sent = accounts(["external_id", "insolvent_since"], ["C1", "2026-05-04"])
    account = Account.objects.get(name="Kept")
    assert (sent.counts[1], account.insolvent_since) == (1, SINCE)
    again = accounts(["external_id", "industry"], ["C1", "Food"])
    account.refresh_from_db()
    assert (again.counts[1], account.insolvent_since) == (1, SINCE)

    url = reverse("accounts:account-edit", args=[account.pk])
    page = client_of(people.owner).get(url)
    assert page.context["form"]["insolvent_since"].value() == SINCE

    keep = make_account(name="Survivor")
    merge_accounts(keep=keep, drop=account, as_of=TODAY)
    keep.refresh_from_db()
    assert keep.insolvent_since == SINCE


def test_revenue_in_base_currency_has_its_rate() -> None:
    entry = make_entry(account=make_account(), amount=10)
    with pytest.raises(IntegrityError, match="base_has_a_rate"), transaction.atomic():
        RevenueEntry.objects.filter(pk=entry.pk).update(rate=None)
