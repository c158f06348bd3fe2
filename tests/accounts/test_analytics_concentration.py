from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.analytics.concentration import (
    DEFAULT_BANDS,
    FORMULA_VERSION,
    Bands,
    Level,
    Shares,
    concentration,
)

GOLDEN = ["40", "20", "10", "10", "8", "6", "3", "1.5", "1", "0.5"]

amounts = st.decimals(min_value="0.0001", max_value="999999999", places=4)
portfolios = st.lists(amounts, min_size=1, max_size=30)


def totals(*values: str) -> list[tuple[str, Decimal]]:
    return [(f"c{index:02}", Decimal(value)) for index, value in enumerate(values, 1)]


def four(value: Decimal | None, places: str = "0.0001") -> Decimal | None:
    return None if value is None else value.quantize(Decimal(places))


def test_golden_vector() -> None:
    result = concentration(totals(*GOLDEN))

    assert result.formula_version == FORMULA_VERSION
    assert (result.customers, result.left_out, result.total) == (10, 0, Decimal(100))
    assert (result.cr1, result.cr3, result.cr5, result.cr10) == (
        Decimal("0.4"),
        Decimal("0.7"),
        Decimal("0.88"),
        Decimal(1),
    )
    assert result.hhi == Decimal("2312.5")
    assert four(result.effective, "0.001") == Decimal("4.324")
    assert four(result.normalised_hhi, "0.00001") == Decimal("0.14583")
    assert result.gini == Decimal("0.5540")
    assert result.at_least_10pct == 4
    assert [row.key for row in result.major] == ["c01", "c02", "c03", "c04"]
    assert [row.key for row in result.watch] == ["c05"]
    assert (result.top20pct, result.to_80pct) == (Decimal("0.6"), 4)


def test_losing_the_largest_lowers_hhi_and_lengthens_the_ten_percent_list() -> None:
    result = concentration(totals(*GOLDEN)).without("c01")

    assert (result.customers, result.total) == (9, Decimal(60))
    assert [four(row.share) for row in result.ranked[:5]] == [
        Decimal("0.3333"),
        Decimal("0.1667"),
        Decimal("0.1667"),
        Decimal("0.1333"),
        Decimal("0.1000"),
    ]
    assert four(result.hhi, "0.01") == Decimal("1979.17")
    assert result.at_least_10pct == 5
    assert result == concentration(totals(*GOLDEN)[1:])


def test_losing_any_rank_measures_the_rest() -> None:
    result = concentration(totals(*GOLDEN))

    for row in result.ranked:
        assert result.exact.without(row.rank) == result.without(row.key).exact
    assert len(concentration(totals("1")).exact.without(1)) == 0
    for rank in (0, 11):
        with pytest.raises(ValueError, match="no customer at this rank"):
            result.exact.without(rank)


def test_figures_are_ready_for_json_and_missing_ones_are_null() -> None:
    assert concentration(totals("7.5", "-1")).figures() == {
        "customers": 1,
        "left_out": 1,
        "total": "7.5",
        "total_left_out": "-1",
        "unassigned": "0",
        "net_total": "6.5",
        "major_base": "6.5",
        "cr1": "1.000000000000",
        "cr3": "1.000000000000",
        "cr5": "1.000000000000",
        "cr10": "1.000000000000",
        "top20pct": "1.000000000000",
        "to_80pct": 1,
        "hhi": "10000.000000000000",
        "effective": "1.000000000000",
        "normalised_hhi": None,
        "gini": "0.000000000000",
        "at_least_10pct": 1,
    }


def test_six_of_sixty_is_a_major_customer_and_a_hair_less_is_watched() -> None:
    exact = concentration(totals("54", "6"))
    below = concentration(totals("54.0001", "5.9999"))

    assert [row.key for row in exact.major] == ["c01", "c02"]
    assert exact.watch == ()
    assert [row.key for row in below.major] == ["c01"]
    assert [row.key for row in below.watch] == ["c02"]


def test_eight_percent_is_watched_and_a_hair_less_is_not() -> None:
    assert [row.key for row in concentration(totals("92", "8")).watch] == ["c02"]
    assert concentration(totals("92.0001", "7.9999")).watch == ()


def test_ten_percent_rule_counts_unassigned_and_negative_revenue_in_its_denominator() -> None:
    result = concentration(totals("50", "7", "-10"), unassigned=Decimal(13))

    assert result.total == Decimal(57)
    assert result.total_left_out == Decimal(-10)
    assert result.net_total == Decimal(60)
    assert result.ranked[1].share == Decimal("0.122807017544")
    assert result.ranked[1].share_of_net == Decimal("0.116666666667")
    assert result.at_least_10pct == 2
    assert concentration(totals("50", "7", "-10"), unassigned=Decimal(24)).at_least_10pct == 1


