"""The API keeps its word: answers fit the API file, and nothing hostile makes it stumble."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import pytest_django
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no stubs here

from accounts.models import Account, Target, Task
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.services.addresses import add_address
from accounts.services.concentration import compute_snapshot
from accounts.services.placement import photos
from accounts.services.placement.checks import correcting_checks
from accounts.services.team.handovers import hand_over
from accounts.services.tiers.overrides import set_override
from interactions.services.attachments import attach
from interactions.services.becoming import become_need
from interactions.services.concerns import set_target
from interactions.services.voice import invite
from kam.core.api.reference import example, schema
from kam.core.dates import Period, add_months
from kam.core.models import JobRun
from kam.identity.models import User
from plans.models import Mandate, SwotItem
from plans.services.approval.comments import add_comment
from plans.services.approval.snapshots import take_snapshot
from plans.services.papers.making import Wish, make_paper
from settlements.choices.credit import ApplicationFileKind, FactKind
from settlements.models import CreditPosition, CreditScoreSnapshot
from settlements.services.credit.applications import Supporting, apply_for_credit
from settlements.services.credit.checks import Ask, check_credit
from settlements.services.credit.files import keep_file
from settlements.services.credit.holds import propose_hold
from settlements.services.credit.positions import rescore
from settlements.services.terms.calendars import DayDraft, save_calendar
from tests.api import Answer, Api
from tests.base import stand_base_rows
from tests.factories import (
    costs,
    figures,
    health,
    interactions,
    known,
    loss,
    negotiation,
    placement,
    team,
    terms,
    tiers,
    together,
    wallet,
)
from tests.factories import prices as price_rows
from tests.factories.accounts import (
    make_account,
    make_batch,
    make_category,
    make_entry,
    make_product,
)
from tests.factories.cadence import make_pause, make_policy
from tests.factories.calendar import make_meeting
from tests.factories.concerns import make_concern
from tests.factories.core import make_rate
from tests.factories.credit import make_fact, make_limit
from tests.factories.identity import make_user
from tests.factories.notifications import make_notification
from tests.factories.people import make_link, make_position, make_rating
from tests.factories.plans import (
    make_action,
    make_initiative,
    make_kpi,
    make_objective,
    make_plan,
    make_plan_member,
)
from tests.factories.rebates import make_rebate, run_rebates
from tests.factories.reports import make_consigned
from tests.factories.settlements import make_receivables
from tests.factories.settling import make_statements

PREFIX = "/api/v1/"
HOSTILE = ("", "x", "\0", "-1", "1.5", "9" * 30, "nul\0l", "'; --", "%", "🦊" * 300, "null", "[]")
BODIES: tuple[Any, ...] = (None, [], "x", 1, True, {"rows": {}}, {"rows": [None]}, {"": None})
VALUES: tuple[Any, ...] = (
    None,
    "",
    "\0",
    "\ud800",
    -1,
    10**40,
    1e308,
    [],
    {},
    [[]],
    "x" * 5000,
    True,
)
PERIOD = "?from=2026-01-01&to=2027-01-01"
QUERIES = {
    "loss-scenarios/compare/": "?scenarios={loss-scenarios}",
    "plan-sales/": "?plan={plans}",
    "concentration/": PERIOD,
    "profitability/": PERIOD,
    "accounts/{id}/profitability/": PERIOD,
    "timeline/search/": "?q=crates",
    "price-at/": "?account={accounts}&code={product_code}&quantity=1",
    "sales-report-lines/": "?report={sales-reports}",
    "receivables/statement/": PERIOD + "&account={accounts}",
}


@pytest.fixture(scope="module")
def _media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("media")
    storages: dict[str, Any] = dict(django_settings.STORAGES)
    storages["default"] = storages["default"] | {"OPTIONS": {"location": folder}}
    with override_settings(MEDIA_ROOT=folder, STORAGES=storages):
        yield folder


@pytest.fixture(autouse=True)
def _private_media(_media: Path) -> None:
    """Files stay as long as the rows that name them: for all tests of this module."""


@pytest.fixture(scope="module", autouse=True)
def _standing(
    _media: Path, django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[tuple[User, dict[str, int | str]]]:
    """One row of everything, made once: each test runs in a savepoint of its transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        stand_base_rows()
        roles = ["administrator", "sales_director", "credit_controller", "integration"]
        caller = make_user(roles=roles)
        rows = _rows(caller)
        with django_db_blocker.block():
            yield caller, rows
        transaction.set_rollback(True)


