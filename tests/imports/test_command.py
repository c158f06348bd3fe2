"""`manage.py import_file`: its answer, its exit code, and nothing done halfway."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, RevenueEntry
from kam.imports.choices import BatchState
from kam.imports.models import DataSource, ImportBatch
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db

SALES = "source_key,account,date,net_amount\nL1,C1,2026-03-31,10.50\nL2,C9,2026-03-31,4.25\n"


def run(kind: str, path: Path, *options: str) -> tuple[Any, str]:
    """Run the command with --json; what it answered, and the error it ended with."""
    out = io.StringIO()
    try:
        call_command("import_file", kind, str(path), "--json", *options, stdout=out)
    except CommandError as error:
        return json.loads(out.getvalue()), str(error)
    return json.loads(out.getvalue()), ""


def write(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_answer_has_its_stable_form(tmp_path: Path) -> None:
    make_account(name="Kesko", external_id="C1")
    answer, error = run("sales", write(tmp_path, SALES), "--accept-rejects")
    batch = ImportBatch.objects.get()
    assert error == ""
    assert {key: answer[key] for key in (
        "batch", "rows", "created", "updated", "unchanged", "rejected", "rejects", "committed",
    )} == {
        "batch": batch.pk, "rows": 2, "created": 1, "updated": 0, "unchanged": 0, "rejected": 1,
        "rejects": [
            {"reason": "unknown account", "count": 1, "amount": 4.25, "currency": "EUR"}
        ],
        "committed": True,
    }  # fmt: skip
    assert DataSource.objects.get().code == "sales"


def test_rejects_without_leave_end_with_an_error(tmp_path: Path) -> None:
    make_account(name="Kesko", external_id="C1")
    answer, error = run("sales", write(tmp_path, SALES))
    assert "1 row cannot be imported" in error
    assert (answer["created"], answer["rejected"], answer["committed"]) == (0, 1, False)
    assert not RevenueEntry.objects.exists()
    assert ImportBatch.objects.get().state == BatchState.REFUSED


def test_dry_run_counts_and_changes_nothing(tmp_path: Path) -> None:
    answer, error = run("sales", write(tmp_path, SALES), "--create-accounts", "--dry-run")
    assert error == ""
    assert (answer["created"], answer["rejected"], answer["committed"]) == (2, 0, False)
    assert (RevenueEntry.objects.count(), Account.objects.count()) == (0, 0)


def test_twice_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, SALES)
    first, _error = run("sales", path, "--create-accounts")
    second, _error = run("sales", path, "--create-accounts")
    assert (first["created"], first["also_created"]) == (2, {"accounts": 2})
    assert (second["created"], second["unchanged"]) == (0, 2)


def test_mapping_says_everything(tmp_path: Path) -> None:
    path = write(tmp_path, "no;line;who;on;price;qty\n7;1;9.0;31/03/2026;1,50;2\n")
    mapping = {
        "source": "shop",
        "columns": {
            "source_key": ["no", "line"], "account": "who", "date": "on", "unit_price": "price",
            "quantity": "qty",
        },
        "constants": {"currency": "GBP"},
        "date_format": "%d/%m/%Y",
        "decimal": ",",
        "strip_suffix": {"account": ".0"},
    }  # fmt: skip
    chosen = write(tmp_path, json.dumps(mapping), "map.json")
    answer, error = run("sales", path, "--mapping", str(chosen), "--create-accounts")
    entry = RevenueEntry.objects.get()
    assert (error, answer["created"]) == ("", 1)
    assert (entry.source.code, entry.source_key, entry.currency_id) == ("shop", "7-1", "GBP")
    assert (str(entry.account), entry.net_amount) == ("9", Decimal(3))


def test_broken_file_is_refused_with_every_line(tmp_path: Path) -> None:
    answer, error = run("sales", write(tmp_path, "account,date\nC1,2026-01-01\nC1\nx,,\nC2\n"))
    assert answer["lines"] == [3, 4, 5]
    assert "line 3: 1 cell where the header has 2" in error.splitlines()
    assert "line 4: 3 cells where the header has 2 (a delimiter without quotes?)" in error
    assert not ImportBatch.objects.exists()


def test_broken_export_is_refused_with_line_numbers(shared_data: Path) -> None:
    answer, error = run("sales", shared_data / "northwind" / "malformed" / "orders.csv")
    assert (len(answer["lines"]), answer["lines"][:3]) == (176, [4, 5, 6])
    assert "line 830: 15 cells where the header has 14" in error


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "A mapping is a JSON object"),
        ('{"columns": {"account": "Nobody"}}', "The file has no column “Nobody”"),
        ('{"columns": {"nothing": "account"}}', "There is no column “nothing”"),
        ('{"cols": {}}', "A mapping has no key “cols”"),
        ('{"columns": {"account": "account"}}', "Say which column"),
        ('{"constants": {"date": "soon"}, "columns": {"net_amount": "net_amount"}}', "“soon”"),
        ('{"date_format": "%Q"}', "is not a date format"),
        ('{"decimal": "x"}', "The decimal sign is"),
        ('{"encoding": "rot13", "columns": {"date": "date"}}', "not an encoding"),
    ],
)
def test_impossible_mapping_says_why_and_leaves_nothing(
    tmp_path: Path, mapping: str, words: str
) -> None:
    chosen = write(tmp_path, mapping, "map.json")
    answer, error = run("sales", write(tmp_path, SALES), "--mapping", str(chosen))
    assert words in error
    assert words in answer["error"]
    assert not ImportBatch.objects.exists()


def test_unknown_kind_and_missing_file_say_so(tmp_path: Path) -> None:
    _answer, error = run("nonsense", write(tmp_path, SALES))
    assert "There is no kind “nonsense”" in error
    _answer, error = run("sales", tmp_path / "gone.csv")
    assert "gone.csv" in error


def test_control_totals_on_the_command_line(tmp_path: Path) -> None:
    path = write(tmp_path, SALES)
    options = ["--create-accounts", "--control-rows", "2", "--control-total"]
    _answer, error = run("sales", path, *options, "EUR=14.74")
    assert "The file adds up to 14.75 EUR, the control total says 14.74." in error
    answer, error = run("sales", path, *options, "EUR=14.75")
    assert (answer["created"], error) == (2, "")


def test_period_can_be_replaced(tmp_path: Path) -> None:
    header = "account,date,net_amount\n"
    first = write(tmp_path, f"{header}A,2026-03-01,1\nA,2026-03-02,2\nA,2026-04-01,3\n")
    run("sales", first, "--create-accounts")
    second = write(tmp_path, f"{header}A,2026-03-02,2\n")
    answer, error = run("sales", second, "--replace", "2026-03")
    assert (error, answer["unchanged"], answer["removed"]) == ("", 1, 1)
    assert sorted(RevenueEntry.objects.values_list("net_amount", flat=True)) == [2, 3]


def test_plain_answer_is_for_people(tmp_path: Path) -> None:
    out = io.StringIO()
    path = str(write(tmp_path, SALES))
    call_command("import_file", "sales", path, "--create-accounts", "--timings", stdout=out)
    text = out.getvalue()
    assert "created" in text
    assert "total EUR: 14.7500 in 2 rows" in text
    assert "s  stage" in text
