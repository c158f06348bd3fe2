"""One row of everything that the API knows, by the name of its resource."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

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


def one_of_everything(caller: User) -> dict[str, int | str]:
    """Rows of an account that the caller leads, and of the company."""
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
    return {
        "loss-scenarios": scenario.pk,
        "loss-results": loss.make_result(scenario, revenue=None).pk,
    }


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
    return {"settlement-statements": statement.pk, "settlement-term": statement.term_id}


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
    item = known.make_item(account=account)
    return {
        "portrait-statements": known.make_statement(account=account, author=by).pk,
        "competitors": rival.pk,
        "competitor-presences": known.make_presence(account=account, competitor=rival).pk,
        "competitor-prices": known.make_price(account=account, competitor=rival).pk,
        "competitor-moves": known.make_move(account=account, competitor=rival).pk,
        "market-facts": known.make_fact().pk,
        "programme-items": item.pk,
        "programme-elements": item.element_id,
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