@pytest.fixture
def caller(db: None, _standing: tuple[User, dict[str, int | str]]) -> User:
    """Someone who may do everything."""
    return User.objects.get(pk=_standing[0].pk)


@pytest.fixture
def rows(caller: User, _standing: tuple[User, dict[str, int | str]]) -> dict[str, int | str]:
    """One row of everything, by the resource's name."""
    return _standing[1]


def _rows(caller: User) -> dict[str, int | str]:
    account = make_account(name="Kesko", lead=caller, external_id="C1", currency="EUR")
    make_account(parent=account, kind="store")
    category = make_category(code="D")
    product = make_product(category=category)
    batch = make_batch()
    entry = make_entry(account=account, amount="1", category=category, product=product, batch=batch)
    target = Target.objects.create(
        account=account, month=date(2026, 1, 1), amount=1, currency_id="EUR", category=category
    )
    snapshot = compute_snapshot(query=ConcentrationQuery(period=Period.year(2026))).snapshot
    position = make_position(account=account)
    line = make_link(source=position, target=make_position(account=account))
    rating = make_rating(position=position, author=caller)
    return {
        "accounts": account.pk,
        "people": position.person_id or 0,
        "positions": position.pk,
        "stakeholder-links": line.pk,
        "stakeholder-ratings": rating.pk,
        "product-categories": category.pk,
        "products": product.pk,
        "revenue-entries": entry.pk,
        "targets": target.pk,
        "rates": make_rate(currency="USD", rate="0.9").pk,
        "currencies": "EUR",
        "imports": batch.pk,
        "data-sources": batch.source_id,
        "job-runs": JobRun.objects.create(name="imports.commit_batch", requested_by=caller).pk,
        "concentration": snapshot.pk,
        **_costs(account),
        **make_receivables(account),
        **_rebates(account),
        **_prices(account),
        **make_consigned(account),
        **_credit(account, caller),
        **_statements(caller),
        **_agreements(account),
        **_tiers(account, caller),
        **_known(account, caller),
        **_worked(account, caller),
        **_plans(account, caller),
    }


def _plans(account: Account, caller: User) -> dict[str, int | str]:
    plan = make_plan(account=account, owner=caller)
    item = SwotItem.objects.create(plan=plan, kind="threat", text="Own label")
    objective = make_objective(plan=plan)
    initiative = make_initiative(objective=objective)
    return {
        "plan-objectives": objective.pk,
        "plan-initiatives": initiative.pk,
        "plan-actions": make_action(plan=plan, initiative=initiative).pk,
        "plan-sales-lines": figures.make_sales_line(plan=plan).pk,
        "plan-range-steps": figures.make_range_step(plan=plan).pk,
        "plan-growth-scenarios": figures.make_scenario(plan=plan, levers={"trips": (4, 5)}).pk,
        "plan-marketing-budgets": figures.make_budget(plan=plan).pk,
        "plan-marketing-activities": figures.make_activity(plan=plan).pk,
        "plan-targets": make_kpi(plan=plan, target=5).pk,
        "plans": plan.pk,
        "plan-comments": add_comment(
            plan=plan, by=caller, text="By when?", section="ambition", at=timezone.now()
        ).pk,
        "plan-snapshots": take_snapshot(
            plan=plan, reason="by_hand", as_of=timezone.localdate(), by=caller
        ).pk,
        "plan-papers": make_paper(
            subject=plan,
            wish=Wish(kind="pdf", is_for_customer=True, language="en", as_of=timezone.localdate()),
            by=caller,
            now=timezone.now(),
        ).pk,
        "plan-sections": plan.sections.get(kind="ambition").pk,
        "plan-swot-items": item.pk,
        "plan-members": make_plan_member(plan=plan, user=caller).pk,
        "plan-templates": plan.template_id,
        "business-reviews": together.make_review(account=account, owner=caller, plan=plan).pk,
        "joint-teams": together.make_team(account=account, owner=caller, plan=plan).pk,
        **_negotiations(account, caller),
        **_loss(account, caller),
    }


