"""Pages of accounts: who sees and changes what, what they show, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, AccountIdentifier, LeadAssignment, ParentLink
from accounts.services.figures import refresh_figures
from accounts.services.merging import merge_accounts
from kam.core.dates import add_months, month_start
from kam.identity.models import User
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_entry

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
LAST_MONTH = add_months(month_start(TODAY), -1)


@contextmanager
def queries(expected: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [one["sql"] for one in captured]
    assert len(statements) == expected, "\n".join(sql[:160] for sql in statements)


@pytest.fixture
def mine(people: People) -> Account:
    """The owner's group, with a store below it."""
    group = make_account(name="Kaski Group", lead=people.owner, external_id="K-1", country="FI")
    make_account(name="Kaski Store", kind="store", parent=group)
    return group


def page(user: User, name: str, *args: Any, **query: Any) -> Any:
    return client_of(user).get(reverse(f"accounts:{name}", args=args), query)


# Scope

SEEN = [
    "account-detail",
    "account-children",
    "panel-overview",
    "panel-revenue",
    "panel-places",
    "panel-categories",
    "panel-buying",
    "panel-entries",
    "panel-leads",
    "panel-history",
]


@pytest.mark.parametrize("name", SEEN)
def test_owner_and_team_mate_see_what_a_stranger_does_not(
    name: str, mine: Account, people: People
) -> None:
    answers = {
        who: page(getattr(people, who), name, mine.pk).status_code
        for who in ("owner", "teammate", "stranger", "director", "auditor")
    }

    assert answers == {
        "owner": 200,
        "teammate": 200,
        "stranger": 404,
        "director": 200,
        "auditor": 200,
    }


def test_the_list_the_tree_the_options_and_the_search_show_only_ones_own(
    mine: Account, people: People
) -> None:
    make_account(name="Kaski Rival", lead=people.stranger)

    def names(user: User) -> list[list[str]]:
        listed = page(user, "account-list").context["table"].page.rows
        tops = page(user, "account-tree").context["children"]
        offered = page(user, "account-options", "parent", parent="kaski").context["options"]
        hits = client_of(user).get(reverse("core:search"), {"q": "kaski"}).context["groups"]
        found = [hit for group in hits if group.title == "Accounts" for hit in group.hits]
        return [
            sorted(account.name for account in listed),
            sorted(child.account.name for child in tops),
            sorted(account.name for _value, account in offered),
            sorted(str(hit.title) for hit in found),
        ]

    own, theirs = ["Kaski Group", "Kaski Store"], ["Kaski Rival"]
    assert names(people.owner) == [own, ["Kaski Group"], own, own]
    assert names(people.teammate) == [own, ["Kaski Group"], own, own]
    assert names(people.stranger) == [theirs, theirs, theirs, theirs]
    everyone = [*own[:1], *theirs, *own[1:]]
    assert names(people.auditor) == [everyone, ["Kaski Group", "Kaski Rival"], everyone, everyone]


def test_an_export_holds_only_ones_own(mine: Account, people: People) -> None:
    make_account(name="Kaski Rival", lead=people.stranger)

    response = client_of(people.stranger).get(reverse("accounts:account-list"), {"export": "csv"})

    lines = response.getvalue().decode().splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == ["Kaski Rival"]


def test_a_manager_of_a_store_sees_the_group_by_name_alone(people: People) -> None:
    group = make_account(name="Secret Group", lead=people.stranger)
    store = make_account(name="Own Store", parent=group, lead=people.owner)

    listed = page(people.owner, "account-list").context["table"].page.rows
    detail = page(people.owner, "account-detail", store.pk)
    tops = page(people.owner, "account-tree").context["children"]

    assert [(row.name, row.above) for row in listed] == [("Own Store", "Secret Group")]
    assert [(s.name, s.is_visible) for s in detail.context["steps"]] == [("Secret Group", False)]
    assert reverse("accounts:account-detail", args=[group.pk]) not in detail.text
    assert [child.account for child in tops] == [store]


# Changing

