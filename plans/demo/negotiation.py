"""The demo's negotiations: one under way with the largest group, one agreed, and a price round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import Account, Position, Product, ProductCategory
from kam.core.demo import DemoRequest
from kam.core.problems import RefusedError
from kam.identity.choices import Role
from kam.identity.models import User
from plans.choices.negotiation import EntryState, RoundAccountState, RoundReason, Side, Subject
from plans.choices.plan import PlanState
from plans.demo.stories import Story
from plans.models import Mandate, NegotiationBrief, PriceRound
from plans.services.negotiation import briefs, entries, offers, rounds
from settlements.models import FloorPrice, ListPrice

YEAR = timedelta(days=365)
MANDATES = (
    (Role.ACCOUNT_MANAGER, Subject.PRICE, "12"),
    (Role.SALES_DIRECTOR, Subject.PRICE, "30"),
    (Role.ACCOUNT_MANAGER, Subject.REBATE, "2"),
    (Role.SALES_DIRECTOR, Subject.REBATE, "5"),
    (Role.ACCOUNT_MANAGER, Subject.TERM, "45"),
    (Role.SALES_DIRECTOR, Subject.TERM, "75"),
    (Role.CREDIT_CONTROLLER, Subject.LIMIT, "50000"),
)
ISSUES: tuple[dict[str, Any], ...] = (
    {
        "subject": Subject.PRICE, "title": "Price change for breakfast", "unit": "%",
        "their_interest": "No rise before their own price list in March",
        "our_interest": "Oats cost a fifth more than a year ago",
        "target": "4.5", "acceptable": "3.5", "walk_away": "2.5",
        "market_reference": "4.1", "market_source": "Grain exchange, average of the quarter",
        "value_proof": "Their breakfast shelf grew by 6 percent, ours in it by 9.",
    },
    {
        "subject": Subject.TERM, "title": "Days of payment", "unit": "days",
        "their_interest": "Sixty days as with other suppliers",
        "our_interest": "Cash in the season of the harvest",
        "target": "30", "acceptable": "40", "walk_away": "45",
    },
    {
        "subject": Subject.RANGE, "title": "Second placement in large stores", "unit": "stores",
        "their_interest": "Less work at the shelf", "our_interest": "Be seen at the entrance",
        "target": "60", "acceptable": "40", "walk_away": "25",
        "value_proof": "The trial in twelve stores sold 18 percent more.",
    },
)  # fmt: skip
ENTRIES = (
    (Side.GIVE, Subject.TERM, "Ten days more to pay", "18000", "Second placement in 40 stores",
     EntryState.OFFERED),
    (Side.GIVE, Subject.MARKETING, "Tastings on four weekends", "24000", "",
     EntryState.AGREED),
    (Side.GIVE, Subject.SERVICE, "One delivery day more for large stores", None,
     "Orders by noon the day before", EntryState.PLANNED),
    (Side.GET, Subject.RANGE, "Second placement in 40 stores", "52000", "Ten days more to pay",
     EntryState.OFFERED),
    (Side.GET, Subject.VOLUME, "Listing of the family pack", "31000", "", EntryState.AGREED),
    (Side.GET, Subject.SERVICE, "Sales by store every week", None, "", EntryState.PLANNED),
)  # fmt: skip


def tell(stories: Sequence[Story], request: DemoRequest) -> None:
    """Prepare and lead negotiations for plans that run; change prices for the large groups."""
    _mandates()
    running = [one for one in stories if one.ends_as == PlanState.ACTIVE]
    tops = [one for one in running if one.plan.account.current_parent_id is None]
    if tops:
        brief = _under_way(tops[0])
        _offers(tops[0], brief)
    if len(tops) > 1:
        _agreed(tops[1])
    if tops:
        _round([one.plan.account for one in tops], tops[0].approver, request.as_of)


def _mandates() -> None:
    """How far roles go, where nobody has said."""
    if not Mandate.objects.exists():
        Mandate.objects.bulk_create(
            Mandate(role=role, subject=subject, most=Decimal(most))
            for role, subject, most in MANDATES
        )


def _prepared(story: Story, title: str, begins: date, **more: Any) -> NegotiationBrief:
    plan = story.plan
    return briefs.prepare(
        account=plan.account,
        facts=briefs.Preparation(
            title=title,
            begins_on=begins,
            owner=story.owner,
            currency=plan.currency,
            plan=plan,
            **more,
        ),
    )


def _under_way(story: Story) -> NegotiationBrief:
    day = story.as_of
    brief = _prepared(
        story,
        f"Yearly talks {day.year + 1}",
        day - timedelta(days=24),
        ends_on=day + timedelta(days=30),
        aim="A price that carries the oats, and a place at the entrance of the large stores.",
        batna="We keep the present terms until March and move the tastings to the next chain.",
        their_batna="Their own label takes a part of the shelf; it cannot fill it before summer.",
        trade_offs="Days of payment for places; tastings for the family pack.",
    )
    for facts in ISSUES:
        briefs.save_issue(brief=brief, facts=_issue(facts, day))
    for position in _deciders(story.plan.account, day):
        briefs.add_decider(brief=brief, position=position)
    _entries(story, brief, day)
    briefs.begin(brief=brief)
    return brief


def _issue(facts: dict[str, Any], day: date) -> dict[str, Any]:
    numbers = ("target", "acceptable", "walk_away", "market_reference", "result")
    found = {name: Decimal(one) if name in numbers else one for name, one in facts.items()}
    if "market_reference" in found:
        found["market_on"] = day - timedelta(days=30)
    return found


def _deciders(account: Account, day: date) -> list[Position]:
    rows = Position.objects.filter(
        account__current_group=account.current_group_id, person__isnull=False, valid__contains=day
    )
    return list(rows.order_by("pk")[:2])


def _entries(story: Story, brief: NegotiationBrief, day: date) -> None:
    for side, subject, what, value, condition, state in ENTRIES:
        entries.add_entry(
            account=story.plan.account,
            brief=brief,
            by=story.owner,
            state=state,
            facts={
                "side": side,
                "subject": subject,
                "what": what,
                "value": None if value is None else Decimal(value),
                "condition": condition,
                "valid": DateRange(day, day + YEAR),
            },
        )


def _agreed(story: Story) -> None:
    day = story.as_of
    brief = _prepared(
        story, f"Yearly talks {day.year}", day - timedelta(days=200),
        aim="Keep the price, grow the range.",
    )  # fmt: skip
    briefs.save_issue(brief=brief, facts=_issue(ISSUES[1] | {"result": "40"}, day))
    last = DateRange(day - timedelta(days=180), day - timedelta(days=5))
    for side, what, value, is_proved in (
        (Side.GIVE, "Ten days more to pay", "9500", True),
        (Side.GIVE, "Price promise until summer", "7000", True),
        (Side.GET, "Display at the entrance for ten weeks", "14000", False),
    ):
        entry = entries.add_entry(
            account=story.plan.account, brief=brief, by=story.owner, state=EntryState.AGREED,
            facts={
                "side": side, "subject": Subject.TERM if side == Side.GIVE else Subject.RANGE,
                "what": what, "value": Decimal(value), "valid": last,
                "condition": "Display at the entrance" if value == "9500" else "",
            },
        )  # fmt: skip
        if is_proved:
            entries.move_entry(
                entry=entry, to=EntryState.DELIVERED, on=day - timedelta(days=60),
                proof="Signed amendment of the agreement",
            )  # fmt: skip
    briefs.begin(brief=brief)
    briefs.conclude(
        brief=brief, is_agreed=True, on=day - timedelta(days=170),
        outcome="Forty days of payment against the display at the entrance.",
    )  # fmt: skip


def _offers(story: Story, brief: NegotiationBrief) -> None:
    """Two offers: one a little below the list, one that goes below and waits."""
    account, currency, day = story.plan.account, story.plan.currency, story.as_of
    listed = ListPrice.objects.at(day).filter(currency=currency, unit="")
    rows = list(listed.select_related("product").order_by("product__code")[:2])
    for row, share in zip(rows, (Decimal("0.95"), Decimal("0.80")), strict=False):
        floor = FloorPrice.objects.at(day).filter(product=row.product, currency=currency, unit="")
        lowest = floor.values_list("amount", flat=True).first()
        price = (row.amount * share).quantize(Decimal("0.01"))
        if share < Decimal("0.9") and lowest is not None:
            price = min(price, (lowest * Decimal("0.98")).quantize(Decimal("0.01")))
        _offer(story, brief, row.product, price, account)


def _offer(
    story: Story, brief: NegotiationBrief, product: Product, price: Decimal, account: Account
) -> None:
    draft = offers.Draft(
        product=product,
        price=price,
        currency=story.plan.currency,
        offered_on=story.as_of - timedelta(days=2),
        valid_until=story.as_of + timedelta(days=28),
        yearly_quantity=Decimal(48000),
        brief=brief,
        reason="A discounter offers them the same; the volume keeps our second line busy.",
    )
    try:
        offers.record_offer(account=account, draft=draft, by=story.owner, now=timezone.now())
    except RefusedError:  # prices of the demo that leave nothing are no offer
        return


def _round(accounts: Sequence[Account], owner: User, day: date) -> None:
    found: PriceRound = rounds.save_round(
        facts={
            "title": f"Oats and energy {day.year + 1}",
            "reason": RoundReason.MATERIALS,
            "explanation": (
                "Oats cost a fifth more than a year ago and energy a tenth. We change prices once, "
                "with the notice that each agreement asks for."
            ),
            "effective_on": day + timedelta(days=75),
            "owner": owner,
        }
    )
    categories = ProductCategory.objects.order_by("code")[:2]
    for category, percent in zip(categories, ("4.5", "2.8"), strict=False):
        facts = {"product": None, "category": category, "percent": Decimal(percent)}
        rounds.add_step(found=found, facts=facts)
    if not found.steps.exists():
        return
    rounds.add_accounts(found=found, accounts=accounts, as_of=day)
    rounds.begin_round(found=found)
    states = (
        (RoundAccountState.NEGOTIATING, None),
        (RoundAccountState.ACCEPTED, Decimal("4.0")),
        (RoundAccountState.TOLD, None),
    )
    for entry, (state, agreed) in zip(found.accounts.order_by("pk"), states, strict=False):
        rounds.set_account(
            entry=entry,
            state=state,
            facts={"told_on": day - timedelta(days=12), "agreed_percent": agreed},
        )
