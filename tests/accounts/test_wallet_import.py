"""Wallet estimates from files: what is kept, what is left alone, what is rejected, the way back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import ProductCategory, WalletEstimate
from accounts.selectors.wallet.portable import COLUMNS, portable_rows
from kam.imports.services import undoing
from tests.conftest import People
from tests.factories.accounts import make_account, make_category
from tests.factories.imports import TODAY, Sent, csv_text, send
from tests.factories.wallet import make_estimate

pytestmark = pytest.mark.django_db

HEADER = ["account", "category", "year", "amount", "currency", "source", "estimated_on"]


def sent(header: list[str], *rows: list[Any], **setup: Any) -> Sent:
    return send("wallets", csv_text(header, *rows), **setup)


def test_estimates_come_in_once_and_go_again() -> None:
    account = make_account(external_id="C1", currency="SEK")
    row = ["C1", "Bakery", "2026", "250000", "", "Panel", "2026-03-01"]

    first = sent(HEADER, row, row)

    assert (first.counts, first.summary.also) == ((1, 0, 1, 0), {"categories": 1})
    kept = WalletEstimate.objects.get()
    assert (kept.account, kept.amount, kept.currency_id) == (account, 250000, "SEK")
    assert (kept.period.lower, kept.period.upper) == (date(2026, 1, 1), date(2027, 1, 1))
    assert (kept.confidence, kept.estimated_on) == (3, date(2026, 3, 1))
    assert sent(HEADER, row).counts == (0, 0, 1, 0)
    other = sent(HEADER, [*row[:3], "260000", *row[4:]])
    assert other.counts == (1, 0, 0, 0)
    assert WalletEstimate.objects.count() == 2
    undoing.undo(batch_id=other.batch.pk, as_of=TODAY)
    assert undoing.undo(batch_id=first.batch.pk, as_of=TODAY).removed == 1
    assert not WalletEstimate.objects.exists()
    assert not ProductCategory.objects.exists()


def test_periods_ranges_and_competitors() -> None:
    make_account(external_id="C1")
    make_category(code="OAT")
    header = [
        *("account", "category", "starts", "until", "amount", "low", "high"),
        *("source", "confidence", "competitor", "note"),
    ]

    got = sent(
        header,
        [
            "C1",
            "OAT",
            "2026-04-01",
            "2026-10-01",
            "10.5",
            "9",
            "12",
            "Buyer",
            "5",
            "Havrik",
            "Sure",
        ],
    )

    assert got.counts == (1, 0, 0, 0)
    kept = WalletEstimate.objects.get()
    assert (kept.low, kept.amount, kept.high) == (9, Decimal("10.5"), 12)
    assert kept.competitor is not None
    assert (kept.competitor.name, kept.note, kept.confidence) == ("Havrik", "Sure", 5)
    assert str(kept.span) == "2026-04-01/2026-10-01"


def test_bad_lines_are_rejected() -> None:
    make_account(external_id="C1")
    header = [
        *("account", "category", "year", "starts", "until", "amount", "low", "high"),
        *("source", "estimated_on", "confidence"),
    ]

    def line(**changes: str) -> list[str]:
        start = {"account": "C1", "category": "OAT", "year": "2026", "amount": "5", "source": "S"}
        values = {**start, **changes}
        return [values.get(name, "") for name in header]

    got = sent(
        header,
        line(account="C9"),
        line(year=""),
        line(year="1850"),
        line(starts="2026-01-01"),
        line(starts="2026-02-01", until="2026-01-01"),
        line(starts="2020-01-01", until="2026-01-01"),
        line(amount="-1"),
        line(low="6"),
        line(high="4"),
        line(confidence="6"),
        line(estimated_on="2027-01-01"),
        line(source=""),
    )

    assert sorted(got.reasons) == [
        ("bad confidence", 1),
        ("bad year", 1),
        ("estimated in the future", 1),
        ("high below the wallet", 1),
        ("low above the wallet", 1),
        ("missing: source", 1),
        ("negative amount", 1),
        ("no period", 2),
        ("period not in order", 1),
        ("period too long", 1),
        ("unknown account", 1),
    ]
    assert not WalletEstimate.objects.exists()


def test_the_export_comes_in_again(people: People) -> None:
    account = make_account(external_id="C1", lead=people.owner)
    make_estimate(account=account, amount=100, low=90, high=120, supplied_by="Rival")
    rows = list(portable_rows(people.owner))
    assert list(portable_rows(people.stranger)) == []

    assert sent(COLUMNS, *rows).counts == (0, 0, 1, 0)
