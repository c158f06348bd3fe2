"""The demo company in the database: what stands there once it is loaded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Count, Sum

from accounts.demo.company import generate
from accounts.demo.people import MAIL_DOMAIN, PASSWORD
from accounts.demo.rates import RateTable
from accounts.models import (
    Account,
    AccountIdentifier,
    GroupMonth,
    RevenueEntry,
    RevenueMonth,
)
from kam.core.demo import (
    DemoPresentError,
    RealDataError,
    added_to_demo,
    clear_demo,
    load_demo,
)
from kam.identity.models import Delegation, User
from kam.imports.models import ImportBatch
from settlements.models import SalesReportLine
from tests.demo.conftest import AS_OF, REAL, REQUEST
from tests.factories.accounts import make_account, make_entry
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db


def test_what_is_written_is_what_was_generated() -> None:
    company = generate(as_of=AS_OF)
    rates = RateTable(company.rates)
    sold = RevenueEntry.objects.exclude(source__code="settlement-statements")
    stored = set(sold.values_list("source__code", "source_key"))
    entries = [one for one in company.entries if (one.source, one.source_key) in stored]
    assert len(entries) == sold.count()
    assert Account.objects.count() == len(company.nodes)
    # What is left out is what stores sell on our account: their reports tell it instead.
    settled = {one.account for one in company.entries} - {None}
    left_out = [one for one in company.entries if (one.source, one.source_key) not in stored]
    stores = SalesReportLine.objects.values("store")
    told = set(AccountIdentifier.objects.filter(account__in=stores).values_list("value", flat=True))
    assert {one.account for one in left_out} <= told & settled
    assert 0 < len(left_out) < len(company.entries) // 50
    euro = sum(
        (
            (entry.net_amount * rates.on(entry.currency, entry.on)).quantize(Decimal("0.0001"))
            for entry in entries
        ),
        Decimal(),
    )
    total = sold.aggregate(total=Sum("base_amount"))["total"]
    assert abs(total - euro) < 1
    assert not RevenueEntry.objects.filter(rate=None).exists()
    everything = RevenueEntry.objects.aggregate(total=Sum("base_amount"))["total"]
    assert GroupMonth.objects.aggregate(total=Sum("base_amount"))["total"] == everything


def test_group_of_the_bought_chain_changes_in_the_middle_of_the_month() -> None:
    bought = Account.objects.get(name="Grădina Bunicii Retail")
    buyer = Account.objects.get(name="Steinfurche Handelsgruppe")
    depot = Account.objects.get(name="Depozit central Grădina Bunicii Chitila")
    groups = RevenueMonth.objects.filter(account=depot).order_by("month", "group_id")
    assert {(row.group_id, row.month < date(2024, 9, 1)) for row in groups} == {
        (bought.pk, True), (bought.pk, False), (buyer.pk, False),
    }  # fmt: skip
    split = groups.filter(month=date(2024, 9, 1)).values_list("group_id", flat=True)
    assert set(split) == {bought.pk, buyer.pk}
    assert depot.current_group_id == buyer.pk


def test_todays_tree_and_leads_are_derived() -> None:
    swedish = Account.objects.get(name="Granängen")
    aino, karin = (
        User.objects.get(email=f"{who}@{MAIL_DOMAIN}")
        for who in ("aino.koskela", "karin.soderlund")
    )
    assert swedish.current_lead == karin
    assert set(swedish.lead_chain) == {aino.pk, karin.pk}
    assert Account.objects.filter(current_lead=None).count() == 0
    assert Account.objects.filter(current_parent=None).count() == 60


def test_managers_see_their_part_and_the_director_all() -> None:
    by_name = {user.email.partition("@")[0]: user for user in User.objects.all()}
    everything = Account.objects.count()
    seen = {who: Account.objects.visible_to(user).count() for who, user in by_name.items()}
    assert (seen["elina.vuorela"], seen["oskar.lindqvist"]) == (everything, everything)
    assert 0 < seen["lan.anh"] < everything / 2


def test_somebody_stands_in_for_the_manager_who_is_away() -> None:
    delegation = Delegation.objects.get()
    assert (delegation.from_user.full_name, delegation.to_user.full_name) == (
        "Juhani Rautio",
        "Aino Koskela",
    )
    assert AS_OF in delegation.valid


def test_people_can_sign_in_but_the_integration_cannot() -> None:
    assert User.objects.get(email=f"elina.vuorela@{MAIL_DOMAIN}").check_password(PASSWORD)
    assert not User.objects.get(email=f"erp@{MAIL_DOMAIN}").has_usable_password()


def test_batches_add_up_to_the_entries() -> None:
    stated = dict(ImportBatch.objects.values_list("pk", "rows"))
    counted = RevenueEntry.objects.values("batch").annotate(lines=Count("pk"))
    assert {row["batch"]: row["lines"] for row in counted} == stated


def test_second_load_is_refused() -> None:
    with pytest.raises(DemoPresentError):
        load_demo(REQUEST)


def test_clear_asks_before_it_takes_what_was_added() -> None:
    make_entry(account=make_account(name="Typed in since"), amount="100")
    assert added_to_demo() == {"revenue entries": 1, "accounts": 1, "imports": 1}
    with pytest.raises(RealDataError):
        clear_demo()
    assert Account.objects.filter(name="Typed in since").exists()
    clear_demo(including_added=True)
    assert (Account.objects.count(), RevenueEntry.objects.count()) == (0, 0)


def test_who_clears_is_kept_and_so_are_real_users() -> None:
    real = {User.objects.get(email=REAL).pk, make_user(email="second@kam.test").pk}
    administrator = User.objects.get(email=f"sanna.jarvi@{MAIL_DOMAIN}")
    clear_demo(keep_user_id=administrator.pk)
    assert set(User.objects.values_list("pk", flat=True)) == {*real, administrator.pk}
