"""Where a measure stands: what grows from zero, levels from a baseline, on track by time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kam.core.dates import Period
from plans.analytics.kpis import Kpi, Standing, elapsed_share, read

D = Decimal
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
HALF = date(2026, 7, 2)  # 183 of 365 days have passed


def test_elapsed_share() -> None:
    assert elapsed_share(YEAR, HALF) == D(183) / 365
    assert elapsed_share(YEAR, date(2025, 5, 1)) == 0
    assert elapsed_share(YEAR, date(2028, 5, 1)) == 1
    assert elapsed_share(YEAR, date(2026, 12, 31)) == 1


@pytest.mark.parametrize(
    ("kpi", "share", "standing"),
    [
        (Kpi(target=D(1000), actual=D(600), grows=True), "0.6", Standing.ON_TRACK),
        (Kpi(target=D(1000), actual=D(450), baseline=D(900), grows=True), "0.45", Standing.CLOSE),
        (Kpi(target=D(1000), actual=D(200), grows=True), "0.2", Standing.BEHIND),
        (Kpi(target=D(1000), actual=D(1200), grows=True), "1.2", Standing.REACHED),
        (Kpi(target=D(80), actual=D(70), baseline=D(60)), "0.5", Standing.CLOSE),
        (Kpi(target=D(80), actual=D(50), baseline=D(60)), "-0.5", Standing.BEHIND),
        (Kpi(target=D(10), actual=D(18), baseline=D(30), direction="down"), "0.6",
         Standing.ON_TRACK),
        (Kpi(target=D(10), actual=D(9), baseline=D(30), direction="down"), "1.05",
         Standing.REACHED),
        (Kpi(target=D(80), actual=D(70)), None, Standing.UNDER_WAY),
        (Kpi(target=D(80), actual=D(80)), None, Standing.REACHED),
        (Kpi(target=D(80), actual=D(70), baseline=D(80)), None, Standing.UNDER_WAY),
        (Kpi(target=D(80), baseline=D(60)), None, Standing.UNKNOWN),
        (Kpi(target=D(-5), actual=D(-8), baseline=D(-10)), "0.4", Standing.BEHIND),
    ],
)  # fmt: skip
def test_standing(kpi: Kpi, share: str | None, standing: Standing) -> None:
    found = read(kpi, period=YEAR, as_of=HALF)
    assert (found.share, found.standing) == (share and D(share), standing)


def test_a_level_without_a_way_is_behind_when_the_time_is_over() -> None:
    kpi = Kpi(target=D(80), actual=D(70))
    assert read(kpi, period=YEAR, as_of=date(2026, 12, 31)).standing == Standing.BEHIND
