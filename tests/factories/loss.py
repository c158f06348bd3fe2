"""Loss scenarios by the models themselves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import Account
from plans.models import LossResult, LossScenario, ScenarioAccount
from tests.factories.identity import make_user

_numbers = count(1)


def three(low: str, base: str = "", high: str = "") -> list[Decimal]:
    """A range; one value alone is certain."""
    return [Decimal(low), Decimal(base or low), Decimal(high or base or low)]


def make_scenario(*accounts: Account, **values: Any) -> LossScenario:
    """A delisting from 1 July 2026 on the ledger of 30 June: everything gone at once."""
    facts: dict[str, Any] = {
        "title": f"Scenario {next(_numbers)}",
        "currency_id": "EUR",
        "as_of": date(2026, 6, 30),
        "starts_on": date(2026, 7, 1),
        "run_off": [Decimal(1)],
        "lost_share": three("1"),
        "contribution": three("0.2", "0.3", "0.4"),
        "recovery": three("0"),
    } | values
    facts.setdefault("author", facts.pop("author", None) or make_user())
    scenario = LossScenario.objects.create(**facts)
    ScenarioAccount.objects.bulk_create(
        ScenarioAccount(scenario=scenario, account=account) for account in accounts
    )
    return scenario


def make_result(scenario: LossScenario, **result: Any) -> LossResult:
    """A result that says what it is told to."""
    row: LossResult = LossResult.objects.create(
        scenario=scenario, as_of=scenario.as_of, inputs={}, result=result, author=scenario.author
    )
    return row
