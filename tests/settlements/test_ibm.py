"""Real receivables: imported by the command line, every figure to the cent."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kam.core.money import quantise
from kam.imports.models import ImportBatch, ImportReject
from kam.imports.services import undoing
from settlements.models import Document, OverdueSpell, Position, WorkItem

pytestmark = pytest.mark.django_db

COLUMNS = {
    "source_key": "invoiceNumber",
    "account": "customerID",
    "document_date": "InvoiceDate",
    "due_date": "DueDate",
    "amount": "InvoiceAmount",
    "settled_on": "SettledDate",
}
MAPPING = {
    "source": "ibm",
    "date_format": "%m/%d/%Y",
    "columns": COLUMNS,
    "constants": {"currency": "USD"},
}
EDGES = (30, 60, 90)


class Cli:
    """The commands as a user runs them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def run(self, *arguments: str) -> Any:
        call_command(*arguments, "--json")
        return json.loads(self.capsys.readouterr().out, parse_float=Decimal)

    def load(self, file: Path, *flags: str, mapping: dict[str, Any] | None = None) -> Any:
        path = self.folder / "map.json"
        path.write_text(json.dumps(mapping or MAPPING))
        words = ("import_file", "open_items", str(file), f"--mapping={path}", "--create-accounts")
        return self.run(*words, *flags)


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(tmp_path, capsys)


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "ibm_ar"


