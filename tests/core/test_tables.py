"""Tables as a request sees them: sorting, filters, columns, totals, parts, files."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import django_filters
import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import connection
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import mark_safe
from openpyxl import load_workbook

from kam.core import exports
from kam.core.choices import JobState
from kam.core.formats import Unknown
from kam.core.models import JobRun
from kam.core.tables import BulkAction, Column, Empty, Table, respond
from tests.conftest import People

pytestmark = pytest.mark.django_db

COLUMNS = [
    Column(name="name", title="Job", sort="name"),
    Column(name="asker", title="Asked for by", value="requested_by.email", unknown="Nobody"),
    Column(name="total", title="Rows", kind="number", unit="rows", sort="total", places=0),
    Column(name="state", title="State", kind="badge", value="get_state_display", default=False),
]


class JobFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Search jobs")
    state = django_filters.MultipleChoiceFilter(choices=JobState.choices, label="State")
    total = django_filters.RangeFilter(label="Rows")

    class Meta:
        model = JobRun
        fields: list[str] = []


def ask(path: str = "/jobs/", htmx: str = "", **cookies: str) -> HttpRequest:
    headers = {"HX-Request": "true", "HX-Target": htmx} if htmx else {}
    request = RequestFactory().get(path, headers=headers)
    request.COOKIES.update(cookies)
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def make_table(request: HttpRequest, rows: Any = None, **options: Any) -> Table:
    queryset: QuerySet[JobRun] = JobRun.objects.select_related("requested_by")
    values = {"name": "jobs", "caption": "Jobs", "default_sort": "name", **options}
    return Table(request, queryset if rows is None else rows, COLUMNS, **values)


def make_jobs(number: int, **values: Any) -> None:
    JobRun.objects.bulk_create(
        JobRun(name=f"job {index:03}", total=index * 10, **values) for index in range(number)
    )


def shown(table: Table) -> list[list[str]]:
    return [[str(cell.content) for cell in row.cells] for row in table.rows]


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_costs_one_query_however_many_rows(number: int, people: People) -> None:
    make_jobs(number, requested_by=people.owner)
    table = make_table(ask(), filters=JobFilter)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        html = render_to_string("components/table.html", {"table": table})
    assert len(queries) == 1
    assert html.count("<tr") == number + 1


def test_cells_show_values_and_reasons_for_missing_ones(people: People) -> None:
    JobRun.objects.create(name="a & b", total=None, requested_by=people.owner)
    JobRun.objects.create(name="c", total=12_000)
    rows = shown(make_table(ask()))
    assert rows[0][:2] == ["a &amp; b", "owner@kam.test"]
    assert rows[0][2].startswith('<span class="unknown" title="Not known">')
    assert rows[1][1].startswith('<span class="unknown" title="Nobody">')
    assert rows[1][2] == "12,000"


def test_a_header_sorts_and_turns(people: People) -> None:
    make_jobs(3)
    table = make_table(ask("/jobs/?sort=-total&after=x"))
    assert [row[0] for row in shown(table)] == ["job 002", "job 001", "job 000"]
    name, asker, total = table.headers
    assert (name.url, name.direction) == ("/jobs/?sort=name", "")
    assert (asker.url, asker.direction) == ("", "")
    assert (total.url, total.direction) == ("/jobs/?sort=total", "descending")


def test_an_unknown_sort_falls_back_to_the_default() -> None:
    make_jobs(2)
    table = make_table(ask("/jobs/?sort=-requested_by__password"))
    assert [row[0] for row in shown(table)] == ["job 000", "job 001"]


def test_pages_link_to_each_other() -> None:
    make_jobs(5)
    first = make_table(ask(), page_size=2)
    assert first.previous_url == ""
    second = make_table(ask(first.next_url), page_size=2)
    assert [row[0] for row in shown(second)] == ["job 002", "job 003"]
    back = make_table(ask(second.previous_url), page_size=2)
    assert [row[0] for row in shown(back)] == ["job 000", "job 001"]
    last = make_table(ask(second.next_url), page_size=2)
    assert ([row[0] for row in shown(last)], last.next_url) == (["job 004"], "")


def test_filters_are_said_in_words_and_can_be_taken_out() -> None:
    make_jobs(3)
    request = ask("/jobs/?q=job&state=queued&state=running&total_min=10&sort=name&after=zz&tab=1")
    table = make_table(request, filters=JobFilter)
    assert [row[0] for row in shown(table)] == ["job 001", "job 002"]
    assert [(chip.label, chip.value, chip.remove_url) for chip in table.chips] == [
        ("State", "Waiting", "/jobs/?q=job&state=running&total_min=10&sort=name&tab=1"),
        ("State", "Running", "/jobs/?q=job&state=queued&total_min=10&sort=name&tab=1"),
        ("Rows", "from 10", "/jobs/?q=job&state=queued&state=running&sort=name&tab=1"),
    ]
    assert table.filtered is True
    assert table.clear_url == "/jobs/?sort=name&tab=1"
    assert table.hidden_for_filters == [("sort", "name"), ("tab", "1")]


def test_nothing_found_differs_from_nothing_there() -> None:
    empty = Empty("No jobs yet", "They start by themselves.", "Start one", "/start/")
    nothing = render_to_string("components/table.html", {"table": make_table(ask(), empty=empty)})
    assert "No jobs yet" in nothing
    assert 'href="/start/"' in nothing
    table = make_table(ask("/jobs/?q=zzz"), filters=JobFilter, empty=empty)
    html = render_to_string("components/table.html", {"table": table})
    assert "Nothing matches these filters" in html
    assert "No jobs yet" not in html


def test_columns_are_chosen_and_remembered() -> None:
    make_jobs(1)
    table = make_table(ask("/jobs/?cols=name&cols=state"))
    assert [column.name for column in table.visible] == ["name", "state"]
    response = table.response("components/table.html")
    assert response.cookies["cols-jobs"].value == "name.state"
    again = make_table(ask(**{"cols-jobs": "name.state"}))
    assert [column.name for column in again.visible] == ["name", "state"]
    wild = make_table(ask(**{"cols-jobs": "password"}))
    assert [column.name for column in wild.visible] == ["name", "asker", "total"]


def test_totals_are_added_up_when_asked_for() -> None:
    make_jobs(3)

    def add_up(rows: QuerySet[JobRun]) -> dict[str, Any]:
        return rows.aggregate(total=Sum("total"))

    plain = make_table(ask(), totals=add_up, page_size=2)
    assert (plain.footer, plain.count, plain.totals_url) == ([], None, "/jobs/?totals=1")
    asked = make_table(ask("/jobs/?totals=1"), totals=add_up, page_size=2)
    assert [str(cell) if cell is not None else None for cell in asked.footer] == [None, None, "30"]
    assert (asked.count, asked.count_text, asked.totals_url) == (3, "3", "")


def test_htmx_gets_the_region_alone() -> None:
    make_jobs(1)
    whole: Any = make_table(ask(), filters=JobFilter).response("components/table.html")
    part: Any = make_table(ask(htmx="table-jobs"), filters=JobFilter).response(
        "components/table.html"
    )
    other: Any = make_table(ask(htmx="elsewhere")).response("components/table.html")
    assert whole.content.count(b'class="table-block"') == 1
    assert part.content.count(b'class="table-block"') == 0
    assert part.content.count(b'id="table-jobs"') == 1
    assert other.content.count(b'class="table-block"') == 1
    assert part["Vary"] == "HX-Request, HX-Target"


def read_csv(response: Any) -> list[list[str]]:
    assert isinstance(response, StreamingHttpResponse)
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv_holds_every_row_of_the_filter_and_the_columns_shown() -> None:
    make_jobs(5)
    JobRun.objects.create(name="=job 9", total=None)
    request = ask("/jobs/?export=csv&q=job&sort=-total&cols=name&cols=total")
    response = make_table(request, filters=JobFilter, page_size=2).response("x.html")
    assert read_csv(response) == [
        ["Job", "Rows (rows)"],
        ["job 004", "40"],
        ["job 003", "30"],
        ["job 002", "20"],
        ["job 001", "10"],
        ["job 000", "0"],
        ["'=job 9", ""],
    ]
    assert response["Content-Disposition"].startswith('attachment; filename="jobs-')
    assert response["Cache-Control"] == "no-store"


def test_a_file_names_currencies_and_holds_bare_values() -> None:
    money: dict[str, Any] = {"kind": "money", "currency": lambda row: row["code"]}
    columns = [
        Column(name="open", title="Open", value="open", **money),
        Column(name="used", title="Used", kind="html", value=lambda row: mark_safe("<b>95 %</b>")),
        Column(name="share", title="Share", value="words", file=lambda row: row["share"]),
    ]
    rows = [
        {"open": Decimal("675137.01328231340000"), "code": "EUR", "words": "½", "share": 5},
        {"open": Decimal("1200.0000"), "code": "VND", "words": "–", "share": None},
    ]
    table = Table(ask("/open/?export=csv"), rows, columns, name="open", caption="Open")
    assert read_csv(table.response("x.html")) == [
        ["Open", "Used", "Share", "Currency"],
        ["675137.01", "95 %", "5", "EUR"],
        ["1200.0000", "95 %", "", "VND"],
    ]
    assert "1,200\N{NO-BREAK SPACE}VND" in columns[0].shown(rows[1])


def test_xlsx_holds_the_same() -> None:
    make_jobs(2)
    response: Any = make_table(ask("/jobs/?export=xlsx")).response("x.html")
    sheet: Any = load_workbook(io.BytesIO(response.getvalue())).active
    assert list(sheet.values) == [
        ("Job", "Asked for by", "Rows (rows)"),
        ("job 000", None, 0),
        ("job 001", None, 10),
    ]


def test_too_many_rows_for_a_workbook_lead_back_with_advice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_jobs(3)
    monkeypatch.setattr(exports, "XLSX_ROWS", 2)
    request = ask("/jobs/?export=xlsx&sort=name")
    response = make_table(request).response("x.html")
    assert (response.status_code, response["Location"]) == (302, "/jobs/?sort=name")
    [message] = request._messages  # type: ignore[attr-defined]
    assert str(message) == (
        "A workbook holds at most 100,000 rows here and this list has more. "
        "Export it as CSV, or narrow it with filters."
    )


def test_an_export_of_another_kind_is_not_there() -> None:
    assert make_table(ask("/jobs/?export=pdf")).response("x.html").status_code == 404


@dataclass(frozen=True)
class Share:
    name: str
    amount: Decimal | Unknown | None


def test_a_list_of_plain_objects_sorts_pages_and_exports() -> None:
    rows = [
        Share("b", Decimal("2.50")),
        Share("x", None),
        Share("a", Decimal(-3)),
    ]
    columns = [
        Column(name="name", title="Name"),
        Column(name="amount", title="Amount", kind="money", unit="EUR", sort=True),
    ]
    table = Table(
        ask("/b/?export=csv"), rows, columns, name="s", caption="S", default_sort="-amount",
        totals={"amount": Decimal("-0.5")},
    )  # fmt: skip
    assert [row[0] for row in shown(table)] == ["b", "a", "x"]
    assert table.count == 3
    assert [str(cell) if cell else "" for cell in table.footer] == ["", "−0.50"]
    assert read_csv(table.response("x.html")) == [
        ["Name", "Amount (EUR)"],
        ["b", "2.50"],
        ["a", "-3"],
        ["x", ""],
    ]


def test_two_tables_on_a_page_keep_apart() -> None:
    make_jobs(3)
    request = ask("/jobs/?sort=-name&b-sort=total&b-export=csv")
    one = make_table(request)
    two = make_table(request, name="other", prefix="b-")
    assert one.headers[0].url == "/jobs/?sort=name&b-sort=total&b-export=csv"
    assert two.headers[2].url == "/jobs/?sort=-name&b-sort=-total"
    rows = read_csv(respond(request, "x.html", {}, one, two))
    assert [row[0] for row in rows] == ["Job", "job 000", "job 001", "job 002"]


def test_a_cell_with_a_link_of_its_own_is_not_wrapped_in_another() -> None:
    make_jobs(1)
    columns = [Column(name="name", title="Job", link=lambda row: "/elsewhere/")]
    table = Table(
        ask(), JobRun.objects.all(), columns, name="j", caption="J", row_url=lambda row: "/row/"
    )
    html = render_to_string("components/table.html", {"table": table}, ask())
    assert '<a href="/elsewhere/">job 000</a>' in html
    assert '<a href="/row/"' not in html
    assert '<tr data-href="/row/">' in html


def test_rows_can_be_opened_and_selected() -> None:
    make_jobs(1)
    job = JobRun.objects.get()
    table = make_table(
        ask(),
        row_url=lambda row: f"/jobs/{row.pk}/",
        bulk=[BulkAction(title="Stop", url="/jobs/stop/")],
    )
    html = render_to_string("components/table.html", {"table": table}, ask())
    assert f'<tr data-href="/jobs/{job.pk}/">' in html
    assert f'<a href="/jobs/{job.pk}/" class="row-link">job 000</a>' in html
    assert f'name="ids" value="{job.pk}" form="table-jobs-bulk"' in html
    assert 'formaction="/jobs/stop/"' in html


def test_an_unused_filter_says_any() -> None:
    class Filters(django_filters.FilterSet):
        state = django_filters.ChoiceFilter(choices=JobState.choices, label="State")
        waits = django_filters.BooleanFilter(field_name="sent_at", lookup_expr="isnull")

        class Meta:
            model = JobRun
            fields: list[str] = []

    html = render_to_string("components/table.html", {"table": make_table(ask(), filters=Filters)})
    assert html.count(">Any</option>") == 2
    assert "unknown" not in html
    assert "---" not in html
    assert html.count('form="table-jobs-filters"') == 3
