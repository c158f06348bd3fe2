"""Organisation, selling companies, about, health and errors."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from kam.core.middleware import DatabaseOutageMiddleware
from kam.core.models import Currency, Organisation, SellingCompany
from kam.core.problems import Blocker, RefusedError
from kam.core.selectors import system
from kam.core.selectors.system import Freshness
from kam.core.services import organisation as services
from kam.core.views.system import server_error
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_entry

pytestmark = pytest.mark.django_db
ORGANISATION = {
    "name": "Aalto Foods",
    "base_currency": "USD",
    "time_zone": "Asia/Ho_Chi_Minh",
    "fiscal_year_start": "4",
}
COMPANY = {
    "code": "AF-VN",
    "name": "Aalto Việt Nam",
    "country": "VN",
    "currency": "VND",
    "vat_number": "",
    "is_active": "on",
}


def company(**changes: Any) -> SellingCompany:
    fields = {"code": "AF", "name": "Aalto Foods Oy", "country": "FI", "currency_id": "EUR"}
    return SellingCompany.objects.create(**(fields | changes))


@pytest.fixture
def blocker() -> Any:
    """Something that stands in the way of another base currency."""
    words = "There is revenue in EUR."
    guard = lambda: Blocker(words)  # noqa: E731 - it must be the same object twice
    services.guard_base_currency(guard)
    yield words
    services._base_currency_guards.remove(guard)


# Who may


def test_who_may_look_and_who_may_change(people: People) -> None:
    pk = company().pk
    look = [
        "/settings/",
        "/settings/organisation/",
        "/settings/companies/",
        f"/settings/companies/{pk}/",
        "/settings/currencies/",
        "/settings/rates/",
        "/settings/about/",
    ]
    change = [
        ("/settings/organisation/", ORGANISATION),
        ("/settings/companies/new/", COMPANY),
        (f"/settings/companies/{pk}/", COMPANY),
        (f"/settings/companies/{pk}/delete/", {}),
    ]
    for user in (people.director, people.controller, people.auditor):
        client = client_of(user)
        assert {url: client.get(url).status_code for url in look} == dict.fromkeys(look, 200)
        assert {client.post(url, data).status_code for url, data in change} == {404}
        assert client.get("/settings/companies/new/").status_code == 404
        assert "may look but not change" in client.get(look[1]).content.decode()
    for user in (people.owner, people.teammate, people.stranger):
        client = client_of(user)
        assert {client.get(url).status_code for url in look} == {404}
        assert {client.post(url, data).status_code for url, data in change} == {404}
    assert Organisation.objects.get().name == "kam"
    assert SellingCompany.objects.count() == 1
    assert {Client().get(url).status_code for url in look} == {302}


# Organisation


def test_the_organisation_is_changed_and_remembers_how_it_was(people: People) -> None:
    client = client_of(people.administrator)
    assert client.post("/settings/organisation/", ORGANISATION).status_code == 302
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.base_currency_id) == ("Aalto Foods", "USD")
    assert (organisation.time_zone, organisation.fiscal_year_start) == ("Asia/Ho_Chi_Minh", 4)
    newest = client.get("/settings/organisation/").context["history"][0]
    assert newest.who == people.administrator.full_name
    changed = {field.title: (field.before, field.after) for field in newest.fields}
    assert changed["base currency"] == ("EUR", "USD")
    assert changed["name"] == ("kam", "Aalto Foods")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"base_currency": "XXX"}, "base_currency"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"fiscal_year_start": "13"}, "fiscal_year_start"),
    ],
)
def test_nonsense_is_refused_beside_the_field(
    people: People, change: dict[str, str], field: str
) -> None:
    page: Any = client_of(people.administrator).post(
        "/settings/organisation/", ORGANISATION | change
    )
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])


def test_the_base_currency_stays_while_figures_stand_in_it(people: People, blocker: str) -> None:
    client = client_of(people.administrator)
    assert blocker in client.get("/settings/organisation/").content.decode()
    page: Any = client.post("/settings/organisation/", ORGANISATION)
    assert page.status_code == 422
    assert page.context["form"].errors["base_currency"] == [blocker]
    assert Organisation.objects.get().name == "kam"
    data = {name: value for name, value in ORGANISATION.items() if name != "base_currency"}
    assert client.post("/settings/organisation/", data).status_code == 302
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.base_currency_id) == ("Aalto Foods", "EUR")


def test_the_service_enforces_it_too(blocker: str) -> None:
    fields: Any = ORGANISATION | {"base_currency": Currency(pk="USD"), "fiscal_year_start": 1}
    with pytest.raises(services.BaseCurrencyInUseError):
        services.update_organisation(fields=fields)


# Selling companies


def test_companies_come_change_and_go(people: People) -> None:
    client = client_of(people.administrator)
    assert client.post("/settings/companies/new/", COMPANY).status_code == 302
    made = SellingCompany.objects.get()
    assert (made.code, made.country, made.currency_id) == ("AF-VN", "VN", "VND")
    page: Any = client.post("/settings/companies/new/", COMPANY)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["code"])
    url = f"/settings/companies/{made.pk}/"
    data = {k: v for k, v in COMPANY.items() if k != "is_active"}
    assert client.post(url, data | {"name": "New name"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.is_active) == ("New name", False)
    assert len(client.get(url).context["history"]) == 2
    assert client.get(f"{url}delete/").status_code == 200
    assert client.post(f"{url}delete/").status_code == 302
    assert SellingCompany.objects.count() == 0


def test_a_taken_code_is_said_in_words_by_the_service(people: People) -> None:
    company(code="AF")
    fields: Any = {
        "code": "AF",
        "name": "x",
        "country": "FI",
        "currency": Currency(pk="EUR"),
        "vat_number": "",
        "is_active": True,
    }
    with pytest.raises(RefusedError) as caught:
        services.create_company(fields=fields)
    assert str(caught.value) == "There is another one with this code already."


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_needs_few_statements(
    people: People, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        company(code=f"C{number}")
    client = client_of(people.administrator)
    with django_assert_num_queries(3):
        response: Any = client.get("/settings/companies/")
    assert len(response.context["table"].rows) == rows


# About and health


def test_about_names_versions_and_how_fresh_the_data_is(people: People) -> None:
    late = Freshness(source="Test source", as_of=None, is_late=True)
    provider = lambda _user, _as_of: [late]  # noqa: E731 - it must be the same object twice
    system.register_freshness(provider)
    page: Any = client_of(people.director).get("/settings/about/")
    system._freshness_providers.remove(provider)
    assert page.context["parts"][0] == system.Part("kam", settings.KAM_VERSION)
    assert late in page.context["freshness"]
    assert "Test source" in page.content.decode()


def test_health_answers_without_a_broker() -> None:
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "up", "broker": "down"}
    assert Client().post("/healthz").status_code == 405


def test_robots_are_sent_away() -> None:
    answer = Client().get("/robots.txt")
    assert (answer.status_code, answer.content) == (200, b"User-agent: *\nDisallow: /\n")


# Errors


def test_an_outage_is_a_503_with_a_time_to_come_back(rf: RequestFactory) -> None:
    middleware = DatabaseOutageMiddleware(lambda _request: _raise())
    kinds = {"/x/": "text/html; charset=utf-8", "/api/v1/x/": "application/problem+json"}
    for path, kind in kinds.items():
        answer: Any = middleware.process_exception(rf.get(path), OperationalError("gone"))
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert answer["Content-Type"] == kind
        assert b"gone" not in answer.content
    assert middleware.process_exception(rf.get("/x/"), ValueError()) is None


def _raise() -> Any:
    raise AssertionError


def test_an_outage_that_a_middleware_meets_is_a_503_too(rf: RequestFactory) -> None:
    def answer_to(error: Exception, request: HttpRequest) -> Any:
        try:
            raise error
        except Exception:
            return server_error(request)

    answer = answer_to(OperationalError("gone"), rf.get("/"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer_to(ValueError("oops"), rf.get("/")).status_code == 500


def test_a_page_that_is_not_here(people: People) -> None:
    answer = client_of(people.owner).get("/nothing/")
    assert (answer.status_code, answer.templates[0].name) == (404, "404.html")


def test_an_address_that_is_no_page_opened_by_hand(people: People) -> None:
    client = client_of(people.owner)
    page = {"Accept": "text/html,*/*"}
    answer = client.get("/my-day/put-off/", headers=page)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer.templates[0].name == "405.html"
    for path, asked in (
        ("/my-day/put-off/", {"Accept": "application/json"}),
        ("/my-day/put-off/", {**page, "HX-Request": "true"}),
        ("/api/v1/accounts/bulk/", page),
    ):
        answer = client.get(path, headers=asked)
        assert (answer.status_code, answer.templates) == (405, []), path
    assert client.put("/my-day/put-off/", headers=page).templates == []


def test_revenue_fixes_the_base_currency(people: People) -> None:
    client = client_of(people.administrator)
    page: Any = client.get("/settings/organisation/")
    assert page.context["form"].fields["base_currency"].disabled is False
    make_entry(account=make_account(), amount="1")
    page = client.get("/settings/organisation/")
    assert page.context["form"].fields["base_currency"].disabled is True
    page = client.post("/settings/organisation/", ORGANISATION)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["base_currency"])
    assert Organisation.objects.get().base_currency_id == "EUR"


def test_countries_are_named_in_the_users_language(people: People) -> None:
    client = client_of(people.administrator)
    for language, name in (("en", "Finland"), ("fi", "Suomi"), ("zh-hans", "芬兰")):
        client.post("/i18n/set-language/", {"language": language})
        page: Any = client.get("/settings/companies/new/")
        assert dict(page.context["form"].fields["country"].choices)["FI"] == name
        assert f">{name}</option>" in page.content.decode()
