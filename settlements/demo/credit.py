"""Credit of the demo company: limits that fit, some that do not, an application to decide."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_UP, Decimal

from accounts.choices import AccountKind
from accounts.demo.chance import Dice
from accounts.models import Account
from kam.core.clock import organisation_zone
from kam.core.selectors.rates import base_currency, rates_on
from kam.identity.choices import Role
from kam.identity.models import User
from kam.imports.models import DataSource
from settlements.choices.credit import FactKind, HoldState
from settlements.demo.credit_papers import keep_papers
from settlements.models import CreditPosition
from settlements.services.credit import applications, facts, holds, limits
from settlements.services.credit.checks import Ask, check_credit
from settlements.services.credit.positions import keep_positions, rescore

STEP = Decimal(10_000)
SHARES = ("1.6", "1.3", "1.9", "1.05", "1.4", "0.93", "2.2")
"""Limits as multiples of what the payer owes: one is over, one is near."""


_TOLD = (FactKind.INSTRUMENTS, FactKind.DELIVERED_NOT_INVOICED, FactKind.OPEN_ORDERS)
"""What other systems tell; what is sold, held and consigned our statements and stock know."""


def give_credit(as_of: date, seed: int) -> None:
    """Give the larger payers limits, tell facts, and let one application wait."""
    people = _people()
    if people is None:
        return
    manager, director = people
    keep_positions(as_of=as_of)
    # A chain that settles by statements stands above its companies: its limit would cap theirs.
    owing = CreditPosition.objects.filter(exposure__gt=0).exclude(party__kind=AccountKind.GROUP)
    owing = owing.select_related("party")
    rows = list(owing.order_by("-exposure", "pk")[:60])
    _tell_facts(rows, as_of, seed)
    keep_positions(as_of=as_of)
    fresh = {row.party_id: row for row in CreditPosition.objects.filter(exposure__gt=0)}
    limited: set[int] = set()
    for place, row in enumerate(rows):
        found = fresh.get(row.party_id, row)
        is_alone = not limited & set(found.party.path[:1])
        is_alone &= found.currency_id == (found.party.currency_id or found.currency_id)
        if place % 8 != 7 and found.exposure is not None and is_alone:
            limited.add(found.party.path[0])
            _limit(found.party, found.currency_id, found.exposure, place, as_of, director)
    _stories([row.party for row in rows], as_of, manager, director)
    rescore(as_of=as_of)


def _people() -> tuple[User, User] | None:
    active = User.objects.filter(is_active=True).order_by("pk")
    manager = active.filter(roles__contains=[Role.ACCOUNT_MANAGER]).first()
    director = active.filter(roles__contains=[Role.SALES_DIRECTOR]).first()
    return None if manager is None or director is None else (manager, director)


def _limit(
    party: Account, currency: str, exposure: Decimal, place: int, as_of: date, by: User
) -> None:
    share = Decimal(SHARES[place % len(SHARES)])
    amount = (exposure * share / STEP).quantize(Decimal(1), ROUND_UP) * STEP
    started = as_of - timedelta(days=300 + place * 7)
    before = (exposure * Decimal("0.8") / STEP).quantize(Decimal(1), ROUND_UP) * STEP
    for figure, start, review in (
        (before, started - timedelta(days=365), None),
        (amount, started, as_of + timedelta(days=(place * 11) % 300 - 5)),
    ):
        terms = limits.Terms(
            currency=currency, amount=figure, from_day=start, term_days=30 + place % 3 * 15,
            review_on=review, reason="Yearly review of credit",
        )  # fmt: skip
        limits.set_limit(party=party, terms=terms, by=by)


def _tell_facts(rows: list[CreditPosition], as_of: date, seed: int) -> None:
    source = DataSource.objects.order_by("pk").first()
    if source is None:
        return
    for place, row in enumerate(rows):
        dice = Dice(seed, "credit", str(place))
        owed = row.exposure or Decimal(0)
        for number, kind in enumerate(_TOLD):
            if (place + number) % 3 and number:
                continue
            share = Decimal(dice.whole(3, 15)) / 100
            amount = (owed * share).quantize(Decimal(1))
            told = facts.Told(
                kind=kind, currency=row.currency_id, amount=amount,
                from_day=as_of - timedelta(days=10 + number),
                due_on=as_of + timedelta(days=7 + place % 40) if kind == "open_orders" else None,
            )  # fmt: skip
            key = f"demo-{kind}-{place}"
            facts.tell_fact(account=row.party, source=source, key=key, told=told)


def _stories(parties: list[Account], as_of: date, manager: User, director: User) -> None:
    """A security, a hold, checks, and applications: one to decide, one granted."""
    at = datetime.combine(as_of - timedelta(days=2), time(10), organisation_zone())
    if len(parties) < 12:
        return
    cover = limits.Cover(
        kind="insurance", currency=parties[1].currency_id or "EUR", amount=Decimal(150_000),
        from_day=as_of - timedelta(days=340), until=as_of + timedelta(days=25),
        issuer="Suojakilpi Insurance", reference="SK-2206",
    )  # fmt: skip
    limits.add_collateral(party=parties[1], cover=cover)
    hold = holds.propose_hold(party=parties[10], reason="Two reminders unanswered", by=manager)
    holds.move_hold(hold=hold, to=HoldState.ACTIVE, by=director, on=as_of - timedelta(days=4))
    holds.propose_hold(party=parties[9], reason="Pays later every month", by=manager)
    for place, amount in ((0, 20_000), (3, 60_000), (5, 45_000)):
        ask = Ask(
            amount=_worth(amount, parties[place], as_of),
            currency=_code(parties[place]),
            reference=f"PO-77{place}",
        )
        check_credit(account=parties[place], ask=ask, by=manager, as_of=as_of)
    _apply(parties[7], as_of, at, manager)


def _worth(euros: int, party: Account, as_of: date) -> Decimal:
    """Return about so many euros in thousands of a payer's currency."""
    rate = rates_on(base_currency(), as_of).get(_code(party), Decimal(1))
    return (euros / rate / 1000).quantize(Decimal(1)) * 1000


