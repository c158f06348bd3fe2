"""Placements and service reports on their way in, and back again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Placement, PlacementStep, ServiceLine
from accounts.services.placement import checks, placements
from kam.imports.services import undoing
from tests.factories.accounts import make_account, make_category, make_product
from tests.factories.identity import make_user
from tests.factories.imports import TODAY, Sent, csv_text, send
from tests.factories.placement import make_store

pytestmark = pytest.mark.django_db
HEADER = [
    "account", "product", "category", "kind", "quantity", "shelf", "valid_from", "valid_until",
    "step", "step_on", "note",
]  # fmt: skip
SERVICE = [
    "account", "date", "key", "product", "ordered", "delivered", "on_time", "orders",
    "orders_otif",
]  # fmt: skip


@pytest.fixture(autouse=True)
def banner() -> Any:
    make_product(code="P-1")
    make_category(code="bread", name="Bread")
    return make_account(name="Banner", external_id="C-1")


def row(**values: Any) -> list[Any]:
    facts = {"account": "C-1", "product": "P-1", "kind": "listing", "valid_from": "2026-01-01"}
    return [{**facts, **values}.get(column) for column in HEADER]


def sent(*rows: list[Any]) -> Sent:
    return send("placements", csv_text(HEADER, *rows))


def test_placements_with_their_steps() -> None:
    first = sent(
        row(step="on shelf", step_on="2026-02-01"),
        row(product=None, category="Bread", kind="promo", valid_until="2026-07-01", note="Week 12"),
        row(kind="facings", quantity="4", step="agreed"),
        row(kind="Shelf position", shelf="Eye level"),
    )
    assert first.counts == (4, 0, 0, 0)
    listing = Placement.objects.get(kind="listing")
    assert (listing.stage, listing.stage_on) == (2, date(2026, 2, 1))
    assert list(listing.steps.order_by("pk").values_list("stage", flat=True)) == [1, 2]
    promo = Placement.objects.get(kind="promotion")
    assert (promo.stage, promo.valid.upper, promo.note) == (0, date(2026, 7, 1), "Week 12")
    assert Placement.objects.get(kind="shelf_position").shelf == "eye"
    again = sent(row(step="on shelf", step_on="2026-02-01"), row(kind="facings", quantity="6"))
    assert again.counts == (0, 1, 1, 0)
    assert Placement.objects.get(kind="facings").quantity == 6


def test_a_step_back_is_not_imported() -> None:
    sent(row(step="promoted", step_on="2026-03-01"))
    assert sent(row(step="agreed", step_on="2026-04-01")).counts == (0, 0, 1, 0)
    assert Placement.objects.get().stage == 3


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"account": "C-9"}, "unknown account"),
        ({"product": "P-9"}, "unknown product"),
        ({"product": None, "category": "Milk"}, "unknown category"),
        ({"category": "Bread"}, "product or category"),
        ({"product": None}, "product or category"),
        ({"kind": "poster"}, "unknown: kind"),
        ({"kind": "facings"}, "no number of facings"),
        ({"quantity": "2"}, "no number of facings"),
        ({"shelf": "eye"}, "no shelf"),
        ({"valid_until": "2026-01-01"}, "ends before it begins"),
        ({"step": "agreed", "step_on": "2027-01-01"}, "step in the future"),
    ],
)
def test_rows_that_are_rejected(bad: dict[str, Any], reason: str) -> None:
    found = sent(row(kind="promotion"), row(**bad))
    assert found.reasons == [(reason, 1)]
    assert not Placement.objects.exists() or Placement.objects.get().kind == "promotion"


def test_the_same_in_a_part_of_the_period() -> None:
    sent(row())
    assert sent(row(valid_from="2026-05-01")).reasons == [("overlaps another", 1)]
    assert sent(row(product="P-1", kind="promotion"), row(kind="promotion", valid_from="2026-02-01")
                ).reasons == [("overlaps another", 1)]  # fmt: skip


def test_an_agreement_can_follow_the_one_that_the_file_ends() -> None:
    sent(row())
    found = sent(row(valid_until="2026-05-01"), row(valid_from="2026-05-01"))
    assert found.counts == (1, 1, 0, 0)


def test_an_import_is_taken_back_but_for_what_was_checked() -> None:
    first = sent(row(step="agreed"), row(kind="promotion", step="agreed"))
    second = sent(row(step="promoted", step_on="2026-04-01", note="Now"))
    report = undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    assert report is not None
    listing = Placement.objects.get(kind="listing")
    assert (listing.stage, listing.note, listing.steps.count()) == (1, "", 1)
    store = make_store(parent=listing.account)
    check = checks.begin_check(store=store, checker=make_user(), checked_on=TODAY)
    promo = Placement.objects.get(kind="promotion")
    check.lines.filter(placement=promo).delete()
    undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert list(Placement.objects.values_list("kind", "stage")) == [("listing", 1)]
    assert PlacementStep.objects.count() == 1


def test_service_reports_by_line_and_by_period() -> None:
    lines = csv_text(
        SERVICE,
        ["C-1", "2026-03-01", "a", "P-1", "100", "90", "yes", None, None],
        ["C-1", "2026-03-02", "b", None, "50", "50", "yes", None, None],
        ["C-1", "2026-03-03", "c", None, "50", "50", "no", None, None],
        ["C-1", "2026-04-01", "d", None, None, None, None, "40", "36"],
    )
    assert send("service_reports", lines).counts == (4, 0, 0, 0)
    found = ServiceLine.objects.order_by("source_key").values_list("orders", "orders_otif")
    assert list(found) == [(1, 0), (1, 1), (1, 0), (40, 36)]
    assert ServiceLine.objects.get(source_key="d").ordered is None
    better = csv_text(SERVICE, ["C-1", "2026-03-01", "a", "P-1", "100", "100", "yes", None, None])
    second = send("service_reports", better)
    assert second.counts == (0, 1, 0, 0)
    line = ServiceLine.objects.get(source_key="a")
    assert (line.delivered, line.orders_otif) == (Decimal(100), 1)
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    line.refresh_from_db()
    assert (line.delivered, line.orders_otif) == (Decimal(90), 0)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (["C-9", "2026-03-01", "a", None, "1", "1", None, None, None], "unknown account"),
        (["C-1", "2026-03-01", "a", None, "1", None, None, None, None], "half a figure"),
        (["C-1", "2026-03-01", "a", None, None, None, "yes", None, None], "half a figure"),
        (["C-1", "2026-03-01", "a", None, None, None, None, "3", "4"], "more than all"),
        (["C-1", "2026-03-01", "a", None, "-1", "0", None, None, None], "below zero"),
        (["C-1", "2026-03-01", "a", None, None, None, None, "1.5", "1"], "not whole"),
        (["C-1", "2026-03-01", "a", None, "1", "1", "perhaps", None, None], "unknown: on_time"),
    ],
)
def test_reports_that_are_rejected(bad: list[Any], reason: str) -> None:
    found = send("service_reports", csv_text(SERVICE, bad))
    assert (found.reasons, ServiceLine.objects.count()) == ([(reason, 1)], 0)


def test_what_was_taken_further_by_hand_stays(banner: Any) -> None:
    first = sent(row(step="agreed"))
    placement = Placement.objects.get()
    placements.reach_step(
        placement=placement, stage=2, reached_on=TODAY, as_of=TODAY, author=make_user()
    )
    undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    placement.refresh_from_db()
    assert (placement.account, placement.stage) == (banner, 2)
