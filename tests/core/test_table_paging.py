"""Keyset pages hold every row exactly once, in order, both ways, with ties and missing values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import ExpressionWrapper, F, FloatField, QuerySet
from django.db.models.functions import Cast, NullIf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam.core.models import JobRun
from kam.core.tables.paging import BadCursorError, KeysetPager, ListPager, decode, encode

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
RATIO = ExpressionWrapper(
    Cast(F("done"), FloatField()) / NullIf(F("total"), 0), output_field=FloatField()
)
SORTS: dict[str, Any] = {
    "pk": None,
    "text": "name",
    "missing": "total",
    "moment": "started_at",
    "ratio": RATIO,
}
jobs = st.lists(
    st.tuples(
        st.sampled_from(["", "a", "b", "ä", "中", "b'\"%_"]),
        st.one_of(st.none(), st.integers(0, 3)),
        st.one_of(st.none(), st.integers(0, 2)),
    ),
    max_size=14,
)


@contextmanager
def stored(rows: list[tuple[str, int | None, int | None]]) -> Iterator[QuerySet[JobRun]]:
    """The rows in the database, gone again afterwards."""
    with transaction.atomic():
        JobRun.objects.all().delete()
        JobRun.objects.bulk_create(
            JobRun(
                name=name,
                total=total,
                done=min(total or 0, 1),
                started_at=None if day is None else START + timedelta(days=day, microseconds=7),
            )
            for name, total, day in rows
        )
        yield JobRun.objects.select_related("requested_by")  # joined to the rows shown alone
        transaction.set_rollback(True)


def forwards(pager: KeysetPager) -> list[list[int]]:
    pages, cursor = [], ""
    while True:
        page = pager.page(after=cursor)
        pages.append([row.pk for row in page.rows])
        if page.next is None:
            return pages
        cursor = page.next


def backwards(pager: KeysetPager, cursor: str | None) -> list[list[int]]:
    pages: list[list[int]] = []
    while cursor is not None:
        page = pager.page(before=cursor)
        pages.insert(0, [row.pk for row in page.rows])
        cursor = page.previous
    return pages


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=jobs, sort=st.sampled_from(sorted(SORTS)), down=st.booleans(), size=st.integers(1, 5))
def test_pages_hold_every_row_once_in_order(
    rows: list[tuple[str, int | None, int | None]], sort: str, down: bool, size: int
) -> None:
    with stored(rows) as queryset:
        pager = KeysetPager(queryset, SORTS[sort], descending=down, size=size)
        whole = [row.pk for row in pager.ordered()]
        pages = forwards(pager)
        assert [pk for page in pages for pk in page] == whole
        assert sorted(whole) == sorted(queryset.values_list("pk", flat=True))
        assert all(len(page) == size for page in pages[:-1])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=jobs, sort=st.sampled_from(sorted(SORTS)), down=st.booleans(), size=st.integers(1, 5))
def test_going_back_shows_the_same_pages(
    rows: list[tuple[str, int | None, int | None]], sort: str, down: bool, size: int
) -> None:
    with stored(rows) as queryset:
        pager = KeysetPager(queryset, SORTS[sort], descending=down, size=size)
        pages = forwards(pager)
        last = pager.page()
        while last.next is not None:
            last = pager.page(after=last.next)
        assert backwards(pager, last.previous) == pages[:-1]


@pytest.mark.parametrize("down", [False, True])
def test_missing_values_stand_last_either_way(down: bool) -> None:
    with stored([("a", None, None), ("b", 2, None), ("c", 1, None)]) as queryset:
        names = [row.name for row in KeysetPager(queryset, "total", descending=down).ordered()]
    assert names == (["b", "c", "a"] if down else ["c", "b", "a"])


@pytest.mark.parametrize(
    "cursor", ["x", "%%%", "bm90IGpzb24", encode("text", "1"), encode(None, "no number"), "W10"]
)
def test_a_broken_cursor_gives_the_first_page(cursor: str) -> None:
    with stored([("a", 1, 0), ("b", 2, 1)]) as queryset:
        page = KeysetPager(queryset, "started_at").page(after=cursor)
    assert [row.name for row in page.rows] == ["a", "b"]


def test_a_cursor_keeps_what_it_was_given() -> None:
    assert decode(encode(None, 7)) == (None, "7")
    assert decode(encode(START, 7)) == ("2026-01-01T12:00:00+00:00", "7")
    with pytest.raises(BadCursorError):
        decode("W10")


def test_a_column_that_is_never_null_needs_no_order_of_nulls() -> None:
    sql = str(KeysetPager(JobRun.objects.all(), "name", descending=True).ordered().query)
    assert "NULLS" not in sql
    assert "NULLS LAST" in str(KeysetPager(JobRun.objects.all(), "total").ordered().query)


def test_a_list_is_paged_by_offset_with_missing_values_last() -> None:
    pager = ListPager([3, None, 1, 2], key=lambda row: row, descending=True, size=2)
    first = pager.page()
    assert (first.rows, first.previous, first.next, first.total) == ([3, 2], None, "2", 4)
    second = pager.page(after="2")
    assert (second.rows, second.previous, second.next) == ([1, None], "0", None)
    assert pager.page(after="99").rows == [3, 2]
    assert pager.page(before="0").rows == [3, 2]