def _code(party: Account) -> str:
    position = CreditPosition.objects.filter(party=party).first()
    return position.currency_id if position else "EUR"


def _apply(party: Account, as_of: date, at: datetime, manager: User) -> None:
    told = {
        "currency_id": _code(party), "requested_limit": _worth(90_000, party, as_of),
        "requested_days": 45,
        "registered_name": party.name, "registry_number": "2214477-3",
        "registered_on": date(2009, 4, 1), "rating_agency": "Nordic Credit Bureau",
        "rating_grade": "A-", "rating_points": Decimal(74),
        "rated_on": as_of - timedelta(days=60), "rating_expires": as_of + timedelta(days=305),
        "references": "Two suppliers of fresh food: pays within term, sometimes a week late.",
        "security": "Guarantee of the parent company is offered.",
    }  # fmt: skip
    year = as_of.year - 1
    years = [
        applications.Year(year=year - back, turnover=_worth(figures[0], party, as_of),
                          equity=_worth(figures[1], party, as_of),
                          result=_worth(figures[2], party, as_of))
        for back, figures in enumerate(((8_400_000, 1_250_000, 140_000),
                                        (7_900_000, 1_110_000, -35_000)))
    ]  # fmt: skip
    points = {"registry": 4, "finances": 3, "rating": 4, "references": 3, "security": 4}
    row = applications.apply_for_credit(
        party=party, facts=told, by=manager,
        supporting=applications.Supporting(years=years, points=points),
    )  # fmt: skip
    keep_papers(application=row, by=manager, on=as_of - timedelta(days=6))
    applications.submit_application(application=row, by=manager, at=at)
