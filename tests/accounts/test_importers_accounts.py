"""Accounts on their way in: known again, never doubled, placed in the dated tree."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.importers.vocabulary import (
    account_kind,
    account_status,
    country_code,
    sales_channel,
)
from accounts.models import (
    Account,
    AccountIdentifier,
    GroupPeriod,
    LeadAssignment,
    ParentLink,
)
from accounts.services.tree import move_account
from kam.imports.choices import BatchState
from kam.imports.engine.importer import UndoRefusedError
from kam.imports.options import Options
from kam.imports.services import undoing
from tests.factories.accounts import make_account, make_entry
from tests.factories.identity import make_user
from tests.factories.imports import TODAY, Sent, csv_text, send

pytestmark = pytest.mark.django_db

CREATE = Options(create_accounts=True)


def accounts(header: list[str], *rows: list[Any], **setup: Any) -> Sent:
    return send("accounts", csv_text(header, *rows), **setup)


def tree() -> dict[str, str | None]:
    return {a.name: a.current_parent and a.current_parent.name for a in Account.objects.all()}


def test_account_gets_everything_the_row_says() -> None:
    user = make_user(email="anna@example.com")
    header = ["external_id", "name", "kind", "country", "region", "channel", "currency", "lead",
              "status"]  # fmt: skip
    sent = accounts(
        header,
        ["C1", "  Kesko   Oyj ", "Legal entity", "Suomi", "Uusimaa", "Cash & Carry", "eur",
         "Anna@Example.com", "Prospect"],
    )  # fmt: skip
    account = Account.objects.get()
    assert sent.counts == (1, 0, 0, 0)
    assert (account.name, account.name_key, account.kind) == (
        "Kesko Oyj",
        "kesko oyj",
        "legal_entity",
    )
    assert (account.country, account.region, account.channel) == ("FI", "Uusimaa", "cash_and_carry")
    assert (account.currency_id, account.status) == ("EUR", "prospect")
    assert (account.current_lead, account.lead_chain) == (user, [user.pk])
    assert (account.current_group, account.path) == (account, [account.pk])
    identifier = account.identifiers.get()
    assert (identifier.system, identifier.value) == ("erp", "C1")
    assert account.figure.net_12m == 0


def test_same_file_twice_changes_nothing() -> None:
    make_user(email="anna@example.com")
    text = csv_text(
        ["external_id", "name", "parent", "country", "lead"],
        ["G", "Group", "", "FI", "anna@example.com"],
        ["S", "Store", "G", "FI", ""],
    )
    assert send("accounts", text).counts == (2, 0, 0, 0)
    before = list(Account.objects.order_by("pk").values())
    assert send("accounts", text).counts == (0, 0, 2, 0)
    assert list(Account.objects.order_by("pk").values()) == before
    assert (ParentLink.objects.count(), LeadAssignment.objects.count()) == (1, 1)


def test_blank_cells_leave_what_is_there() -> None:
    accounts(["external_id", "name", "country", "region"], ["C1", "Kesko", "FI", "North"])
    sent = accounts(["external_id", "name", "country", "region"], ["C1", "Kesko Oyj", "", "NULL"])
    account = Account.objects.get()
    assert sent.counts == (0, 1, 0, 0)
    assert (account.name, account.name_key) == ("Kesko Oyj", "kesko oyj")
    assert (account.country, account.region) == ("FI", "North")


def test_parent_by_id_or_name_may_stand_later_in_the_file() -> None:
    make_account(name="Known", external_id="K", system="crm")
    accounts(
        ["external_id", "name", "parent"],
        ["S1", "Store 1", "B"],
        ["S2", "Store 2", "Banner"],
        ["B", "Banner", "Known"],
        ["S3", "Store 3", "K"],
    )
    assert tree() == {
        "Known": None, "Banner": "Known", "Store 1": "Banner", "Store 2": "Banner",
        "Store 3": "Known",
    }  # fmt: skip
    store = Account.objects.get(name="Store 1")
    assert store.current_group is not None
    assert (store.current_group.name, len(store.path)) == ("Known", 3)
    assert ParentLink.objects.get(account=store).valid == DateRange(None, None)


def test_unknown_parent_rejects_the_row_and_all_below_it() -> None:
    sent = accounts(
        ["external_id", "name", "parent"],
        ["A", "A", "nowhere"],
        ["B", "B", "A"],
        ["C", "C", ""],
        options=Options(accept_rejects=True),
    )
    assert (sent.counts, sent.reasons) == ((1, 0, 0, 2), [("unknown parent", 2)])
    assert tree() == {"C": None}


def test_unknown_parents_are_created_as_groups_on_request() -> None:
    sent = accounts(
        ["external_id", "name", "parent"],
        ["A", "A", "Big Group"],
        ["B", "B", "Big Group"],
        options=CREATE,
    )
    assert (sent.counts, sent.summary.also) == ((2, 0, 0, 0), {"accounts": 1})
    assert tree() == {"Big Group": None, "A": "Big Group", "B": "Big Group"}
    again = accounts(["external_id", "name", "parent"], ["A", "A", "Big Group"], options=CREATE)
    assert (again.counts, Account.objects.count()) == ((0, 0, 1, 0), 3)


def test_loops_are_rejected_by_row() -> None:
    sent = accounts(
        ["external_id", "name", "parent"],
        ["A", "A", "B"],
        ["B", "B", "C"],
        ["C", "C", "A"],
        ["D", "D", "D"],
        ["E", "E", ""],
        options=Options(accept_rejects=True),
    )
    assert (sent.counts, sent.reasons) == ((1, 0, 0, 4), [("parent below itself", 4)])
    assert tree() == {"E": None}


def test_loop_with_what_stands_is_rejected() -> None:
    accounts(["external_id", "name", "parent"], ["A", "A", ""], ["B", "B", "A"])
    sent = accounts(["external_id", "parent"], ["A", "B"])
    assert sent.reasons == [("parent below itself", 1)]


def test_moved_account_keeps_its_past() -> None:
    accounts(
        ["external_id", "name", "parent"], ["G1", "G1", ""], ["G2", "G2", ""], ["S", "S", "G1"]
    )
    sent = accounts(["external_id", "parent", "valid_from"], ["S", "G2", "2026-07-01"])
    links = [(link.parent.name, link.valid) for link in ParentLink.objects.order_by("valid")]
    day = date(2026, 7, 1)
    assert sent.counts == (0, 1, 0, 0)
    assert links == [("G1", DateRange(None, day)), ("G2", DateRange(day, None))]
    assert tree()["S"] == "G2"
    assert accounts(["external_id", "parent", "valid_from"], ["S", "G2", "2026-07-01"]).counts == (
        0, 0, 1, 0,
    )  # fmt: skip
    periods = GroupPeriod.objects.filter(account__name="S").order_by("valid")
    assert [(p.group.name, p.valid.lower) for p in periods] == [("G1", None), ("G2", day)]


def test_move_without_a_date_holds_from_today() -> None:
    accounts(
        ["external_id", "name", "parent"], ["G1", "G1", ""], ["G2", "G2", ""], ["S", "S", "G1"]
    )
    accounts(["external_id", "parent"], ["S", "G2"])
    assert ParentLink.objects.get(parent__name="G2").valid == DateRange(TODAY, None)


def test_lead_changes_from_a_date() -> None:
    anna, ben = make_user(email="anna@example.com"), make_user(email="ben@example.com")
    accounts(["external_id", "name", "lead"], ["A", "A", "anna@example.com"])
    accounts(["external_id", "lead", "valid_from"], ["A", "ben@example.com", "2026-10-01"])
    led = [(a.user, a.valid) for a in LeadAssignment.objects.order_by("valid")]
    day = date(2026, 10, 1)
    assert led == [(anna, DateRange(None, day)), (ben, DateRange(day, None))]
    assert Account.objects.get().current_lead == ben


def test_unknown_or_inactive_lead_is_rejected() -> None:
    make_user(email="gone@example.com", is_active=False)
    sent = accounts(
        ["external_id", "name", "lead"],
        ["A", "A", "nobody@example.com"],
        ["B", "B", "gone@example.com"],
    )
    assert sent.reasons == [("unknown lead", 2)]


def test_account_that_a_sales_file_named_is_known_again() -> None:
    line = "account,date,net_amount\n697,2026-01-01,5\n"
    send("sales", line, source="sales", options=CREATE)
    sent = accounts(
        ["external_id", "name", "country"], ["697", "Brakes and Gears", "US"], source="masters"
    )
    account = Account.objects.get()
    assert sent.counts == (0, 1, 0, 0)
    assert (account.name, account.country) == ("Brakes and Gears", "US")
    assert sorted(account.identifiers.values_list("system", "value")) == [
        ("masters", "697"), ("sales", "697"),
    ]  # fmt: skip
    assert send("sales", line, source="sales").counts == (0, 0, 1, 0)


def test_account_typed_in_by_hand_is_known_by_its_exact_name() -> None:
    account = make_account(name="Kesko", country="")
    sent = accounts(["external_id", "name", "country"], ["C1", "Kesko", "FI"])
    assert (sent.counts, sent.notices) == ((0, 1, 0, 0), ["linked by name"])
    account.refresh_from_db()
    assert (account.country, account.identifiers.get().value) == ("FI", "C1")


def test_two_customers_of_one_name_stay_two() -> None:
    header = ["external_id", "name"]
    assert accounts(header, ["1", "Lidl"], ["2", "Lidl"]).counts == (2, 0, 0, 0)
    assert accounts(header, ["1", "Lidl"], ["2", "Lidl"]).counts == (0, 0, 2, 0)
    assert accounts(header, ["3", "Lidl"]).counts == (1, 0, 0, 0)


def test_same_ids_in_two_systems_are_two_accounts() -> None:
    accounts(["external_id", "name"], ["1", "Alpha"], source="one")
    accounts(["external_id", "name"], ["1", "Beta"], source="two")
    assert sorted(tree()) == ["Alpha", "Beta"]


def test_accounts_without_ids_are_known_by_name() -> None:
    assert accounts(["name", "country"], ["Alpha", "FI"], ["Beta", "RO"]).counts == (2, 0, 0, 0)
    assert accounts(["name", "country"], ["Alpha", "SE"], ["Beta", "RO"]).counts == (0, 1, 1, 0)
    make_account(name="Alpha")
    assert accounts(["name", "country"], ["Alpha", "NO"]).reasons == [("ambiguous account", 1)]


def test_rows_that_repeat_are_one_and_rows_that_differ_are_rejected() -> None:
    header = ["external_id", "name"]
    sent = accounts(
        header,
        ["1", "A"],
        ["1", "A"],
        ["2", "B"],
        ["2", "C"],
        ["", ""],
        options=Options(accept_rejects=True),
    )
    assert (sent.counts, sent.reasons) == ((1, 0, 1, 2), [("same key, other content", 2)])


def test_merged_duplicate_does_not_overwrite_its_survivor() -> None:
    accounts(["external_id", "name"], ["1", "Kesko"], ["2", "Kesko Oyj (old)"])
    survivor = Account.objects.get(name="Kesko")
    shell = Account.objects.get(name="Kesko Oyj (old)")
    Account.objects.filter(pk=shell.pk).update(merged_into=survivor, status="merged")
    AccountIdentifier.objects.filter(account=shell).update(account=survivor)
    assert accounts(["external_id", "name"], ["1", "Kesko"], ["2", "Kesko Oyj (old)"]).counts == (
        0, 0, 2, 0,
    )  # fmt: skip
    survivor.refresh_from_db()
    assert survivor.name == "Kesko"


def test_words_for_countries_kinds_and_channels() -> None:
    countries = {
        "United States": "US", "USA": "US", "uk": "GB", "EIRE": "IE", "DEU": "DE", "Suomi": "FI",
        "中国": "CN", "România": "RO", "Việt Nam": "VN", "Czech Republic": "CZ", "FI": "FI",
        "Unspecified": "", "European Community": "", "Atlantis": None, "ZZ": None,
    }  # fmt: skip
    assert {word: country_code(word) for word in countries} == countries
    assert [account_kind(word) for word in ("Store", "DC", "legal-entity", "x")] == [
        "store", "dc", "legal_entity", None,
    ]  # fmt: skip
    assert [account_status(word) for word in ("Active", "merged")] == ["active", None]
    assert {sales_channel(word) for word in ("Warehouse", "Ware House")} == {"cash_and_carry"}


def test_unknown_words_are_rejected_or_said() -> None:
    sent = accounts(
        ["external_id", "name", "country", "channel", "kind"],
        ["1", "A", "Atlantis", "", ""],
        ["2", "B", "Unspecified", "Bazaar", ""],
        ["3", "C", "FI", "", "spaceship"],
        options=Options(accept_rejects=True),
    )
    assert sorted(sent.reasons) == [("unknown: country", 1), ("unknown: kind", 1)]
    assert {n.code: n.details for n in sent.summary.notices} == {
        "channels": {"names": "Bazaar"}, "countries": {"names": "Unspecified"},
    }  # fmt: skip
    account = Account.objects.get()
    assert (account.country, account.channel) == ("", "other")


def test_kind_follows_from_the_place_in_the_tree() -> None:
    accounts(["external_id", "name", "parent"], ["G", "G", ""], ["E", "E", "G"])
    assert dict(Account.objects.values_list("name", "kind")) == {"G": "group", "E": "legal_entity"}


def test_undo_removes_a_new_tree() -> None:
    sent = accounts(
        ["external_id", "name", "parent"], ["A", "A", "G"], ["B", "B", "A"], options=CREATE
    )
    report = undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    assert (report.removed, report.stays) == (3, ())
    assert (Account.objects.count(), ParentLink.objects.count()) == (0, 0)
    assert not AccountIdentifier.objects.exists()


def test_undo_keeps_accounts_with_revenue_and_what_stands_above_them() -> None:
    sent = accounts(
        ["external_id", "name", "parent"], ["G", "G", ""], ["A", "A", "G"], ["B", "B", "G"]
    )
    make_entry(account=Account.objects.get(name="A"), amount="5")
    report = undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    assert (report.removed, len(report.stays)) == (1, 1)
    assert tree() == {"G": None, "A": "G"}
    assert Account.objects.get(name="A").identifiers.get().value == "A"


def test_undo_puts_back_facts_parents_and_leads() -> None:
    make_user(email="anna@example.com")
    ben = make_user(email="ben@example.com")
    header = ["external_id", "name", "parent", "country", "lead"]
    accounts(header, ["G1", "G1", "", "FI", ""], ["G2", "G2", "", "FI", ""],
             ["S", "S", "G1", "FI", "anna@example.com"])  # fmt: skip

    def state() -> list[Any]:
        return [
            list(Account.objects.order_by("pk").values("name", "country", "path", "current_lead")),
            list(ParentLink.objects.order_by("pk").values("account", "parent", "valid")),
            list(LeadAssignment.objects.order_by("pk").values("account", "user", "valid")),
        ]

    before = state()
    sent = accounts(header, ["S", "S2", "G2", "SE", "ben@example.com"])
    assert Account.objects.get(name="S2").current_lead == ben
    report = undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    assert (report.removed, report.restored) == (0, 1)
    assert state() == before


def test_undo_is_refused_after_a_move_by_hand() -> None:
    sent = accounts(["external_id", "name", "parent"], ["G", "G", ""], ["S", "S", "G"])
    move_account(
        account=Account.objects.get(name="S"), parent=None, from_date=date(2026, 1, 1), as_of=TODAY
    )
    with pytest.raises(UndoRefusedError, match="moved"):
        undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    sent.batch.refresh_from_db()
    assert sent.batch.state == BatchState.COMMITTED


def test_undo_keeps_a_name_that_was_corrected_by_hand() -> None:
    accounts(["external_id", "name"], ["1", "Kesko"])
    sent = accounts(["external_id", "name"], ["1", "Keskoo"])
    account = Account.objects.get()
    account.name = "Kesko Oyj"
    account.save()
    assert undoing.undo(batch_id=sent.batch.pk, as_of=TODAY).restored == 0
    assert Account.objects.get().name == "Kesko Oyj"


def test_later_import_must_be_undone_first() -> None:
    first = accounts(["external_id", "name"], ["1", "Kesko"])
    second = accounts(["external_id", "name"], ["1", "Kesko Oyj"])
    with pytest.raises(UndoRefusedError, match=f"#{second.batch.pk}"):
        undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert not Account.objects.exists()


def test_industry_and_numbers_with_check_digits() -> None:
    header = ["external_id", "name", "industry", "gln", "vat"]
    good = ["C-1", "Kesko", "Food retail", "4006381 333931", "fi 0112038-9"]
    bad = ["C-2", "Other", None, "4006381333932", None]
    assert send("accounts", csv_text(header, bad)).reasons == [("unknown: gln", 1)]
    assert send("accounts", csv_text(header, good)).counts == (1, 0, 0, 0)
    account = Account.objects.get(name="Kesko")
    assert account.industry == "Food retail"
    pairs = account.identifiers.order_by("system").values_list("system", "value")
    assert list(pairs) == [("GLN", "4006381333931"), ("VAT", "FI01120389"), ("erp", "C-1")]
    assert send("accounts", csv_text(header, good)).counts == (0, 0, 1, 0)
    taken = ["C-3", "Third", None, "4006381333931", None]
    assert send("accounts", csv_text(header, taken)).reasons == [("number of another account", 1)]
    more = ["C-1", "Kesko", None, "7350053850019", None]
    assert send("accounts", csv_text(header, more)).counts == (0, 1, 0, 0)
    account.refresh_from_db()
    assert (account.industry, account.identifiers.count()) == ("Food retail", 4)