def _loss(account: Account, caller: User) -> dict[str, int | str]:
    scenario = loss.make_scenario(account, author=caller)
    return {"loss-scenarios": scenario.pk, "loss-results": loss.make_result(scenario).pk}


def _negotiations(account: Account, caller: User) -> dict[str, int | str]:
    found = negotiation.make_round(owner=caller)
    return {
        "negotiation-briefs": negotiation.make_brief(account=account, owner=caller).pk,
        "gives-and-gets": negotiation.make_give_get(account=account).pk,
        "offers": negotiation.make_offer(account=account, by=caller).pk,
        "mandates": Mandate.objects.create(role="sales_director", subject="price", most=5).pk,
        "price-rounds": found.pk,
        "price-round-accounts": negotiation.make_round_account(found=found, account=account).pk,
    }


def _prices(account: Account) -> dict[str, int | str]:
    product = make_product()
    unit = price_rows.make_unit(product=product)
    price = price_rows.make_price(account=account, product=product, unit="carton")
    return {
        "product_code": product.code,
        "prices": price.pk,
        "list-prices": price_rows.make_list_price(product=product).pk,
        "floor-prices": price_rows.make_floor(product=product).pk,
        "product-units": unit.pk,
        "product-codes": price_rows.make_code(account=account, product=product).pk,
    }


def _credit(account: Account, caller: User) -> dict[str, int | str]:
    limit = make_limit(account, "100000", start=date(2020, 1, 1), by=caller)
    fact = make_fact(account, FactKind.OPEN_ORDERS, "10", start=date(2020, 1, 1))
    facts = {"requested_limit": Decimal(10), "currency_id": "EUR", "requested_days": 30}
    application = apply_for_credit(party=account, facts=facts, supporting=Supporting(), by=caller)
    paper = keep_file(
        application=application,
        upload=SimpleUploadedFile("extract.pdf", b"%PDF-1.4\n%%EOF"),
        kind=ApplicationFileKind.REGISTRY,
        by=caller,
    )
    check = check_credit(
        account=account,
        ask=Ask(amount=Decimal(1), currency="EUR"),
        by=caller,
        as_of=timezone.localdate(),
    )
    hold = propose_hold(party=account, reason="Late", by=caller)
    rescore(as_of=timezone.localdate())
    return {
        "credit/limits": limit.pk,
        "credit/facts": fact.pk,
        "credit/applications": application.pk,
        "credit/application-files": paper.pk,
        "credit/checks": check.pk,
        "credit/holds": hold.pk,
        "credit/exposure": CreditPosition.objects.earliest("pk").pk,
        "credit/scores": CreditScoreSnapshot.objects.earliest("pk").pk,
    }


def _statements(caller: User) -> dict[str, int | str]:
    [statement] = make_statements(make_account(name="Counter", lead=caller), 1)
    return {"settlement-statements": statement.pk}


def _rebates(account: Account) -> dict[str, int | str]:
    rebate = make_rebate(account=account, start=date(2026, 1, 1))
    run = run_rebates(date(2026, 4, 30))
    return {"rebates": rebate.pk, "rebate-accruals": run.accruals.get().pk}


def _agreements(account: Account) -> dict[str, int | str]:
    calendar = save_calendar(code="fi", name="Finland", days=[DayDraft(day=date(2026, 12, 6))])
    version = terms.make_version(account=account, preset=None)
    terms.make_term(version=version, calendar=calendar)
    return {
        "agreements": version.agreement_id,
        "agreement-versions": version.pk,
        "business-calendars": calendar.pk,
    }


