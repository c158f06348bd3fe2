"""Figures and dates in the user's locale; what is missing is never a zero."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.utils.translation import override

from kam.core import formats
from kam.core.formats import Unknown

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "−1,234,567.89"),
        ("fi", f"−1{NBSP}234{NBSP}567,89"),
        ("ro", "−1.234.567,89"),
        ("zh-hans", "−1,234,567.89"),
        ("vi", "−1.234.567,89"),
        ("xx", "−1,234,567.89"),
    ],
)
def test_money_follows_the_locale_and_says_minus(language: str, expected: str) -> None:
    with override(language):
        assert formats.money(Decimal("-1234567.891"), "EUR") == f"{expected}{NBSP}EUR"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "61.2%"), ("fi", f"61,2{NBSP}%"), ("zh-hans", "61.2%")],
)
def test_a_fraction_is_a_percentage(language: str, expected: str) -> None:
    with override(language):
        assert formats.percent(Decimal("0.6123")) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal(1_240_000), "1.24M"),
        (Decimal(-9999), "−9,999"),
        (Decimal(-10000), "−10K"),
        (0, "0"),
    ],
)
def test_only_long_figures_are_cut_short(value: Decimal, expected: str) -> None:
    assert formats.compact(value) == expected


def test_numbers_keep_up_to_four_decimals() -> None:
    assert formats.number(Decimal("1200.50000")) == "1,200.5"
    assert formats.number(1200.123456) == "1,200.1235"
    assert formats.number(Decimal("1200.5"), 0) == "1,200"


def test_dates_and_moments_are_local() -> None:
    assert formats.date(date(2026, 11, 2)) == "Nov 2, 2026"
    assert formats.month(date(2026, 11, 2)) == "Nov 2026"
    with override("fi"):
        assert formats.date(date(2026, 11, 2)) == "2.11.2026"
        assert formats.datetime(datetime(2026, 6, 30, 22, 5, tzinfo=UTC)) == "1.7.2026, 1.05"


def render(source: str, **context: Any) -> str:
    return Template("{% load kam %}" + source).render(Context(context))


def test_a_missing_figure_is_a_dash_with_its_reason() -> None:
    html = render('{% money amount "EUR" reason="No rate for this day" %}', amount=None)
    assert html == (
        '<span class="unknown" title="No rate for this day"><span aria-hidden="true">–</span>'
        '<span class="visually-hidden">No rate for this day</span></span>'
    )
    assert "Not sold" in render("{% percent share %}", share=Unknown("Not sold"))
    assert "–" in render("{{ day|day }}{{ day|moment }}", day=None)


def test_zero_is_a_figure() -> None:
    assert render('{% money zero "EUR" %}', zero=Decimal(0)) == (
        f'<span class="num">0.00{NBSP}EUR</span>'
    )


def test_a_long_figure_shows_its_exact_value_on_hover() -> None:
    assert render('{% compact n "EUR" %}', n=Decimal("1240000.50")) == (
        f'<span class="num" title="1,240,000.50{NBSP}EUR">1.24M{NBSP}EUR</span>'
    )


@pytest.mark.parametrize(
    ("value", "good", "mood", "text"),
    [
        (Decimal("0.042"), "up", "is-up is-good", "+4.2%"),
        (Decimal("0.042"), "down", "is-up is-bad", "+4.2%"),
        (Decimal("-0.031"), "up", "is-down is-bad", "−3.1%"),
        (Decimal(0), "up", "is-flat is-neither", "0.0%"),
    ],
)
def test_a_change_has_sign_arrow_and_reference(
    value: Decimal, good: str, mood: str, text: str
) -> None:
    html = render('{% delta value "vs last year" good %}', value=value, good=good)
    assert f'class="delta {mood}"' in html
    assert f"</svg>{text}</span>" in html
    assert html.endswith('<span class="text-secondary">vs last year</span>')


def test_names_in_badges_are_escaped() -> None:
    html = render("{% badge name 'danger' %}{% tier name 1 %}", name="<b>Late</b>")
    assert "<b>" not in html
    assert html.count("&lt;b&gt;Late&lt;/b&gt;") == 2
    assert 'class="badge-state is-danger"' in html
    assert "#tier-hexagon" in html


def test_an_icon_is_decoration_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in render("{% icon 'plus' %}")
    assert 'role="img" aria-label="Add"' in render("{% icon 'plus' label='Add' %}")
