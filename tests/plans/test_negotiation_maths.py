"""Gives against gets, the bridge to the pocket margin, and the check of an offer."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from plans.analytics.negotiation import (
    Entry,
    Limits,
    Need,
    Note,
    Stop,
    bridge,
    check_offer,
    is_beyond,
    ledger,
)

D = Decimal
amounts = st.decimals(min_value=0, max_value=10**9, places=4)
entries = st.builds(Entry, st.booleans(), st.booleans(), st.none() | amounts)


def test_what_nobody_knows_is_counted_apart() -> None:
    found = ledger(
        [
            Entry(True, False, D(300)),
            Entry(True, True, D(100)),
            Entry(True, True, None),
            Entry(False, True, D(250)),
            Entry(False, False, None),
        ]
    )
    assert (found.given, found.got, found.balance) == (D(400), D(250), D(-150))
    assert found.ratio == D("1.6")
    assert found.unconditional_share == D("0.75")
    assert (found.unknown_gives, found.unknown_gets) == (1, 1)


def test_nothing_got_has_no_ratio() -> None:
    assert ledger([Entry(True, True, D(5)), Entry(False, True, None)]).ratio is None
    assert ledger([]).is_empty
    assert ledger([Entry(True, False, None)]).unconditional_share is None


@given(st.lists(entries, max_size=20))
def test_sums_hold_for_any_entries(rows: list[Entry]) -> None:
    found = ledger(rows)
    assert found.gives + found.gets == len(rows)
    assert 0 <= found.unconditional <= found.given
    share = found.unconditional_share
    assert share is None or 0 <= share <= 1
    known = [one for one in rows if one.value is not None]
    assert ledger(known).given == found.given
    assert ledger(known).ratio == found.ratio


def test_the_bridge_from_list_to_pocket() -> None:
    """10.00 on the invoice of a list price of 12.00; 0.90 is paid back; goods 6, serving 8 %."""
    found = bridge(
        price=D(10), off_invoice=D("0.90"), list_price=D(12), cost=D(6), serve_share=D("0.08")
    )
    assert (found.on_invoice, found.discount) == (D(2), D("16.6667"))
    assert (found.before, found.before_share) == (D(4), D("0.4"))
    assert found.net_net == D("9.10")
    assert found.after == D("3.10")
    assert found.serve == D("0.8000")
    assert found.pocket == D("2.3000")
    assert found.pocket_share == D("0.252747252747")


@given(amounts, amounts, st.none() | amounts, st.none() | amounts)
def test_the_steps_add_up(price: D, off: D, listed: D | None, cost: D | None) -> None:
    found = bridge(price=price, off_invoice=off, list_price=listed, cost=cost, serve_share=D(0))
    if listed is not None and found.on_invoice is not None:
        assert listed - found.on_invoice - off == found.net_net
    if cost is not None and found.after is not None and found.serve is not None:
        assert found.pocket == found.after - found.serve
        assert found.before == found.after + off
    else:
        assert found.pocket is None


def test_what_an_offer_needs() -> None:
    found = bridge(
        price=D(10), off_invoice=D("0.90"), list_price=D(12), cost=D(6), serve_share=D("0.08")
    )
    fine = Limits(
        floor=D("9.10"), margin_target=D("0.25"), others=D("9.10"), mandate=D(17), has_mandates=True
    )
    assert check_offer(found, fine).needs == ()
    low = Limits(
        floor=D("9.11"), margin_target=D("0.26"), others=D("9.20"), mandate=D(16), has_mandates=True
    )
    assert check_offer(found, low).needs == (
        Need.BELOW_FLOOR, Need.BELOW_MARGIN, Need.BELOW_OTHERS, Need.BEYOND_MANDATE,
    )  # fmt: skip
    without = Limits(floor=D(9), has_mandates=True, has_agreement=False, uncounted=1)
    verdict = check_offer(found, without)
    assert verdict.needs == (Need.BEYOND_MANDATE,)
    assert verdict.notes == (
        Note.NO_MARGIN_TARGET, Note.NO_OTHERS, Note.NO_AGREEMENT, Note.NOT_COUNTED,
    )  # fmt: skip


def test_an_offer_that_nothing_is_known_of_is_looked_at() -> None:
    found = bridge(price=D(10), off_invoice=D(0))
    assert check_offer(found, Limits()).needs == (Need.NOT_CHECKED,)
    assert check_offer(found, Limits(floor=D(5))).needs == ()


def test_nothing_left_is_no_offer() -> None:
    assert check_offer(bridge(price=D(1), off_invoice=D(1)), Limits(floor=D(0))).stops == (
        Stop.NOTHING_LEFT,
    )


@given(st.none() | amounts, st.none() | amounts)
def test_a_mandate_reaches_as_far_as_it_says(discount: D | None, mandate: D | None) -> None:
    if discount is None:
        assert not is_beyond(discount, mandate)
    else:
        assert is_beyond(discount, mandate) == (discount > (mandate or 0))
