"""Consigned goods and sales reports over the API: posting once, scope, refusals with places."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from settlements.models import ConsignedStock, ConsignmentMovement, SalesReport
from tests.conftest import People
from tests.factories.accounts import make_account, make_product
from tests.factories.settlements import make_company

pytestmark = pytest.mark.django_db
API = "/api/v1"


def client_of(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_reports_movements_and_counts_over_the_api(people: People) -> None:
    make_company()
    group = make_account(lead=people.owner)
    store = make_account(name="Store 12", parent=group, kind="store")
    make_product(code="P-1")
    client, stranger = client_of(people.owner), client_of(people.stranger)
    goods = [{"product": "P-1", "quantity": "10"}]
    body = {"kind": "fill_up", "store": store.pk, "moved_on": "2026-07-01", "goods": goods}
    for _twice in range(2):
        made = client.post(
            f"{API}/consignment-movements/", body, format="json", HTTP_IDEMPOTENCY_KEY="k-1"
        )
        assert made.status_code == 201, made.content
    assert ConsignmentMovement.objects.count() == 1
    movement = made.json()["movements"][0]
    assert (movement["quantity"], movement["account"]["id"]) == ("10.0000", group.pk)
    assert stranger.post(f"{API}/consignment-movements/", body, format="json").status_code == 400

    line = {"store": store.pk, "product": "P-1", "quantity_sold": "12"}
    report = {
        "account": group.pk, "kind": "sell_through", "their_number": "S1", "currency": "EUR",
        "first_day": "2026-07-01", "last_day": "2026-07-31", "lines": [line],
    }  # fmt: skip
    made = client.post(f"{API}/sales-reports/", report, format="json")
    assert made.status_code == 201, made.content
    path = f"{API}/sales-reports/{made.json()['id']}"
    assert stranger.get(f"{path}/").status_code == 404
    assert stranger.post(f"{path}/accept/").status_code == 404
    short = client.post(f"{path}/accept/", {}, format="json")
    assert short.status_code in {400, 409, 422}
    assert "In Store 12 there are 10 of" in short.content.decode()
    done = client.post(f"{path}/accept/", {"allow_below_zero": True}, format="json")
    assert (done.status_code, done.json()["state"]) == (200, "accepted")
    lines = client.get(f"{API}/sales-report-lines/", {"report": made.json()["id"]}).json()
    assert lines["results"][0]["quantity_sold"] == "12.0000"
    stock = client.get(f"{API}/consigned-stock/", {"within": group.pk}).json()["results"]
    assert (stock[0]["quantity"], stock[0]["is_flagged"]) == ("-2.0000", True)
    assert stranger.get(f"{API}/consigned-stock/").json()["results"] == []

    bad = report | {"their_number": "S2", "lines": [line, line | {"quantity_sold": "-1"}]}
    told = client.post(f"{API}/sales-reports/", bad, format="json")
    assert told.status_code in {400, 422}
    assert "lines" in told.content.decode()
    count = {
        "store": store.pk, "counted_on": "2026-07-31", "goods": [{"product": "P-1", "quantity": 0}],
    }  # fmt: skip
    made = client.post(f"{API}/stock-counts/", count, format="json")
    assert (made.status_code, made.json()["lines"][0]["difference"]) == (201, "2.0000")
    assert ConsignedStock.objects.get().quantity == 0
    back = client.post(
        f"{API}/consignment-movements/{movement['id']}/take-back/",
        {"allow_below_zero": True},
        format="json",
    )
    assert back.status_code == 201, back.content
    assert SalesReport.objects.count() == 1
