"""Workbooks: values read exactly, and none of them can hurt."""

from __future__ import annotations

import datetime as dt
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from kam.imports.reading import BrokenFile, UnreadableFile, XlsxTable, open_table
from kam.imports.reading.xlsx_reader import number_text

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def book(rows: Iterable[Iterable[Any]], **sheets: Iterable[Iterable[Any]]) -> bytes:
    made = Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(list(row))
    for title, content in sheets.items():
        sheet = made.create_sheet(title)
        for row in content:
            sheet.append(list(row))
    return saved(made)


def with_strings(data: bytes, xml: str) -> bytes:
    """Return the workbook with a part of shared strings (openpyxl writes none)."""
    relation = (
        b'<Relationship Id="rId99" Target="sharedStrings.xml" Type="http://schemas.openxmlformats'
        b'.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    data = with_part(
        data,
        "xl/_rels/workbook.xml.rels",
        lambda old: old.replace(b"</Relationships>", relation),
    )
    return with_part(data, STRINGS, lambda _old: xml.encode())


def saved(made: Workbook) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the workbook with one of its parts rewritten."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        for entry in [*names, *([name] if name not in names else [])]:
            content = old.read(entry) if entry in names else b""
            new.writestr(entry, change(content) if entry == name else content)
    return out.getvalue()


def table(folder: Path, data: bytes, **options: str) -> XlsxTable:
    path = folder / "book.xlsx"
    path.write_bytes(data)
    opened = open_table(path, **options)
    assert isinstance(opened, XlsxTable)
    return opened


def refusal(folder: Path, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        list(table(folder, data).rows())
    return str(caught.value)


def test_values_are_read_as_what_they_are(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 3, 31, 14, 30)  # noqa: DTZ001 - workbooks know no zone
    data = book(
        [
            ["text", "whole", "fraction", "date", "moment", "yes", "gap", "long"],
            [
                "Mäkelä 名称",
                42,
                0.1 + 0.2,
                dt.date(2026, 3, 31),
                moment,
                True,
                None,
                12345678901234,
            ],
            [None, None, None, None, None, None, None, None],
            ["  padded ", -7, 1e-7, None, None, False, None, 1.5],
        ]
    )
    assert list(table(tmp_path, data).rows()) == [
        (2, ["Mäkelä 名称", "42", "0.3", "2026-03-31", "2026-03-31 14:30:00", "TRUE", "",
             "12345678901234"]),
        (4, ["  padded ", "-7", "0.0000001", "", "", "FALSE", "", "1.5"]),
    ]  # fmt: skip


def test_numbers_take_the_decimal_sign_of_the_mapping(tmp_path: Path) -> None:
    data = book([["a"], [1234.5]])
    assert list(table(tmp_path, data, decimal=",").rows()) == [(2, ["1234,5"])]


def test_first_visible_sheet_or_the_one_asked_for(tmp_path: Path) -> None:
    made = Workbook()
    assert made.active is not None
    made.active.sheet_state = "hidden"
    made.active.append(["hidden"])
    for title in ("One", "Two"):
        made.create_sheet(title).append([title])
    data = saved(made)
    assert table(tmp_path, data).header == ["One"]
    assert table(tmp_path, data, sheet="two").header == ["Two"]
    with pytest.raises(UnreadableFile, match="no visible sheet “Three”"):
        table(tmp_path, data, sheet="Three")


def test_dates_counted_from_1904_are_understood(tmp_path: Path) -> None:
    made = Workbook()
    made.epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - workbooks know no zone
    assert made.active is not None
    made.active.append(["day"])
    made.active.append([dt.date(2026, 3, 31)])
    assert list(table(tmp_path, saved(made)).rows()) == [(2, ["2026-03-31"])]


def test_formula_without_a_result_is_refused_with_its_row(tmp_path: Path) -> None:
    data = book([["a", "b"], [1, 2], [1, "=A2*2"]])
    with pytest.raises(BrokenFile) as caught:
        list(table(tmp_path, data).rows())
    assert caught.value.lines == (3,)


def test_formula_with_a_result_gives_it(tmp_path: Path) -> None:
    data = book([["a"], [1]])
    data = with_part(data, SHEET, lambda xml: xml.replace(b"<v>1</v>", b"<f>2*3</f><v>6</v>"))
    assert list(table(tmp_path, data).rows()) == [(2, ["6"])]


def test_value_without_a_heading_is_refused_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile) as caught:
        list(table(tmp_path, book([["a"], [1], [1, None, "stray"]])).rows())
    assert caught.value.lines == (3,)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn", "Co")),
                    max_size=10).map(lambda text: "" if not text.strip() else text),
            min_size=2, max_size=2,
        ).filter(any),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_texts_come_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    made = Workbook()
    assert made.active is not None
    made.active.append(["first", "second"])
    for number, row in enumerate(rows, 2):
        for column, text in enumerate(row, 1):
            cell = made.active.cell(number, column)
            cell.value = text or None
            cell.data_type = "s"  # a text that begins with = is no formula here
    read = list(table(tmp_path_factory.mktemp("book"), saved(made)).rows())
    assert [cells for _line, cells in read] == rows


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_numbers_keep_fifteen_digits(value: float) -> None:
    text = number_text(repr(value))
    assert "e" not in text.lower()
    assert float(text) == float(format(value, ".15g"))


