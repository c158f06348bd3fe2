"""The demo company comes complete by its command, and goes without a trace."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.demo.people import PASSWORD
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
from kam.core.models import ExchangeRate, Organisation, SellingCompany
from kam.identity.models import SalesTeam
from kam.imports.models import DataSource, ImportBatch
from tests.demo.conftest import Loaded, business_rows, later_part

pytestmark = pytest.mark.django_db

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


def test_the_whole_demo_comes_by_its_command(loaded: Loaded) -> None:
    assert loaded.answer["password"] == PASSWORD
    assert loaded.answer["written"]["accounts"] == Account.objects.count()
    assert loaded.answer["written"]["letters"] == 2
    assert all(model._default_manager.exists() for model in DEMO_TABLES)
    assert loaded.calls == ["load with True"]
    with pytest.raises(CommandError, match="loaded already"):
        call_command("seed_demo")


def test_it_goes_without_a_trace(loaded: Loaded) -> None:
    calls, gone = list[str](), StringIO()
    with later_part(calls):
        call_command("seed_demo", clear=True, json=True, stdout=gone)
    assert calls == ["clear with True"]
    removed = json.loads(gone.getvalue())["removed"]
    assert removed["revenue entries"] > 60_000
    assert business_rows() == loaded.before
    assert Organisation.objects.values_list("name", "is_demo").get() == ("kam", False)
