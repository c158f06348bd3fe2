"""The demo company is never mixed with real data; its password is not known in production."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.demo.people import MAIL_DOMAIN, PASSWORD
from kam.core.demo import (
    NoDemoError,
    RealDataError,
    clear_demo,
    demo_parts,
    load_demo,
)
from kam.identity.models import User
from tests.demo.conftest import AS_OF, REQUEST, business_rows
from tests.factories.accounts import make_account, make_entry

pytestmark = pytest.mark.django_db


def test_demo_is_refused_where_real_data_stands() -> None:
    make_entry(account=make_account(name="Real customer"), amount="100")
    before = business_rows()
    with pytest.raises(RealDataError) as refusal:
        load_demo(REQUEST)
    assert refusal.value.counts["accounts"] == 1
    assert refusal.value.counts["revenue entries"] == 1
    assert business_rows() == before


def test_clear_never_touches_real_data() -> None:
    make_entry(account=make_account(name="Real customer"), amount="100")
    before = business_rows()
    with pytest.raises(NoDemoError):
        clear_demo()
    assert business_rows() == before


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
