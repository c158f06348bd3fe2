"""What stands in the books about the accounts of a scenario, on its day and in its currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.selectors.below import BELOW, ENTRIES, MONTHS
from kam.core.dates import Period
from kam.core.selectors.rates import MissingRateError, base_currency, rate_on, rates_on
from plans.analytics.loss import AtRisk, Facts
from plans.choices.loss import NO_TERMS
from plans.selectors.loss import sql
from settlements.choices.credit import Component
from settlements.choices.terms import Preset
from settlements.selectors.credit.components import exposure_components, known_components
from settlements.selectors.credit.exposure import parameters_of
from settlements.selectors.credit.rules import credit_settings

ZERO = Decimal(0)
PAYS_IN = 45
"""Days until payment where nobody of them ever paid."""
UNBILLED: Mapping[str, str] = {
    Component.INSTRUMENTS: Preset.OUTRIGHT_CREDIT,
    Component.DELIVERED_NOT_INVOICED: Preset.OUTRIGHT_CREDIT,
    Component.SOLD_NOT_STATED: Preset.CONSIGNMENT,
    Component.HELD_BY_RETAILER: Preset.CONCESSION,
}
"""What is owed without a document yet, and the settlement method whose loss it follows."""
_LEDGER_SOURCES = ("ledger", "collateral", "reserved")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whose books: accounts with all below them, on a day, in a currency."""

    roots: Sequence[int]
    as_of: date
    currency: str
    category: int | None = None
    region: str = ""

    @property
    def parameters(self) -> dict[str, Any]:
        """What the statements take."""
        rates = rates_on(self.currency, self.as_of)
        monday = self.as_of - timedelta(days=self.as_of.weekday())
        return {
            "roots": list(self.roots),
            "as_of": self.as_of,
            "monday": monday,
            "codes": list(rates),
            "rates": list(rates.values()),
            "no_terms": NO_TERMS,
        }

    def in_currency(self, amounts: Mapping[str, Decimal]) -> Decimal:
        """Add amounts by currency up, at the rates of the day. Raises MissingRateError."""
        rates = rates_on(self.currency, self.as_of)
        return sum(
            (amount * _rate(rates, code, self) for code, amount in amounts.items()), ZERO
        ).quantize(Decimal("0.0001"))


def _rate(rates: Mapping[str, Decimal], code: str, asked: Asked) -> Decimal:
    if code not in rates:
        raise MissingRateError(code, asked.currency, asked.as_of)
    return rates[code]


@dataclass(frozen=True, kw_only=True)
class Books:
    """The facts, and what is told beside them: credits in their favour, what nobody reports."""

    facts: Facts
    credits: Decimal
    rebates: Decimal
    """Earned by them and not settled: due whether they stay or leave."""
    unknown: tuple[str, ...]
    is_usual_days: bool
    """Whether days to pay are a convention, since nobody of them paid within a year."""


def read_books(asked: Asked, *, clawback_days: int = 0) -> Books:
    """Read everything that a scenario is computed from, in a handful of statements.

    Open items of accounts that are lost with all below them on the day; agreements as they
    stand in today's tree. Raises MissingRateError for a currency that cannot be converted.
    """
    paid_in = days_to_pay(asked)
    usual = PAYS_IN if paid_in is None else paid_in
    risks, weeks, in_favour = _ledger(asked, usual)
    unbilled, consigned, unknown = _beside(asked)
    return Books(
        facts=Facts(
            as_of=asked.as_of,
            history=history(asked),
            at_risk=risks,
            unbilled=unbilled,
            consigned=consigned,
            collections=weeks,
            days_to_pay=usual,
            clawback=received(asked, clawback_days) if clawback_days else None,
        ),
        credits=in_favour,
        rebates=asked.in_currency(dict(fetch(sql.REBATES, asked.parameters))),
        unknown=unknown,
        is_usual_days=paid_in is None,
    )


def _ledger(asked: Asked, usual: int) -> tuple[list[AtRisk], list[Decimal], Decimal]:
    """Claims by method and security, what is expected by week, credits in their favour."""
    claims: dict[str, Decimal] = {}
    secured: list[AtRisk] = []
    weeks: dict[int, Decimal] = {}
    in_favour = ZERO
    for what, method, kind, week, amount in fetch(sql.LEDGER, {**asked.parameters, "usual": usual}):
        if what == "claim":
            claims[method] = amount
        elif what == "secured":
            secured.append(AtRisk(method, kind, amount))
        elif what == "week":
            weeks[week] = amount
        elif what == "credit":
            in_favour = amount or ZERO
        else:
            raise MissingRateError(method, asked.currency, asked.as_of)
    for row in secured:
        claims[row.method] -= row.amount
    risks = [AtRisk(method, "", amount) for method, amount in sorted(claims.items())]
    by_week = [weeks.get(number, ZERO) for number in range(max(weeks, default=-1) + 1)]
    return (
        [*risks, *sorted(secured, key=lambda row: (row.method, row.security))],
        by_week,
        in_favour,
    )


_MEMBER_IDS = f"{sql.MEMBERS} SELECT id FROM members"


