"""Placements, checks and reports in a few words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

from accounts.choices import AccountKind, PlacementKind, PlacementStage
from accounts.models import (
    Account,
    Placement,
    Product,
    ServiceLine,
    StoreCheck,
    StoreCheckLine,
)
from accounts.services.placement import checks, placements
from kam.identity.models import User
from tests.factories.accounts import make_account, make_batch, make_product
from tests.factories.identity import make_user

TODAY = date(2026, 6, 15)
START = date(2026, 1, 1)
NOW = datetime(2026, 6, 15, 12, tzinfo=ZoneInfo("UTC"))
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 60
_numbers = count(1)


def make_store(
    *, parent: Account | None = None, lead: User | None = None, name: str = ""
) -> Account:
    """A store, below a banner of its own unless said."""
    return make_account(
        name=name or f"Store {next(_numbers)}", kind=AccountKind.STORE, parent=parent, lead=lead
    )


def make_placement(
    *,
    account: Account,
    product: Product | None = None,
    kind: str = PlacementKind.LISTING,
    quantity: int | None = None,
    stage: int = PlacementStage.AGREED,
    valid_from: date = START,
    valid_until: date | None = None,
) -> Placement:
    """A placement at a step, reached on its first day."""
    placement = placements.add_placement(
        account=account,
        product=product or make_product(),
        kind=kind,
        quantity=quantity,
        shelf="eye" if kind == PlacementKind.SHELF_POSITION else "",
        valid_from=valid_from,
        valid_until=valid_until,
    )
    for one in range(1, stage + 1):
        placements.reach_step(
            placement=placement, stage=one, reached_on=valid_from, as_of=TODAY, author=None
        )
    return placement


def make_check(
    *,
    store: Account,
    seen: dict[int, str],
    checker: User | None = None,
    on: date = TODAY,
    finished: bool = True,
) -> StoreCheck:
    """A check of a store: placement → what was seen of it."""
    checker = checker or make_user()
    check = checks.begin_check(store=store, checker=checker, checked_on=on)
    for line in check.lines.all():
        outcome = seen.get(line.placement_id, "")
        if outcome:
            checks.record(line=line, seen=checks.Seen(outcome=outcome))
    if finished:
        check = checks.finish_check(check=check, now=NOW)
    return check


def line_of(check: StoreCheck, placement: Placement) -> StoreCheckLine:
    """The line of a placement."""
    found: StoreCheckLine = check.lines.get(placement=placement)
    return found


def make_service_line(
    *,
    account: Account,
    on: date = date(2026, 5, 1),
    ordered: str | int | None = None,
    delivered: str | int | None = None,
    orders: int | None = None,
    otif: int | None = None,
) -> ServiceLine:
    """A line of a service report."""
    batch = make_batch(kind="service_reports")
    line: ServiceLine = ServiceLine.objects.create(
        source=batch.source,
        source_key=f"service-{next(_numbers)}",
        batch=batch,
        account=account,
        reported_on=on,
        ordered=None if ordered is None else Decimal(ordered),
        delivered=None if delivered is None else Decimal(delivered),
        orders=orders,
        orders_otif=otif,
    )
    return line
