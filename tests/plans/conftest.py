"""A plan for tests of plans: an account that the owner leads, and its draft."""

from __future__ import annotations

import pytest

from accounts.models import Account
from plans.models import Plan
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.plans import make_plan


@pytest.fixture
def account(people: People) -> Account:
    """An account led by the owner."""
    return make_account(name="Kesko", lead=people.owner)


@pytest.fixture
def plan(people: People, account: Account) -> Plan:
    """The owner's draft of 2026, with every section, open to the sales organisation."""
    return make_plan(account=account, owner=people.owner, title="Kesko 2026")
