"""Pages of loss scenarios: from the board to a result, files, side by side; who may what."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Account
from kam.core.number_fields import plain_number
from plans.forms.loss_fields import RunOffField, run_off_text
from plans.models import LossResult, LossScenario, PlanAction
from plans.search import search_scenarios
from plans.services.loss import create_scenario, run_scenario
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_entry
from tests.factories.loss import make_scenario, three
from tests.factories.plans import make_plan
from tests.factories.settlements import make_document

AS_OF = date(2026, 6, 30)
BASE = "/plans/loss/"


@pytest.fixture
def two(people: People) -> list[Account]:
    """A customer of three quarters of the revenue, and another."""
    accounts = [make_account(name=name, lead=people.owner) for name in ("Kesko", "Spar")]
    for account, amount in zip(accounts, ("90000", "30000"), strict=True):
        make_entry(account=account, amount=amount, booked_on=date(2026, 5, 4), cost="10000")
    make_document(account=accounts[0], amounts=["5000"], due=[date(2026, 7, 14)])
    return accounts


@pytest.fixture
def client(people: People) -> Client:
    return client_of(people.owner)


def _ran(account: Account, people: People, **facts: object) -> LossScenario:
    scenario = make_scenario(account, author=people.owner, **facts)
    run_scenario(scenario=scenario, as_of=AS_OF, by=people.owner)
    return scenario


def test_from_the_board_to_a_survival_plan_without_scripts(
    people: People, two: list[Account], client: Client
) -> None:
    kesko = two[0]
    board = client.get("/concentration/")
    assert f"{BASE}new/?account={kesko.pk}" in board.content.decode()
    selected = client.post(f"{BASE}new/", {"ids": [str(one.pk) for one in two]})
    assert selected.url == f"{BASE}new/?account={two[0].pk}&account={two[1].pk}"  # type: ignore[attr-defined]
    first = client.get(f"{BASE}new/?account={kesko.pk}")
    assert f"Kesko #{kesko.pk}" in first.content.decode()
    store = make_account(parent=kesko, kind="store")
    twice = client.get(f"{BASE}new/?kind=delisting&account={kesko.pk}&account={store.pk}")
    assert "which is lost already: take one of them out" in twice.content.decode()
    assert "12 complete months" not in twice.content.decode()
    step = client.post(
        f"{BASE}new/",
        {"kind": "insolvency", "currency": "EUR", "account_0": f"Kesko #{kesko.pk}"},
    )
    form = client.get(step.url)  # type: ignore[attr-defined]
    page = form.content.decode()
    assert "A convention: put your own figure in its place." in page
    values = {bound.html_name: bound.value() for bound in form.context["form"]}
    given = {name: "" if value is None else value for name, value in values.items()}
    given |= {"as_of": "2026-06-30", "starts_on": "2026-07-01"}
    wrong = client.post(step.url, given | {"recovery_low": "80"})  # type: ignore[attr-defined]
    assert wrong.status_code == 422
    assert "Low, base and high ascend." in wrong.content.decode()
    done = client.post(step.url, given)  # type: ignore[attr-defined]
    scenario = LossScenario.objects.get()
    assert done.url == scenario.get_absolute_url()  # type: ignore[attr-defined]
    assert scenario.results.count() == 1
    page = client.get(scenario.get_absolute_url()).content.decode()
    for words in ("Losing Kesko takes", "Receivables lost", "Concentration before and after",
                  "Ask for security", "No agreement in force"):  # fmt: skip
        assert words in page
    plan = make_plan(account=kesko, owner=people.owner)
    client.post(f"{BASE}{scenario.pk}/attach/", {"plan": plan.pk})
    actions = f"{BASE}{scenario.pk}/actions/"
    refused = client.post(actions, {"take_secure": "on"})
    assert refused.status_code == 422
    nothing = client.post(actions, {"owner_secure": people.owner.pk})
    assert "Choose at least one action." in nothing.content.decode()
    client.post(
        actions,
        {"take_secure": "on", "owner_secure": people.owner.pk, "due_secure": "2026-07-15"},
    )
    assert PlanAction.objects.get().plan == plan
    assert "Ask for security" in client.get(scenario.get_absolute_url()).content.decode()
    assert client.get(f"/accounts/{kesko.pk}/panels/loss/").status_code == 200


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("50, 100", ["0.5", "1"]), ("25,50;100", ["0.255", "1"]), ("12.5", ["0.125"]),
        ("25,50,100", ["0.25", "0.5", "1"]), ("12,5 %, 50 %", ["0.125", "0.5"]),
        ("NaN", None), ("1e1", None),
    ],
)  # fmt: skip
def test_a_run_off_is_read_as_it_is_written(typed: str, found: list[str] | None) -> None:
    field = RunOffField()
    if found is None:
        with pytest.raises(ValidationError, match="percentages by month"):
            field.clean(typed)
        return
    shares = [Decimal(one) for one in found]
    assert field.clean(typed) == shares
    with translation.override("fi"):
        shown = run_off_text([plain_number(one * 100, least=0) for one in shares])
    assert field.clean(shown) == shares


def test_longer_terms_say_what_they_tie_up(
    people: People, two: list[Account], client: Client
) -> None:
    late = _ran(two[0], people, kind="longer_terms", extra_days=three("15", "30", "60"))
    page = client.get(late.get_absolute_url()).content.decode()
    assert "Later payments of Kesko tie up" in page


def test_a_ledger_to_come_is_refused(people: People, two: list[Account], client: Client) -> None:
    one = _ran(two[0], people)
    url, ahead = f"{BASE}{one.pk}/", str(timezone.localdate() + timedelta(days=1))
    for place in ("run", "edit"):
        given = _as_shown(client, url) if place == "edit" else {}
        page = client.post(f"{url}{place}/", given | {"as_of": ahead})
        assert page.status_code == 422
        assert "This day is still to come." in page.content.decode()
    api = Api(people.owner)
    for refused in (
        api.post(f"loss-scenarios/{one.pk}/run/", {"as_of": ahead}),
        api.patch(f"loss-scenarios/{one.pk}/", {"as_of": ahead}),
    ):
        assert refused.status_code == 400
        assert "as_of" in refused.content.decode()
    one.refresh_from_db()
    assert (one.as_of, one.results.count()) == (AS_OF, 1)


def test_sources_are_spoken_in_each_readers_language(
    people: People, two: list[Account], client: Client
) -> None:
    with translation.override("fi"):
        made = create_scenario(
            accounts=[two[0]], by=people.owner, currency="EUR",
            title="They go", as_of=AS_OF, starts_on=date(2026, 7, 1),
        )  # fmt: skip
    assert made.inputs["horizon_months"] == {"code": "year"}
    made.inputs["recovery"] = "Vanha teksti"  # as older scenarios kept it
    made.save()
    run_scenario(scenario=made, as_of=AS_OF, by=people.owner)
    page = client.get(made.get_absolute_url()).content.decode()
    said = "Revenue less cost of goods and trade terms over 12 months: 88.9%; ± a fifth."
    assert (said in page, "Vanha teksti" in page) == (True, True)
    sources = Api(people.owner).get(f"loss-scenarios/{made.pk}/").data["sources"]
    assert (sources["contribution"], sources["recovery"]) == (said, "Vanha teksti")


def test_files_charts_another_day_and_side_by_side(
    people: People, two: list[Account], client: Client
) -> None:
    one, other = (_ran(account, people) for account in two)
    url = f"{BASE}{one.pk}/"
    for what in ("months", "weeks", "claims", "concentration"):
        file = client.get(f"{url}files/{what}/?export=csv")
        lines = b"".join(file.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
        assert len(lines) > 1
        assert client.get(f"{url}files/{what}/?export=xlsx").status_code == 200
    assert client.get(f"{url}files/other/").status_code == 404
    assert client.get(f"{url}?chart=cash").status_code == 200
    client.post(f"{url}run/", {"as_of": "2026-05-31"})
    assert list(one.results.values_list("as_of", flat=True)) == [date(2026, 5, 31), AS_OF]
    client.post(f"{url}edit/", _as_shown(client, url) | {"contribution_high": "90"})
    one.refresh_from_db()
    assert one.contribution == three("0.2", "0.3", "0.9")
    assert one.results.count() == 3
    asked = client.post(f"{BASE}compare/", {"ids": [one.pk, other.pk]})
    page = client.get(asked.url).content.decode()  # type: ignore[attr-defined]
    assert one.title in page
    assert other.title in page
    client.post(f"{url}archive/")
    assert one.title not in client.get(BASE).content.decode()
    assert one.title in client.get(f"{BASE}?archived=on").content.decode()
    client.post(f"{BASE}{other.pk}/delete/")
    assert LossScenario.objects.get() == one


def _as_shown(client: Client, url: str) -> dict[str, object]:
    form = client.get(f"{url}edit/").context["form"]
    values = {bound.html_name: bound.value() for bound in form}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if value is not None
    }


def test_who_may_what(people: People, two: list[Account]) -> None:
    scenario = _ran(two[0], people)
    url = f"{BASE}{scenario.pk}/"
    table = {
        "owner": (200, 302), "teammate": (200, 404), "stranger": (404, 404),
        "director": (200, 302), "controller": (200, 404), "administrator": (200, 302),
        "auditor": (200, 404),
    }  # fmt: skip
    for name, (read, write) in table.items():
        client = client_of(getattr(people, name))
        assert client.get(url).status_code == read, name
        assert client.get(f"{url}files/months/").status_code == read, name
        assert client.get(f"/accounts/{two[0].pk}/panels/loss/").status_code == read, name
        assert client.post(f"{url}archive/").status_code == write, name
        LossScenario.objects.update(archived_at=None)
        listed = scenario.title in client.get(BASE).content.decode()
        assert listed is (read == 200), name
        for typed in (scenario.title, two[0].name):
            assert bool(search_scenarios(getattr(people, name), typed, 5)) is listed, name


def test_whoever_does_not_see_the_company_sees_no_figure_of_it(
    people: People, two: list[Account]
) -> None:
    make_entry(
        account=make_account(name="Secret Chain"), amount="80000", booked_on=date(2026, 5, 1)
    )
    scenario = _ran(two[0], people)
    kept = LossResult.objects.get().result["concentration"]
    assert Decimal(kept["before"]["cr1"]) == Decimal("0.45")
    mine = client_of(people.owner).get(scenario.get_absolute_url()).content.decode()
    assert "Over the customers that you see" in mine
    assert "Secret Chain" not in mine
    all_ = client_of(people.director).get(scenario.get_absolute_url()).content.decode()
    assert "Secret Chain" in all_


def test_pages_ask_the_same_at_any_size(
    people: People, two: list[Account], client: Client, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (1, 2):
        for _again in range(number):
            _ran(two[0], people)
        for url in (BASE, LossScenario.objects.latest("pk").get_absolute_url()):
            client.get(url)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                client.get(url)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert counts[1] <= 30


def test_a_plan_shows_when_it_was_attached(people: People, two: list[Account]) -> None:
    plan = make_plan(account=two[0], owner=people.owner, confidentiality="named")
    scenario = _ran(two[0], people, plan=plan, attached_at=timezone.now())
    assert reverse("plans:loss-detail", args=[scenario.pk]) == scenario.get_absolute_url()
    assert client_of(people.director).get(scenario.get_absolute_url()).status_code == 404
