"""From each figure to the rows behind it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.choices import ConcentrationLevel
from accounts.selectors.concentration.query import ConcentrationQuery


def rows_url(query: ConcentrationQuery, **more: Any) -> str:
    """The revenue entries of a query, as the list of entries filters them."""
    parameters: dict[str, Any] = {
        "date_from": query.period.start.isoformat(),
        "date_to": query.period.end.isoformat(),
        "category": query.category,
        "country": query.country,
        "region": query.region,
        "channel": query.channels,
        "lead": query.lead,
        **more,
    }
    given = {name: value for name, value in parameters.items() if value}
    return f"{reverse('accounts:revenue-list')}?{urlencode(given, doseq=True)}"


def customer_url(query: ConcentrationQuery, key: int) -> str:
    """The revenue entries of one customer of a query."""
    name = "group" if query.level == ConcentrationLevel.GROUP else "account"
    return rows_url(query, **{name: key})


def account_url(key: int) -> str:
    """An account's page."""
    return reverse("accounts:account-detail", args=[key])