CHANGES: dict[str, dict[str, Any]] = {
    "account-edit": {"name": "Renamed", "kind": "group", "status": "active"},
    "account-move": {"parent": "", "from_date": "2026-01-01"},
    "identifier-create": {"system": "erp", "value": "K-2"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_only_who_may_edit_changes_an_account(name: str, mine: Account, people: People) -> None:
    store = Account.objects.get(name="Kaski Store")
    url = reverse(f"accounts:{name}", args=[store.pk])

    for user in (people.teammate, people.stranger, people.auditor, people.controller):
        assert client_of(user).get(url).status_code == 404
        assert client_of(user).post(url, CHANGES[name]).status_code == 404
    assert (Account.objects.get(pk=store.pk).name, ParentLink.objects.count()) == (
        "Kaski Store",
        1,
    )
    assert AccountIdentifier.objects.count() == 1

    assert client_of(people.owner).get(url).status_code == 200
    assert client_of(people.owner).post(url, CHANGES[name]).status_code == 302
    changed = (
        Account.objects.filter(name="Renamed").exists(),
        Account.objects.get(pk=store.pk).current_parent is None,
        AccountIdentifier.objects.filter(account=store, value="K-2").exists(),
    )
    assert changed.count(True) == 1


def test_only_a_director_changes_leads_and_merges(mine: Account, people: People) -> None:
    other = make_account(name="Kaski Twin", lead=people.owner)
    lead = reverse("accounts:account-lead", args=[mine.pk])
    merge = reverse("accounts:merge-preview", args=[mine.pk, other.pk])
    data = {"user": people.stranger.pk, "from_date": TODAY.isoformat()}

    for user in (people.owner, people.teammate, people.stranger, people.auditor):
        assert client_of(user).post(lead, data).status_code == 404
        assert client_of(user).post(merge).status_code == 404
        assert client_of(user).get(reverse("accounts:duplicate-list")).status_code == 404
    assert set(LeadAssignment.objects.values_list("user", flat=True)) == {people.owner.pk}
    assert Account.objects.not_merged().count() == 3

    assert client_of(people.director).post(lead, data).status_code == 302
    assert client_of(people.director).post(merge).status_code == 302
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.current_lead, other.merged_into) == (people.stranger, mine)


def test_an_identifier_goes_after_asking(mine: Account, people: People) -> None:
    identifier = mine.identifiers.get()
    url = reverse("accounts:identifier-delete", args=[mine.pk, identifier.pk])

    assert client_of(people.teammate).post(url).status_code == 404
    question = client_of(people.owner).get(url)
    assert "Remove the identifier erp: K-1?" in question.text
    assert AccountIdentifier.objects.count() == 1

    client_of(people.owner).post(url)
    assert AccountIdentifier.objects.count() == 0


def test_a_manager_creates_a_tree_of_ones_own_or_below_ones_own(
    mine: Account, people: People
) -> None:
    theirs = make_account(name="Rival", lead=people.stranger)
    url = reverse("accounts:account-create")
    facts = {"name": "New Store", "kind": "store", "status": "prospect"}
    client = client_of(people.owner)

    refused = client.post(url, {**facts, "parent": f"Rival #{theirs.pk}"})
    assert refused.status_code == 422
    assert refused.context["form"].errors == {
        "parent": ["There is no such account. Type a part of its name and choose from the list."]
    }

    assert client.post(url, {**facts, "parent": f"Kaski Group #{mine.pk}"}).status_code == 302
    below = Account.objects.get(name="New Store")
    assert (below.current_parent, below.current_lead) == (mine, people.owner)
    assert not LeadAssignment.objects.filter(account=below).exists()

    client.post(url, {**facts, "name": "New Top"})
    top = Account.objects.get(name="New Top")
    assert (top.current_parent, top.current_lead) == (None, people.owner)


def test_a_team_mate_adds_nothing_below_anothers_account(mine: Account, people: People) -> None:
    response = client_of(people.teammate).post(
        reverse("accounts:account-create"),
        {"name": "X", "kind": "store", "status": "active", "parent": f"#{mine.pk}"},
    )

    assert response.context["form"].errors == {
        "parent": ["You may not add accounts below this one."]
    }
    assert not Account.objects.filter(name="X").exists()


# Refusals in plain words


def test_a_circle_is_refused_beside_its_field(mine: Account, people: People) -> None:
    store = Account.objects.get(name="Kaski Store")

    response = client_of(people.owner).post(
        reverse("accounts:account-move", args=[mine.pk]),
        {"parent": f"Kaski Store #{store.pk}", "from_date": "2026-01-01"},
    )

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "parent": [
            "This parent stands below the account itself in that period. Choose another one."
        ]
    }


