"""What an account page leads to: every board, form and panel about it, read by axe-core and
measured against the window, with some rows in each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import PortraitHeading
from accounts.models import Account, Opportunity
from accounts.panels import SLOT
from accounts.services.figures import refresh_figures
from kam.core.dates import Period, add_months, month_start
from kam.core.panels import panels
from kam.identity.choices import Role
from kam.identity.models import User
from tests.factories.accounts import make_account, make_category, make_entry, make_product
from tests.factories.costs import make_activity_rate, make_cost, make_driver, make_pool
from tests.factories.health import make_score, make_settings
from tests.factories.identity import make_user
from tests.factories.known import (
    make_competitor,
    make_element,
    make_fact,
    make_item,
    make_move,
    make_presence,
    make_price,
    make_statement,
)
from tests.factories.placement import make_check, make_placement, make_service_line, make_store
from tests.factories.team import make_member, make_promise, make_request
from tests.factories.wallet import make_estimate, make_opportunity
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]

LONG = "Saaristomeren Itsenäisten Päivittäistavarakauppiaiden Hankintaosuuskunta"
BOARDS = (
    "whitespace",
    "opportunity-board",
    "opportunity-list",
    "opportunity-forecast",
    "profitability",
    "health-board",
    "request-list",
    "availability",
    "service-level",
    "placement-list",
    "store-checks",
    "task-list",
    "statement-list",
    "competitor-list",
    "market-fact-list",
    "programme-list",
)
LISTS = (
    "health-settings",
    "portrait-settings",
    "cost-list",
    "volume-list",
    "activity-rate-list",
    "pool-list",
    "element-list",
)
NEW = (
    "cost-create",
    "volume-create",
    "activity-rate-create",
    "pool-create",
    "opportunity-create",
    "placement-create",
    "competitor-create",
    "market-fact-create",
    "element-create",
)
OF_ONE = (
    "account-detail",
    "account-cockpit",
    "account-people-glance",
    "portrait",
    "programme",
    "whitespace-account",
    "team-work",
)
NEW_OF_ONE = (
    "estimate-create",
    "promise-create",
    "member-create",
    "request-create",
    "handover-create",
    "presence-create",
    "price-seen-create",
    "competitor-move-create",
    "item-create",
    "address-create",
    "placement-create-at",
    "task-create",
)


@dataclass(frozen=True)
class Firm:
    """An account with rows about everything, who directs sales, and pages of single rows:
    `costs` are pages for who keeps the books."""

    account: Account
    director: User
    rows: tuple[str, ...]
    costs: tuple[str, ...]

    def of_one(self, names: Iterable[str]) -> list[str]:
        """Addresses of the account."""
        return [reverse(f"accounts:{name}", args=[self.account.pk]) for name in names]


@pytest.fixture
def firm() -> Firm:
    director = make_user(email="director@kam.test", roles=[Role.SALES_DIRECTOR])
    lead = make_user(full_name="Aino Koskela")
    group = make_account(name=LONG, lead=lead, external_id="K-1")
    banner = make_account(name="Kuusimarket", kind="banner", parent=group)
    store = make_store(parent=banner, name="Kuusimarket Tampere-Hervanta")
    costs = _sold(store)
    rows = [
        *_worked(group, lead, director),
        *_known(group),
        *_potential(group, lead),
        *_shelved(banner, store, lead),
    ]
    refresh_figures(as_of=timezone.localdate())
    return Firm(group, director, tuple(rows), tuple(costs))


def _sold(store: Account) -> list[str]:
    today, dairy = timezone.localdate(), make_category(name="Dairy and drinks made of plants")
    for back in range(1, 16):
        day = add_months(month_start(today), -back)
        make_entry(account=store, amount=9000 + back, booked_on=day, category=dairy, cost="6000")
        make_driver(account=store, month=day)
        make_pool(amount=250, month=day, name="Desk for questions about orders")
    cost = make_cost(account=store, amount=1250, booked_on=add_months(today, -1), note="Pallets")
    rate = make_activity_rate()
    make_settings(on=today)
    for account, points, level in (
        (store.current_parent, 34, "poor"),
        (store.current_group, 81, "good"),
    ):
        make_score(
            account=account,
            score=points,
            level=level,
            valid=(today, None),
            details={
                "commercial_trend": {"change": -0.07, "measured_on": today.isoformat()},
            },
        )
    return [
        reverse("accounts:cost-edit", args=[cost.pk]),
        reverse("accounts:cost-delete", args=[cost.pk]),
        reverse("accounts:activity-rate-edit", args=[rate.pk]),
    ]


def _worked(group: Account, lead: User, director: User) -> list[str]:
    today = timezone.localdate()
    helper = make_user(full_name="Väinö Lehtinen")
    late = today - timedelta(days=9)
    promise = make_promise(
        user=lead, account=group, what="A calendar of deliveries for the whole spring", due_on=late
    )
    make_promise(user=lead, account=group, side="theirs", due_on=today + timedelta(days=5))
    kept = make_promise(user=lead, account=group, due_on=today, outcome="kept", settled_on=today)
    make_member(account=group, user=helper)
    request = make_request(account=group, sender=director, to_user=helper, due_on=late)
    make_request(account=group, sender=lead, due_on=today + timedelta(days=3), priority=3)
    names = ("promise-detail", "promise-edit", "promise-move", "promise-settle")
    return [
        *(reverse(f"accounts:{name}", args=[promise.pk]) for name in names),
        reverse("accounts:promise-detail", args=[kept.pk]),
        reverse("accounts:request-detail", args=[request.pk]),
    ]


def _known(group: Account) -> list[str]:
    for heading in PortraitHeading:
        make_statement(account=group, heading=heading)
    sure = make_statement(account=group, text="Family owned since 1911.", is_confirmed=True)
    rival = make_competitor(name="Kaukolan Kasvisjuomateollisuus ja Säilyke")
    dairy = make_category(name="Desserts")
    presence = make_presence(account=group, competitor=rival, category=dairy, share="0.345")
    make_price(account=group, competitor=rival)
    make_move(competitor=rival, account=group)
    make_move(competitor=rival)
    make_fact(category=dairy)
    make_fact(category=dairy, measure="trend", value=None)
    service = make_item(account=group, cost="12000", saving="8000", worth="15000", switching=4)
    make_item(account=group, element=make_element(is_price=True), cost="9000", switching=1)
    return [
        rival.get_absolute_url(),
        reverse("accounts:competitor-edit", args=[rival.pk]),
        reverse("accounts:competitor-merge", args=[rival.pk]),
        reverse("accounts:presence-edit", args=[presence.pk]),
        reverse("accounts:item-edit", args=[service.pk]),
        reverse("accounts:item-end", args=[service.pk]),
        reverse("accounts:portrait-write", args=[group.pk, PortraitHeading.DECIDING]),
        reverse("accounts:portrait-replace", args=[group.pk, sure.pk]),
        reverse("accounts:portrait-withdraw", args=[group.pk, sure.pk]),
    ]


def _potential(group: Account, lead: User) -> list[str]:
    today, dairy = timezone.localdate(), make_category(name="Spreads")
    for year in (today.year - 1, today.year):
        make_estimate(
            account=group,
            category=dairy,
            amount=600_000,
            low=400_000,
            high=900_000,
            period=Period.parse(str(year)),
            estimated_on=today,
            author=lead,
        )
    opened: Opportunity | None = None
    for stage in ("identified", "qualified", "proposed", "agreed", "won", "lost"):
        found = make_opportunity(
            account=group, owner=lead, stage=stage, value=125_000, expected_close=today
        )
        opened = opened or found
    assert opened is not None
    return [
        opened.get_absolute_url(),
        reverse("accounts:opportunity-edit", args=[opened.pk]),
        f"{reverse('accounts:opportunity-stage', args=[opened.pk])}?stage=lost",
        reverse("accounts:whitespace-cell", args=[group.pk, dairy.pk]),
    ]


def _shelved(banner: Account, store: Account, lead: User) -> list[str]:
    bread = make_placement(account=banner, product=make_product(code="Rye bread"))
    drink = make_placement(
        account=banner, product=make_product(code="Oat drink"), kind="facings", quantity=4
    )
    make_service_line(account=banner, ordered=100, delivered=93, orders=10, otif=8)
    seen = {bread.pk: "found", drink.pk: "not_found"}
    today = timezone.localdate()
    done = make_check(store=store, seen=seen, checker=lead, on=today - timedelta(days=3))
    return [
        *(
            reverse(f"accounts:placement-{name}", args=[bread.pk])
            for name in ("detail", "edit", "step", "end")
        ),
        reverse("accounts:store-check", args=[done.pk]),
        reverse("accounts:panel-availability", args=[store.pk]),
        reverse("accounts:panel-file", args=[store.pk]),
    ]


def test_pages_of_an_account_are_accessible_and_fit(browse: Browse, firm: Firm) -> None:
    """Boards, the account's own pages, its panels, forms and single rows; then what only who
    keeps the books sees: costs, catalogues and settings."""
    visit = browse(firm.director)
    boards = [reverse(f"accounts:{name}") for name in BOARDS]
    offered = [
        reverse(panel.url_name, args=[firm.account.pk]) for panel in panels if panel.slot == SLOT
    ]
    own = firm.of_one([*OF_ONE, *NEW_OF_ONE])
    assert visit.wrong([*boards, *own, *offered, *firm.rows]) == {}

    keeper = make_user(roles=[Role.ADMINISTRATOR, Role.CREDIT_CONTROLLER, Role.SALES_DIRECTOR])
    books = [reverse(f"accounts:{name}") for name in [*LISTS, *NEW]]
    assert browse(keeper).wrong([*books, *firm.costs]) == {}
