"""Coupons and payment media: who pays, what counts, and that a statement says it by lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from kam.core.money import quantise
from kam.core.problems import RefusedError
from settlements.analytics.concession import (
    Apart,
    Guarantee,
    GuaranteeBasis,
    Month,
    Terms,
    TestPeriod,
    commission,
    true_up,
)
from settlements.analytics.concession_statement import Base, Turnover, concession_statement
from settlements.analytics.settling import Computed, Goods, Rules, turnover
from settlements.models import SettlementStatement
from settlements.selectors.settling.recomputing import recompute, stored_lines
from settlements.services.settling.drafting import draft_true_up
from settlements.services.settling.posting import post_statement
from tests.conftest import People, client_of
from tests.factories.reports import add_line
from tests.factories.settling import (
    AUGUST,
    FEES,
    JULY,
    confirmed,
    draft,
    make_world,
    report_turnover,
)

D = Decimal
PLAIN = Terms.percent(D(22))
MONEY = st.decimals("0.00", "90000", places=2)


def of(statement: SettlementStatement) -> list[tuple[str, str, Decimal, Decimal]]:
    rows = statement.lines.filter(part="payable")
    return [(row.kind, row.label, row.basis, row.amount) for row in rows]


# The mathematics


def computed(goods: list[Goods], **rules: Any) -> Computed:
    values: dict[str, Any] = {"places": 2, "is_tax_inclusive": True, "terms": PLAIN, **rules}
    return turnover(goods, lambda _basis: [], Rules(**values))


@settings(max_examples=60, deadline=None)
@given(
    sales=MONEY,
    back=MONEY,
    coupons=st.decimals("-900", "900", places=2),
    ours=st.sampled_from([0, 50, 100]),
    after=st.booleans(),
    inclusive=st.booleans(),
)
def test_a_turnover_with_coupons_is_the_concession_statement(
    sales: Decimal, back: Decimal, coupons: Decimal, ours: int, after: bool, inclusive: bool
) -> None:
    goods = [Goods(tax_rate=D(0), sales=sales, returns=-back, coupons=coupons)]
    found = computed(goods, is_tax_inclusive=inclusive, is_after_coupons=after, our_coupons=D(ours))
    by_us = quantise(coupons * ours / 100, 2)
    told = Turnover(
        sales=sales,
        returns=back,
        coupons_by_supplier=by_us,
        coupons_by_retailer=coupons - by_us,
    )
    base = Base(is_tax_inclusive=inclusive, is_before_coupons=not after, tax_rate=D(0))
    same = concession_statement(told, base, PLAIN, places=2)
    assert (found.payable, found.basis) == (same.share.payable, same.base)
    assert found.deduction == same.commission.computed


@settings(max_examples=60, deadline=None)
@given(
    amounts=st.lists(MONEY, min_size=3, max_size=3),
    taxes=st.lists(st.sampled_from([D(0), D(13), D("5.5")]), min_size=3, max_size=3),
    coupons=st.integers(0, 900),
    own=st.integers(0, 40),
    floor=st.integers(0, 50_000),
    inclusive=st.booleans(),
)
def test_lines_with_media_add_up_and_the_floor_is_taken(
    amounts: list[Decimal],
    taxes: list[Decimal],
    coupons: int,
    own: int,
    floor: int,
    inclusive: bool,
) -> None:
    media = ("", "CARD", "GIFT")
    goods = [
        Goods(tax_rate=tax, category_id=1, sales=amount, coupons=D(coupons), medium=medium)
        for amount, tax, medium in zip(amounts, taxes, media, strict=True)
    ]
    guarantee = Guarantee(
        basis=GuaranteeBasis.COMMISSION, amount=D(floor), test_period=TestPeriod.MONTH
    )
    found = computed(
        goods,
        is_tax_inclusive=inclusive,
        is_after_coupons=True,
        our_coupons=D(50),
        guarantee=guarantee,
        media={"CARD": D(own), "GIFT": None},
    )
    payable = [one for one in found.lines if one.part == "payable"]
    assert sum(one.amount for one in payable) == found.payable == found.net + found.tax
    kept = [one.amount for one in payable if one.kind in ("commission", "guarantee_top_up")]
    assert -sum(kept, D(0)) == found.deduction + found.top_up >= floor
    assert not any(one.amount for one in payable if one.label == "GIFT")


@settings(max_examples=60, deadline=None)
@given(
    main=st.decimals("-9000", "90000", places=2),
    card=MONEY,
    floor=st.integers(0, 90_000),
    excess=st.sampled_from([None, D(18)]),
)
def test_a_medium_at_the_same_rate_changes_nothing(
    main: Decimal, card: Decimal, floor: int, excess: Decimal | None
) -> None:
    guarantee = Guarantee(
        basis=GuaranteeBasis.SALES,
        amount=D(floor),
        test_period=TestPeriod.MONTH,
        excess_rate=excess if card <= floor else None,
    )
    apart = Apart(card, card * 22 / 100)
    whole = commission(main + card, PLAIN, guarantee, places=6)
    found = commission(main, PLAIN, guarantee, apart=apart, places=6)
    assert found.taken + apart.deduction == whole.taken


def test_own_rates_fill_a_guarantee_first_and_its_true_up() -> None:
    guarantee = Guarantee(
        basis=GuaranteeBasis.SALES,
        amount=D(150_000),
        test_period=TestPeriod.MONTH,
        excess_rate=D(18),
    )
    low = commission(D(100_000), PLAIN, guarantee, apart=Apart(D(40_000), D(4000)), places=2)
    assert (low.computed, low.floor, low.top_up) == (22_000, 24_200, 2200)
    high = commission(D(100_000), PLAIN, guarantee, apart=Apart(D(200_000), D(20_000)), places=2)
    assert (high.computed, high.top_up) == (18_000, 0)  # all of it is above the guarantee
    kept = Guarantee(basis=GuaranteeBasis.COMMISSION, amount=D(30_000), test_period=TestPeriod.YEAR)
    months = [
        Month(D(100_000), D(22_000), apart=Apart(D(40_000), D(4000))),
        Month(D(150_000), D(33_000)),
    ]
    found = true_up(months, kept, PLAIN, places=2)
    assert (found.owed, found.amount) == (56_000, 1000)  # 60,000 less the 4,000 kept apart


# From reports to statements


@pytest.mark.django_db
def test_who_pays_coupons_and_what_the_deduction_is_taken_of() -> None:
    payable = {}
    for after in (False, True):
        for bearer in ("customer", "us", "shared"):
            world = make_world(is_after_coupons=after, coupon_bearer=bearer, fees=FEES[:1])
            report_turnover(world, "113000", coupon_amount=D(1000))
            statement = draft(world)
            payable[after, bearer] = statement.payable
            assert recompute(statement) == stored_lines(statement)
            assert statement.basis == (112_000 if after else 113_000)
            assert (statement.gross, statement.net + statement.tax) == (113_000, statement.payable)
            assert statement.claimed == (672 if after else 678)
    assert payable == {
        (False, "customer"): 88_140,
        (False, "us"): 87_140,
        (False, "shared"): 87_640,
        (True, "customer"): 88_360,
        (True, "us"): 87_360,
        (True, "shared"): 87_860,
    }
    assert of(statement) == [
        ("gross", "", D(113_000), D(113_000)),
        ("coupon", "", D(1000), D(-500)),
        ("commission", "", D(112_000), D(-24_640)),
    ]


@pytest.mark.django_db
def test_returns_take_their_coupons_along_and_what_is_not_told_is_not_zero() -> None:
    world = make_world(coupon_bearer="us", is_after_coupons=False)
    report_turnover(world, "1130", coupon_amount=D(100))
    report_turnover(world, "-113", coupon_amount=D(-10))
    statement = draft(world)
    assert [(row.basis, row.amount) for row in statement.lines.filter(kind="coupon")] == [(90, -90)]
    silent = make_world(coupon_bearer="us")
    report_turnover(silent, "1130")
    assert not draft(silent).lines.filter(kind="coupon").exists()
    report = report_turnover(silent, "1130", AUGUST, coupon_amount=D(0))
    assert draft(silent, AUGUST).payable == D("881.40")
    mixed = make_world()
    report_turnover(mixed, "1130", coupon_amount=D(5))
    report_turnover(mixed, "500")
    with pytest.raises(RefusedError) as caught:
        draft(mixed)
    assert caught.value.code == "coupons_missing"
    indifferent = make_world(is_after_coupons=False)
    report_turnover(indifferent, "1130", coupon_amount=D(5))
    report_turnover(indifferent, "1130")
    assert draft(indifferent).payable == D("1762.80")
    for wrong in ((D(5), D(-1)), (D(-5), D(1)), (D(0), D(1)), (None, D(1))):
        with pytest.raises(IntegrityError), transaction.atomic():
            add_line(report, store=world.store, gross_amount=wrong[0], coupon_amount=wrong[1])


@pytest.mark.django_db
def test_media_with_their_own_rate_and_media_that_do_not_count(people: People) -> None:
    guarantee = {"basis": "sales", "amount": D(150_000), "test_period": "cumulative"}
    world = make_world(
        lead=people.owner,
        media=[("CARD", "10"), ("GIFT", None)],
        guarantee=guarantee,
        start=date(2026, 7, 1),
        end=date(2026, 9, 1),
        tax_rate=D(0),
        fees=FEES[:1],
    )
    report_turnover(world, "100000")
    report_turnover(world, "40000", payment_medium="CARD")
    report_turnover(world, "5000", payment_medium="GIFT")
    report_turnover(world, "170000", AUGUST, payment_medium="CASH")
    july = confirmed(world)
    assert of(july) == [
        ("gross", "", D(145_000), D(145_000)),
        ("commission", "", D(100_000), D(-22_000)),
        ("guarantee_top_up", "", D(24_200), D(-2200)),
        ("commission", "CARD", D(40_000), D(-4000)),
        ("commission", "GIFT", D(5000), D(0)),
    ]
    assert (july.basis, july.deduction, july.top_up) == (100_000, 26_000, 2200)
    assert (july.payable, july.claimed) == (116_800, 840)  # fees count CARD and not GIFT
    assert recompute(july) == stored_lines(july)
    confirmed(world, AUGUST)
    found = draft_true_up(term=world.term, start=JULY[0], end=AUGUST[1], drafted_by=None)
    # 59,400 by the deduction and 57,200 left of the guarantee; taken were 24,200 and 37,400.
    assert found.payable == 2200
    assert recompute(found) == stored_lines(found)
    client = client_of(people.owner)
    text = client.get(july.get_absolute_url()).content.decode()
    assert "Deduction, paid by CARD" in text
    assert "Does not count, paid by GIFT" in text
    line = july.lines.get(label="CARD")
    sources = reverse("settlements:settling-sources", args=[july.pk, line.pk])
    assert "40,000" in client.get(sources).content.decode()
    assert client.get(f"{july.get_absolute_url()}pdf/").status_code == 200
    plain = client.get(world.version.get_absolute_url()).content.decode()
    assert "they keep 10% instead; it counts towards the guarantee." in plain
    assert "What is paid by GIFT does not count" in plain
    post_statement(statement=july, posted_on=date(2026, 9, 2), posted_by=None)
    assert recompute(july) == stored_lines(july)