def test_an_identifier_of_another_account_is_refused_without_naming_it(
    mine: Account, people: People
) -> None:
    make_account(name="Secret", lead=people.stranger, external_id="S-1")

    response = client_of(people.owner).post(
        reverse("accounts:identifier-create", args=[mine.pk]), {"system": "erp", "value": "S-1"}
    )

    assert response.context["form"].errors == {
        "value": ["Another account has this identifier already."]
    }
    assert "Secret" not in response.text


def test_two_editors_do_not_overwrite_each_other(mine: Account, people: People) -> None:
    url = reverse("accounts:account-edit", args=[mine.pk])
    first, second = client_of(people.owner), client_of(people.director)
    version = first.get(url).context["form"].initial["version"]
    data = {"kind": "group", "status": "active", "version": version}

    assert second.post(url, {**data, "name": "Theirs"}).status_code == 302
    late = first.post(url, {**data, "name": "Mine"})

    assert late.status_code == 422
    assert late.context["form"].non_field_errors() == [
        "Somebody else changed this account while you were editing. Look at their version."
    ]
    assert late.context["form"]["name"].value() == "Mine"
    mine.refresh_from_db()
    assert mine.name == "Theirs"


# What is shown


def test_the_list_shows_figures_with_everything_below_largest_first(people: People) -> None:
    group = make_account(name="Group", lead=people.owner)
    store = make_account(name="Store", parent=group, kind="store")
    small = make_account(name="Small", lead=people.owner)
    make_entry(account=store, amount=140, booked_on=LAST_MONTH)
    make_entry(account=group, amount=10, booked_on=LAST_MONTH)
    make_entry(account=store, amount=100, booked_on=add_months(LAST_MONTH, -12))
    make_entry(account=small, amount=7, booked_on=LAST_MONTH)
    refresh_figures(as_of=TODAY)

    rows = page(people.owner, "account-list").context["table"].rows

    shown = [[str(cell.content) for cell in row.cells[1:3]] for row in rows]
    assert [row.key for row in rows] == [str(group.pk), str(store.pk), str(small.pk)]
    assert shown[0] == ["150", '<span class="delta is-up">+50.0%</span>']
    assert "No revenue the year before" in shown[2][1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "mega"}, ["Mega Image"]),
        ({"q": "MEGA îmage"}, ["Mega Image"]),
        ({"q": "沃尔"}, ["沃尔玛超市"]),
        ({"q": "玛超市"}, ["沃尔玛超市"]),
        ({"q": "ID-7"}, ["Prisma"]),
        ({"kind": ["store", "dc"]}, ["Prisma"]),
        ({"country": "RO"}, ["Mega Image"]),
        ({"channel": "online"}, ["Mega Image"]),
        ({"status": "prospect"}, ["沃尔玛超市"]),
        ({"region": "Uusimaa"}, ["Prisma"]),
        ({"root": "true"}, ["Mega Image", "沃尔玛超市"]),
        ({"unled": "true"}, ["Mega Image", "Prisma", "沃尔玛超市"]),
        ({"q": "zzz"}, []),
    ],
)
def test_filters(query: dict[str, Any], expected: list[str], people: People) -> None:
    top = make_account(name="Mega Image", country="RO", channel="online")
    make_account(name="Prisma", kind="store", parent=top, external_id="ID-7", region="Uusimaa")
    make_account(name="沃尔玛超市", country="CN", status="prospect")

    rows = page(people.auditor, "account-list", **query).context["table"].page.rows

    assert sorted(row.name for row in rows) == expected