def _costs(account: Account) -> dict[str, int | str]:
    return {
        "cost-entries": costs.make_cost(account=account, amount=5).pk,
        "activity-volumes": costs.make_driver(account=account).pk,
        "activity-rates": costs.make_activity_rate().pk,
        "cost-pools": costs.make_pool(amount=5).pk,
    }


def _tiers(account: Account, by: User) -> dict[str, int | str]:
    model = tiers.make_published(by=by)
    override = set_override(
        account=account,
        tier=model.tiers.get(code="key"),
        reason="A joint venture begins",
        approver=by,
        from_date=tiers.TODAY,
        until=add_months(tiers.TODAY, 6),
        as_of=tiers.TODAY,
    )
    return {
        "tier-models": model.pk,
        "tier-assignments": tiers.make_assignment(model=model, account=account).pk,
        "tier-ratings": tiers.make_rating(account=account, value=4, author=by).pk,
        "tier-overrides": override.pk,
    }


def _known(account: Account, by: User) -> dict[str, int | str]:
    rival = known.make_competitor()
    details = {"commercial_trend": {"change": "0.05"}}
    score = health.make_score(account=account, details=details)
    return {
        "portrait-statements": known.make_statement(account=account, author=by).pk,
        "competitors": rival.pk,
        "competitor-presences": known.make_presence(account=account, competitor=rival).pk,
        "competitor-prices": known.make_price(account=account, competitor=rival).pk,
        "competitor-moves": known.make_move(account=account, competitor=rival).pk,
        "market-facts": known.make_fact().pk,
        "programme-items": known.make_item(account=account).pk,
        "wallet-estimates": wallet.make_estimate(amount=100, account=account).pk,
        "opportunities": wallet.make_opportunity(account=account, owner=by).pk,
        "health-scores": score.pk,
        "health-settings": health.make_settings(author=by).pk,
    }


def _worked(account: Account, by: User) -> dict[str, int | str]:
    today, colleague = timezone.localdate(), make_user()
    placed = placement.make_placement(account=account)
    store = placement.make_store(parent=account)
    check = placement.make_check(store=store, seen={placed.pk: "found"})
    looked = check.lines.get()
    with transaction.atomic(), correcting_checks():
        photos.put(looked, ContentFile(b"\xff\xd8\xff\xe0", name="shelf.jpg"))
        looked.save()
    handed = hand_over(
        account=make_account(lead=by),
        from_user=by,
        to_user=make_user(roles=["account_manager"]),
        effective_on=today,
        made_by=by,
        as_of=today,
    )
    task = Task.objects.create(
        account=account, title="Ask for the shelf", owner=by, due_on=today, created_by=by
    )
    return {
        "account-addresses": add_address(account=account, kind="visiting", city="Oulu").pk,
        "placements": placed.pk,
        "store-checks": check.pk,
        "store-check-photos": looked.pk,
        "tasks": task.pk,
        "promises": team.make_promise(user=by, account=account).pk,
        "team-members": team.make_member(account=account, user=colleague).pk,
        "team-requests": team.make_request(account=account, sender=by, to_user=colleague).pk,
        "handovers": handed.pk,
        **_contacts(account, by),
        "notifications": make_notification(
            user=by, account=account, kind="accounts.tier_changed"
        ).pk,
    }


def _contacts(account: Account, by: User) -> dict[str, int | str]:
    contact = interactions.make_contact(account=account, author=by, notes=[("need", "Crates")])
    upload = ContentFile(b"%PDF-1.7", name="offer.pdf")
    return {
        "cadence-policies": make_policy(every=20).pk,
        "cadence-pauses": make_pause(account=account).pk,
        "concerns": make_concern(account=account, author=by, raised_at=timezone.now()).pk,
        "concern-targets": set_target(
            severity=1, respond_hours=8, resolve_hours=80, from_day=timezone.localdate()
        ).pk,
        "contacts": contact.pk,
        "contact-files": attach(interaction=contact, upload=upload, by=by).pk,
        "needs": become_need(note=contact.notes.get(), by=by).pk,
        "meetings": make_meeting(account=account, owner=by).pk,
        **_voice(account, by),
    }


