"""Board, panel, API, export and the measures of tiers say the same of one company of chance,
also where rates are missing: what cannot be told is told by none of them."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection

from accounts.choices import CostKind, SpreadRule
from accounts.models import Account
from accounts.selectors.concentration.cells import COMPANY, Scope
from accounts.selectors.concentration.totals import MissingRatesError
from accounts.selectors.profitability.account import AccountProfit, account_profit
from accounts.selectors.profitability.query import Costing, ProfitQuery
from accounts.selectors.profitability.reading import read_profit
from accounts.selectors.tiers.scoring import compute
from accounts.services.tree import move_account
from kam.core.dates import Period
from kam.identity.models import User
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_entry
from tests.factories.costs import make_activity_rate, make_cost, make_driver, make_pool
from tests.factories.identity import make_user
from tests.factories.tiers import criterion, make_model

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 6, 15)
YEAR = Period(date(2025, 6, 1), date(2026, 6, 1))
QUERY = ProfitQuery(period=YEAR, as_of=AS_OF)
MONTHS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
RATES = {"EUR": ("1",), "SEK": ("0.1", "0.12"), "USD": ("0.9", "0.85")}
CASES = ("whole", "activity", "cost", "revenue", "revenue and pools")


class Company:
    """Three groups, each led by somebody, with two stores; one store moves in mid-month."""

    def __init__(self, seed: int, case: str) -> None:
        self.roll, self.case = Random(f"{seed} {case}"), case
        self.leads: dict[int, User] = {}
        self.stores: list[Account] = []
        for _ in range(3):
            lead = make_user()
            group = make_account(lead=lead)
            self.leads[group.pk] = lead
            self.stores += [make_account(parent=group, kind="store") for _ in range(2)]
        to = Account.objects.get(pk=list(self.leads)[1])
        move_account(account=self.stores[0], parent=to, from_date=date(2026, 2, 11), as_of=AS_OF)
        make_activity_rate(amount="3.5")
        for rule in SpreadRule.values:
            if rule != SpreadRule.REVENUE or case != "revenue":
                make_pool(amount=self.roll.randint(10, 90), rule=rule, month=MONTHS[1], name=rule)
        self._book()

    def _book(self) -> None:
        """Each store sells and costs in each month; of one store a rate is missing."""
        for month in MONTHS:
            for store in self.stores:
                for _ in range(2):
                    self._sell(store, month)
                make_cost(
                    account=store,
                    amount=self.roll.randint(1, 60),
                    kind=self.roll.choice((CostKind.TRADE_TERMS, CostKind.RETURNS)),
                    booked_on=month.replace(day=self.roll.randint(1, 28)),
                )
                if self.roll.random() < 0.5:
                    make_driver(account=store, month=month, volume=self.roll.randint(0, 9))
        if self.case == "activity":
            make_driver(account=self.stores[2], kind=CostKind.VISITS, month=MONTHS[0])
        if self.case == "cost":
            make_cost(account=self.stores[2], amount=9, currency="SEK", rate=None)
        if self.case.startswith("revenue"):
            make_entry(
                account=self.stores[2], amount=70, currency="SEK", rate=None, cost="30",
                booked_on=MONTHS[1],
            )  # fmt: skip

    def _sell(self, store: Account, month: date) -> None:
        currency = self.roll.choice(list(RATES))
        amount = self.roll.randint(100, 900)
        has_cost = store is not self.stores[5]
        make_entry(
            account=store,
            amount=amount,
            cost=str(self.roll.randint(20, amount)) if has_cost or amount % 2 else None,
            currency=currency,
            rate=self.roll.choice(RATES[currency]),
            booked_on=month.replace(day=self.roll.randint(1, 28)),
        )


def board_of(company: Company) -> dict[int, Costing]:
    """What the board says of groups; where it refuses the whole, what the last one's lead reads."""
    lead = list(company.leads.values())[-1]
    for scope in (COMPANY, Scope(lead_ids=(lead.pk,))):
        try:
            found = read_profit(QUERY, scope=scope)
        except MissingRatesError:
            continue
        return {**found.known, **found.unknown}
    return {}


def measured(measure: str) -> dict[int, Decimal]:
    compute(make_model(criterion(measure)), as_of=AS_OF)
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, value FROM tier_points")
        return dict(cursor.fetchall())


def rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 6)


@pytest.mark.parametrize("case", CASES)
def test_all_who_tell_profit_agree(people: People, case: str) -> None:
    company = Company(7, case)
    board = board_of(company)
    panel = {group: account_profit(group, YEAR, as_of=AS_OF) for group in company.leads}
    assert len(board) == {"revenue": 1, "revenue and pools": 0}.get(case, 3)
    margins, efforts = measured("profitability"), measured("cost_to_serve")
    api = Api(people.controller)
    for group, found in panel.items():
        told = found.costing
        if group in board:
            assert board[group] == told
        is_costed = told.costed == told.revenue
        assert margins.get(group) == (rounded(told.margin) if is_costed else None)
        assert efforts.get(group) == rounded(told.serve_share)
        over_api = api.get(f"accounts/{group}/profitability/?from={YEAR.start}&to={YEAR.end}")
        assert over_api.json()["total"]["net_profit"] == plain(told.net)
        assert sum(over_api.json()["total"]["gaps"].values()) == told.gaps
    unknown = [group for group, found in panel.items() if found.costing.net is None]
    assert len(unknown) == {"whole": 0, "revenue and pools": 3}.get(case, 1)
    whole_company(people, panel, refuses=case.startswith("revenue"))


def whole_company(people: People, panel: dict[int, AccountProfit], *, refuses: bool) -> None:
    """The company's board and its file hold the same figures, or refuse by name."""
    asked: Any = {"period": "custom", "date_from": YEAR.start, "date_to": YEAR.end, "export": "csv"}
    answer: Any = client_of(people.controller).get("/accounts/profitability/", asked)
    if refuses:
        with pytest.raises(MissingRatesError) as refused:
            read_profit(QUERY)
        assert [one.currency for one in refused.value.missing] == ["SEK"]
        assert "SEK" in answer.content.decode()
        return
    known = {key: found for key, found in panel.items() if found.costing.net is not None}
    assert {key: one.net for key, one in read_profit(QUERY).known.items()} == {
        key: found.costing.net for key, found in known.items()
    }
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    nets = [Decimal(row["Net profit (EUR)"]) for row in csv.DictReader(text.splitlines())]
    assert sorted(nets) == sorted(found.costing.profit for found in known.values())


def plain(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.4f}"
