"""Revenue of posted statements: net, by category, on the period's last day; once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.models import RevenueEntry
from accounts.selectors.tree import ever_above
from accounts.services.figures import refresh_figures
from kam.core.money import LINE_PLACES, quantise
from kam.core.selectors.rates import MissingRateError, base_currency, rate_on
from kam.imports.choices import BatchState
from kam.imports.models import DataSource, ImportBatch
from settlements.analytics.settling_revenue import by_category
from settlements.models import SettlementStatement
from settlements.selectors.settling.purchases import STATEMENTS as SOURCE
from settlements.selectors.settling.recomputing import stored_lines
from settlements.services.posting import decimals_of

NAME = "Settlement statements"
KIND = "settlement_statements"


def write_revenue(row: SettlementStatement, *, as_of: date) -> int:
    """Write a posted statement's net as revenue of its account or store, by category.

    On the last day of the period, whatever the day of posting. Answers the number of entries.
    The amount in base currency waits where there is no rate, as with every entry.
    """
    parts = by_category(stored_lines(row), row.net, decimals_of(row.currency_id))
    return _write(row, parts, suffix="", as_of=as_of)


def take_back_revenue(row: SettlementStatement, *, as_of: date) -> int:
    """Write the opposite of what a statement wrote, on the same day."""
    written = RevenueEntry.objects.filter(
        source__code=SOURCE, source_key__startswith=f"{row.pk}:"
    ).values_list("category_id", "net_amount")
    return _write(row, [(category, -net) for category, net in written], suffix=":R", as_of=as_of)


def _write(
    row: SettlementStatement,
    parts: list[tuple[int | None, Decimal]],
    *,
    suffix: str,
    as_of: date,
) -> int:
    if not parts:
        return 0
    batch = _batch(row, len(parts))
    rate = _rate(row)
    account_id = row.store_id or row.account_id
    RevenueEntry.objects.bulk_create(
        RevenueEntry(
            source_id=batch.source_id,
            source_key=f"{row.pk}:{category or ''}{suffix}",
            batch=batch,
            account_id=account_id,
            booked_on=row.last_day,
            category_id=category,
            net_amount=net,
            currency_id=row.currency_id,
            rate=rate,
            base_amount=None if rate is None else quantise(net * rate, LINE_PLACES),
        )
        for category, net in parts
    )
    refresh_figures(as_of=as_of, account_ids=ever_above(account_id) | {account_id})
    return len(parts)


def _rate(row: SettlementStatement) -> Decimal | None:
    try:
        return rate_on(row.currency_id, base_currency(), row.last_day)
    except MissingRateError:
        return None


def _batch(row: SettlementStatement, entries: int) -> ImportBatch:
    """The carrier of the entries: who looks at one finds the statement's number."""
    source, _made = DataSource.objects.get_or_create(code=SOURCE, defaults={"name": NAME})
    return ImportBatch.objects.create(
        kind=KIND,
        source=source,
        file_name=str(row),
        state=BatchState.COMMITTED,
        rows=entries,
        created=entries,
        updated=0,
        unchanged=0,
        rejected=0,
        committed_at=timezone.now(),
    )