def test_a_filter_that_cannot_be_read_finds_nothing(mine: Account, people: People) -> None:
    theirs = make_account(lead=people.stranger)

    for query in ({"within": f"#{theirs.pk}"}, {"kind": "nonsense"}, {"country": "XX"}):
        table = page(people.owner, "account-list", **query).context["table"]
        assert list(table.page.rows) == []
        assert set(table.filters.form.errors) == set(query)


def test_filters_by_lead_and_branch(mine: Account, people: People) -> None:
    make_account(name="Elsewhere", lead=people.stranger)

    by_lead = page(people.auditor, "account-list", lead=people.stranger.pk)
    below = page(people.auditor, "account-list", within=f"#{mine.pk}")

    assert [row.name for row in by_lead.context["table"].page.rows] == ["Elsewhere"]
    assert {row.name for row in below.context["table"].page.rows} == {"Kaski Group", "Kaski Store"}
    assert [(c.label, c.value) for c in below.context["table"].chips] == [("Below", "Kaski Group")]


def test_the_tree_on_a_day_shows_what_stood_where_then(people: People) -> None:
    old, new = make_account(name="Old"), make_account(name="New")
    chain = make_account(name="Chain")
    ParentLink.objects.create(account=chain, parent=old, valid="[2020-01-01,2025-06-01)")
    ParentLink.objects.create(account=chain, parent=new, valid="[2025-06-01,)")
    Account.objects.filter(pk=chain.pk).update(current_parent=new, path=[new.pk, chain.pk])

    def below(account: Account, on: str) -> list[str]:
        children = page(people.auditor, "account-children", account.pk, on=on).context["children"]
        return [child.account.name for child in children]

    def tops(**query: str) -> dict[str, bool]:
        children = page(people.auditor, "account-tree", **query).context["children"]
        return {child.account.name: child.has_children for child in children}

    assert [below(old, "2025-05-31"), below(new, "2025-05-31")] == [["Chain"], []]
    assert [below(old, "2025-06-01"), below(new, "2025-06-01")] == [[], ["Chain"]]
    assert tops() == {"Old": False, "New": True}
    assert tops(on="2025-05-31") == {"Old": True, "New": False}
    assert tops(on="2019-12-31") == {"Old": False, "New": False, "Chain": False}


def test_a_merged_account_leads_to_its_survivor(mine: Account, people: People) -> None:
    twin = make_account(name="Kaski Twin", lead=people.owner)
    merge_accounts(keep=mine, drop=twin, as_of=TODAY)

    response = page(people.owner, "account-detail", twin.pk)
    assert (response.status_code, response["Location"]) == (302, mine.get_absolute_url())
    assert page(people.stranger, "account-detail", twin.pk).status_code == 404
    found = client_of(people.owner).get(reverse("core:search"), {"q": "kaski twin"})
    assert [str(hit.title) for hit in found.context["groups"][0].hits] == ["Kaski Twin"]
    listed = page(people.owner, "account-list").context["table"].page.rows
    assert {row.name for row in listed} == {"Kaski Group", "Kaski Store"}


def test_the_merge_preview_shows_blockers_and_merges_nothing(people: People) -> None:
    top = make_account(name="Top")
    middle = make_account(name="Middle", parent=top)
    low = make_account(name="Low", parent=middle)
    url = reverse("accounts:merge-preview", args=[top.pk, low.pk])
    client = client_of(people.director)

    shown = client.get(url)
    refused = client.post(url)

    assert [blocker.code for blocker in shown.context["plan"].blockers] == ["stands_between"]
    assert refused.status_code == 422
    assert Account.objects.not_merged().count() == 3


def test_choosing_the_duplicate_leads_to_the_preview(people: People) -> None:
    keep, drop = make_account(name="Kaski"), make_account(name="Kaski Oy")
    url = reverse("accounts:account-merge", args=[keep.pk])

    response = client_of(people.director).post(url, {"drop": "kaski oy"})

    assert response["Location"] == reverse("accounts:merge-preview", args=[keep.pk, drop.pk])


