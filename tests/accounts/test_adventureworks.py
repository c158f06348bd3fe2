"""A whole customer file of others: colleagues, accounts, contacts and sales fill the pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q

from accounts.choices import Function
from accounts.cockpit import people, share, tier
from accounts.models import Account, LeadAssignment, Position, TierAssignment
from accounts.selectors.people.coverage import coverage_of
from accounts.selectors.people.stakeholder_map import stakeholder_map
from accounts.services.concentration import recompute
from accounts.services.figures import refresh_figures
from accounts.services.tiers.rescoring import rescore
from kam.core.models import Organisation
from kam.identity.choices import Role
from kam.identity.models import SalesTeam, User
from kam.imports.services import undoing
from tests.factories.identity import make_user
from tests.factories.imports import Sent, send
from tests.factories.tiers import criterion, make_published

pytestmark = pytest.mark.django_db

END = date(2020, 5, 31)
CRM, ERP = "crm", "erp"


def sent(shared: Path, kind: str, file: str, source: str, **columns: Any) -> Sent:
    data = (shared / "adventureworks" / file).read_bytes()
    mapping: dict[str, Any] = {"columns": columns}
    if kind == "sales":
        mapping["constants"] = {"currency": "USD"}
    return send(kind, data, mapping=mapping, source=source, as_of=END)


def colleagues(shared: Path) -> Sent:
    return sent(
        shared,
        "colleagues",
        "flat_employees.csv",
        "personnel",
        external_id="business_entity_id",
        email="login",
        title="job_title",
        manager="manager_id",
    )


def stores(shared: Path) -> Sent:
    return sent(
        shared,
        "accounts",
        "flat_accounts.csv",
        CRM,
        external_id="store_id",
        name="name",
        lead="sales_person_id",
    )


def test_colleagues_and_their_teams_come_without_a_sign_in(shared_data: Path) -> None:
    first = colleagues(shared_data)

    assert first.counts == (290, 0, 0, 0)
    assert (first.summary.also["sales teams"], SalesTeam.objects.count()) == (4, 4)
    jae = User.objects.get(staff_number="289")
    assert (jae.full_name, jae.email) == ("Jae", "jae0@adventure-works.invalid")
    assert (jae.job_title, jae.roles) == ("Sales Representative", [Role.ACCOUNT_MANAGER])
    assert not jae.has_usable_password()
    amy, brian = (User.objects.get(staff_number=number) for number in ("287", "273"))
    assert jae.team == amy.team
    assert SalesTeam.objects.get(members=amy).parent == brian.team
    assert jae.pk in brian.scope_user_ids()
    assert User.objects.filter(staff_number="1", roles=[], team=None).exists()

    assert colleagues(shared_data).counts == (0, 0, 290, 0)
    report = undoing.undo(batch_id=first.batch.pk, as_of=END)
    assert (report.removed, User.objects.count(), SalesTeam.objects.count()) == (290, 0, 0)


def test_colleagues_who_lead_accounts_stay(shared_data: Path) -> None:
    first = colleagues(shared_data)
    assert stores(shared_data).counts == (701, 0, 0, 0)
    assert LeadAssignment.objects.count() == 701

    with pytest.raises(Exception, match="lead accounts"):
        undoing.undo(batch_id=first.batch.pk, as_of=END)


BAD = (
    "number,mail,manager\n"
    "1,no address,\n"
    "2,two@example.com,9\n"
    "3,three@example.com,4\n"
    "4,four@example.com,3\n"
    "5,taken@example.com,\n"
)


def test_bad_rows_are_named_and_change_nobody() -> None:
    taken = make_user(email="taken@example.com")
    User.objects.filter(pk=taken.pk).update(staff_number="77")
    mapping = {"columns": {"external_id": "number", "email": "mail", "manager": "manager"}}

    found = send("colleagues", BAD, mapping=mapping)

    reasons = {reject.line: reject.reason for reject in found.batch.rejects.all()}
    assert reasons == {
        2: "unknown: email",
        3: "manager not found",
        4: "circle of managers",
        5: "circle of managers",
        6: "address of somebody else",
    }
    assert User.objects.count() == 1


def test_a_file_of_colleagues_fills_nobodys_password(shared_data: Path) -> None:
    boss = make_user(email="boss@example.com", roles=[Role.SALES_DIRECTOR])
    text = "number,mail,name\n1,boss@example.com,The Boss\n"
    mapping = {"columns": {"external_id": "number", "email": "mail", "name": "name"}}

    updated = send("colleagues", text, mapping=mapping)
    before = updated.batch.changes.get().before or {}
    after = User.objects.get(pk=boss.pk)

    assert (after.full_name, after.staff_number, after.roles) == ("The Boss", "1", boss.roles)
    assert after.password == boss.password
    assert set(before) == {"full_name", "job_title", "staff_number"}
    undoing.undo(batch_id=updated.batch.pk, as_of=END)
    assert User.objects.get(pk=boss.pk).full_name == boss.full_name


def test_the_whole_file_fills_cockpit_map_and_tiers(shared_data: Path) -> None:
    Organisation.objects.update(base_currency="USD")
    colleagues(shared_data)
    stores(shared_data)
    resellers = sent(
        shared_data,
        "accounts",
        "resellers.csv",
        ERP,
        external_id="ResellerKey",
        name="ResellerName",
        country="Country_Region",
        region="StateProvinceName",
        channel="BusinessType",
    )
    created, updated, _same, rejected = resellers.counts
    assert (created, updated, rejected) == (4, 697, 0)  # two names stand twice
    contacts = sent(
        shared_data,
        "people",
        "flat_contacts.csv",
        CRM,
        external_id="person_id",
        account="store_id",
        title="contact_type",
        email="email",
        phone="phone",
    )
    assert contacts.counts == (753, 0, 0, 0)
    assert not Position.objects.filter(person=None).exists()
    assert Position.objects.filter(function=Function.MERCHANDISING).count() == 487
    sent(
        shared_data,
        "products",
        "products.csv",
        ERP,
        code="ProductKey",
        name="Product",
        category="EnglishProductCategoryName",
        standard_cost="StandardCost",
    )
    sales = sent(
        shared_data,
        "sales",
        "reseller_sales.csv.gz",
        ERP,
        source_key=["SalesOrderNumber", "ProductKey"],
        account="ResellerKey",
        date="OrderDate",
        product="ProductKey",
        quantity="OrderQuantity",
        net_amount="SalesAmount",
        cost="TotalProductCost",
    )
    assert sales.counts == (57851, 0, 0, 0)
    _judge()


def _judge() -> None:
    refresh_figures(as_of=END)
    recompute(as_of=END)
    rescore(model=make_published(criterion(), effective_on=END), as_of=END)
    scored = TierAssignment.objects.filter(valid__contains=END)
    assert scored.count() >= 400
    director = make_user(roles=[Role.SALES_DIRECTOR])
    with_people = Account.objects.filter(people_positions__isnull=False, figure__net_12m__gt=0)
    account = with_people.order_by("-figure__net_12m").distinct().first()
    assert account is not None
    assert account.current_lead is not None
    assert str(tier(director, account, END).value) != "–"
    found = share(director, account, END)
    assert found is not None
    assert Decimal(str(found.value).rstrip("%")) > 1
    assert str(people(director, account, END).detail).startswith("Nobody in")
    shown = stakeholder_map(account, user=director, as_of=END)
    assert shown.people
    assert [gap.function for gap in coverage_of(shown).gaps]
    assert not Account.objects.filter(Q(current_lead=None), identifiers__system=CRM).exists()
