"""Charts: what is drawn, the table behind it, and its file."""

from __future__ import annotations

import json
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from kam.core import charts
from kam.core.stats import Stat

ITEMS = [("A", Decimal(40)), ("B <b>", Decimal(30)), ("C", Decimal(20)), ("D", Decimal(10))]


def make_pareto(**options: Any) -> charts.Chart:
    values: dict[str, Any] = {
        "name": "pareto",
        "title": "Two groups bring 70 %",
        "items": ITEMS,
        "unit": "EUR",
        "item_title": "Group",
        "value_title": "Revenue",
        **options,
    }
    return charts.pareto(**values)


def test_a_pareto_adds_up_and_keeps_every_row_in_its_table() -> None:
    chart = make_pareto(bars=2)
    bars, line = chart.option["series"]
    assert chart.option["xAxis"]["data"] == ["A", "B <b>", "2 others"]
    assert bars["data"] == [40.0, 30.0, 30.0]
    assert line["data"] == [0.4, 0.7, 1.0]
    assert line["mark"] == 0.8
    assert [tuple(row) for row in chart.rows] == [
        (1, "A", 40, Decimal("0.4"), Decimal("0.4")),
        (2, "B <b>", 30, Decimal("0.3"), Decimal("0.7")),
        (3, "C", 20, Decimal("0.2"), Decimal("0.9")),
        (4, "D", 10, Decimal("0.1"), Decimal(1)),
    ]


@pytest.mark.parametrize("items", [[], [("A", Decimal(0))]])
def test_a_pareto_of_nothing_has_no_shares(items: list[tuple[str, Decimal]]) -> None:
    chart = make_pareto(items=items)
    assert [row[3:] for row in chart.rows] == [(None, None)] * len(items)
    assert chart.option["series"][1]["data"] == [None] * len(items)


def test_a_gap_stays_a_gap() -> None:
    series = [
        charts.Series(name="HHI", values=[Decimal(900), None]),
        charts.Series(name="T", values=[1, 2], hue=3),
    ]
    chart = charts.line(
        name="hhi", title="t", labels=["Jan", "Feb"], series=series, label_title="Month",
        value_format="number", bands=[("moderate", 1000)],
    )  # fmt: skip
    assert [one["data"] for one in chart.option["series"]] == [[900.0, None], [1.0, 2.0]]
    assert [one.get("hue") for one in chart.option["series"]] == [None, 3]
    assert chart.option["bands"] == [{"name": "moderate", "value": 1000}]
    assert [list(row) for row in chart.rows] == [["Jan", 900, 1], ["Feb", None, 2]]


def test_stacked_bars_share_a_stack() -> None:
    chart = charts.stacked_bar(
        name="s", title="t", labels=["FI"], label_title="Country", unit="EUR", horizontal=True,
        series=[charts.Series(name="A", values=[1]), charts.Series(name="B", values=[2])],
    )  # fmt: skip
    assert [one["stack"] for one in chart.option["series"]] == ["all", "all"]
    assert (chart.option["kind"], chart.option["horizontal"]) == ("stacked", True)


def test_the_card_carries_table_and_data_without_inline_script_or_style() -> None:
    chart = make_pareto(rows_url="/rows/")
    request = RequestFactory().get("/board/", {"country": "FI"})
    html = render_to_string("components/chart.html", {"chart": chart}, request)
    assert "B &lt;b&gt;" in html
    assert 'href="/board/?country=FI&amp;chart=pareto"' in html
    assert ' style="' not in html
    assert "<script" not in html
    start = html.index('data-chart="') + len('data-chart="')
    data = json.loads(unescape(html[start : html.index('"', start)]))
    assert data == {"option": chart.option, "locale": "en", "name": "pareto"}


def test_the_file_holds_the_table() -> None:
    asked = RequestFactory().get("/board/", {"chart": "pareto"})
    response: Any = charts.export(asked, make_pareto())
    assert response.getvalue().decode("utf-8-sig").splitlines() == [
        "Rank,Group,Revenue (EUR),Share,Cumulative",
        "1,A,40,0.4,0.4",
        "2,B <b>,30,0.3,0.7",
        "3,C,20,0.2,0.9",
        "4,D,10,0.1,1",
    ]
    assert charts.export(RequestFactory().get("/board/?chart=other"), make_pareto()) is None
    assert charts.export(RequestFactory().get("/board/"), make_pareto()) is None


def test_a_sparkline_breaks_where_a_value_is_missing() -> None:
    svg = charts.sparkline([1, None, 3, 3], label="Course <1>")
    assert svg.count("M") == 2
    assert svg.count("L") == 1
    assert 'aria-label="Course &lt;1&gt;"' in svg
    assert charts.sparkline([5, None]) == ""


def make_stat(**options: Any) -> Stat:
    return Stat(
        **{"name": "s", "title": "Share", "value": Decimal("0.193"), "kind": "percent", **options}
    )


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({}, "19.3%"),
        (
            {"kind": "money", "value": Decimal("48211904.18")},
            '<span title="48,211,904.18">48.21M</span>',
        ),
        ({"kind": "money", "value": Decimal("99.5")}, "99.50"),
        ({"kind": "money", "value": Decimal(99), "unit": "VND"}, "99"),
        ({"kind": "number", "value": 300}, "300"),
        ({"kind": "number", "value": 12_345, "compact": False}, "12,345"),
        ({"kind": "text", "value": "A & B"}, "A &amp; B"),
    ],
)
def test_a_stat_is_short_and_exact_on_hover(options: dict[str, Any], shown: str) -> None:
    assert make_stat(**options).shown == shown


def test_a_stat_without_a_value_says_why() -> None:
    assert 'title="No purchase data"' in make_stat(value=None, unknown="No purchase data").shown


@pytest.mark.parametrize(
    ("delta", "good", "mood", "text"),
    [
        (Decimal("0.021"), "down", "bad", "+2.1%"),
        (Decimal("-0.021"), "down", "good", "−2.1%"),
        (Decimal("0.021"), "neither", "neither", "+2.1%"),
        (Decimal(0), "up", "neither", "0.0%"),
        (None, "up", "neither", ""),
    ],
)
def test_a_change_is_good_or_bad_news_by_direction(
    delta: Decimal | None, good: Any, mood: str, text: str
) -> None:
    stat = make_stat(delta=delta, good=good)
    assert (stat.mood, stat.delta_text) == (mood, text)
