"""Revenue lines on their way in: resolved, judged, compared, written, taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.importers.sales import SalesImporter
from accounts.models import (
    Account,
    AccountIdentifier,
    GroupMonth,
    Product,
    ProductCategory,
    RevenueEntry,
    RevenueRevision,
)
from kam.core.dates import Period
from kam.imports.choices import BatchState
from kam.imports.engine.importer import UndoRefusedError
from kam.imports.engine.run import Run
from kam.imports.models import DataSource, ImportReject
from kam.imports.options import ControlTotals, Options
from kam.imports.services import running, undoing
from tests.factories.accounts import make_account, make_category, make_product
from tests.factories.core import make_rate
from tests.factories.imports import TODAY, Sent, csv_text, ready_batch, send

pytestmark = pytest.mark.django_db

HEADER = ["source_key", "account", "date", "product", "net_amount", "currency"]
LINE = ["L1", "C1", "2026-03-31", "P1", "100.50", "EUR"]


def sales(*rows: list[Any], header: list[str] | None = None, **setup: Any) -> Sent:
    return send("sales", csv_text(header or HEADER, *rows), **setup)


def known_account(external_id: str = "C1", **facts: Any) -> Account:
    return make_account(name=f"Customer {external_id}", external_id=external_id, **facts)


def entries() -> list[tuple[str, str | None, date, Decimal, str]]:
    rows = RevenueEntry.objects.order_by("source_key").select_related("account")
    return [
        (e.source_key, e.account and e.account.name, e.booked_on, e.net_amount, e.currency_id)
        for e in rows
    ]


def test_line_becomes_an_entry_with_everything_it_refers_to() -> None:
    account = known_account()
    category = make_category(code="Dairy")
    product = make_product(code="P1", category=category)
    header = [*HEADER, "quantity", "unit", "cost"]
    sent = sales([*LINE, "12.5", "kg", "80"], header=header)
    entry = RevenueEntry.objects.get()
    assert sent.counts == (1, 0, 0, 0)
    assert (entry.account, entry.product, entry.category) == (account, product, category)
    assert (entry.quantity, entry.unit, entry.cost) == (Decimal("12.5"), "kg", Decimal(80))
    assert (entry.rate, entry.base_amount) == (Decimal(1), Decimal("100.5"))
    assert (entry.batch, entry.source.code) == (sent.batch, "erp")
    assert GroupMonth.objects.get().net_amount == Decimal("100.5")


def test_same_file_twice_changes_nothing() -> None:
    known_account()
    assert sales(LINE).counts == (1, 0, 0, 0)
    before = list(RevenueEntry.objects.values())
    assert sales(LINE).counts == (0, 0, 1, 0)
    assert list(RevenueEntry.objects.values()) == before
    assert not RevenueRevision.objects.exists()


def test_corrected_line_replaces_and_keeps_what_was() -> None:
    known_account()
    first = sales(LINE)
    second = sales([*LINE[:4], "99", "EUR"])
    assert second.counts == (0, 1, 0, 0)
    assert entries() == [("L1", "Customer C1", date(2026, 3, 31), Decimal(99), "EUR")]
    revision = RevenueRevision.objects.get()
    assert (revision.batch, revision.before["net_amount"]) == (second.batch, 100.5)
    assert revision.before["batch_id"] == first.batch.pk
    assert GroupMonth.objects.get().net_amount == Decimal(99)


def test_lines_without_keys_count_as_often_as_they_stand() -> None:
    known_account()
    header = HEADER[1:]
    twice = [LINE[1:], LINE[1:], [*LINE[1:4], "7", "EUR"]]
    assert sales(*twice, header=header).counts == (3, 0, 0, 0)
    assert sales(*twice, header=header).counts == (0, 0, 3, 0)
    assert sales(*twice, LINE[1:], header=header).counts == (1, 0, 3, 0)
    assert RevenueEntry.objects.count() == 4


def test_lines_without_keys_are_known_again_in_another_form() -> None:
    known_account()
    plain = "account,date,net_amount,currency\nC1,2026-03-31,1234.50,EUR\n"
    other = "Kunde;Tag;Betrag;Währung\nC1;31.03.2026;1.234,5;EUR\n".encode("utf-16")
    mapping = {
        "source": "erp",
        "columns": {
            "account": "Kunde", "date": "Tag", "net_amount": "Betrag", "currency": "Währung",
        },
        "date_format": "%d.%m.%Y",
        "decimal": ",",
    }  # fmt: skip
    assert send("sales", plain).counts == (1, 0, 0, 0)
    assert send("sales", other, mapping=mapping).counts == (0, 0, 1, 0)


def test_amount_is_computed_and_rounded_half_up_to_four_decimals() -> None:
    known_account()
    header = ["source_key", "account", "date", "quantity", "unit_price", "discount"]
    sales(
        ["a", "C1", "2026-01-01", "3", "0.33335", ""],
        ["b", "C1", "2026-01-01", "-3", "0.33335", ""],
        ["c", "C1", "2026-01-01", "10", "9.99", "0.15"],
        ["d", "C1", "2026-01-01", "1", "10", "5%"],
        header=header,
    )
    assert [row[3] for row in entries()] == [
        Decimal("1.0001"), Decimal("-1.0001"), Decimal("84.9150"), Decimal("9.5000"),
    ]  # fmt: skip


def test_blank_account_is_unassigned_and_said() -> None:
    sent = sales([*LINE[:1], "", *LINE[2:]])
    assert entries() == [("L1", None, date(2026, 3, 31), Decimal("100.5"), "EUR")]
    assert "unassigned" in sent.notices


def test_unknown_account_refuses_the_file_and_names_the_line() -> None:
    known_account()
    sent = sales(LINE, ["L2", "C9", "2026-03-31", "P1", "7.25", "EUR"])
    assert sent.batch.state == BatchState.REFUSED
    assert (sent.batch.created, sent.batch.rejected) == (0, 1)
    assert [(g.reason, g.count, g.amount, g.currency) for g in sent.summary.rejects] == [
        ("unknown account", 1, Decimal("7.25"), "EUR")
    ]
    reject = ImportReject.objects.get()
    assert (reject.line, reject.reason, reject.amount) == (3, "unknown account", Decimal("7.25"))
    assert reject.cells == ["L2", "C9", "2026-03-31", "P1", "7.25", "EUR"]
    assert (RevenueEntry.objects.count(), Product.objects.count()) == (0, 0)


def test_leave_to_reject_takes_the_rest() -> None:
    known_account()
    bad = [
        ["L2", "C9", "2026-03-31", "P1", "1", "EUR"],
        ["L3", "C1", "soon", "P1", "2", "EUR"],
        ["L4", "C1", "2026-03-31", "P1", "many", "EUR"],
        ["L5", "C1", "2026-03-31", "P1", "", "EUR"],
        ["L6", "C1", "2026-03-31", "P1", "5", "XQX"],
        ["", "C1", "2026-03-31", "P1", "6", "EUR"],
        ["L8", "C1", "", "P1", "7", "EUR"],
    ]
    sent = sales(LINE, *bad, options=Options(accept_rejects=True))
    assert sent.counts == (1, 0, 0, 7)
    assert sorted(sent.reasons) == [
        ("missing: date", 1),
        ("missing: net_amount", 1),
        ("missing: source_key", 1),
        ("not a date: date", 1),
        ("not a number: net_amount", 1),
        ("unknown account", 1),
        ("unknown currency", 1),
    ]
    amounts = {g.reason: g.amount for g in sent.summary.rejects}
    assert (amounts["not a date: date"], amounts["missing: date"]) == (Decimal(2), Decimal(7))
    assert [row[0] for row in entries()] == ["L1"]
    assert list(ImportReject.objects.values_list("line", flat=True)) == [3, 4, 5, 6, 7, 8, 9]


def test_rejected_amounts_of_two_currencies_are_not_added() -> None:
    sent = sales(
        ["a", "C9", "2026-03-31", "", "1", "EUR"], ["b", "C9", "2026-03-31", "", "2", "USD"]
    )
    assert [(g.currency, g.amount) for g in sent.summary.rejects] == [
        ("EUR", Decimal(1)), ("USD", Decimal(2)),
    ]  # fmt: skip


def test_unknown_accounts_are_created_once_on_request() -> None:
    lines = [[f"L{n}", "New Shop", "2026-03-31", "", n, "EUR"] for n in (1, 2, 3)]
    sent = sales(*lines, options=Options(create_accounts=True))
    account = Account.objects.get()
    assert (sent.counts, sent.summary.also) == ((3, 0, 0, 0), {"accounts": 1})
    assert (account.name, account.kind, account.path) == ("New Shop", "group", [account.pk])
    identifier = AccountIdentifier.objects.get()
    assert (identifier.system, identifier.value) == ("erp", "New Shop")
    assert account.figure.last_entry_on == date(2026, 3, 31)
    assert sales(*lines, options=Options(create_accounts=True)).counts == (0, 0, 3, 0)
    assert Account.objects.count() == 1


def test_account_is_found_by_own_id_then_by_any_unique_id_then_by_name() -> None:
    own = make_account(name="Own", external_id="1", system="erp")
    make_account(name="Foreign", external_id="1", system="crm")
    elsewhere = make_account(name="Elsewhere", external_id="2", system="crm")
    named = make_account(name="Just a name")
    make_account(name="A", external_id="3", system="crm")
    make_account(name="B", external_id="3", system="wms")
    sent = sales(
        *[[key, text, "2026-03-31", "", 1, "EUR"]
          for key, text in (("a", "1"), ("b", "2"), ("c", "Just a name"), ("d", "3"))],
        options=Options(accept_rejects=True),
    )  # fmt: skip
    found = dict(RevenueEntry.objects.values_list("source_key", "account_id"))
    assert found == {"a": own.pk, "b": elsewhere.pk, "c": named.pk}
    assert sent.reasons == [("ambiguous account", 1)]


def test_merged_account_leads_to_its_survivor() -> None:
    survivor = make_account(name="Survivor")
    shell = known_account()
    Account.objects.filter(pk=shell.pk).update(merged_into=survivor, status="merged")
    sales(LINE)
    assert RevenueEntry.objects.get().account == survivor


def test_key_twice_with_other_content_is_rejected_and_alike_is_one() -> None:
    known_account()
    sent = sales(
        LINE,
        LINE,
        ["L2", *LINE[1:]],
        ["L2", *LINE[1:4], "1", "EUR"],
        options=Options(accept_rejects=True),
    )
    assert (sent.counts, sent.reasons) == ((1, 0, 1, 2), [("same key, other content", 2)])


def test_products_and_categories_are_created_and_reported() -> None:
    known_account()
    make_category(code="dairy", name="Dairy")
    header = [*HEADER, "category"]
    sent = sales(
        [*LINE, "Dairy"],
        ["L2", "C1", "2026-03-31", "P2", "1", "EUR", "Snacks"],
        header=header,
    )
    assert sent.summary.also == {"categories": 1, "products": 2}
    assert sorted(ProductCategory.objects.values_list("code", flat=True)) == ["Snacks", "dairy"]
    made = {p.code: p.category and p.category.name for p in Product.objects.all()}
    assert made == {"P1": "Dairy", "P2": "Snacks"}
    categories = [
        e.category and e.category.name for e in RevenueEntry.objects.order_by("source_key")
    ]
    assert categories == ["Dairy", "Snacks"]


def test_currency_is_the_account_s_else_the_organisation_s() -> None:
    known_account("C1", currency="RON")
    known_account("C2")
    sales(["a", "C1", "2026-03-31", "", 1, ""], ["b", "C2", "2026-03-31", "", 1, ""])
    assert [(key, row[-1]) for key, *row in entries()] == [("a", "RON"), ("b", "EUR")]


def test_rate_of_the_entry_s_date_is_used_and_a_missing_one_is_named() -> None:
    known_account()
    make_rate(currency="USD", base="EUR", valid_on=date(2026, 1, 1), rate="0.9")
    make_rate(currency="USD", base="EUR", valid_on=date(2026, 3, 1), rate="0.8")
    sent = sales(
        ["a", "C1", "2026-02-28", "", 10, "USD"],
        ["b", "C1", "2026-03-01", "", 10, "USD"],
        ["c", "C1", "2025-12-31", "", 10, "USD"],
    )
    values = dict(RevenueEntry.objects.values_list("source_key", "base_amount"))
    assert values == {"a": Decimal(9), "b": Decimal(8), "c": None}
    (notice,) = sent.summary.notices
    assert str(notice).startswith("No rate USD→EUR on or before 2025-12-31: 1 row has no amount")


def test_control_totals_must_agree() -> None:
    known_account()
    right = ControlTotals(rows=1, amounts={"EUR": Decimal("100.50")})
    wrong = ControlTotals(rows=2, amounts={"EUR": Decimal("100.51")})
    refused = sales(LINE, control_totals=wrong)
    assert refused.batch.state == BatchState.REFUSED
    assert refused.summary.blockers == (
        "The file has 1 row, the control total says 2.",
        "The file adds up to 100.50 EUR, the control total says 100.51.",
    )
    assert sales(LINE, control_totals=right).counts == (1, 0, 0, 0)


def test_preview_counts_and_changes_nothing() -> None:
    known_account()
    sales(LINE)
    batch = ready_batch(
        "sales",
        csv_text(HEADER, [*LINE[:4], "1", "EUR"], ["L2", *LINE[1:]], ["L3", "?", *LINE[2:]]),
    )
    summary = running.preview(batch_id=batch.pk, as_of=TODAY)
    batch.refresh_from_db()
    assert (summary.created, summary.updated, summary.rejected) == (1, 1, 1)
    assert [(t.currency, t.rows, t.amount, t.rejected_amount) for t in summary.totals] == [
        ("EUR", 3, Decimal(202), Decimal("100.5"))
    ]
    assert (batch.state, batch.rows, batch.rejects.count()) == (BatchState.PREVIEWED, 3, 1)
    assert [row[0] for row in entries()] == ["L1"]


def test_demo_and_real_data_never_mix() -> None:
    from kam.core.models import Organisation

    known_account()
    Organisation.objects.update(is_demo=True)
    sent = sales(LINE)
    assert (sent.batch.state, RevenueEntry.objects.count()) == (BatchState.REFUSED, 0)
    assert "demo company" in sent.summary.blockers[0]


def test_period_is_replaced_as_a_whole() -> None:
    known_account()
    header = HEADER[1:]
    march = [["C1", "2026-03-01", "", n, "EUR"] for n in (1, 2, 3)]
    sales(*march, ["C1", "2026-04-01", "", 4, "EUR"], header=header)
    other = sales(["C1", "2026-03-05", "", 9, "EUR"], header=header, source="other")
    sent = sales(
        march[0],
        ["C1", "2026-03-31", "", 5, "EUR"],
        header=header,
        options=Options(replace=Period.month(2026, 3)),
    )
    assert (sent.counts, sent.summary.removed) == ((1, 0, 1, 0), 2)
    amounts = sorted(
        RevenueEntry.objects.exclude(batch=other.batch).values_list("net_amount", flat=True)
    )
    assert amounts == [Decimal(1), Decimal(4), Decimal(5)]
    assert RevenueEntry.objects.filter(batch=other.batch).count() == 1
    undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    amounts = sorted(
        RevenueEntry.objects.exclude(batch=other.batch).values_list("net_amount", flat=True)
    )
    assert amounts == [Decimal(1), Decimal(2), Decimal(3), Decimal(4)]


def test_line_outside_the_replaced_period_is_rejected() -> None:
    known_account()
    sent = sales(LINE, options=Options(replace=Period.month(2026, 4)))
    assert sent.reasons == [("outside the replaced period", 1)]


def test_undo_removes_lines_and_what_only_they_needed() -> None:
    account = known_account()
    sent = sales(LINE, ["L2", "New", *LINE[2:]], options=Options(create_accounts=True))
    report = undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    sent.batch.refresh_from_db()
    assert (report.removed, report.restored, report.stays) == (2, 0, ())
    assert sent.batch.state == BatchState.UNDONE
    assert (RevenueEntry.objects.count(), Product.objects.count()) == (0, 0)
    assert list(Account.objects.all()) == [account]
    assert not GroupMonth.objects.filter(entries__gt=0).exists()
    assert sales(LINE).counts == (1, 0, 0, 0)


def test_undo_puts_back_what_was_changed() -> None:
    known_account()
    sales(LINE)
    before = list(RevenueEntry.objects.values())
    months = list(GroupMonth.objects.values("month", "net_amount", "entries"))
    sent = sales([*LINE[:2], "2026-05-01", "P1", "7", "EUR"])
    report = undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    assert (report.removed, report.restored) == (0, 1)
    assert list(RevenueEntry.objects.values()) == before
    assert (
        list(GroupMonth.objects.filter(entries__gt=0).values("month", "net_amount", "entries"))
        == months
    )


def test_undo_is_refused_while_a_later_import_stands_on_it() -> None:
    known_account()
    first = sales(LINE)
    second = sales([*LINE[:4], "99", "EUR"])
    with pytest.raises(UndoRefusedError, match=rf"#{second.batch.pk}\. Undo them first"):
        undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert not RevenueEntry.objects.exists()


def test_undo_leaves_what_others_refer_to_and_says_so() -> None:
    first = sales(["L1", "New", *LINE[2:]], options=Options(create_accounts=True))
    sales(["L2", "New", *LINE[2:]])
    report = undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert (report.removed, len(report.stays)) == (1, 2)
    assert report.stays[0].startswith("1 of the accounts stays")
    assert (Account.objects.count(), Product.objects.count()) == (1, 1)
    assert AccountIdentifier.objects.get().value == "New"


def test_undo_twice_does_it_once() -> None:
    known_account()
    sent = sales(LINE)
    first = undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    assert undoing.undo(batch_id=sent.batch.pk, as_of=TODAY) == first


def test_commit_twice_imports_once() -> None:
    known_account()
    sent = sales(LINE)
    again = running.commit(batch_id=sent.batch.pk, as_of=TODAY)
    assert again.to_json() == sent.summary.to_json()
    assert RevenueEntry.objects.count() == 1


def test_data_as_of_moves_forward_only() -> None:
    known_account()
    sales(LINE)
    source = DataSource.objects.get(code="erp")
    assert source.data_as_of == date(2026, 3, 31)
    sales(["L0", "C1", "2026-01-31", "", 1, "EUR"])
    source.refresh_from_db()
    assert source.data_as_of == date(2026, 3, 31)
    sales(["L9", "C1", "2026-04-01", "", 1, "EUR"], options=Options(data_as_of=date(2026, 4, 30)))
    source.refresh_from_db()
    assert source.data_as_of == date(2026, 4, 30)


def test_other_columns_of_a_keyless_source_are_warned_about() -> None:
    known_account()
    header = ["account", "date", "net_amount"]
    first = sales(["C1", "2026-03-31", "1"], header=header)
    sent = sales(["C1", "2026-03-31", "1", "EUR"], header=[*header, "currency"])
    notice = next(n for n in sent.summary.notices if n.code == "other columns")
    assert notice.details == {"batch": first.batch.pk}


def test_hostile_cells_are_text() -> None:
    name = "\\N'; DROP TABLE accounts_account; --\t\x1f\x1e\"%(batch)s {0}"
    sent = sales(["k\\t\n1", name, *LINE[2:]], options=Options(create_accounts=True))
    assert sent.counts == (1, 0, 0, 0)
    assert Account.objects.get().name == name.replace("\x1f", " ").replace("\x1e", " ")
    assert RevenueEntry.objects.get().source_key == "k\\t\n1"


def test_too_large_amounts_are_rejected() -> None:
    known_account()
    header = ["source_key", "account", "date", "quantity", "unit_price"]
    sent = sales(["a", "C1", "2026-01-01", "99999999999", "99999999999"], header=header)
    assert sent.reasons == [("amount too large", 1)]


@pytest.mark.parametrize("changed", [False, True])
def test_lines_are_never_held_against_each_other_one_by_one(
    changed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table's statistics say "empty" while it is full: autovacuum passed by before a commit."""
    known_account()
    lines = [[f"L{n}", "C1", "2026-03-31", "P1", "100.50", "EUR"] for n in range(200)]
    assert sales(*lines).counts == (200, 0, 0, 0)
    apply, scans = SalesImporter.apply, list[int]()

    def afterwards(self: SalesImporter, run: Run) -> None:
        run.execute(
            "UPDATE pg_class SET reltuples = 0, relpages = pg_relation_size(oid) / 8192"
            " WHERE oid = 'accounts_revenueentry'::regclass"
        )
        apply(self, run)
        scans.append(
            run.value("SELECT seq_scan FROM pg_stat_xact_all_tables WHERE relname = 'import_rows'")
        )

    monkeypatch.setattr(SalesImporter, "apply", afterwards)
    again = [[*line[:4], "7", "EUR"] for line in lines] if changed else lines
    assert sales(*again).counts == ((0, 200, 0, 0) if changed else (0, 0, 200, 0))
    assert len(scans) == 1
    assert scans[0] < 50
