from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.analytics.identifiers import is_gln, is_vat, tidy
from accounts.analytics.placement import Seen, Service, is_old, open_since, ratio

DAY = date(2026, 6, 1)


def counts() -> st.SearchStrategy[Seen]:
    whole = st.integers(0, 10_000)
    return st.tuples(whole, whole, whole).map(lambda three: Seen(*sorted(three, reverse=True)))


def test_compliance_and_coverage_of_a_known_vector() -> None:
    seen = Seen(planned=12, checked=8, found=6)
    assert (seen.compliance, seen.coverage) == (Decimal("0.75"), Decimal(8) / 12)


def test_not_checked_is_not_compliant() -> None:
    seen = Seen(planned=5, checked=0, found=0)
    assert (seen.compliance, seen.coverage) == (None, 0)
    assert Seen().coverage is None


@pytest.mark.parametrize("wrong", [(1, 2, 0), (2, 1, 2), (2, 1, -1)])
def test_a_part_is_no_larger_than_the_whole(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="part"):
        Seen(*wrong)


@given(counts(), counts())
def test_the_sum_lies_between_its_parts(one: Seen, other: Seen) -> None:
    both = one + other
    shares = [share for share in (one.compliance, other.compliance) if share is not None]
    if both.compliance is None:
        assert shares == []
        return
    tiny = Decimal("1e-20")
    assert min(shares) - tiny <= both.compliance <= max(shares) + tiny
    assert 0 <= both.compliance <= 1


@given(counts())
def test_finding_one_more_never_lowers_compliance(seen: Seen) -> None:
    more = Seen(seen.planned + 1, seen.checked + 1, seen.found + 1)
    assert more.compliance is not None
    assert more.compliance >= (seen.compliance or 0)


def test_fill_rate_and_otif_of_a_known_vector() -> None:
    service = Service(Decimal(400), Decimal(370), 40, 34)
    assert (service.fill_rate, service.otif) == (Decimal("0.925"), Decimal("0.85"))


def test_what_nobody_reported_is_unknown() -> None:
    assert (Service().fill_rate, Service().otif) == (None, None)
    assert Service(Decimal(0), Decimal(0), 0, 0).fill_rate is None
    assert Service(Decimal(10), Decimal(0)).fill_rate == 0
    assert ratio(None, 4) is None


def _seen(*outcomes: str) -> list[tuple[date, str]]:
    return [(DAY + timedelta(days=place), outcome) for place, outcome in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcomes", "day"),
    [
        ((), None),
        (("found",), None),
        (("",), None),
        (("not_found",), 0),
        (("not_found", "", "out_of_stock"), 0),
        (("not_found", "found", "out_of_stock", "not_found"), 2),
        (("not_found", "found"), None),
        (("found", "not_found", ""), 1),
    ],
)
def test_since_when_it_is_missing(outcomes: tuple[str, ...], day: int | None) -> None:
    expected = None if day is None else DAY + timedelta(days=day)
    assert open_since(_seen(*outcomes)) == expected


@given(st.lists(st.sampled_from(["found", "not_found", "out_of_stock", ""])))
def test_a_gap_is_open_exactly_when_the_last_look_missed_it(outcomes: list[str]) -> None:
    looks = [outcome for outcome in outcomes if outcome]
    is_open = open_since(_seen(*outcomes)) is not None
    assert is_open == bool(looks and looks[-1] != "found")


def test_a_gap_is_old_after_fourteen_days() -> None:
    assert not is_old(DAY, DAY + timedelta(days=14))
    assert is_old(DAY, DAY + timedelta(days=15))


@pytest.mark.parametrize("gln", ["4006381333931", "7350053850019", "0000000000000"])
def test_right_gln(gln: str) -> None:
    assert is_gln(gln)


@given(st.integers(0, 10**12 - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: int, place: int, more: int) -> None:
    text = f"{number:012d}"
    right = next(text + str(digit) for digit in range(10) if is_gln(text + str(digit)))
    wrong = right[:place] + str((int(right[place]) + more) % 10) + right[place + 1 :]
    assert not is_gln(wrong)


@pytest.mark.parametrize("text", ["", "400638133393", "40063813339311", "400638133393a"])
def test_what_is_no_gln(text: str) -> None:
    assert not is_gln(text)


@pytest.mark.parametrize(
    "vat",
    [
        *("FI01120389", "RO18547290", "DK13585628", "EE100931558", "PL8567346215"),
        *("SE556188840401", "DE136695976", "FR40303265045", "ATU13585627"),
    ],
)
def test_right_vat_ids(vat: str) -> None:
    assert is_vat(vat)


@pytest.mark.parametrize(
    "vat",
    [
        *("FI01120388", "RO18547291", "DK13585629", "EE100931559", "PL8567346216"),
        *("SE556188840402", "DE136695977", "1234567", "F1234567", "FI123", ""),
    ],
)
def test_what_is_no_vat_id(vat: str) -> None:
    assert not is_vat(vat)


def test_one_writing() -> None:
    assert tidy(" fi 0112.038-9 ") == "FI01120389"