def _voice(account: Account, by: User) -> dict[str, int | str]:
    survey = interactions.make_survey()
    position = make_position(account=account)
    link, _secret = invite(
        survey=survey, position=position, language="fi", sent_by=by, now=timezone.now()
    )
    rating = interactions.make_feedback(account=account, author=by)
    return {"surveys": survey.pk, "survey-links": link.pk, "feedback": rating.pk}


def _operations(*methods: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, found in schema()["paths"].items():
        for method, operation in found.items():
            if method in methods:
                yield path, method, operation


def _ids(case: tuple[str, str, dict[str, Any]]) -> str:
    return str(case[2]["operationId"])


def _filled(path: str, rows: dict[str, int | str]) -> str:
    name = path.removeprefix(PREFIX).split("/{")[0]
    key = rows.get(name, rows.get(name.split("/")[0], 1))
    return path.replace("{id}", str(key)).replace("{code}", str(key))


def _fits(response: Answer, operation: dict[str, Any]) -> list[str]:
    """What of an answer does not fit what the file says about it."""
    if response.streaming:  # read to its end, so that its file is closed
        b"".join(response.streaming_content)
    described = operation["responses"].get(str(response.status_code))
    if described is None:
        return [f"{response.status_code} is not described: {response.content[:300]!r}"]
    if "$ref" in described:
        described = schema()["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    kind = response["Content-Type"].split(";")[0] if "Content-Type" in response else ""
    content = described.get("content", {})
    if not content:
        return []
    if kind not in content:
        return [f"{kind} is not described"]
    if not kind.endswith("json"):
        return []
    shape = {**content[kind]["schema"], "components": schema()["components"]}
    errors = Draft202012Validator(shape).iter_errors(json.loads(response.content))
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in errors]


@pytest.mark.parametrize("case", list(_operations("get")), ids=_ids)
def test_what_is_read_fits_the_file(
    case: tuple[str, str, dict[str, Any]], caller: User, rows: dict[str, int | str]
) -> None:
    path, _method, operation = case
    query = QUERIES.get(path.removeprefix(PREFIX), "")
    url = _filled(path, rows) + query.format(**rows)
    response = Api(caller).get(url)
    assert response.status_code == 200, response.content
    assert _fits(response, operation) == []


@pytest.mark.parametrize("case", list(_operations("get")), ids=_ids)
def test_hostile_parameters_are_problems(
    case: tuple[str, str, dict[str, Any]], caller: User, rows: dict[str, int | str]
) -> None:
    path, _method, operation = case
    api, url = Api(caller), _filled(path, rows)
    names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    for name in names:
        for value in HOSTILE:
            response = api.get(f"{url}?{quote(name)}={quote(value)}")
            assert response.status_code in {200, 400}, (name, value)
            assert _fits(response, operation) == [], (name, value)
    broken = api.get(f"{url}?{names[0] if names else 'x'}=%ED%A0%80%FF")
    assert broken.status_code in {200, 400}


@pytest.mark.parametrize("case", list(_operations("post", "patch", "put")), ids=_ids)
def test_hostile_bodies_are_problems(
    case: tuple[str, str, dict[str, Any]], caller: User, rows: dict[str, int | str]
) -> None:
    path, method, operation = case
    api, url = Api(caller), _filled(path, rows)
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    sends = content is not None
    for body in BODIES:
        response = api.call(method.upper(), url, body)
        assert response.status_code < 500, body
        assert _fits(response, operation) == [], body
    if not sends:
        return
    fitting = example(content["schema"])
    for name in fitting:
        for value in VALUES:
            response = api.call(method.upper(), url, {**fitting, name: value})
            assert response.status_code < 500, (name, value)
            assert _fits(response, operation) == [], (name, value)


def test_bodies_that_are_no_json_are_problems(caller: User) -> None:
    api = Api(caller)
    for text in ("{", '{"name": NaN}', "\xff", '{"a": ' * 3000):
        response = api.raw("POST", "accounts/", text.encode("latin-1"))
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    response = api.raw("POST", "accounts/", b"name=x", kind="application/x-www-form-urlencoded")
    assert response.status_code == 415
