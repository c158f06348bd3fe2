"""The demo's shelves: addresses, placements with their steps, store checks, reports, tasks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts import models as m
from accounts.choices import AccountKind, AddressKind, CheckOutcome, GapReason, PlacementKind
from accounts.demo.chance import Dice
from accounts.demo.company import SOURCE_CODES
from accounts.demo.stakeholders import SYSTEM
from accounts.services.tasks import follow_up
from kam.core.dates import add_months, month_start
from kam.core.demo import Counts, DemoPart, DemoRequest
from kam.imports.models import DataSource

_TABLES = (
    "accounts_task",
    "accounts_storecheckcorrection",
    "accounts_storecheckline",
    "accounts_storecheck",
    "accounts_placementstep",
    "accounts_placement",
    "accounts_serviceline",
    "accounts_accountaddress",
)
BANNERS, ITEMS, STORES, MONTHS = 12, 7, 5, 8
_CHECKED_BEFORE = (160, 132, 104, 76, 48, 26, 4)
_STREETS: dict[str, str] = {
    "FI": "Kauppakatu {}",
    "SE": "Storgatan {}",
    "EE": "Pikk {}",
    "DE": "Hauptstraße {}",
    "PL": "ul. Długa {}",
    "HU": "Fő utca {}",
    "RO": "Strada Lungă {}",
    "CN": "人民路{}号",
    "VN": "{} Lê Lợi",
    "SG": "{} Orchard Road",
}
_EVIDENCE = {
    1: ("Range list of the buyer.", "Minutes of the category review.", "Mail of the buyer."),
    2: ("Planogram of the season.", "Photo from the pilot store.", "Operations confirmed."),
    3: ("Leaflet of week 12.", "Banner in the web shop.", "Campaign plan of marketing."),
}
_REASONS = (
    GapReason.NOT_ORDERED,
    GapReason.SPACE_TAKEN,
    GapReason.NOT_DELIVERED,
    GapReason.IN_BACKROOM,
    GapReason.NOT_LISTED,
    "",
)
_DONE = "The store manager ordered; the shelf was full two days later."


def load(request: DemoRequest) -> Counts:
    """Write addresses for all, and shelves for the banners that sell most."""
    _addresses(request.seed)
    for place, banner in enumerate(_banners()):
        _Shelves(request, banner, place).write()
    return present()


def _banners() -> list[m.Account]:
    stores = m.Account.objects.filter(kind=AccountKind.STORE, status="active")
    above = {pk for path in stores.values_list("path", flat=True) for pk in path}
    rows = m.Account.objects.filter(
        kind=AccountKind.BANNER, pk__in=above, current_lead__isnull=False
    )
    return list(rows.order_by("-figure__net_12m", "name_key", "pk")[:BANNERS])


def _addresses(seed: int) -> None:
    """A visiting address for every node, where we invoice and deliver that too."""
    rows = []
    nodes = m.Account.objects.exclude(country="").order_by("pk")
    for node in nodes.only("pk", "name", "kind", "country", "region"):
        dice = Dice(seed, "address", node.name)
        street = _STREETS.get(node.country, "{} Main Street").format(dice.whole(1, 98))
        facts = {
            "account": node,
            "lines": street,
            "postal_code": f"{dice.whole(10, 98)}{dice.whole(100, 990)}",
            "city": _city(node),
            "region": node.region,
            "country": node.country,
            "is_main": True,
        }
        rows.append(m.AccountAddress(kind=_ADDRESS.get(node.kind, AddressKind.VISITING), **facts))
        if node.kind == AccountKind.LEGAL_ENTITY:
            rows.append(m.AccountAddress(kind=AddressKind.VISITING, **facts))
    m.AccountAddress.objects.bulk_create(rows, batch_size=1000)


def _city(node: m.Account) -> str:
    """Stores and depots are called after their city."""
    placed = node.kind in {AccountKind.STORE, AccountKind.DISTRIBUTION_CENTRE}
    return node.name.rsplit(" ", 1)[-1] if placed and " " in node.name else ""


_ADDRESS = {
    AccountKind.LEGAL_ENTITY: AddressKind.INVOICING,
    AccountKind.DISTRIBUTION_CENTRE: AddressKind.DELIVERY,
    AccountKind.STORE: AddressKind.DELIVERY,
}


class _Shelves:
    """What one banner agreed, and what was seen in its stores; the first banners do worse."""

    def __init__(self, request: DemoRequest, banner: m.Account, place: int) -> None:
        self.as_of, self.banner, self.place = request.as_of, banner, place
        self.dice = Dice(request.seed, "shelves", banner.name)
        self.lead = banner.current_lead_id or 0

    def write(self) -> None:
        placements = self._placements()
        self._checks(placements)
        self._reports()

    def _placements(self) -> list[m.Placement]:
        sold = m.Product.objects.filter(
            pk__in=m.RevenueEntry.objects.filter(
                account__path__contains=[self.banner.pk], product__isnull=False
            ).values("product")
        )
        products = self.dice.order(list(sold.order_by("code")))[:ITEMS]
        rows = [self._placement(place, product) for place, product in enumerate(products)]
        m.Placement.objects.bulk_create(rows)
        steps = [step for place, row in enumerate(rows) for step in self._steps(place, row)]
        m.PlacementStep.objects.bulk_create(steps)
        return [row for place, row in enumerate(rows) if self._stage(place) > 0]

    def _placement(self, place: int, product: m.Product) -> m.Placement:
        kind = list(PlacementKind)[place % 5] if place > 1 else PlacementKind.LISTING
        start = self.as_of - timedelta(days=self.dice.whole(170, 320))
        ends = kind == PlacementKind.PROMOTION
        return m.Placement(
            account=self.banner,
            product=product,
            kind=kind,
            quantity=self.dice.whole(2, 6) if kind == PlacementKind.FACINGS else None,
            shelf="eye" if kind == PlacementKind.SHELF_POSITION else "",
            valid=DateRange(start, self.as_of + timedelta(days=75) if ends else None),
            agreed_by=self._buyer(),
        )

    def _buyer(self) -> m.Person | None:
        rows = m.Person.objects.filter(
            positions__account__current_group=self.banner.current_group_id,
            positions__function="merchandising",
            identifiers__system=SYSTEM,
        )
        return rows.order_by("pk").first()

    def _stage(self, place: int) -> int:
        return (2, 3, 2, 1, 3, 0, 2)[place % 7]

    def _steps(self, place: int, row: m.Placement) -> list[m.PlacementStep]:
        day, steps = row.valid.lower, []
        for stage in range(1, self._stage(place) + 1):
            day += timedelta(days=self.dice.whole(0, 9))
            steps.append(
                m.PlacementStep(
                    placement=row,
                    stage=stage,
                    reached_on=day,
                    evidence=self.dice.pick(_EVIDENCE[stage]),
                    author_id=self.lead,
                )
            )
        return steps

    def _checks(self, placements: list[m.Placement]) -> None:
        """Several looks over the last months, most of them at a few stores."""
        stores = m.Account.objects.within(self.banner.pk).filter(
            kind=AccountKind.STORE, status="active"
        )
        for place, store in enumerate(stores.order_by("pk")[:STORES]):
            for days in _CHECKED_BEFORE[place % 2 :]:
                if self.dice.happens(0.55):
                    self._check(store, self.as_of - timedelta(days=days), placements)

    def _check(self, store: m.Account, on: date, placements: list[m.Placement]) -> None:
        check = m.StoreCheck.objects.create(account=store, checked_on=on, checker_id=self.lead)
        lines = [self._line(check, row) for row in placements if row.valid.lower <= on]
        if not any(line.outcome for line in lines):
            check.delete()
            return
        m.StoreCheckLine.objects.bulk_create(lines)
        check.state = "finished"
        check.finished_at = datetime.combine(on, time(14, 20), ZoneInfo("UTC"))
        check.save()
        self._follow(check, on)

    def _line(self, check: m.StoreCheck, row: m.Placement) -> m.StoreCheckLine:
        """Later looks find more, as gaps were followed up; some products are not looked at."""
        age = (self.as_of - check.checked_on).days
        good = 0.93 - 0.02 * max(0, 6 - self.place) - 0.0006 * age
        line = m.StoreCheckLine(check_of=check, placement=row)
        if self.dice.happens(0.1):
            return line
        if self.dice.happens(good):
            line.outcome = CheckOutcome.FOUND
            if row.quantity:
                line.quantity = max(1, row.quantity - self.dice.whole(0, 1))
            return line
        stock = self.dice.happens(0.4)
        line.outcome = CheckOutcome.OUT_OF_STOCK if stock else CheckOutcome.NOT_FOUND
        line.reason = GapReason.NOT_DELIVERED if stock else self.dice.pick(_REASONS)
        return line

    def _follow(self, check: m.StoreCheck, on: date) -> None:
        """Gaps of former looks were worked on; of the last ones some still wait."""
        lead = self.banner.current_lead
        if lead is None:
            return
        rows = check.lines.select_related(
            "check_of__account", "placement__product", "placement__category"
        )
        for line in rows.filter(outcome__in=["not_found", "out_of_stock"]).order_by("pk"):
            if self.dice.happens(0.5):
                task, _new = follow_up(line=line, as_of=on, created_by=lead, owner=lead)
                if (self.as_of - on).days > 30 and task.done_on is None:
                    task.done_on, task.outcome = on + timedelta(days=9), _DONE
                    task.save(update_fields=["done_on", "outcome", "updated_at"])

    def _reports(self) -> None:
        """A line a month, as the customer's report says it; one banner never reports orders."""
        source = DataSource.objects.filter(code__in=SOURCE_CODES).order_by("code").first()
        if source is None or self.place % 4 == 3:
            return
        rows = []
        for back in range(MONTHS, 0, -1):
            month = add_months(month_start(self.as_of), -back)
            ordered = self.dice.whole(900, 4200)
            share = 0.985 - 0.006 * max(0, 6 - self.place) + self.dice.between(-0.02, 0.012)
            orders = self.dice.whole(18, 60)
            rows.append(self._report(source, month, ordered, min(share, 1.0), orders))
        m.ServiceLine.objects.bulk_create(rows)

    def _report(
        self, source: DataSource, month: date, ordered: int, share: float, orders: int
    ) -> m.ServiceLine:
        facts: dict[str, Any] = {}
        if self.place % 4 != 2:
            good = round(orders * (share - 0.04))
            facts = {"orders": orders, "orders_otif": min(good, orders)}
        return m.ServiceLine(
            source=source,
            source_key=f"service-{self.banner.pk}-{month:%Y-%m}",
            account=self.banner,
            reported_on=month,
            ordered=Decimal(ordered),
            delivered=Decimal(round(ordered * share)),
            **facts,
        )


def present() -> Counts:
    """Count placements, checks and tasks of any origin."""
    models = (m.AccountAddress, m.Placement, m.StoreCheck, m.ServiceLine, m.Task)
    return {
        str(model._meta.verbose_name_plural): model._default_manager.count() for model in models
    }


def added() -> Counts:
    """Count what imports brought; what was typed in goes with its accounts."""
    models = (m.Placement, m.ServiceLine)
    return {
        str(model._meta.verbose_name_plural): model._default_manager.exclude(batch=None).count()
        for model in models
    }


def clear(keep_user_id: int | None) -> Counts:
    """Empty the tables; what is fixed by triggers goes with them."""
    del keep_user_id
    removed = present()
    for line in m.StoreCheckLine.objects.exclude(photo=""):
        transaction.on_commit(partial(line.photo.storage.delete, line.photo.name or ""))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        # Tables of apps above refer to these; their own parts have emptied them by now.
        cursor.execute(f"TRUNCATE {', '.join(_TABLES)} CASCADE")
    return removed


PART = DemoPart(key="placement", order=40, load=load, clear=clear, present=present, added=added)