def test_company_total_is_the_denominator_of_a_slice() -> None:
    result = concentration(totals("9", "1"), company_total=Decimal(100))

    assert (result.net_total, result.major_base) == (Decimal(10), Decimal(100))
    assert result.major == ()
    assert [row.key for row in result.watch] == ["c01"]
    assert result.ranked[0].share == Decimal("0.9")
    assert result.without("c01").major_base == Decimal(91)


def test_zero_and_negative_customers_are_left_out_and_reconcile() -> None:
    result = concentration(totals("10", "0", "-2.5", "-4"), unassigned=Decimal("1.25"))

    assert (result.customers, result.left_out) == (1, 3)
    assert result.left_out_rows == (
        ("c04", Decimal(-4)),
        ("c03", Decimal("-2.5")),
        ("c02", Decimal(0)),
    )
    assert result.total_left_out == Decimal("-6.5")
    assert result.net_total == result.total + result.total_left_out + result.unassigned
    assert result.net_total == Decimal("4.75")


def test_nothing_to_measure_is_none_never_zero() -> None:
    empty: list[tuple[str, Decimal]] = []
    for result in (concentration(empty), concentration(totals("0", "-5"))):
        assert (result.cr1, result.cr10, result.top20pct, result.to_80pct) == (None,) * 4
        assert (result.hhi, result.effective, result.normalised_hhi, result.gini) == (None,) * 4
        assert (result.hhi_level(), result.single_level(), result.at_least_10pct) == (None,) * 3
        assert (result.ranked, result.major, result.watch) == ((), (), ())
        assert (result.customers, result.total) == (0, Decimal(0))


def test_a_single_customer_is_everything_and_has_no_normalised_hhi() -> None:
    result = concentration(totals("12.34"))

    assert (result.cr1, result.cr3, result.top20pct) == (Decimal(1),) * 3
    assert (result.hhi, result.effective, result.gini) == (Decimal(10_000), Decimal(1), Decimal(0))
    assert (result.to_80pct, result.normalised_hhi) == (1, None)


def test_two_equal_customers_have_no_inequality_and_much_dependence() -> None:
    result = concentration(totals("5", "5"))

    assert (result.gini, result.hhi) == (Decimal(0), Decimal(5000))
    assert result.normalised_hhi == Decimal(0)


def test_net_revenue_that_is_not_positive_has_no_ten_percent_list() -> None:
    result = concentration(totals("10", "-10"))

    assert (result.at_least_10pct, result.major, result.watch) == (None, (), ())
    assert result.ranked[0].share_of_net is None
    assert result.cr1 == 1


@pytest.mark.parametrize(("count", "top"), [(1, 1), (5, 1), (6, 2), (10, 2), (11, 3), (15, 3)])
def test_top_twenty_percent_is_the_ceiling(count: int, top: int) -> None:
    result = concentration(totals(*["1"] * count))

    assert result.exact.cr(top) == Fraction(top, count)
    assert result.top20pct == result.cr(top)


def test_eighty_percent_is_reached_at_exactly_eighty() -> None:
    assert concentration(totals("80", "20")).to_80pct == 1
    assert concentration(totals("79.9999", "20.0001")).to_80pct == 2


def test_equal_amounts_are_ranked_by_key() -> None:
    result = concentration([("b", Decimal(5)), ("c", Decimal(9)), ("a", Decimal("5.0"))])

    assert [(row.rank, row.key) for row in result.ranked] == [(1, "c"), (2, "a"), (3, "b")]
    assert [row.cumulative_amount for row in result.ranked] == [9, 14, 19]
    assert result.ranked[-1].cumulative == 1


def test_sums_keep_more_digits_than_the_default_context() -> None:
    huge = Decimal("12345678901234567890123456789.0001")
    result = concentration([(1, huge), (2, Decimal("0.0001"))])

    assert result.total == Decimal("12345678901234567890123456789.0002")


def test_a_key_given_twice_or_an_amount_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="only once"):
        concentration([("a", Decimal(1)), ("a", Decimal(2))])
    with pytest.raises(ValueError, match="finite"):
        concentration([("a", Decimal("NaN"))])
    with pytest.raises(ValueError, match="finite"):
        concentration(totals("1"), unassigned=Decimal("Infinity"))
    with pytest.raises(ValueError, match="positive"):
        Shares.of([Decimal(0)])
    with pytest.raises(ValueError, match="at least one"):
        concentration(totals("1")).cr(0)
    with pytest.raises(KeyError):
        concentration(totals("1")).without("nobody")


@pytest.mark.parametrize(
    ("hhi", "level"),
    [("999.9999", 0), ("1000", 1), ("1799", 1), ("1800", 2), ("2499", 2), ("2500", 3)],
)
def test_hhi_bands_include_their_lower_edge(hhi: str, level: int) -> None:
    assert DEFAULT_BANDS.hhi_level(Fraction(hhi) / 10_000) == Level(level)


@pytest.mark.parametrize(
    ("share", "level"), [("0.1999", 0), ("0.2", 1), ("0.3", 2), ("0.4999", 2), ("0.5", 3)]
)
def test_single_customer_bands_include_their_lower_edge(share: str, level: int) -> None:
    assert DEFAULT_BANDS.single_level(Fraction(share)) == Level(level)


