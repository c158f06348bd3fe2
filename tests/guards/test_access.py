"""Whoever may not reads and changes nothing: every route of plans and receivables, and their API.

The sweep walks the routes as they are, so that a new one is covered as soon as it stands: its
prefix has to be in `ROWS`, which says whose row its address names.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from kam.core.api.reference import example, schema
from kam.identity.choices import Role
from kam.identity.models import User
from plans.choices.plan import Confidentiality
from plans.models import (
    AgendaItem,
    BriefDecider,
    BusinessReview,
    JointInitiative,
    JointMember,
    JointTeam,
    LossScenario,
    NegotiationBrief,
    Plan,
    PlanMember,
    PlanSnapshot,
    PriceRound,
    PriceRoundStep,
    ReviewLine,
    ReviewParticipant,
    ReviewTemplate,
)
from plans.services.papers.making import Wish, ask_for_paper
from settlements.models import AgreementVersion, SettlementStatement
from tests.api import Api
from tests.conftest import client_of
from tests.factories import loss, negotiation, terms
from tests.factories.accounts import make_account
from tests.factories.credit import make_cover
from tests.factories.identity import make_team, make_user
from tests.factories.people import make_position
from tests.factories.team import make_member
from tests.guards.addresses import (
    HARMLESS,
    LISTS,
    NOT_NOW,
    OF_PLANS,
    OF_THE_COMPANY,
    PAGES,
    ROWS,
    WITH_ROWS,
    Rows,
    prefix_of,
    url_of,
)
from tests.standing import own_media, standing_rows

NAME, SECRET = b"Kesko", b"okapi"
NOT_BUSINESS = {"identity.apitoken", "identity.apitokenevent", "sessions.session"}


def _state() -> dict[str, str]:
    """A hash of the rows of each table but those of tokens and sessions."""
    return {
        model._meta.label_lower: hashlib.sha256(
            repr(list(model._default_manager.order_by("pk").values_list())).encode()
        ).hexdigest()
        for model in apps.get_models()
        if model._meta.managed and model._meta.label_lower not in NOT_BUSINESS
    }


@pytest.fixture(scope="module")
def _media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with own_media(tmp_path_factory.mktemp("media")) as folder:
        yield folder


@pytest.fixture(autouse=True)
def _private_media(_media: Path) -> None:
    """Files stay as long as the rows that name them: for all tests of this module."""


@pytest.fixture(autouse=True)
def _silent() -> Iterator[None]:
    """A thousand refusals are not written down."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module", autouse=True)
