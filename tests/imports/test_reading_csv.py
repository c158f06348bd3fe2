"""Tables of text: any encoding and dialect read back exactly, broken lines named."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam.imports.reading import BrokenFile, CsvTable, UnreadableFile, open_table

FINNISH = "nimi;kaupunki\nMäkelän Säilyke;Jyväskylä\nÖljymäki;Hämeenlinna\n"
CHINESE = "名称,城市\n永辉超市股份有限公司,福州\n华润万家有限公司,深圳\n"


def write(folder: Path, data: bytes | str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@contextmanager
def written(data: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield write(Path(folder), data)


def table(folder: Path, data: bytes | str) -> CsvTable:
    opened = open_table(write(folder, data))
    assert isinstance(opened, CsvTable)
    return opened


def rows(folder: Path, data: bytes | str) -> list[tuple[int, list[str]]]:
    return list(table(folder, data).rows())


def problems(folder: Path, data: bytes | str) -> list[str]:
    with pytest.raises(BrokenFile) as caught:
        rows(folder, data)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (FINNISH, "utf-8", "utf-8"),
        (FINNISH, "utf-8-sig", "utf-8-sig"),
        (FINNISH, "utf-16", "utf-16"),
        (FINNISH, "utf-16-le", "utf-16-le"),
        (FINNISH, "utf-16-be", "utf-16-be"),
        (FINNISH, "cp1252", "cp1252"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
        ("a;b\nPiaţa Unirii;Braşov\nŢară;Bucureşti\n", "cp1250", "cp1250"),
        ("a;b\nMünchen;Straße\nÅrhus;Málaga\n", "cp1252", "cp1252"),
        ("a;b\nМагазин;Москва\nПродукты;Киев\n", "cp1251", "cp1251"),
    ],
)
def test_encoding_is_found_and_decodes_the_whole_file(
    tmp_path: Path, text: str, encoding: str, found: str
) -> None:
    opened = table(tmp_path, text.encode(encoding))
    assert opened.format.encoding == found
    header, *body = [line.split(opened.format.dialect.delimiter) for line in text.splitlines()]
    assert (opened.header, [cells for _line, cells in opened.rows()]) == (header, body)


def test_letters_past_ascii_late_in_a_large_file_are_seen(tmp_path: Path) -> None:
    data = b"id;name\n" + b"1;plain\n" * 300_000 + "2;Säkylä\n".encode("cp1252")
    opened = table(tmp_path, data)
    assert opened.format.encoding == "cp1252"
    assert list(opened.rows())[-1] == (300_002, ["2", "Säkylä"])


def test_damaged_utf8_is_not_taken_for_another_encoding(tmp_path: Path) -> None:
    good = "名称,城市\n" + "永辉超市,福州\n" * 20
    data = good.encode() + b"\xe6\xb0,x\n"
    with pytest.raises(BrokenFile) as caught:
        table(tmp_path, data)
    assert caught.value.lines == (22,)


def test_encoding_may_be_said(tmp_path: Path) -> None:
    path = write(tmp_path, "a;b\nĀbele;Rīga\n".encode("cp1257"))
    opened = open_table(path, encoding="cp1257")
    assert list(opened.rows()) == [(2, ["Ābele", "Rīga"])]
    with pytest.raises(UnreadableFile, match="not an encoding"):
        open_table(path, encoding="rot13")


cells = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r\n\ufeff\x85\u2028\u2029"),
    min_size=1,
    max_size=12,
).filter(lambda text: bool(text.strip()))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=3, max_size=8),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    ending=st.sampled_from(["\n", "\r\n"]),
    quote_all=st.booleans(),
)
def test_what_is_written_is_read(
    body: list[list[str]], delimiter: str, encoding: str, ending: str, quote_all: bool
) -> None:
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=delimiter,
        lineterminator=ending,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    )
    writer.writerows([["first", "second", "third"], *body])
    with written(text.getvalue().encode(encoding)) as path:
        opened = open_table(path)
        assert opened.header == ["first", "second", "third"]
        assert [row for _line, row in opened.rows()] == body


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    with written(data) as path, suppress(UnreadableFile):
        opened = open_table(path)
        assert all(len(row) == len(opened.header) for _line, row in opened.rows())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_inside_quotes_is_text(tmp_path: Path, delimiter: str) -> None:
    text = f'name{delimiter}note\n"A{delimiter}B"{delimiter}"say ""hi"""\n'
    assert rows(tmp_path, text) == [(2, [f"A{delimiter}B", 'say "hi"'])]


def test_decimal_commas_do_not_make_columns(tmp_path: Path) -> None:
    text = "name;amount\nA;1,50\nB;2,75\n"
    assert rows(tmp_path, text) == [(2, ["A", "1,50"]), (3, ["B", "2,75"])]


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert rows(tmp_path, "name\nA, B\nC\n") == [(2, ["A, B"]), (3, ["C"])]


