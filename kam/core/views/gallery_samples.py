"""What the gallery shows its components with: made-up figures, one of every state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest

from kam.core import charts
from kam.core.badges import Badge, Tier
from kam.core.formats import Unknown
from kam.core.number_fields import NumberField
from kam.core.stats import Stat
from kam.core.tables import BulkAction, Column, Empty, Table

DAY = dt.date(2026, 6, 30)
NAMES = (
    "Itämeren Kauppa Oyj",
    "Carpatia Retail",
    "华东优选超市集团",
    "Siêu thị Hạ Long",
    "Nordkap Gross",
    "Dunărea Distribuție SA, Departamentul Central de Achiziții și Logistică Alimentară",
    "Saimaan Osuuskauppa",
    "Baltic Cash & Carry",
)
HELP = "This text explains the figure in one or two sentences."


@dataclass(frozen=True)
class Sample:
    """A row of the sample table."""

    pk: int
    name: str
    country: str
    tier: Tier
    status: Badge
    revenue: Decimal | None
    share: Decimal | None
    change: Decimal | Unknown
    since: dt.date | None


def _sample(index: int) -> Sample:
    states = (
        Badge("Active", "success"),
        Badge("Prospect", "info"),
        Badge("On hold", "warning"),
        Badge("Closed", "muted"),
        Badge("Overdue", "danger"),
    )
    tiers = ("Strategic", "Key", "Growth", "Maintain")
    revenue = Decimal(9_400_000) / (index + 1) - Decimal("1234.56")
    return Sample(
        pk=index + 1,
        name=f"{NAMES[index % len(NAMES)]}{f' {index}' if index >= len(NAMES) else ''}",
        country=("FI", "RO", "CN", "VN", "NO")[index % 5],
        tier=Tier(tiers[index % 4], index % 4 + 1, provisional=index % 7 == 6),
        status=states[index % 5],
        revenue=None if index % 9 == 4 else revenue,
        share=None if index % 9 == 4 else Decimal("0.31") / (index + 1),
        change=Unknown("No revenue last year") if index % 6 == 5 else Decimal(index % 5 - 2) / 37,
        since=DAY - dt.timedelta(days=97 * index),
    )


COLUMNS = [
    Column(name="name", title="Account", sort=True, value="name"),
    Column(name="country", title="Country", sort=True),
    Column(name="tier", title="Tier", kind="badge"),
    Column(name="status", title="Status", kind="badge"),
    Column(
        name="revenue",
        title="Revenue",
        kind="money",
        unit="EUR",
        sort=True,
        unknown="Nothing was sold in this period",
        help=HELP,
    ),
    Column(name="share", title="Share", kind="percent", sort=True),
    Column(name="change", title="Change", kind="delta"),
    Column(name="since", title="Customer since", kind="date", sort=True, default=False),
]


def table(request: HttpRequest) -> Table:
    """Seventy rows, sorted and paged in memory."""
    rows = [_sample(index) for index in range(70)]
    known = [row.revenue for row in rows if row.revenue is not None]
    return Table(
        request,
        rows,
        COLUMNS,
        name="gallery",
        caption="Sample accounts",
        default_sort="-revenue",
        row_url=lambda row: f"?opened={row.pk}#tables",
        totals={"revenue": sum(known, Decimal(0))},
        bulk=[BulkAction(title="Assign lead", url=request.path, icon="user")],
    )


def empty_table(request: HttpRequest) -> Table:
    """A table without rows."""
    empty = Empty(
        "No accounts yet",
        "Here stand your customers as soon as a file is imported or one is entered.",
        "Import accounts",
        "#",
        icon="building-store",
    )
    return Table(request, [], COLUMNS, name="none", caption="No rows", prefix="n-", empty=empty)


def stats() -> list[Stat]:
    """A stat card of each kind."""
    spark = [Decimal(value) for value in (4, 5, 4, 6, 7, 7, 9, 8, 11, 12, 11, 14)]
    return [
        Stat(
            name="revenue", title="Revenue, 12 months", unit="EUR", kind="money",
            value=Decimal("48211904.18"), delta=Decimal("0.042"), reference="vs last year",
            good="up", spark=spark, what=HELP, as_of=DAY, url="#tables",
        ),
        Stat(
            name="cr1", title="Largest customer", kind="percent", value=Decimal("0.193"),
            delta=Decimal("0.021"), reference="vs last year", good="down", spark=spark[::-1],
            what=HELP, as_of=DAY,
        ),
        Stat(
            name="effective", title="Effective customers", value=Decimal("9.42"), places=2,
            delta=Decimal("-0.31"), delta_kind="number", reference="vs last quarter", good="up",
        ),
        Stat(name="flat", title="Accounts", value=300, delta=Decimal(0), reference="no change"),
        Stat(
            name="missing", title="Share of wallet", kind="percent", value=None,
            unknown="No purchase data of these customers yet", what=HELP,
        ),
    ]  # fmt: skip


def chart_list() -> list[charts.Chart]:
    """One chart of each builder."""
    amounts = [Decimal(9_400_000) / (1 + index) for index in range(42)]
    items = [(_sample(index).name, amount) for index, amount in enumerate(amounts)]
    months = [f"{2025 + index // 12}-{index % 12 + 1:02}" for index in range(18)]
    hhi = [Decimal(760 + 11 * index + (index * 37) % 50) for index in range(18)]
    effective = [None if index == 7 else 10_000 / value for index, value in enumerate(hhi)]
    regions = ["Finland", "Romania", "China", "Vietnam"]
    now = charts.Series(name="This year", values=[Decimal(v) for v in (8.1e6, 5.2e6, 3.9e6, 1.2e6)])
    then = charts.Series(name="Last year", values=[Decimal(v) for v in (7e6, 5.9e6, 2e6, 1.1e6)])
    return [
        charts.pareto(
            name="pareto", title="Nine of 42 groups bring 80 % of revenue", items=items, unit="EUR",
            item_title="Group", value_title="Net revenue", as_of=DAY, rows_url="#tables",
        ),
        charts.line(
            name="hhi", title="Concentration rose for five quarters", labels=months,
            label_title="Month", value_format="number", bands=[("moderate from 1,000", 1000)],
            series=[charts.Series(name="HHI", values=hhi)], as_of=DAY,
        ),
        charts.line(
            name="two", title="Two lines are named at their ends", labels=months,
            label_title="Month", value_format="number",
            series=[
                charts.Series(name="Effective", values=effective),
                charts.Series(name="Target", values=[Decimal(11)] * 18, dashed=True),
            ],
        ),
        charts.bar(
            name="bars", title="China grew, Romania shrank", labels=regions, label_title="Country",
            series=[now, then], unit="EUR", horizontal=True,
        ),
        charts.stacked_bar(
            name="stacked", title="Finland brings the most in both years", labels=regions,
            label_title="Country", series=[now, then], unit="EUR",
        ),
    ]  # fmt: skip


class SampleForm(forms.Form):
    """A field of each kind."""

    name = forms.CharField(label="Name", help_text="As the customer writes it.")
    since = forms.DateField(label="Customer since")
    channel = forms.ChoiceField(
        label="Channel", choices=[("", "—"), ("modern", "Modern trade"), ("online", "Online")]
    )
    limit = NumberField(label="Limit", required=False, max_value=Decimal(1000))
    days = forms.MultipleChoiceField(
        label="Delivery days",
        required=False,
        choices=[("mon", "Monday"), ("wed", "Wednesday"), ("fri", "Friday")],
        widget=forms.CheckboxSelectMultiple,
    )
    active = forms.BooleanField(label="Receives our price list", required=False)
    code = forms.CharField(label="Code in the old system", required=False)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    more = ("code", "note")


def form(data: Any = None) -> SampleForm:
    """The sample form, bound when it was sent."""
    return SampleForm(data)
