"""Documents and their differences: the same hash for the same thing, turned round both ways."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plans.analytics.diff import Change, diff
from plans.analytics.documents import canonical, hash_of, plain
from plans.selectors import reading

keys = st.sampled_from(["title", "text", "gain", "rows", "names", "owner"])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.decimals(-9, 9, places=2),
    st.sampled_from(["a", "b", "1.50"]),
    st.dates(date(2026, 1, 1), date(2026, 1, 3)),
    st.fixed_dictionaries(
        {"amount": st.decimals(-9, 9, places=4), "currency": st.sampled_from(["EUR", "USD"])}
    ),
)


def _rows(inner: Any) -> Any:
    row = st.dictionaries(keys, inner, max_size=3)
    numbered = st.tuples(st.integers(1, 4), row).map(lambda pair: {**pair[1], "id": pair[0]})
    return st.lists(numbered, max_size=4, unique_by=lambda one: one["id"])


documents = st.dictionaries(
    keys,
    st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.dictionaries(keys, inner, max_size=3), _rows(inner), st.lists(inner, max_size=3)
        ),
        max_leaves=8,
    ),
    max_size=4,
).map(plain)


@given(documents, documents)
def test_a_difference_is_empty_of_the_same_and_turns_round(one: Any, other: Any) -> None:
    assert diff(one, one) == []
    assert diff(one, json.loads(canonical(one))) == []
    assert diff(other, one) == [change.turned() for change in diff(one, other)]


@given(documents)
def test_rows_that_only_stand_elsewhere_do_not_differ(one: Any) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(each) for each in reversed(value)] if isinstance(value, list) else value

    rows = {"rows": [{"id": 1, "title": "x"}, {"id": 2}, {"id": 3, "names": ["b", "a"]}]}
    assert diff(rows, turned(rows)) == []
    assert hash_of(one) == hash_of({key: one[key] for key in reversed(one)})


@given(documents, documents)
def test_hashes_are_those_of_what_was_written_down(one: Any, other: Any) -> None:
    assert hash_of(one) == hash_of(json.loads(json.dumps(one)))
    assert (hash_of(one) == hash_of(other)) == (canonical(one) == canonical(other))


def test_what_changes_are_called() -> None:
    before = plain(
        {
            "text": "Grow",
            "gain": {"amount": Decimal("100.0000"), "currency": "EUR"},
            "rows": [{"id": 1, "title": "A", "due_on": date(2026, 3, 1)}, {"id": 2, "title": "B"}],
            "names": ["x", "y"],
            "weight": Decimal("1.00"),
        }
    )
    after = plain(
        {
            "text": "Grow more",
            "gain": {"amount": Decimal("130.5"), "currency": "EUR"},
            "rows": [{"id": 3, "title": "C"}, {"id": 1, "title": "A", "due_on": date(2026, 4, 1)}],
            "names": ["y", "z"],
            "weight": Decimal(1),
        }
    )
    gain = {"amount": "30.5", "currency": "EUR"}
    assert diff(before, after) == [
        Change(
            path=("gain",),
            kind="changed",
            before=before["gain"],
            after=after["gain"],
            difference=gain,
        ),
        Change(path=("names",), kind="removed", before="x"),
        Change(path=("names",), kind="added", after="z"),
        Change(
            path=("rows", "#1", "due_on"), kind="changed", before="2026-03-01", after="2026-04-01"
        ),
        Change(path=("rows", "#2"), kind="removed", before={"id": 2, "title": "B"}),
        Change(path=("rows", "#3"), kind="added", after={"id": 3, "title": "C"}),
        Change(path=("text",), kind="changed", before="Grow", after="Grow more"),
    ]
    assert (
        diff(
            {"gain": {"amount": "1", "currency": "EUR"}},
            {"gain": {"amount": "1", "currency": "USD"}},
        )[0].difference
        is None
    )


def test_nothing_is_as_good_as_an_empty_list() -> None:
    assert diff({"rows": [], "owner": None}, {}) == []
    assert diff({"owner": {}}, {"owner": None}) == []
    [change] = diff({}, {"rows": [{"id": 1}]})
    assert (change.path, change.kind) == (("rows", "#1"), "added")


def test_decimals_have_one_text() -> None:
    spoken = ["5.0000", "5", "-0.00", "1E+3", "0.10", "1200"]
    assert [plain(Decimal(one)) for one in spoken] == ["5", "5", "0", "1000", "0.1", "1200"]


def test_documents_speak_as_the_page_does() -> None:
    """No code, no fraction, no month of a machine stands in what people read."""
    target = {
        "id": 1, "metric": "net_revenue", "title": "Net", "kind": "money", "standing": "close",
        "share": "0.84", "elapsed": "0.9", "actual_on": "2026-06-01",
    }  # fmt: skip
    node = reading.node_of(target, is_row=True)
    assert dict(node.facts) == {
        "seen on": "Jun 1, 2026", "share of the time that is over": "90.0%", "share": "84.0%",
        "how it stands": "A little behind",
    }  # fmt: skip
    month = reading.node_of({"id": 2, "name": "2026-06", "percent": 5}, is_row=True)
    assert (month.title, month.is_small) == ("Jun 2026", True)
    lever = reading.node_of({"kind": "shoppers", "contribution": "0.05"}, is_row=True)
    assert lever.facts == [("kind", "Shoppers"), ("contribution", "5.0%")]
    assert reading.difference_words("0.02", "share") == "+2.0%"
