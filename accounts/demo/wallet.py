"""The demo's wallets and opportunities: what larger groups buy elsewhere, and what we pursue.

Written after accounts, sales and competitors. Most cells have an estimate, some have none, a few
lie below our own sales, as they do; older estimates stay beside newer ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from accounts.choices import LostReason, OpportunityKind, OpportunityOrigin, OpportunityStage
from accounts.demo.chance import Dice, exact
from accounts.demo.known_words import COMPETITORS
from accounts.models import Account, Opportunity, ProductCategory, WalletEstimate
from accounts.selectors.wallet.cells import estimated, sales_of
from accounts.services.opportunities import OpportunityFacts, create_opportunity, move_stage
from accounts.services.wallet import WalletFacts, record_estimate
from kam.core.dates import Period
from kam.core.demo import Counts, DemoPart, DemoRequest
from kam.core.models import Currency
from kam.core.selectors.rates import base_currency, rates_on
from kam.identity.models import User

_GROUPS, _BY_UNIT, _PURSUED, _UNITS = 26, 5, 16, 6
_SOURCES = (
    "Category buyer, range review",
    "Panel data, 12 months",
    "Their annual report, food sales by category",
    "Shelf count in twelve stores",
    "Our market model",
)
_TITLES = {
    OpportunityKind.UP_SELL: "More of the shelf: {category}",
    OpportunityKind.CROSS_SELL: "{category} beside what they list",
    OpportunityKind.NEW_LISTING: "{category} in all stores",
    OpportunityKind.NEW_SERVICE: "Own display and filling for {category}",
}
_STEPS = (
    "Send samples to the category team",
    "Calculate prices for the spring range",
    "Show the shelf plan to operations",
    "Agree delivery days with their depot",
    "Ask marketing for a launch slot",
    "Get the listing form signed",
)
_NEEDS = (
    "They want fewer suppliers with a wider range.",
    "Their buyer asked for a lower price point in this category.",
    "Stores ask for smaller cases and a display that fills itself.",
)


def load(request: DemoRequest) -> Counts:
    """Estimate wallets of the larger groups and pursue some of what they buy elsewhere."""
    groups = _groups()
    categories = list(ProductCategory.objects.order_by("pk"))
    for place, group in enumerate(groups[:_GROUPS]):
        nodes = [group]
        if place < _BY_UNIT:
            nodes = _units(group) or nodes
        _estimate(nodes, categories, place, request)
    for place, group in enumerate(groups[:_PURSUED]):
        _pursue(group, place, request)
    return present()


def present() -> Counts:
    """Count rows of any origin."""
    return {
        str(model._meta.verbose_name_plural): model._default_manager.count()
        for model in (WalletEstimate, Opportunity)
    }


def added() -> Counts:
    """Nothing apart: estimates and opportunities go with their accounts."""
    return {}


def clear(keep_user_id: int | None) -> Counts:
    """Leave the rows to the accounts' own part, which knows the order."""
    del keep_user_id
    return {}


def _groups() -> list[Account]:
    rows = Account.objects.filter(current_parent=None, current_lead__isnull=False)
    rows = rows.filter(merged_into=None).select_related("current_lead", "figure")
    return list(rows.order_by("-figure__net_12m", "pk"))


def _units(group: Account) -> list[Account]:
    rows = Account.objects.filter(current_parent=group, merged_into=None)
    return list(rows.select_related("current_lead").order_by("-figure__net_12m", "pk")[:_UNITS])


def _lead(account: Account) -> User:
    return cast("User", account.current_lead)


def _estimate(
    nodes: Sequence[Account],
    categories: Sequence[ProductCategory],
    place: int,
    request: DemoRequest,
) -> None:
    """One estimate of the running year for most cells, and one of last year for some."""
    year = Period.whole_months(request.as_of)
    sales = sales_of([node.pk for node in nodes], year)
    for node in nodes:
        typical = max((sales.get((node.pk, one.pk)) or Decimal(0) for one in categories), default=0)
        for category in categories:
            dice = Dice(request.seed, "wallet", node.name, category.code)
            sold = sales.get((node.pk, category.pk)) or Decimal(0)
            missing = 0.12 if place < _BY_UNIT else 0.2 + 0.02 * place
            if dice.happens(missing) or (sold <= 0 and dice.happens(0.45)):
                continue
            wallet = _wallet(sold, Decimal(typical), dice)
            if wallet > 0:
                _keep(node, category, wallet, dice, request.as_of)


def _wallet(sold: Decimal, typical: Decimal, dice: Dice) -> Decimal:
    """What they buy in all: more than from us, but for an estimate in thirty that is too low."""
    if sold <= 0:
        return typical * exact(round(dice.between(0.3, 1.4), 3))
    if dice.happens(0.035):
        return sold * Decimal("0.8")
    return sold / exact(round(dice.between(0.07, 0.92), 3))


def _keep(
    node: Account, category: ProductCategory, wallet: Decimal, dice: Dice, as_of: date
) -> None:
    this_year = Period.year(as_of.year)
    first_on = as_of - timedelta(days=dice.whole(20, 260))
    facts = _facts(node, category, wallet, dice, this_year, first_on)
    older = dice.happens(0.3)
    if older:
        year_before = Period.year(as_of.year - 1)
        before = _facts(
            node, category, wallet * Decimal("0.94"), dice, year_before,
            first_on - timedelta(days=300),
        )  # fmt: skip
        _record(node, category, before, as_of)
    _record(node, category, facts, as_of)
    if dice.happens(0.15):
        later = min(first_on + timedelta(days=dice.whole(15, 90)), as_of)
        better = wallet * exact(round(dice.between(1.02, 1.2), 2))
        _record(node, category, _facts(node, category, better, dice, this_year, later), as_of)