def test_bands_are_configurable_labelled_and_ascending() -> None:
    tight = Bands(single=(Decimal("0.05"), Decimal("0.10"), Decimal("0.15")))
    result = concentration(totals(*GOLDEN))

    assert (result.hhi_level(), result.single_level()) == (Level.HIGH, Level.HIGH)
    assert result.single_level(tight) is Level.VERY_HIGH
    assert tight.label == "borrowed conventions"
    with pytest.raises(ValueError, match="ascend"):
        Bands(hhi=(Decimal(2), Decimal(1), Decimal(3)))


@given(portfolios, st.integers(min_value=1, max_value=10**6))
def test_measures_do_not_depend_on_the_unit(values: list[Decimal], factor: int) -> None:
    one, other = Shares.of(values), Shares.of([value * factor for value in values])

    assert (one.hhi, one.gini, one.normalised_hhi) == (other.hhi, other.gini, other.normalised_hhi)
    assert one.cr(3) == other.cr(3)
    assert one.count_to_reach(Fraction(4, 5)) == other.count_to_reach(Fraction(4, 5))


@given(st.lists(st.decimals(-1000, 1000, places=2), max_size=12), st.randoms())
def test_order_of_input_does_not_matter(values: list[Decimal], random: Random) -> None:
    entries = list(enumerate(values))
    shuffled = list(entries)
    random.shuffle(shuffled)

    assert concentration(entries) == concentration(shuffled)


@given(portfolios)
def test_bounds(values: list[Decimal]) -> None:
    shares, count = Shares.of(values), len(values)

    assert shares.hhi is not None
    assert shares.gini is not None
    assert Fraction(1, count) <= shares.hhi <= 1
    assert 0 <= shares.gini < 1
    assert 1 <= 1 / shares.hhi <= count


@given(portfolios)
def test_shares_add_up_to_one_and_ratios_only_rise(values: list[Decimal]) -> None:
    shares = Shares.of(values)
    ratios = [shares.cr(count) or 0 for count in range(1, len(values) + 3)]

    assert sum(Fraction(value, shares.total) for value in shares.values) == 1
    assert ratios == sorted(ratios)
    assert ratios[-1] == 1
    assert concentration(enumerate(values)).ranked[-1].cumulative == 1


@given(portfolios)
def test_the_eighty_percent_point_is_the_first_that_reaches(values: list[Decimal]) -> None:
    shares = Shares.of(values)
    count = shares.count_to_reach(Fraction(4, 5))

    assert count is not None
    assert (shares.cr(count) or 0) >= Fraction(4, 5)
    assert count == 1 or (shares.cr(count - 1) or 1) < Fraction(4, 5)


@given(st.lists(amounts, min_size=2, max_size=20), st.data())
def test_revenue_moved_from_rich_to_poor_lowers_hhi_and_gini(
    values: list[Decimal], data: st.DataObject
) -> None:
    values = sorted(values)
    gap = values[-1] - values[0]
    assume(gap > Decimal("0.0002"))
    moved = data.draw(st.decimals("0.0001", gap / 2, places=4).filter(lambda one: 2 * one < gap))
    fairer = [values[0] + moved, *values[1:-1], values[-1] - moved]
    before, after = Shares.of(values), Shares.of(fairer)

    assert (after.hhi or 0) < (before.hhi or 0)
    assert (after.gini or 0) < (before.gini or 0)


@given(st.lists(amounts, min_size=2, max_size=20))
def test_merging_two_customers_never_lowers_hhi(values: list[Decimal]) -> None:
    merged = [values[0] + values[1], *values[2:]]

    assert (Shares.of(merged).hhi or 0) >= (Shares.of(values).hhi or 0)
    assert (Shares.of(merged).cr(1) or 0) >= (Shares.of(values).cr(1) or 0)


@given(
    st.lists(st.decimals(-1000, 1000, places=4), max_size=20), st.decimals(-1000, 1000, places=4)
)
def test_parts_always_reconcile_to_the_net_total(values: list[Decimal], rest: Decimal) -> None:
    result = concentration(enumerate(values), unassigned=rest)

    assert result.net_total == sum(values, rest)
    assert result.customers + result.left_out == len(values)
    assert sum((row.amount for row in result.ranked), Decimal(0)) == result.total


@given(st.lists(st.decimals("0.01", 1000, places=2), min_size=1, max_size=30))
def test_the_major_and_watch_lists_follow_the_exact_share(values: list[Decimal]) -> None:
    result, total = concentration(enumerate(values)), sum(values)

    assert {row.key for row in result.major} == {
        key for key, value in enumerate(values) if 10 * value >= total
    }
    assert {row.key for row in result.watch} == {
        key for key, value in enumerate(values) if 10 * value < total <= value * Decimal("12.5")
    }
