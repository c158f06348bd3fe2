"""The demo company in the database: complete on arrival, gone without a trace, never mixed."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.demo.company import DEFAULT_SEED
from accounts.demo.people import MAIL_DOMAIN, PASSWORD
from accounts.models import (
    Account,
    AccountFigure,
    GroupMonth,
    LeadAssignment,
    ParentLink,
    Product,
    RevenueEntry,
    RevenueMonth,
    Target,
)
from kam.core.demo import (
    DemoPart,
    DemoRequest,
    NoDemoError,
    RealDataError,
    clear_demo,
    demo_parts,
    load_demo,
)
from kam.core.models import ExchangeRate, Organisation, SellingCompany
from kam.identity.models import SalesTeam, User
from kam.imports.models import DataSource, ImportBatch
from tests.factories.accounts import make_account, make_entry
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 11, 22)
REQUEST = DemoRequest(as_of=AS_OF, seed=DEFAULT_SEED, password=PASSWORD)
DEMO_TABLES = (
    Account,
    AccountFigure,
    DataSource,
    ExchangeRate,
    GroupMonth,
    ImportBatch,
    LeadAssignment,
    ParentLink,
    Product,
    RevenueEntry,
    RevenueMonth,
    SalesTeam,
    SellingCompany,
    Target,
)


def _business_rows() -> dict[str, int]:
    """Count the rows of every table of ours, history and the watermark's single row aside."""
    labels = {"core", "identity", "imports", "accounts", "interactions", "settlements", "plans"}
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.app_label in labels
        and not model.__name__.endswith("Event")
        and model.__name__ != "RevenueWatermark"
    }


def test_load_then_clear_leaves_everything_as_it_was() -> None:
    make_user(email="first@kam.test")
    before = _business_rows()
    load_demo(REQUEST)
    assert all(model._default_manager.exists() for model in DEMO_TABLES)
    assert clear_demo()["revenue entries"] > 60_000
    assert _business_rows() == before
    assert Organisation.objects.values_list("name", "is_demo").get() == ("kam", False)


def test_demo_is_refused_where_real_data_stands() -> None:
    make_entry(account=make_account(name="Real customer"), amount="100")
    before = _business_rows()
    with pytest.raises(RealDataError) as refusal:
        load_demo(REQUEST)
    assert refusal.value.counts["accounts"] == 1
    assert refusal.value.counts["revenue entries"] == 1
    assert _business_rows() == before


def test_clear_never_touches_real_data() -> None:
    make_entry(account=make_account(name="Real customer"), amount="100")
    before = _business_rows()
    with pytest.raises(NoDemoError):
        clear_demo()
    assert _business_rows() == before


def test_parts_of_other_apps_come_after_and_go_before() -> None:
    calls: list[str] = []

    def load(request: DemoRequest) -> dict[str, int]:
        calls.append(f"load with {RevenueEntry.objects.exists()}")
        return {"letters": 2}

    def clear(keep_user_id: int | None) -> dict[str, int]:
        calls.append(f"clear with {RevenueEntry.objects.exists()}")
        return {"letters": 2}

    demo_parts.register(
        DemoPart(key="later", load=load, clear=clear, present=dict, added=dict, order=50)
    )
    try:
        assert load_demo(REQUEST)["letters"] == 2
        assert clear_demo()["letters"] == 2
    finally:
        demo_parts.unregister("later")
    assert calls == ["load with True", "clear with True"]


def test_command_loads_and_clears() -> None:
    out = StringIO()
    call_command("seed_demo", as_of=AS_OF, json=True, stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["password"] == PASSWORD
    assert answer["written"]["accounts"] == Account.objects.count()
    with pytest.raises(CommandError, match="loaded already"):
        call_command("seed_demo")
    call_command("seed_demo", clear=True, stdout=StringIO())
    assert Account.objects.count() == 0
    make_account(name="Real customer")
    with pytest.raises(CommandError, match="holds data already: 1 accounts"):
        call_command("seed_demo")


def test_command_makes_up_a_password_in_production(settings: object) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    out = StringIO()
    call_command("seed_demo", as_of=AS_OF, json=True, stdout=out)
    password = json.loads(out.getvalue())["password"]
    assert password != PASSWORD
    assert User.objects.get(email=f"elina.vuorela@{MAIL_DOMAIN}").check_password(password)