def _standing(
    _media: Path, django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[tuple[User, Rows]]:
    with standing_rows(django_db_blocker) as (caller, rows):
        with django_db_blocker.unblock():
            found = {**rows, **_parts(caller, rows)}
            _name_it()
        yield caller, found


def _parts(caller: User, rows: Rows) -> Rows:
    """Further rows, which addresses name beside the resources of the API."""
    account = Account.objects.get(pk=rows["accounts"])
    position = make_position(account=account)
    plan = Plan.objects.get(pk=rows["plans"])
    _hang_at(plan, rows)
    wish = Wish(kind="pdf", is_for_customer=False, language="en", as_of=date(2026, 6, 30))
    brief = NegotiationBrief.objects.get(pk=rows["negotiation-briefs"])
    version = AgreementVersion.objects.get(pk=rows["agreement-versions"])
    team, review = rows["joint-teams"], BusinessReview.objects.get(pk=rows["business-reviews"])
    member = JointMember.objects.create(team_id=team, position=position)
    return {
        "comment": rows["plan-comments"],
        "number": PlanSnapshot.objects.get(pk=rows["plan-snapshots"]).number,
        "run": ask_for_paper(subject=plan, wish=wish, by=caller).pk,
        "loss-scenarios": loss.make_scenario(account, plan=plan, attached_at=timezone.now()).pk,
        "offers": negotiation.make_offer(account=account, by=caller, plan=plan).pk,
        "issue_pk": negotiation.make_issue(brief=brief).pk,
        "decider_pk": BriefDecider.objects.create(brief=brief, position=position).pk,
        "step_pk": PriceRoundStep.objects.get(round=rows["price-rounds"]).pk,
        "entry_pk": rows["price-round-accounts"],
        "joint-member": member.pk,
        "initiative_pk": JointInitiative.objects.create(team_id=team, title="Crates").pk,
        "agendas": ReviewTemplate.objects.create(name="Yearly").pk,
        "agenda-item": AgendaItem.objects.create(review=review, title="Prices").pk,
        "line_pk": ReviewLine.objects.create(review=review, text="Said").pk,
        "person_pk": ReviewParticipant.objects.create(review=review, position=position).pk,
        "term_pk": version.terms.get().pk,
        "schedule_pk": terms.make_schedule(version=version, bands=[("0", None, "1")]).pk,
        "condition_pk": terms.make_condition(version=version).pk,
        "cover": make_cover(account, "10").pk,
        "product": rows["products"],
        "statement-line": SettlementStatement.objects.get(pk=rows["settlement-statements"])
        .lines.earliest("pk")
        .pk,
    }


def _hang_at(plan: Plan, rows: Rows) -> None:
    """What may stand without a plan belongs to the plan."""
    for name, model in (
        ("negotiation-briefs", NegotiationBrief),
        ("gives-and-gets", apps.get_model("plans", "GiveGet")),
        ("joint-teams", JointTeam),
        ("business-reviews", BusinessReview),
    ):
        model._default_manager.filter(pk=rows[name]).update(plan=plan)


def _name_it() -> None:
    """Every title of what plans know carries the secret."""
    for model in apps.get_app_config("plans").get_models():
        names = {field.name for field in model._meta.fields}
        for name in names & {"title", "text", "what"}:
            with suppress(DatabaseError), transaction.atomic():  # what is fixed keeps its words
                model._default_manager.update(**{name: f"Zebra okapi {model.__name__}"})


@pytest.fixture
def caller(db: None, _standing: tuple[User, Rows]) -> User:
    """Who leads the accounts, owns the plans and may do everything."""
    return User.objects.get(pk=_standing[0].pk)


@pytest.fixture
def rows(caller: User, _standing: tuple[User, Rows]) -> Rows:
    """One row of everything, by the resource's name."""
    return _standing[1]


@pytest.fixture
def stranger(rows: Rows) -> User:
    """An account manager of another team with an account of their own."""
    user = make_user(team=make_team(name="Asia"))
    make_account(name="Own", lead=user)
    return user


@pytest.fixture
def kept_secret(rows: Rows, caller: User) -> dict[str, User]:
    """Who sees the account or supports it, but is not among those whom the plan names."""
    Plan.objects.update(confidentiality=Confidentiality.NAMED)
    PlanMember.objects.all().delete()
    PriceRound.objects.update(title="Prices of 2027")  # everybody in sales may know of it
    LossScenario.objects.filter(plan=None).update(title="Of no plan")
    team = make_team(name="Nordics")
    User.objects.filter(pk=caller.pk).update(team=team)
    supporter = make_user(team=make_team(name="Shipping"))
    make_member(account=Account.objects.get(pk=rows["accounts"]), user=supporter)
    return {
        "team-mate": make_user(team=team),
        "supporter": supporter,
        "administrator": make_user(roles=[Role.ADMINISTRATOR]),
    }


def _answers(client: Client, address: str, rows: Rows) -> Iterator[tuple[str, Any]]:
    url = url_of(address, rows)
    yield f"GET {url}", client.get(url)
    yield f"POST {url}", client.post(url)


def _read(answer: Any) -> bytes:
    """What was answered, read to its end: its file is closed."""
    whole: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return whole


def _changed(before: dict[str, str]) -> list[str]:
    after = _state()
    return [label for label, found in before.items() if after[label] != found]


def test_every_address_says_whose_row_it_names() -> None:
    known = ROWS.keys() | OF_THE_COMPANY.keys()
    assert {prefix_of(address) for address in WITH_ROWS} - known == set()
    assert known - {prefix_of(address) for address in WITH_ROWS} == set(), "stale entries"


def test_who_may_finds_every_row(caller: User, rows: Rows) -> None:
    """The sweep has teeth: what it asks for is there for who may have it."""
    client, missing = client_of(caller), []
    client.raise_request_exception = False
    for address in WITH_ROWS:
        url = url_of(address, rows)
        if not _is_there(client, "POST", url) and not _is_there(client, "GET", url):
            missing.append(address)
    assert "\n".join(one for one in missing if one not in NOT_NOW) == ""
    assert "\n".join(NOT_NOW - set(missing)) == "", "stale entries"


def _is_there(client: Client, method: str, url: str) -> bool:
    """Whether an address answers; whatever it does is undone."""
    with transaction.atomic():
        answer = client.generic(method, url)
        _read(answer)
        transaction.set_rollback(True)
    return answer.status_code not in {404, 405, 500}


def test_a_stranger_reads_and_changes_no_row(stranger: User, rows: Rows) -> None:
    client, wrong, before = client_of(stranger), [], _state()
    for address in WITH_ROWS:
        is_shared = prefix_of(address) in OF_THE_COMPANY
        for name, answer in _answers(client, address, rows):
            is_free = is_shared and ("GET" in name or address in HARMLESS)
            if (answer.status_code not in {404, 405} and not is_free) or NAME in _read(answer):
                wrong.append((name, answer.status_code))
    assert "\n".join(map(str, wrong)) == ""
    assert _changed(before) == []


def test_who_is_not_signed_in_is_sent_to_sign_in(rows: Rows) -> None:
    client, wrong, before = Client(), [], _state()
    for address in PAGES:
        for name, answer in _answers(client, address, rows):
            if answer.status_code != 302 or "/sign-in/" not in answer["Location"]:
                wrong.append((name, answer.status_code))
    assert "\n".join(map(str, wrong)) == ""
    assert _changed(before) == []


def test_who_only_reads_changes_nothing(rows: Rows) -> None:
    client, wrong = client_of(make_user(roles=[Role.AUDITOR])), []
    before = _state()
    for address in PAGES:
        answer = client.post(url_of(address, rows))
        if answer.status_code not in {404, 405} and address not in HARMLESS:
            wrong.append((address, answer.status_code))
    assert "\n".join(map(str, wrong)) == ""
    assert _changed(before) == []


def test_a_plan_of_named_people_is_theirs_alone(kept_secret: dict[str, User], rows: Rows) -> None:
    clients = {who: client_of(kept_secret[who]) for who in ("team-mate", "administrator")}
    wrong, before = [], _state()
    for who, client in clients.items():
        for address in WITH_ROWS:
            if prefix_of(address) in OF_PLANS:
                for name, answer in _answers(client, address, rows):
                    if answer.status_code not in {404, 405}:
                        wrong.append((who, name, answer.status_code))
    assert "\n".join(map(str, wrong)) == ""
    assert _changed(before) == []


PLACES = (
    "/",
    "/notifications/",
    "/search/?q=zebra",
    "/timeline/",
    "/tasks/",
    "/requests/",
    "/calendar/",
    "/accounts/",
    "/accounts/tree/",
)
"""Pages of other rooms, to which plans bring lines of their own."""


def _told(client: Client, addresses: list[str], word: bytes) -> list[str]:
    """Which of these addresses say the word."""
    return [one for one in addresses if word in _read(client.get(one))]


def test_lists_of_a_stranger_name_nobody_of_others(stranger: User, rows: Rows) -> None:
    client, asked = client_of(stranger), f"account={rows['accounts']}&plan={rows['plans']}"
    lists = [f"/{address}?{asked}" for address in LISTS]
    lists += [f"/{address}?export=csv" for address in LISTS] + list(PLACES)
    assert "\n".join(_told(client, lists, NAME)) == ""


def test_lists_do_not_tell_of_a_plan_of_named_people(
    kept_secret: dict[str, User], rows: Rows
) -> None:
    own, account = {"plans/", "accounts/"}, f"/accounts/{rows['accounts']}/"
    lists = [f"/{address}?export=csv" for address in LISTS] + list(PLACES)
    lists += [url_of(one, rows) for one in WITH_ROWS if prefix_of(one) in own - {"plans/"}]
    lists += [account, *(f"{account}{part}/" for part in ("glance", "follow-ups", "timeline"))]
    lists += [f"{account}handover/", "/plans/", "/plans/actions/", "/plans/loss/", "/reviews/"]
    for who in ("supporter", "administrator"):
        assert "\n".join(_told(client_of(kept_secret[who]), lists, SECRET)) == "", who


def _operations() -> Iterator[tuple[str, str, Any]]:
    """Every operation of the API on a row, with a body that fits."""
    for path, found in schema()["paths"].items():
        for method, operation in found.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if "{id}" in path:
                yield method.upper(), path, example(content["schema"]) if content else None


def _asked(api: Api, rows: Rows, names: set[str]) -> list[tuple[str, str, int]]:
    """Which operations on rows of these resources answer something else than 404."""
    wrong = []
    for method, path, body in _operations():
        name = path.removeprefix("/api/v1/").split("/{")[0]
        if name in names:
            answer = api.call(method, path.replace("{id}", str(rows[name])), body)
            if answer.status_code != 404:
                wrong.append((method, path, answer.status_code))
    return wrong


def test_the_api_tells_a_stranger_nothing_of_rows(stranger: User, rows: Rows) -> None:
    api, names = Api(stranger), set(ROWS.values()) & rows.keys()
    before = _state()
    assert "\n".join(map(str, _asked(api, rows, names))) == ""
    assert _changed(before) == []


def test_the_api_keeps_a_plan_of_named_people(kept_secret: dict[str, User], rows: Rows) -> None:
    of_plans = {ROWS[prefix] for prefix in OF_PLANS} & rows.keys()
    names = of_plans | {"plan-sections", "plan-comments", "plan-snapshots", "plan-members"}
    callers = {who: Api(kept_secret[who]) for who in ("team-mate", "administrator")}
    before = _state()
    for who, api in callers.items():
        assert "\n".join(map(str, _asked(api, rows, names))) == "", who
    assert _changed(before) == []