def test_more_rows_than_a_workbook_may_have_are_refused(tmp_path: Path) -> None:
    rows = b"".join(b"<row><c><v>%d</v></c></row>" % number for number in range(100_003))
    data = with_part(
        book([["a"]]),
        SHEET,
        lambda _xml: f"<worksheet {MAIN}><sheetData>".encode() + rows + b"</sheetData></worksheet>",
    )
    assert "more than 100,000 rows" in refusal(tmp_path, data)


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or ''};" * 10}">' for n in range(1, 10))
    + f']><worksheet {MAIN}><sheetData><row><c t="str"><v>&lol9;</v></c></row></sheetData>'
    "</worksheet>"
)
EXTERNAL = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    f'<worksheet {MAIN}><sheetData><row><c t="str"><v>&e;</v></c></row></sheetData></worksheet>'
)
PARAMETER = (
    '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">'
    f"<worksheet {MAIN}></worksheet>"
)
QUADRATIC = (
    f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'
    f'<worksheet {MAIN}><sheetData><row><c t="str"><v>{"&a;" * 1_000}</v></c></row></sheetData>'
    "</worksheet>"
)
PARTS = [SHEET, STRINGS, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels",
         "xl/_rels/workbook.xml.rels"]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("xml", [ENTITIES, EXTERNAL, PARAMETER, QUADRATIC])
def test_document_types_are_refused_in_every_part(tmp_path: Path, part: str, xml: str) -> None:
    data = with_strings(book([["a"], ["b"]]), f"<sst {MAIN}/>")
    data = with_part(data, part, lambda _old: xml.encode())
    started = time.monotonic()
    assert "document type" in refusal(tmp_path, data)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_document_types_are_refused_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    xml = ENTITIES.replace('version="1.0"', f'version="1.0" encoding="{encoding}"')
    data = with_part(book([["a"]]), SHEET, lambda _old: xml.encode(encoding))
    assert "document type" in refusal(tmp_path, data)


HOSTILE_SHEETS = {
    "deep nesting": "<a>" * 50_000,
    "not closed": f"<worksheet {MAIN}><sheetData>",
    "not xml": "GIF89a",
    "empty": "",
    "row out of range": f'<worksheet {MAIN}><sheetData><row r="99999999"><c><v>1</v></c></row>'
    "</sheetData></worksheet>",
    "row is no number": f'<worksheet {MAIN}><sheetData><row r="x"><c><v>1</v></c></row>'
    "</sheetData></worksheet>",
    "column out of range": f'<worksheet {MAIN}><sheetData><row><c r="XFD1"><v>1</v></c></row>'
    "</sheetData></worksheet>",
    "shared string out of range": f'<worksheet {MAIN}><sheetData><row><c t="s"><v>999</v></c>'
    "</row></sheetData></worksheet>",
    "negative shared string": f'<worksheet {MAIN}><sheetData><row><c t="s"><v>-99</v></c>'
    "</row></sheetData></worksheet>",
    "style is no number": f'<worksheet {MAIN}><sheetData><row><c s="x"><v>1</v></c></row>'
    "</sheetData></worksheet>",
    "number is none": f"<worksheet {MAIN}><sheetData><row><c><v>abc</v></c></row></sheetData>"
    "</worksheet>",
    "infinite": f"<worksheet {MAIN}><sheetData><row><c><v>1e999</v></c></row></sheetData>"
    "</worksheet>",
    "not a number": f"<worksheet {MAIN}><sheetData><row><c><v>nan</v></c></row></sheetData>"
    "</worksheet>",
}