def _beside(
    asked: Asked,
) -> tuple[dict[str, tuple[str, Decimal]], Decimal | None, tuple[str, ...]]:
    """What is owed outside the ledger by component, consigned stock, and what nobody tells."""
    parameters = asked.parameters | parameters_of(credit_settings(), as_of=asked.as_of)
    parameters["ids"] = [pk for (pk,) in fetch(_MEMBER_IDS, asked.parameters)]
    only = "SELECT unnest(%(ids)s::bigint[])"
    cells = " UNION ALL ".join(
        f"({source.sql.format(only=f'AND {source.column} IN ({only})')})"
        for source in exposure_components
        if source.key not in _LEDGER_SOURCES
    )
    statement = (
        "SELECT c.component, c.currency_id, sum(c.amount)"
        f" FROM ({cells}) AS c(party_id, currency_id, component, amount) GROUP BY 1, 2"
    )
    found: dict[str, dict[str, Decimal]] = {}
    for component, code, amount in fetch(statement, parameters):
        found.setdefault(component, {})[code] = amount
    known = known_components(parameters)
    sums = {key: asked.in_currency(amounts) for key, amounts in found.items()}
    told = {key: (method, sums.get(key, ZERO)) for key, method in UNBILLED.items()}
    wanted = (*UNBILLED, Component.CONSIGNED_STOCK)
    stock = sums.get(Component.CONSIGNED_STOCK)
    if stock is None and Component.CONSIGNED_STOCK in known:
        stock = ZERO
    return (
        {key: one for key, one in told.items() if key in known or one[1]},
        stock,
        tuple(key for key in wanted if key not in known and not sums.get(key)),
    )


def days_to_pay(asked: Asked) -> int | None:
    """Return days from document to payment over the last year, weighted; None: nothing paid."""
    [(days,)] = fetch(sql.PAYING, asked.parameters)
    return None if days is None else max(int(days), 0)


def received(asked: Asked, days: int) -> Decimal:
    """Return what they paid in so many days up to the day. Raises MissingRateError."""
    rows = fetch(sql.RECEIVED, {**asked.parameters, "days": days})
    return asked.in_currency(dict(rows))


def size_of(asked: Asked, *, enough: int) -> tuple[int, int]:
    """Return how many accounts are lost and how many items of theirs are open, up to `enough`."""
    [(accounts, items)] = fetch(sql.SIZE, {**asked.parameters, "enough": enough})
    return accounts, items


def notice_of(asked: Asked) -> int | None:
    """Return the longest notice of the agreements in force; None where none says any."""
    [(days,)] = fetch(sql.NOTICE, asked.parameters)
    return None if days is None else int(days)


# Revenue

_HISTORY = f"""
{BELOW}{MONTHS}
SELECT p.month, sum(CASE WHEN p.currency_id = %(base)s THEN p.net ELSE p.amount END),
    sum(p.entries), sum(CASE WHEN p.currency_id = %(base)s THEN 0 ELSE p.unconverted END),
    min(p.currency_id) FILTER (WHERE p.unconverted > 0 AND p.currency_id <> %(base)s)
FROM pieces p {{narrow}} GROUP BY 1 ORDER BY 1
"""
_OF_ENTRIES = f"""
{BELOW}
SELECT date_trunc('month', e.booked_on)::date,
    sum(CASE WHEN e.currency_id = %(base)s THEN e.net_amount ELSE e.base_amount END), count(*),
    count(*) FILTER (WHERE e.base_amount IS NULL AND e.currency_id <> %(base)s),
    min(e.currency_id) FILTER (WHERE e.base_amount IS NULL AND e.currency_id <> %(base)s)
{ENTRIES} {{narrow}} GROUP BY 1 ORDER BY 1
"""


def history(asked: Asked) -> dict[date, Decimal]:
    """Return net revenue by month of the last 12 complete months, what stood below on each date.

    In the scenario's currency at the rate of the day from the base currency. Months before the
    first revenue are left out; later ones without any are zero. Raises MissingRateError.
    """
    period, base = Period.whole_months(asked.as_of), base_currency()
    rows = fetch(
        history_sql(asked),
        {
            "ids": list(asked.roots),
            "everyone": False,
            "start": period.start,
            "end": period.end,
            "base": base,
            "category": asked.category,
            "region": asked.region,
        },
    )
    for month, _amount, _entries, lacking, code in rows:
        if lacking:
            raise MissingRateError(code, base, month)
    amounts = {month: amount for month, amount, entries, _lacking, _code in rows if entries}
    if not amounts:
        return {}
    rate = rate_on(base, asked.currency, asked.as_of)
    months = [one.start for one in period.months() if one.start >= min(amounts)]
    return {
        month: (amounts.get(month, ZERO) * rate).quantize(Decimal("0.0001")) for month in months
    }


def history_sql(asked: Asked) -> str:
    """Return the statement: months of the roll-up, entries where a filter needs them."""
    narrow = []
    if asked.region:
        narrow.append("e.account_id IN (SELECT id FROM accounts_account WHERE region = %(region)s)")
    if asked.category is not None:
        narrow.append("e.category_id = %(category)s")
    if not narrow:
        return _HISTORY.format(narrow="")
    return _OF_ENTRIES.format(narrow=f"WHERE {' AND '.join(narrow)}")


def fetch(statement: str, parameters: Mapping[str, Any]) -> list[Any]:
    """Run a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(parameters))
        return list(cursor.fetchall())