def lines(file: Path) -> list[dict[str, Any]]:
    """The file as plain Python reads it."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [
            {
                "account": row["customerID"],
                "number": row["invoiceNumber"],
                "on": day(row["InvoiceDate"]),
                "due": day(row["DueDate"]),
                "settled": day(row["SettledDate"]),
                "amount": Decimal(row["InvoiceAmount"]),
            }
            for row in csv.DictReader(stream)
        ]


def day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a date has no time zone


def expected_at(rows: list[dict[str, Any]], as_of: date) -> dict[str, Any]:
    """Ageing by the conventions, one row after the other."""
    found = [row for row in rows if row["on"] <= as_of < row["settled"]]
    buckets = dict.fromkeys(("not_due", "1-30", "31-60", "61-90", "91+", "no_due_date"), Decimal(0))
    overdue: dict[str, Decimal] = defaultdict(Decimal)
    for row in found:
        days = (as_of - row["due"]).days
        place = 0 if days <= 0 else 1 + sum(days > edge for edge in EDGES)
        buckets[list(buckets)[place]] += row["amount"]
        if days > 0:
            overdue[row["account"]] += row["amount"]
    gross = sum((row["amount"] for row in found), Decimal(0))
    start = as_of - timedelta(days=90)
    sales = sum((row["amount"] for row in rows if start < row["on"] <= as_of), Decimal(0))
    return {
        "open_items": len(found),
        "open": gross,
        "buckets": buckets,
        "overdue": sum(overdue.values(), Decimal(0)),
        "overdue_items": sum(1 for row in found if row["due"] < as_of),
        "accounts_overdue": len(overdue),
        "dso_simple_90": quantise(gross / sales * 90, 2) if sales else None,
        "overdue_by_account": sorted(overdue.items(), key=lambda pair: -pair[1])[:20],
    }


def reference(shared_data: Path) -> dict[str, Any]:
    text = (shared_data / "reference.json").read_text(encoding="utf-8")
    known: dict[str, Any] = json.loads(text, parse_float=Decimal)["ibm_ar"]
    return known


def test_every_figure_of_the_reference(shared_data: Path, folder: Path, cli: Cli) -> None:
    known = reference(shared_data)
    answer = cli.load(folder / "accounts_receivable.csv", "--control-rows=2466")
    assert (answer["created"], answer["rejected"]) == (known["rows"], 0)
    assert [total["amount"] for total in answer["totals"]] == [known["total"]]
    for as_of, figures in known["ageing"].items():
        found = cli.run("ageing", "--as-of", as_of)
        buckets = {**figures.pop("buckets"), "no_due_date": 0}
        assert found["buckets"] == buckets
        top = [[row["account"], row["overdue"]] for row in found["by_account"][:3]]
        assert top == figures.pop("top3_overdue")
        assert {name: found[name] for name in figures} == figures
        assert (found["currency"], found["net"], found["unapplied"]) == ("USD", found["open"], 0)


@pytest.mark.parametrize("name", ["accounts_receivable", "original_leading_zero_invoice_numbers",
                                  "dirty_variant_with_missing"])  # fmt: skip
def test_other_dates_by_plain_python(folder: Path, cli: Cli, name: str) -> None:
    file = folder / f"{name}.csv"
    rows = lines(file)
    answer = cli.load(file)
    assert (answer["created"], answer["rejected"]) == (len(rows), 0)
    for as_of in (date(2012, 1, 2), date(2012, 2, 29), date(2012, 7, 14), date(2013, 3, 31),
                  date(2013, 11, 30), date(2014, 6, 1)):  # fmt: skip
        found = cli.run("ageing", "--as-of", as_of.isoformat())
        wanted = expected_at(rows, as_of)
        top = wanted.pop("overdue_by_account")
        assert sorted((row["account"], row["overdue"]) for row in found["by_account"]) == (
            sorted(top) if len(top) < 20 else sorted(
                (row["account"], row["overdue"]) for row in found["by_account"]))  # fmt: skip
        assert [row["overdue"] for row in found["by_account"]] == [amount for _code, amount in top]
        assert {key: found[key] for key in wanted} == wanted


def test_sent_again_nothing_happens(folder: Path, cli: Cli) -> None:
    cli.load(folder / "accounts_receivable.csv")
    assert Document.objects.count() == 2 * 2466
    again = cli.load(folder / "accounts_receivable.csv")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2466)
    more = cli.load(folder / "dirty_variant_with_missing.csv")
    assert (more["created"], more["updated"], more["unchanged"]) == (120, 0, 2466)
    with pytest.raises(CommandError):
        cli.load(folder / "original_leading_zero_invoice_numbers.csv")
    refused = json.loads(cli.capsys.readouterr().out)
    assert [(r["reason"], r["count"]) for r in refused["rejects"]] == [
        ("number differs by zeros", 2466 - refused["unchanged"])
    ]
    assert Document.objects.count() == 2 * (2466 + 120)


def test_open_first_and_settled_later(folder: Path, cli: Cli) -> None:
    """Without keys: an item is known by its content, of which its settlement is no part."""
    rows = lines(folder / "accounts_receivable.csv")
    file = folder / "accounts_receivable.csv"
    columns = {k: v for k, v in COLUMNS.items() if k not in {"source_key", "settled_on"}}
    columns["reference"] = "invoiceNumber"
    before = cli.load(file, mapping={**MAPPING, "columns": columns})
    assert (before["created"], before["also_created"]) == (2466, {"accounts": 100})
    everything = cli.run("ageing", "--as-of", "2014-06-01")
    assert (everything["open_items"], everything["open"]) == (2466, Decimal("147703.18"))
    columns["settled_on"] = "SettledDate"
    after = cli.load(file, mapping={**MAPPING, "columns": columns})
    assert (after["created"], after["updated"], after["unchanged"]) == (0, 2466, 0)
    as_of = date(2012, 12, 31)
    found, wanted = cli.run("ageing", "--as-of", str(as_of)), expected_at(rows, as_of)
    wanted.pop("overdue_by_account")
    assert {key: found[key] for key in wanted} == wanted


def test_overdue_job_over_the_years(folder: Path, cli: Cli) -> None:
    rows = lines(folder / "accounts_receivable.csv")
    cli.load(folder / "accounts_receivable.csv")
    late: set[str] = set()
    for as_of in (date(2012, 12, 31), date(2013, 1, 3), date(2013, 6, 30)):
        now = {r["number"] for r in rows if r["on"] <= as_of < r["settled"] and r["due"] < as_of}
        answer = cli.run("flag_overdue", "--as-of", str(as_of))
        seconds = answer.pop("seconds")
        assert seconds >= 0
        assert answer == {
            "flagged": len(now - late), "cured": len(late - now), "unchanged": len(now & late),
        }  # fmt: skip
        late = now
    assert cli.run("flag_overdue", "--as-of", "2013-06-30") | {"seconds": 0} == {
        "flagged": 0, "cured": 0, "unchanged": 12, "seconds": 0,
    }  # fmt: skip
    assert Position.objects.filter(overdue__gt=0).count() == 12
    assert WorkItem.objects.not_done().in_queue().count() == 12
    running = OverdueSpell.objects.filter(cured_on__isnull=True)
    assert {spell.item.document.number for spell in running} == late
    missed = [r for r in rows if date(2013, 1, 3) <= r["due"] and r["settled"] <= date(2013, 6, 30)
              and r["settled"] > r["due"] + timedelta(days=1)]  # fmt: skip
    passed = OverdueSpell.objects.filter(noted_on=date(2013, 6, 30), cured_on__isnull=False)
    assert {(s.item.document.number, s.overdue_since, s.cured_on) for s in passed} == {
        (r["number"], r["due"] + timedelta(days=1), r["settled"]) for r in missed
    }


def test_undo_reverses_and_the_file_can_come_again(folder: Path, cli: Cli) -> None:
    answer = cli.load(folder / "accounts_receivable.csv")
    report = undoing.undo(batch_id=answer["batch"], as_of=timezone.localdate())
    assert report.removed == 2 * 2466
    assert Document.objects.count() == 4 * 2466
    for as_of in ("2012-12-31", "2014-06-01"):
        found = cli.run("ageing", "--as-of", as_of)
        assert (found["open"], found["net"], found["open_items"]) == (0, 0, 0)
    again = cli.load(folder / "accounts_receivable.csv")
    assert (again["created"], again["rejected"]) == (2466, 0)
    assert cli.run("ageing", "--as-of", "2012-12-31")["open"] == Decimal("5725.06")
    once_more = cli.load(folder / "accounts_receivable.csv")
    assert (once_more["created"], once_more["unchanged"]) == (0, 2466)
    assert ImportReject.objects.count() == 0
    assert ImportBatch.objects.filter(state="undone").count() == 1