def test_likely_duplicates_are_alike_in_one_country_and_not_parent_and_child(
    people: People,
) -> None:
    first = make_account(name="Kaskimarket Oyj", country="FI")
    twin = make_account(name="Kaskimarket Oy", country="FI")
    make_account(name="Kaskimarket Oy", country="SE")
    make_account(name="Kaskimarket Oyj", country="FI", parent=first)
    make_account(name="Something else", country="FI")
    make_entry(account=twin, amount=10, booked_on=LAST_MONTH)
    refresh_figures(as_of=TODAY)

    pairs = page(people.director, "duplicate-list").context["found"].pairs

    found = {(pair.keep.pk, pair.drop.pk): pair.similarity for pair in pairs}
    child = Account.objects.get(name="Kaskimarket Oyj", current_parent=first)
    assert set(found) == {(twin.pk, first.pk), (twin.pk, child.pk)}
    assert found[twin.pk, first.pk] == Decimal("0.824")


def test_a_panel_alone_is_a_page_and_for_htmx_a_part(mine: Account, people: People) -> None:
    url = reverse("accounts:panel-overview", args=[mine.pk])
    client = client_of(people.owner)

    whole = client.get(url).text
    part = client.get(url, headers={"HX-Request": "true"}).text

    assert "<html" in whole
    assert "<html" not in part
    assert "K-1" in part


def test_the_history_says_who_changed_what(mine: Account, people: People) -> None:
    client = client_of(people.owner)
    client.post(
        reverse("accounts:account-edit", args=[mine.pk]),
        {"name": "Renamed", "kind": "group", "status": "active", "country": "FI"},
    )

    changes = page(people.teammate, "panel-history", mine.pk).context["history"]

    renamed = next(change for change in changes if change.kind == "update")
    assert (str(renamed.who), str(renamed.subject)) == ("Owner", "Account")
    assert [(f.title, f.before, f.after) for f in renamed.fields] == [
        ("name", "Kaski Group", "Renamed")
    ]


def test_bad_addresses_do_not_break_the_pages(mine: Account, people: People) -> None:
    client: Client = client_of(people.director)
    for query in ("?after=%00", "?sort=nothing", "?within=%23999999999999999999", "?on=x"):
        assert client.get(reverse("accounts:account-list") + query).status_code == 200
        assert client.get(reverse("accounts:account-tree") + query).status_code == 200
        assert client.get(reverse("accounts:duplicate-list") + query).status_code == 200
    assert client.get(reverse("accounts:account-options", args=["parent"])).status_code == 200
    panel = reverse("accounts:panel-revenue", args=[mine.pk])
    for year in ("0", "99999", "-1", "abc"):
        assert client.get(panel, {"year": year}).status_code == 200


# Cost


@pytest.mark.parametrize("rows", [1, 3])
def test_what_the_list_costs(rows: int, people: People) -> None:
    group = make_account(lead=people.owner)
    for _number in range(rows - 1):
        make_account(parent=group)
    client = client_of(people.owner)
    client.get(reverse("accounts:account-list"))

    with queries(8):
        client.get(reverse("accounts:account-list"))


@pytest.mark.parametrize("rows", [1, 3])
def test_what_the_tree_costs(rows: int, people: People) -> None:
    for _number in range(rows):
        make_account(parent=make_account(lead=people.owner))
    client = client_of(people.owner)

    with queries(7):
        client.get(reverse("accounts:account-tree"))


@pytest.mark.parametrize("rows", [1, 3])
def test_what_a_branch_costs(rows: int, people: People) -> None:
    group = make_account(lead=people.owner)
    for _number in range(rows):
        make_account(parent=group)
    client = client_of(people.owner)

    with queries(7):
        client.get(reverse("accounts:account-children", args=[group.pk]))


@pytest.mark.parametrize("rows", [1, 3])
def test_what_duplicates_cost(rows: int, people: People) -> None:
    for number in range(rows * 2):
        make_account(name=f"Kaskimarket {number}")
    client = client_of(people.director)

    with queries(9):
        client.get(reverse("accounts:duplicate-list"))
