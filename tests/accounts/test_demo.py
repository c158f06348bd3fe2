"""The demo company in the database: complete on arrival, gone without a trace, never mixed."""

from __future__ import annotations

import json
from collections.abc import Iterator
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


def _later(calls: list[str]) -> DemoPart:
    """A part of another app, which comes after the accounts and goes before them."""

    def load(request: DemoRequest) -> dict[str, int]:
        calls.append(f"load with {RevenueEntry.objects.exists()}")
        return {"letters": 2}

    def clear(keep_user_id: int | None) -> dict[str, int]:
        calls.append(f"clear with {RevenueEntry.objects.exists()}")
        return {"letters": 2}

    return DemoPart(key="later", load=load, clear=clear, present=dict, added=dict, order=900)


def test_the_whole_demo_comes_by_its_command_and_goes_without_a_trace() -> None:
    make_user(email="first@kam.test")
    before, calls, out = _business_rows(), list[str](), StringIO()
    demo_parts.register(_later(calls))
    try:
        call_command("seed_demo", as_of=AS_OF, json=True, stdout=out)
        answer = json.loads(out.getvalue())
        assert answer["password"] == PASSWORD
        assert answer["written"]["accounts"] == Account.objects.count()
        assert answer["written"]["letters"] == 2
        assert all(model._default_manager.exists() for model in DEMO_TABLES)
        with pytest.raises(CommandError, match="loaded already"):
            call_command("seed_demo")
        gone = StringIO()
        call_command("seed_demo", clear=True, json=True, stdout=gone)
    finally:
        demo_parts.unregister("later")
    assert calls == ["load with True", "clear with True"]
    removed = json.loads(gone.getvalue())["removed"]
    assert removed["revenue entries"] > 60_000
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


def test_the_command_names_what_stands_in_its_way() -> None:
    make_account(name="Real customer")
    with pytest.raises(CommandError, match="holds data already: 1 accounts"):
        call_command("seed_demo")


@pytest.fixture
def accounts_alone() -> Iterator[None]:
    """The demo without the parts of other apps: people are of the accounts' part."""
    others = [part for part in demo_parts if part.key != "accounts"]
    for part in others:
        demo_parts.unregister(part.key)
    yield
    demo_parts.register(*others)


@pytest.mark.usefixtures("accounts_alone")
def test_command_makes_up_a_password_in_production(settings: object) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    out = StringIO()
    call_command("seed_demo", as_of=AS_OF, json=True, stdout=out)
    password = json.loads(out.getvalue())["password"]
    assert password != PASSWORD
    assert User.objects.get(email=f"elina.vuorela@{MAIL_DOMAIN}").check_password(password)