def test_backslash_escapes_and_single_quotes_are_understood(tmp_path: Path) -> None:
    assert rows(tmp_path, 'a,b\n"say \\"hi\\", now",1\n') == [(2, ['say "hi", now', "1"])]
    assert rows(tmp_path, "'a','b'\n'x, y','1'\n") == [(2, ["x, y", "1"])]


def test_excel_says_its_separator(tmp_path: Path) -> None:
    assert rows(tmp_path, "sep=;\na;b\n1;2,5\n") == [(3, ["1", "2,5"])]


def test_lines_are_physical_and_blank_ones_skipped(tmp_path: Path) -> None:
    text = 'a,b\n\n1,"two\nlines"\n,\n  \n3,4\n'
    assert rows(tmp_path, text) == [(3, ["1", "two\nlines"]), (7, ["3", "4"])]


def test_old_line_ends_are_understood(tmp_path: Path) -> None:
    assert rows(tmp_path, "a,b\r1,2\r3,4\r") == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_header_is_trimmed_and_nameless_columns_are_named(tmp_path: Path) -> None:
    assert table(tmp_path, " a , b  c ,\n1,2,3\n").header == ["a", "b c", "column 3"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ("a,b,a\n1,2,3\n", "more than once: a"),
        (",".join(f"c{n}" for n in range(600)) + "\n", "600 columns"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old or password-protected"),
        (b"\x1f\x8bnot gzip at all", "damaged"),
        ("x" * 9_000_000, "too long"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes | str, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        table(tmp_path, data)


def test_short_and_long_rows_are_named_by_line(tmp_path: Path) -> None:
    assert problems(tmp_path, "a,b,c\n1,2,3\n1,2\n1,2,3,4\n5,6,7\n") == [
        "line 3: 2 cells where the header has 3",
        "line 4: 4 cells where the header has 3 (a delimiter without quotes?)",
    ]


def test_no_row_after_a_broken_one_is_given(tmp_path: Path) -> None:
    given: list[int] = []
    with pytest.raises(BrokenFile) as caught:
        given.extend(line for line, _row in table(tmp_path, "a,b\n1,2\n3\n4,5\n6\n").rows())
    assert (given, caught.value.lines, caught.value.count) == ([2], (3, 5), 2)


def test_open_quote_is_named_by_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, 'a,b\n1,2\n3,"open\n4,5\n') == [
        "line 3: a quote is opened here and never closed"
    ]


def test_stray_quote_is_named_and_the_rest_still_checked(tmp_path: Path) -> None:
    assert problems(tmp_path, 'a,b\n"x"y,2\n1\n3,4\n') == [
        "line 2: text follows a closing quote",
        "line 3: 1 cell where the header has 2",
    ]


def test_zero_characters_are_named(tmp_path: Path) -> None:
    assert problems(tmp_path, "a,b\n1,2\n3\0,4\n5,6\n7,\0\n") == [
        "line 3: holds a zero (NUL) character",
        "line 5: holds a zero (NUL) character",
    ]


def test_thousands_of_broken_lines_are_counted_and_the_first_listed(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile) as caught:
        rows(tmp_path, "a,b\n" + "1\n" * 5_000)
    assert (caught.value.count, len(caught.value.problems)) == (5_000, 1_000)


def test_gzip_is_read_as_what_it_holds(tmp_path: Path) -> None:
    assert rows(tmp_path, gzip.compress(b"a,b\n1,2\n")) == [(2, ["1", "2"])]


def test_gzip_out_of_proportion_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 40_000_000)
    with pytest.raises(UnreadableFile, match="more than can be read"):
        table(tmp_path, bomb)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    opened = table(tmp_path, "id,name,amount\n" + "1,somebody,12.50\n" * 400_000)
    tracemalloc.start()
    assert sum(1 for _row in opened.rows()) == 400_000
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("name", "lines", "count"),
    [("customers", 8, 24), ("orders", 4, 176), ("suppliers", 8, 9)],
)
def test_broken_export_is_refused_with_lines(
    shared_data: Path, name: str, lines: int, count: int
) -> None:
    with pytest.raises(BrokenFile) as caught:
        list(open_table(shared_data / "northwind" / "malformed" / f"{name}.csv").rows())
    assert (caught.value.count, caught.value.lines[0]) == (count, lines)


def test_sound_files_of_the_broken_export_are_read(shared_data: Path) -> None:
    folder = shared_data / "northwind" / "malformed"
    counts = {
        name: sum(1 for _row in open_table(folder / f"{name}.csv").rows())
        for name in ("order-details", "products", "regions", "shippers", "territories")
    }
    assert counts == {
        "order-details": 2155, "products": 77, "regions": 4, "shippers": 3, "territories": 53,
    }  # fmt: skip
