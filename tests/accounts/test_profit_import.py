"""Costs and volumes on their way in and back again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.importers.costs_words import cost_kind
from accounts.models import ActivityDriver, CostEntry
from accounts.services.costs import change_cost
from kam.imports.services import undoing
from tests.factories.accounts import make_account
from tests.factories.core import make_rate
from tests.factories.imports import TODAY, Sent, csv_text, send

pytestmark = pytest.mark.django_db
HEADER = ["source_key", "account", "kind", "date", "amount", "currency", "note"]


def sent(*rows: list[Any], **setup: Any) -> Sent:
    return send("costs", csv_text(HEADER, *rows), **setup)


def test_costs_are_created_replaced_and_left_alone() -> None:
    account = make_account(external_id="C-1")
    make_rate(currency="SEK", rate="0.1")
    rows = [
        ["K1", "C-1", "deliveries", "2026-03-01", "100.12345", "SEK", "Pallets"],
        ["K2", "C-1", "Freight", "2026-03-02", "-5", "", ""],
    ]
    first = sent(*rows)
    assert first.counts == (2, 0, 0, 0)
    entry = CostEntry.objects.get(source_key="K1")
    assert (entry.account, entry.amount, entry.base_amount, entry.note) == (
        account, Decimal("100.1235"), Decimal("10.0124"), "Pallets",
    )  # fmt: skip
    assert CostEntry.objects.get(source_key="K2").kind == "deliveries"

    rows[1][4] = "-6"
    assert sent(*rows).counts == (0, 1, 1, 0)
    assert CostEntry.objects.get(source_key="K2").amount == -6
    assert CostEntry.objects.count() == 2


def test_without_a_key_equal_lines_are_two_costs() -> None:
    make_account(external_id="C-1")
    header = HEADER[1:]
    line = ["C-1", "visits", "2026-03-01", "10", "EUR", ""]
    assert send("costs", csv_text(header, line, line)).counts == (2, 0, 0, 0)
    assert send("costs", csv_text(header, line, line)).counts == (0, 0, 2, 0)


def test_what_is_rejected_says_why() -> None:
    make_account(external_id="C-1")
    found = sent(
        ["1", "C-9", "visits", "2026-03-01", "1", "", ""],
        ["2", "C-1", "magic", "2026-03-01", "1", "", ""],
        ["3", "C-1", "visits", "2026-03-01", "0", "", ""],
        ["4", "C-1", "visits", "2026-03-01", "1", "XXQ", ""],
        ["5", "C-1", "visits", "2026-03-01", "1", "", ""],
        ["5", "C-1", "visits", "2026-03-01", "2", "", ""],
        ["6", "C-1", "visits", "", "2", "", ""],
    )
    assert sorted(found.reasons) == [
        ("cost of zero", 1),
        ("missing: date", 1),
        ("same key, other content", 2),
        ("unknown account", 1),
        ("unknown currency", 1),
        ("unknown: kind", 1),
    ]
    assert not CostEntry.objects.exists()


def test_a_cost_without_a_rate_waits_and_is_told() -> None:
    make_account(external_id="C-1")
    found = sent(["1", "C-1", "visits", "2026-03-01", "1", "SEK", ""])
    assert found.notices == ["no rate"]
    assert CostEntry.objects.get().base_amount is None


def test_undo_takes_back_what_the_batch_wrote() -> None:
    make_account(external_id="C-1")
    line = ["1", "C-1", "visits", "2026-03-01", "1", "", ""]
    sent(line)
    second = sent([*line[:4], "7", "", ""], ["2", *line[1:]])
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    assert list(CostEntry.objects.values_list("source_key", "amount")) == [("1", 1)]


def test_undo_keeps_what_was_corrected_by_hand() -> None:
    make_account(external_id="C-1")
    first = sent(["1", "C-1", "visits", "2026-03-01", "1", "", ""])
    change_cost(entry=CostEntry.objects.get(), amount=Decimal(9))
    undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert CostEntry.objects.get().amount == 9


def test_volumes_are_created_replaced_and_taken_back() -> None:
    account = make_account(external_id="C-1")
    header = ["account", "kind", "month", "volume"]
    line = ["C-1", "orders", "2026-03", "42"]
    first = send("drivers", csv_text(header, line, ["C-1", "orders", "2026-04", "-1"]))
    assert first.reasons == [("negative amount", 1)]
    assert not ActivityDriver.objects.exists()
    second = send("drivers", csv_text(header, line))
    assert ActivityDriver.objects.get().volume == 42
    third = send("drivers", csv_text(header, [*line[:3], "50"], ["C-1", "visits", "2026-03", "1"]))
    assert third.counts == (1, 1, 0, 0)
    undoing.undo(batch_id=third.batch.pk, as_of=TODAY)
    driver = ActivityDriver.objects.get()
    assert (driver.account, driver.month, driver.volume) == (account, date(2026, 3, 1), 42)
    assert second.counts == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Freight", "deliveries"),
        ("Trade-terms", "trade_terms"),
        ("促销", "promotions"),
        ("x", None),
    ],
)
def test_kinds_in_words(text: str, kind: str | None) -> None:
    assert cost_kind(text) == kind
