from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import AccountKind, AccountStatus
from accounts.models import (
    Account,
    AccountIdentifier,
    LeadAssignment,
    ParentLink,
    Product,
    ProductCategory,
    RevenueEntry,
    Target,
)
from kam.core.text import search_key
from kam.identity.models import User
from kam.imports.models import DataSource, ImportBatch

LONG_AGO = date(2000, 1, 1)
_numbers = count(1)


def make_account(
    *,
    name: str = "",
    kind: str = AccountKind.GROUP,
    parent: Account | None = None,
    parent_from: date = LONG_AGO,
    lead: User | None = None,
    external_id: str = "",
    system: str = "erp",
    country: str = "FI",
    region: str = "",
    channel: str = "",
    status: str = AccountStatus.ACTIVE,
    currency: str | None = None,
) -> Account:
    """An account with its dated parent and lead since long ago; derived columns are in place."""
    name = name or f"Account {next(_numbers)}"
    account = Account.objects.create(
        name=name,
        name_key=search_key(name),
        kind=kind,
        country=country,
        region=region,
        channel=channel,
        status=status,
        currency_id=currency,
    )
    if parent is not None:
        ParentLink.objects.create(
            account=account, parent=parent, valid=DateRange(parent_from, None)
        )
    if lead is not None:
        LeadAssignment.objects.create(account=account, user=lead, valid=DateRange(LONG_AGO, None))
    if external_id:
        AccountIdentifier.objects.create(account=account, system=system, value=external_id)
    _derive(account, parent, lead)
    return account


def _derive(account: Account, parent: Account | None, lead: User | None) -> None:
    """Today's columns as the tree service computes them, for one new leaf of the tree."""
    above = parent.path if parent else []
    account.current_parent = parent
    account.current_group_id = above[0] if above else account.pk
    account.path = [*above, account.pk]
    account.current_lead = lead or (parent.current_lead if parent else None)
    account.lead_chain = [*(parent.lead_chain if parent else []), *([lead.pk] if lead else [])]
    account.save()


def make_source(*, code: str = "") -> DataSource:
    """A data source."""
    code = code or f"source-{next(_numbers)}"
    return DataSource.objects.create(code=code, name=code)


def make_batch(*, source: DataSource | None = None, kind: str = "sales") -> ImportBatch:
    """A batch of a source, as a carrier of entries."""
    return ImportBatch.objects.create(kind=kind, source=source or make_source())


def make_category(*, code: str = "", name: str = "") -> ProductCategory:
    """A product category."""
    code = code or f"category-{next(_numbers)}"
    return ProductCategory.objects.create(code=code, name=name or code)


def make_product(*, code: str = "", category: ProductCategory | None = None) -> Product:
    """A product."""
    code = code or f"product-{next(_numbers)}"
    return Product.objects.create(code=code, name=code, category=category)


def make_entry(
    *,
    account: Account | None,
    amount: str | int | Decimal,
    booked_on: date = date(2026, 1, 15),
    currency: str = "EUR",
    rate: str | Decimal | None = "1",
    category: ProductCategory | None = None,
    product: Product | None = None,
    cost: str | Decimal | None = None,
    batch: ImportBatch | None = None,
) -> RevenueEntry:
    """One line of net revenue; `rate=None` leaves its base amount unknown."""
    batch = batch or make_batch()
    value = Decimal(amount)
    factor = None if rate is None else Decimal(rate)
    return RevenueEntry.objects.create(
        source=batch.source,
        source_key=f"key-{next(_numbers)}",
        batch=batch,
        account=account,
        booked_on=booked_on,
        product=product,
        category=category,
        net_amount=value,
        cost=None if cost is None else Decimal(cost),
        currency_id=currency,
        rate=factor,
        base_amount=None if factor is None else (value * factor).quantize(Decimal("0.0001")),
    )


def make_target(
    *,
    month: date,
    amount: str | int | Decimal,
    account: Account | None = None,
    manager: User | None = None,
    category: ProductCategory | None = None,
    currency: str = "EUR",
) -> Target:
    """A month's target of an account or of a manager."""
    return Target.objects.create(
        account=account,
        manager=manager,
        month=month,
        category=category,
        amount=Decimal(amount),
        currency_id=currency,
    )