@pytest.mark.parametrize("name", HOSTILE_SHEETS)
def test_hostile_sheets_are_refused_quickly(tmp_path: Path, name: str) -> None:
    data = with_part(book([["a"], [1]]), SHEET, lambda _old: HOSTILE_SHEETS[name].encode())
    started = time.monotonic()
    assert refusal(tmp_path, data)
    assert time.monotonic() - started < 2


def test_declared_dimensions_cost_nothing(tmp_path: Path) -> None:
    data = with_part(
        book([["a"], [1]]),
        SHEET,
        lambda xml: xml.replace(b'<dimension ref="A1:A2"', b'<dimension ref="A1:XFD1048576"'),
    )
    tracemalloc.start()
    assert list(table(tmp_path, data).rows()) == [(2, ["1"])]
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def zipped(*entries: tuple[str, bytes], level: int = 9) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def test_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    data = with_part(book([["a"]]), SHEET, lambda _old: b"<a/>" * 10_000_000)
    tracemalloc.start()
    started = time.monotonic()
    assert "packed more than 100 to 1" in refusal(tmp_path, data)
    assert time.monotonic() - started < 2
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_total_size_is_bounded(tmp_path: Path) -> None:
    import random

    noise = random.Random(1).randbytes(1_500_000)
    big = (noise[:1_000_000].hex().encode() * 3)[:5_900_000]
    data = zipped(*[(f"xl/media/{n}", big) for n in range(18)])
    assert "more than 100 MB" in refusal(tmp_path, data)


def test_number_of_parts_is_bounded(tmp_path: Path) -> None:
    assert "too many parts" in refusal(tmp_path, zipped(*[(f"x/{n}", b"") for n in range(1_001)]))


def test_password_is_named(tmp_path: Path) -> None:
    data = bytearray(book([["a"]]))
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 4
    assert "password" in refusal(tmp_path, bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        zipped(("word/document.xml", b"<w/>")),
        zipped(("../../etc/passwd", b"x")),
        b"PK\x03\x04 and then nothing of the kind",
        book([["a"], [1]])[:-200],
        b"PK\x05\x06" + b"\0" * 18,
    ],
)
def test_other_archives_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(data)
    with pytest.raises(UnreadableFile):
        list(open_table(path).rows())


def test_parts_outside_the_archive_are_not_fetched(tmp_path: Path) -> None:
    data = with_part(
        book([["a"]]),
        "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace(
            b'Target="/xl/worksheets/sheet1.xml"',
            b'Target="http://127.0.0.1:9/x" TargetMode="External"',
        ),
    )
    assert "no visible sheet" in refusal(tmp_path, data)


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 10_000), byte=st.integers(0, 255), part=st.sampled_from(PARTS))
def test_damaged_workbooks_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int, part: str
) -> None:
    def damage(content: bytes) -> bytes:
        if not content:
            return bytes([byte])
        changed = bytearray(content)
        changed[place % len(content)] = byte
        return bytes(changed)

    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    path.write_bytes(with_part(SOUND, part, damage))
    try:
        opened = open_table(path)
        rows = list(opened.rows())
    except UnreadableFile:
        return
    assert all(len(cells) == len(opened.header) for _line, cells in rows)


SOUND = book([["name", "day", "amount"], ["A", dt.date(2026, 1, 1), 1.5], ["B", None, -3]])


def test_strings_with_phonetic_hints_and_rich_text(tmp_path: Path) -> None:
    strings = (
        f"<sst {MAIN}><si><r><t>Shang</t></r><r><t xml:space='preserve'> hai</t></r>"
        "<rPh sb='0' eb='1'><t>hint</t></rPh></si><si><t>_x0041__x000D_</t></si></sst>"
    )
    sheet = (
        f"<worksheet {MAIN}><sheetData><row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row>"
        "<row><c t='inlineStr'><is><t>in</t></is></c><c t='e'><v>#N/A</v></c></row>"
        "</sheetData></worksheet>"
    )
    data = with_part(book([["a"]]), SHEET, lambda _old: sheet.encode())
    data = with_strings(data, strings)
    opened = table(tmp_path, data)
    assert opened.header == ["Shang hai", "A"]
    assert list(opened.rows()) == [(2, ["in", "#N/A"])]