def _record(node: Account, category: ProductCategory, facts: WalletFacts, as_of: date) -> None:
    record_estimate(account=node, category=category, facts=facts, author=_lead(node), as_of=as_of)


def _facts(
    node: Account,
    category: ProductCategory,
    wallet: Decimal,
    dice: Dice,
    period: Period,
    on: date,
) -> WalletFacts:
    code = node.currency_id or base_currency()
    rate = rates_on(base_currency(), on).get(code)
    if rate is None:
        code, rate = base_currency(), Decimal(1)
    amount = _round(wallet / rate)
    sure = dice.whole(1, 5)
    spread = Decimal("0.05") * (6 - sure)
    has_range = dice.happens(0.6)
    return WalletFacts(
        period=period,
        amount=amount,
        currency=Currency.objects.get(pk=code),
        source=dice.pick(_SOURCES),
        estimated_on=on,
        confidence=sure,
        low=_round(amount * (1 - spread)) if has_range else None,
        high=max(_round(amount * (1 + spread)), amount) if has_range else None,
        supplied_by=_rival(node, category, dice) if dice.happens(0.8) else "",
    )


def _rival(node: Account, category: ProductCategory, dice: Dice) -> str:
    """A competitor that sells the category where the account stands; nobody where there is none."""
    found = [
        name
        for name, _home, sells, markets in COMPETITORS
        if category.code in sells and node.country in markets
    ]
    return dice.pick(found) if found else ""


def _round(amount: Decimal) -> Decimal:
    """To two significant digits: an estimate that looks exact is believed too much."""
    if amount <= 0:
        return Decimal(0)
    step = Decimal(1).scaleb(amount.adjusted() - 1)
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step


# Opportunities


def _pursue(group: Account, place: int, request: DemoRequest) -> None:
    """The largest gaps become opportunities; some are won, some lost, some steps overdue."""
    dice = Dice(request.seed, "pursue", group.name)
    gaps = sorted(
        (one for one in estimated(as_of=request.as_of, node=group.pk) if one.cell.whitespace),
        key=lambda one: (-(one.cell.whitespace or 0), one.pk),
    )
    for number, gap in enumerate(gaps[: dice.whole(2, 4) if place < 10 else 1]):
        holder = Account.objects.select_related("current_lead").get(pk=gap.account_id)
        category = ProductCategory.objects.get(pk=gap.category_id)
        share = exact(round(dice.between(0.08, 0.3), 2))
        value = _round((gap.cell.whitespace or Decimal(0)) * share)
        if value > 0:
            _deal(holder, category, value, number, dice, request.as_of)


def _deal(
    account: Account,
    category: ProductCategory,
    value: Decimal,
    number: int,
    dice: Dice,
    as_of: date,
) -> None:
    lead = _lead(account)
    kind = dice.pick(list(_TITLES))
    began = as_of - timedelta(days=dice.whole(30, 240))
    closes = as_of + timedelta(days=dice.whole(-12, 230))
    is_need = dice.happens(0.35)
    facts = OpportunityFacts(
        title=_TITLES[kind].format(category=category.name),
        kind=kind,
        origin=OpportunityOrigin.NEED if is_need else OpportunityOrigin.CELL,
        need=dice.pick(_NEEDS) if is_need else "",
        category=category,
        value=value,
        currency=Currency.objects.get(pk=base_currency()),
        margin=Decimal(dice.whole(14, 38)),
        expected_close=closes,
        starts_on=closes + timedelta(days=dice.whole(20, 90)),
        next_step=dice.pick(_STEPS) if not dice.happens(0.12) else "",
        owner=lead,
    )
    if facts.next_step:
        due = as_of + timedelta(days=dice.whole(-14, 40))
        facts = OpportunityFacts(**{**vars(facts), "next_step_on": due})
    one = create_opportunity(account=account, facts=facts, by=lead, as_of=began)
    _advance(one, number, dice, began, as_of)


def _advance(one: Opportunity, number: int, dice: Dice, began: date, as_of: date) -> None:
    """Take it a few stages further, one after the other, up to today."""
    path = ("qualified", "proposed", "agreed", "won")
    steps = list(path[: dice.whole(0, 3)])
    roll = dice.between(0, 1)
    if roll < 0.18:
        steps = list(path)
    elif roll < 0.3:
        steps = [*path[: dice.whole(1, 2)], "lost"]
    days = max((as_of - began).days, 1)
    for turn, stage in enumerate(steps, 1):
        on = began + timedelta(days=days * turn // (len(steps) + (stage not in ("won", "lost"))))
        lost = stage == OpportunityStage.LOST
        move_stage(
            opportunity=one,
            to_stage=stage,
            by=one.owner,
            as_of=min(on - timedelta(days=3 + number), as_of) if stage in ("won", "lost") else on,
            lost_reason=dice.pick([r.value for r in LostReason][:4]) if lost else "",
            note="Their offer came in lower." if lost else "",
        )


PART = DemoPart(key="wallet", order=14, load=load, clear=clear, present=present, added=added)
