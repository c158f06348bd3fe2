"""A century of chains that bought each other: the group of a year is the one of that year."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.choices import ConcentrationLevel
from accounts.models import Account
from accounts.selectors.concentration.cells import Basis
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.selectors.concentration.totals import CustomerTotals, customer_totals
from kam.core.dates import Period
from kam.core.models import Organisation
from tests.factories.imports import csv_text, send

pytestmark = pytest.mark.django_db

TURN = 1990
"""Mergers from here on are sent afterwards: what was before must not move."""


def revenues(folder: Path) -> Iterator[list[str]]:
    """Company, day and revenue in thousands, one line for each fiscal year."""
    with (folder / "retailrevenue.csv").open(encoding="utf-8-sig") as stream:
        for row in csv.DictReader(stream):
            amount = row["Revenues"].replace("$", "").replace(",", "").strip()
            if amount and row["Lineage"].strip():
                year = row["Fiscal year"].strip()
                yield [row["Company"].strip() + " " + year, row["Lineage"].strip(),
                       f"{year}-12-31", amount]  # fmt: skip


def mergers(folder: Path) -> list[list[str]]:
    """Who was bought once, by whom and when; those bought twice need a file for each time."""
    with (folder / "retailrevenue-trades.csv").open(encoding="utf-8-sig") as stream:
        rows = [row for row in csv.DictReader(stream) if row["Action"] == "Merger"]
    times = Counter(row["Old company"] for row in rows)
    return [
        [row["Old company"], row["New company"], f"{int(row['Date'])}-01-01"]
        for row in rows
        if times[row["Old company"]] == 1 and int(row["Date"]) >= TURN
    ]


def totals(year: int, basis: Basis = Basis.AUTO) -> CustomerTotals:
    query = ConcentrationQuery(period=Period.year(year), level=ConcentrationLevel.GROUP)
    return customer_totals(query, basis=basis)


def test_mergers_leave_the_past_as_it_was(shared_data: Path) -> None:
    Organisation.objects.update(base_currency="USD")
    folder = shared_data / "retail_chains"
    lines = list(revenues(folder))
    names = sorted({line[1] for line in lines})
    accounts = send("accounts", csv_text(["name"], *[[name] for name in names]))
    assert accounts.counts[0] == len(names) > 600
    keys = Counter(line[0] for line in lines)
    lines = [line for line in lines if keys[line[0]] == 1]
    mapping = {
        "columns": {"source_key": "key", "account": "who", "date": "day", "net_amount": "net"},
        "constants": {"currency": "USD"},
    }
    sales = send("sales", csv_text(["key", "who", "day", "net"], *lines), mapping=mapping)
    assert sales.counts == (len(lines), 0, 0, 0)
    before = {year: totals(year) for year in (1985, 2005)}

    rows = mergers(folder)
    sent = send("accounts", csv_text(["name", "parent", "valid_from"], *rows))

    assert sent.counts[3] == 0, sent.reasons
    after = {year: totals(year) for year in before}
    assert after[1985].by_key() == before[1985].by_key()
    assert sum(after[2005].amounts, Decimal(0)) == sum(before[2005].amounts, Decimal(0))
    assert len(after[2005].keys) < len(before[2005].keys)
    assert after[2005].by_key() == totals(2005, Basis.ENTRIES).by_key()
    bought = Account.objects.get(name=rows[0][0])
    starts = {spell.valid.lower for spell in bought.group_periods.all()}
    assert date.fromisoformat(rows[0][2]) in starts
