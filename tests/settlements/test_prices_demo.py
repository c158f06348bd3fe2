"""The demo's prices: believable, whole, and taken by the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.demo.company import SOURCE_CODES
from settlements.demo.prices import write_prices
from settlements.models import AccountPrice, FloorPrice, ListPrice, ProductUnit
from settlements.selectors.prices import price_on
from tests.factories.accounts import make_account, make_product

pytestmark = pytest.mark.django_db


def test_groups_of_the_demo_have_prices_codes_and_units() -> None:
    code = next(iter(SOURCE_CODES))
    group = make_account(external_id="X-000", system=code, currency="EUR")
    for place in range(10):
        product = make_product(code=f"DAI-{place:03}")
        product.name, product.unit = f"Butter, {place} g × 20", "carton"
        product.standard_cost, product.currency_id = Decimal(50 + place), "EUR"
        product.save()
    as_of = date(2026, 11, 22)
    made = write_prices(as_of, 7)
    assert made == AccountPrice.objects.filter(account=group).count() >= 16
    assert (ListPrice.objects.count(), FloorPrice.objects.count()) == (20, 10)
    assert ProductUnit.objects.filter(account=group).count() == 1
    priced = AccountPrice.objects.at(as_of).first()
    assert priced is not None
    found = price_on(group, priced.product, as_of)
    assert found is not None
    assert Decimal(50) < found.amount < Decimal(90)
