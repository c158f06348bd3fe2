"""From each figure of profit to the rows behind it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.choices import ConcentrationLevel
from accounts.selectors.profitability.query import ProfitQuery
from kam.core.dates import Period


def revenue_url(query: ProfitQuery, key: int | None = None, **more: Any) -> str:
    """The revenue entries of a query, of one customer where named."""
    return _listed("accounts:revenue-list", query.period, **_of(query, key), **more)


def costs_url(query: ProfitQuery, key: int | None = None, **more: Any) -> str:
    """The cost entries of a query, of one customer where named."""
    return _listed("accounts:cost-list", query.period, **_of(query, key), **more)


def node_url(name: str, account_id: int, period: Period, **more: Any) -> str:
    """A list's rows of an account and all below it."""
    return _listed(name, period, within=account_id, **more)


def account_url(key: int) -> str:
    """An account's waterfall."""
    return f"{reverse('accounts:account-detail', args=[key])}#panel-profit"


def _of(query: ProfitQuery, key: int | None) -> dict[str, Any]:
    if key is None:
        return {"country": query.country}
    name = "group" if query.level == ConcentrationLevel.GROUP else "account"
    return {name: key, "country": query.country}


def _listed(name: str, period: Period, **parameters: Any) -> str:
    bounds = {"date_from": period.start.isoformat(), "date_to": period.end.isoformat()}
    given = {key: value for key, value in {**bounds, **parameters}.items() if value}
    return f"{reverse(name)}?{urlencode(given)}"
