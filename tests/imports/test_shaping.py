"""Rows shaped for staging: mapped, joined, read, told apart, and harmless to COPY."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam.imports.columns import Column, ColumnType, guess_columns, last_day
from kam.imports.guessing import (
    Sample,
    guess_date_format,
    guess_decimal,
    guess_mapping,
    other_reading,
)
from kam.imports.mapping import ColumnMapping, MappingError
from kam.imports.options import ControlTotals, Options, OptionsError
from kam.imports.shaping import Shaper, copy_block

COLUMNS = (
    Column(name="source_key", label="Key"),
    Column(name="account", label="Account", max_length=5, synonyms=("customer",)),
    Column(name="date", label="Date", type=ColumnType.DATE, required=True),
    Column(name="amount", label="Amount", type=ColumnType.NUMBER),
    Column(name="upper", label="Upper", derived_from="account", read=str.upper),
)
HEADER = ["k", "Customer", "day", "net"]


def shaper(**mapping: object) -> Shaper:
    chosen = {"columns": {"account": "Customer", "date": "day", "amount": "net"}, **mapping}
    return Shaper(COLUMNS, ColumnMapping.from_json(chosen), HEADER)


def shaped(made: Shaper, *cells: str) -> dict[str, str]:
    return dict(zip(made.staged, made.row(2, list(cells)), strict=True))


def test_row_is_picked_read_and_told_apart() -> None:
    row = shaped(shaper(), "x", " c1 ", "2026-01-31", "1,234.50")
    assert {k: v for k, v in row.items() if k != "row_hash"} == {
        "line_no": "2", "account": "c1", "date": "2026-01-31", "amount": "1234.5", "upper": "C1",
        "reason": "", "detail": "",
    }  # fmt: skip
    assert len(row["row_hash"]) == 32


def test_content_is_the_same_in_another_form_and_no_other() -> None:
    plain, german = shaper(), shaper(date_format="%d.%m.%Y", decimal=",")
    first = shaped(plain, "x", "c1", "2026-01-31", "1234.50")["row_hash"]
    assert shaped(german, "other", "c1 ", "31.01.2026", "1.234,5")["row_hash"] == first
    assert shaped(plain, "x", "c2", "2026-01-31", "1234.50")["row_hash"] != first
    assert shaped(plain, "x", "", "2026-01-31", "1234.50")["row_hash"] != first


def test_a_last_day_is_the_day_after_in_the_column_that_it_stands_for() -> None:
    columns = (
        Column(name="until", label="Until before", type=ColumnType.DATE, synonyms=("end",)),
        last_day("until", words="Empty: for good."),
    )

    def staged(header: list[str], *cells: str, **mapping: object) -> dict[str, str]:
        chosen = guess_columns(header, columns)
        made = Shaper(columns, ColumnMapping.from_json({"columns": chosen, **mapping}), header)
        row = shaped(made, *cells)
        return {name: row[name] for name in ("until", "row_hash", "reason", "detail")}

    old = staged(["end"], "2027-01-01")
    assert (old["until"], old["reason"]) == ("2027-01-01", "")
    assert staged(["Last day"], "31.12.2026", date_format="%d.%m.%Y") == old
    assert staged(["Last day"], "")["until"] == ""
    assert staged(["Last day"], "soon")["reason"] == "not a date: last_day"
    both = ["until", "last_day"]
    assert staged(both, "", "2026-12-31")["until"] == "2027-01-01"
    assert staged(both, "2027-01-01", "2026-12-31")["reason"] == ""
    unlike = staged(both, "2026-12-31", "2026-12-31")
    assert (unlike["reason"], unlike["detail"]) == ("two ends", "2026-12-31")
    constant = ColumnMapping.from_json({"constants": {"last_day": "2026-12-31"}})
    assert Shaper(columns, constant, ["x"]).constants["until"] == "2027-01-01"


def test_rows_with_a_key_need_no_hash() -> None:
    made = shaper(columns={"source_key": "k", "date": "day"})
    assert shaped(made, "K1", "", "2026-01-31", "")["row_hash"] == ""


@pytest.mark.parametrize(
    ("cells", "reason", "detail"),
    [
        (["", "c1", "", "1"], "missing: date", ""),
        (["", "c1", "NULL", "1"], "missing: date", ""),
        (["", "c1", "soon", "1"], "not a date: date", "soon"),
        (["", "c1", "2026-01-31", "1 or 2"], "not a number: amount", "1 or 2"),
        (["", "c1", "soon", "many"], "not a date: date", "soon"),
        (["", "c12345", "2026-01-31", "1"], "too long: account", "c12345"),
    ],
)
def test_first_problem_of_a_row_is_named(cells: list[str], reason: str, detail: str) -> None:
    row = shaped(shaper(), *cells)
    assert (row["reason"], row["detail"]) == (reason, detail)


def test_columns_are_joined_without_their_blanks() -> None:
    made = shaper(columns={"account": ["k", "Customer"], "date": "day"}, joiner="/")
    assert shaped(made, "1", "2", "2026-01-31", "")["account"] == "1/2"
    assert shaped(made, "NULL", "2", "2026-01-31", "")["account"] == "2"


def test_suffix_goes_and_constants_fill() -> None:
    made = shaper(strip_suffix={"account": ".0"}, constants={"account": "none", "amount": "5.0"})
    assert shaped(made, "", "17.0", "2026-01-31", "")["account"] == "17"
    row = shaped(made, "", "", "2026-01-31", "")
    assert (row["account"], row["amount"], made.constants["amount"]) == ("none", "5", "5")


@pytest.mark.parametrize(
    "mapping",
    [
        {"columns": {"date": "nowhere"}},
        {"columns": {"nothing": "day"}},
        {"columns": {"account": "Customer"}},
        {"constants": {"date": "soon"}},
        {"strip_suffix": {"nothing": "x"}},
    ],
)
def test_mapping_that_does_not_fit_is_refused(mapping: dict[str, object]) -> None:
    with pytest.raises(MappingError):
        shaper(**mapping)


def test_mapping_comes_back_from_its_json() -> None:
    mapping = ColumnMapping(
        source="erp", columns={"a": ("x",), "b": ("y", "z")}, constants={"c": "1"},
        date_format="%d.%m.%Y", decimal=",", strip_suffix={"a": ".0"}, joiner="", sheet="Data",
    )  # fmt: skip
    assert ColumnMapping.from_json(mapping.to_json()) == mapping
    assert ColumnMapping.from_json({}) == ColumnMapping()


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.lists(texts, min_size=2, max_size=2), min_size=1, max_size=5))
def test_any_text_passes_copy_unharmed(rows: list[list[str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE passed (a text, b text) ON COMMIT DROP")
        with cursor.copy("COPY passed FROM STDIN (FORMAT text, NULL '')") as copy:
            copy.write(copy_block([list(column) for column in zip(*rows, strict=True)]))
        cursor.execute("SELECT COALESCE(a, ''), COALESCE(b, '') FROM passed")
        passed = [list(row) for row in cursor.fetchall()]
        cursor.execute("DROP TABLE passed")
    controls = str.maketrans({"\x1e": " ", "\x1f": " "})
    assert passed == [[cell.translate(controls) for cell in row] for row in rows]


def test_columns_are_guessed_by_name_each_once() -> None:
    assert guess_columns(["ACCOUNT", "Customer", "Date "], COLUMNS) == {
        "account": "ACCOUNT", "date": "Date ",
    }  # fmt: skip
    assert guess_columns(["customer"], COLUMNS) == {"account": "customer"}


@pytest.mark.parametrize(
    ("values", "date_format", "other"),
    [
        (["2026-01-31"], "", ""),
        (["31.01.2026", "01.02.2026"], "%d.%m.%Y", ""),
        (["01/02/2026", "31/01/2026"], "%d/%m/%Y", ""),
        (["01/31/2026"], "%m/%d/%Y", ""),
        (["01/02/2026"], "%d/%m/%Y", "%m/%d/%Y"),
        (["2026年3月1日"], "%Y年%m月%d日", ""),
        (["tomorrow"], "", ""),
        ([], "", ""),
    ],
)
def test_date_format_is_guessed(values: list[str], date_format: str, other: str) -> None:
    assert guess_date_format(values) == date_format
    assert other_reading(values, date_format) == other


@pytest.mark.parametrize(
    ("values", "sign"),
    [(["1.5", "2"], "."), (["1,5", "2"], ","), (["1.234,50"], ","), (["1,234.50"], "."), ([], ".")],
)
def test_decimal_sign_is_guessed(values: list[str], sign: str) -> None:
    assert guess_decimal(values) == sign


def test_last_mapping_of_a_source_is_proposed_while_it_fits() -> None:
    sample = Sample(("k", "Customer", "day"), (("1", "c1", "31.01.2026"),))
    last = ColumnMapping(columns={"account": ("k",), "date": ("day",)})
    assert guess_mapping(sample, COLUMNS, last) == last
    other = Sample(("Customer", "Date"), (("c1", "31.01.2026"),))
    assert guess_mapping(other, COLUMNS, last) == ColumnMapping(
        columns={"account": ("Customer",), "date": ("Date",)}, date_format="%d.%m.%Y"
    )


def test_options_and_totals_come_back_from_their_json() -> None:
    data = {"accept_rejects": True, "replace": "2026-01-01/2026-02-15", "data_as_of": "2026-02-14"}
    options = Options.from_json(data)
    assert Options.from_json(options.to_json()) == options
    totals = ControlTotals.from_json({"rows": "3", "amounts": {"eur": "12.50"}})
    assert ControlTotals.from_json(totals.to_json()) == totals
    for bad in ({"replace": "soon"}, {"replace": "2026-02/2026-01"}, {"data_as_of": "x"}):
        with pytest.raises(OptionsError):
            Options.from_json(bad)
    for wrong in ({"rows": "x"}, {"amounts": {"EUR": "much"}}, {"amounts": [1]}):
        with pytest.raises(OptionsError):
            ControlTotals.from_json(wrong)
