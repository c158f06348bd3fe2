"""No operation of receivables tells a stranger anything of others' customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from kam.core.api.reference import schema
from tests.api import Api
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document, make_receivables

ROOT = "/api/v1/receivables/"
SECRETS = (b"Kesko", b"SECRET-4711", b"31337", b"C-1042", b"owner@kam.test")


def _reads() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema()["paths"].items():
        if path.startswith(ROOT) and "get" in methods:
            yield path, methods["get"]


READS = list(_reads())
ASKED = (
    "",
    "as_of=2026-03-31",
    "external_id=C-1042",
    "number=SECRET-4711",
    "account={account}&from=2026-01-01&to=2027-01-01",
)


@pytest.fixture
def ids(people: People) -> dict[str, int]:
    """A customer of the owner with one row of everything, and one of the stranger's."""
    account = make_account(name="Kesko", lead=people.owner, external_id="C-1042")
    ids = make_receivables(account)
    make_document(
        account=account,
        company=make_company(),
        amounts=["31337.00"],
        due=[date(2026, 2, 1)],
        number="SECRET-4711",
        reference="SECRET-4711",
    )
    make_document(account=make_account(name="Own", lead=people.stranger))
    return {**ids, "account": account.pk, "user": people.owner.pk}


def _key_of(name: str, ids: dict[str, int]) -> int | None:
    """The foreign id that a parameter of this name would take."""
    resources = {"document": "documents", "corrects": "documents", "item": "items"}
    if name in {"account", "within", "party"}:
        return ids["account"]
    if name == "user":
        return ids["user"]
    return ids[f"receivables/{resources[name]}"] if name in resources else None


# Lists that need a capability which account managers do not have.
NOT_FOR_MANAGERS = {"/api/v1/receivables/missing/"}


@pytest.mark.parametrize(("path", "operation"), READS, ids=[path for path, _get in READS])
def test_a_stranger_reads_nothing_of_others(
    people: People, ids: dict[str, int], path: str, operation: dict[str, Any]
) -> None:
    api = Api(people.stranger)
    name = path.removeprefix("/api/v1/").split("/{")[0]
    url = path.replace("{id}", str(ids.get(name, 1)))
    asked = [url] if "{id}" in path else [f"{url}?{query}" for query in ASKED]
    asked = [address.format(**ids) for address in asked]
    for parameter in operation.get("parameters", []):
        key = _key_of(parameter["name"], ids)
        if parameter["in"] == "query" and key is not None:
            asked.append(f"{url}?{parameter['name']}={key}")
    for address in asked:
        response = api.get(address)
        hidden = "{id}" in path or path in NOT_FOR_MANAGERS
        assert response.status_code in ({404} if hidden else {200, 400}), address
        for secret in SECRETS:
            assert secret not in response.content, address


def test_the_owner_reads_all_of_it(people: People, ids: dict[str, int]) -> None:
    api = Api(people.owner)
    told = b"".join(api.get(path).content for path, _get in READS if "{id}" not in path)
    for secret in SECRETS:
        assert secret in told
