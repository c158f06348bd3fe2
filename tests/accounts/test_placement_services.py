from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.choices import PlacementKind, PlacementStage
from accounts.models import (
    AccountAddress,
    Placement,
    Product,
    StoreCheck,
    StoreCheckCorrection,
    StoreCheckLine,
    Task,
)
from accounts.selectors.placement import gaps
from accounts.selectors.placement.applying import applying_to
from accounts.selectors.placement.compliance import (
    by_banner,
    by_month,
    by_product,
    by_store,
    stores_with_agreements,
    total,
)
from accounts.selectors.placement.gaps import open_gaps
from accounts.selectors.placement.service import service_by_account, service_level
from accounts.services import addresses, tasks
from accounts.services.accounts import add_identifier
from accounts.services.merging import merge_accounts, plan_merge
from accounts.services.placement import checks, placements
from kam.core.dates import Period
from kam.core.problems import RefusedError
from kam.identity.models import User
from tests.conftest import People
from tests.factories.accounts import make_account, make_category, make_product
from tests.factories.identity import make_user
from tests.factories.people import make_person, make_position
from tests.factories.placement import (
    JPEG,
    NOW,
    START,
    TODAY,
    line_of,
    make_check,
    make_placement,
    make_service_line,
    make_store,
)

pytestmark = pytest.mark.django_db
SPRING = Period(date(2026, 4, 1), date(2026, 7, 1))


def _add(**facts: Any) -> Placement:
    values = {"kind": "listing", "valid_from": START, **facts}
    return placements.add_placement(account=values.pop("account", None) or make_account(), **values)


# Addresses and identifiers


def test_the_first_address_of_a_kind_is_the_main_one() -> None:
    account = make_account()
    first = addresses.add_address(account=account, kind="delivery", lines=" Gate  4 \n\n Dock 2 ")
    second = addresses.add_address(account=account, kind="delivery", city="Turku", country="fi")
    visit = addresses.add_address(account=account, kind="visiting", city="Turku")
    assert (first.lines, second.country) == ("Gate 4\nDock 2", "FI")
    assert (first.is_main, second.is_main, visit.is_main) == (True, False, True)
    addresses.update_address(address=second, is_main=True)
    first.refresh_from_db()
    assert (first.is_main, second.is_main) == (False, True)
    addresses.remove_address(address=second)
    first.refresh_from_db()
    assert first.is_main


def test_an_address_says_where() -> None:
    with pytest.raises(RefusedError) as refused:
        addresses.add_address(account=make_account(), kind="visiting", lines="  ", note="yes")
    assert refused.value.field == "lines"
    account = make_account()
    for values in (
        {"kind": "visiting"},
        {"kind": "other", "city": "Turku"},
        {"kind": "visiting", "city": "Turku", "country": "Finland"[:2]},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountAddress.objects.create(account=account, **values)


@pytest.mark.parametrize(
    ("system", "value", "kept"),
    [
        ("gln", "4006381 333931", ("GLN", "4006381333931")),
        ("VAT", "fi 01120389", ("VAT", "FI01120389")),
        (" erp ", " 12 ", ("erp", "12")),
    ],
)
def test_identifiers_are_kept_in_one_writing(
    system: str, value: str, kept: tuple[str, str]
) -> None:
    found = add_identifier(account=make_account(), system=system, value=value)
    assert (found.system, found.value) == kept


@pytest.mark.parametrize(("system", "value"), [("GLN", "4006381333932"), ("vat", "FI01120388")])
def test_digits_that_cannot_be_are_refused(system: str, value: str) -> None:
    with pytest.raises(RefusedError) as refused:
        add_identifier(account=make_account(), system=system, value=value)
    assert (refused.value.field, refused.value.code) == ("value", f"bad_{system.lower()}")


# Placements and their steps


def test_steps_follow_one_another_with_their_days(people: People) -> None:
    placement = _add(product=make_product())
    assert (placement.stage, placement.stage_on) == (PlacementStage.PROPOSED, None)
    for stage, day in ((1, START), (2, date(2026, 2, 1)), (3, date(2026, 2, 1))):
        placements.reach_step(
            placement=placement,
            stage=stage,
            reached_on=day,
            as_of=TODAY,
            author=people.owner,
            evidence="Mail of the buyer",
        )
    assert (placement.stage, placement.stage_on) == (3, date(2026, 2, 1))
    placements.reach_step(
        placement=placement,
        stage=1,
        reached_on=TODAY,
        as_of=TODAY,
        author=people.owner,
        evidence="Taken off in the relaunch",
    )
    assert placement.stage == 1
    steps = placement.steps.order_by("pk").values_list("stage", "author")
    assert list(steps) == [(stage, people.owner.pk) for stage in (1, 2, 3, 1)]


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"stage": 3}, "stage"),
        ({"stage": 1}, "stage"),
        ({"stage": 4}, "stage"),
        ({"stage": 0}, "evidence"),
        ({"stage": 2, "reached_on": TODAY + timedelta(days=1)}, "reached_on"),
        ({"stage": 2, "reached_on": START - timedelta(days=1)}, "reached_on"),
    ],
)
def test_steps_that_are_refused(step: dict[str, Any], field: str) -> None:
    placement = make_placement(account=make_account())
    values = {"reached_on": TODAY, **step}
    with pytest.raises(RefusedError) as refused:
        placements.reach_step(placement=placement, as_of=TODAY, author=None, **values)
    assert refused.value.field == field
    placement.refresh_from_db()
    assert (placement.stage, placement.steps.count()) == (1, 1)


def test_the_database_keeps_steps_in_order() -> None:
    placement = make_placement(account=make_account())
    columns = "placement_id, stage, reached_on, evidence, recorded_at"
    row = f"INSERT INTO accounts_placementstep ({columns})"
    for statement in (
        f"{row} VALUES ({placement.pk}, 3, '2026-06-01', '', now())",
        f"{row} VALUES ({placement.pk}, 0, '2026-06-01', '', now())",
        f"{row} VALUES ({placement.pk}, 2, '2025-06-01', '', now())",
        f"UPDATE accounts_placement SET stage = 3 WHERE id = {placement.pk}",
        f"UPDATE accounts_placementstep SET stage = 3 WHERE placement_id = {placement.pk}",
        f"DELETE FROM accounts_placementstep WHERE placement_id = {placement.pk}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "product"),
        ({"kind": "facings"}, "quantity"),
        ({"kind": "listing", "quantity": 3}, "quantity"),
        ({"kind": "shelf_position"}, "shelf"),
        ({"kind": "listing", "shelf": "eye"}, "shelf"),
        ({"kind": "poster"}, "kind"),
        ({"valid_until": START}, "valid_until"),
    ],
)
def test_agreements_that_do_not_fit(facts: dict[str, Any], field: str) -> None:
    product = make_product() if facts else None
    with pytest.raises(RefusedError) as refused:
        _add(product=product, **facts)
    assert refused.value.field == field
    assert not Placement.objects.exists()


def test_the_same_twice_in_a_period_is_refused() -> None:
    account, product = make_account(), make_product()
    first = _add(account=account, product=product)
    _add(account=account, product=product, kind="promotion")
    _add(account=account, category=make_category())
    with pytest.raises(RefusedError) as refused:
        _add(account=account, product=product, valid_from=TODAY)
    assert refused.value.code == "placement_once_at_a_date"
    placements.end_placement(placement=first, last_day=TODAY - timedelta(days=1))
    assert _add(account=account, product=product, valid_from=TODAY).valid.lower == TODAY


def test_only_somebody_of_the_customer_agreed() -> None:
    account = make_account()
    person = make_position(account=make_account(parent=account)).person
    assert _add(account=account, product=make_product(), agreed_by=person).agreed_by == person
    with pytest.raises(RefusedError) as refused:
        _add(account=account, product=make_product(), agreed_by=make_person())
    assert refused.value.field == "agreed_by"


# What applies to a store


def test_what_is_agreed_above_applies_and_the_nearest_counts() -> None:
    group = make_account()
    banner = make_account(parent=group, kind="banner")
    store, other = make_store(parent=banner), make_store(parent=group)
    product = make_product(code="A")
    above = make_placement(account=group, product=product)
    nearer = make_placement(account=banner, product=product)
    facings = make_placement(account=group, product=product, kind="facings", quantity=2)
    make_placement(account=banner, product=make_product(), stage=0)
    make_placement(account=banner, product=make_product(), valid_until=TODAY)
    make_placement(account=banner, product=make_product(), valid_from=TODAY + timedelta(days=1),
                   stage=0)  # fmt: skip
    assert applying_to(store, on=TODAY) == [facings, nearer]
    assert applying_to(other, on=TODAY) == [facings, above]


def test_a_store_that_moved_has_what_its_chain_agreed_on_the_day() -> None:
    old, new = make_account(), make_account()
    store = make_store(parent=old)
    first = make_placement(account=old, product=make_product())
    second = make_placement(account=new, product=make_product())
    from accounts.services.tree import move_account

    move_account(account=store, parent=new, from_date=date(2026, 4, 1), as_of=TODAY)
    assert applying_to(store, on=date(2026, 3, 31)) == [first]
    assert applying_to(store, on=date(2026, 4, 1)) == [second]


# Store checks


@pytest.fixture
def store() -> Any:
    return make_store(parent=make_account(kind="banner"), lead=make_user())


def test_a_draft_goes_on_and_follows_what_is_agreed(store: Any) -> None:
    checker = make_user()
    one, two = (make_placement(account=store) for _ in range(2))
    check = checks.begin_check(store=store, checker=checker, checked_on=TODAY)
    checks.record(line=line_of(check, one), seen=checks.Seen(outcome="found"))
    placements.end_placement(placement=one, last_day=START)
    placements.end_placement(placement=two, last_day=START)
    three = make_placement(account=store)
    again = checks.begin_check(store=store, checker=checker, checked_on=TODAY)
    assert again.pk == check.pk
    seen = {line.placement_id: line.outcome for line in again.lines.all()}
    assert seen == {one.pk: "found", three.pk: ""}
    other = checks.begin_check(store=store, checker=make_user(), checked_on=TODAY)
    assert other.pk != check.pk


def test_only_stores_are_checked() -> None:
    with pytest.raises(RefusedError) as refused:
        checks.begin_check(store=make_account(), checker=make_user(), checked_on=TODAY)
    assert refused.value.code == "no_store"


@pytest.mark.parametrize(
    ("seen", "field"),
    [
        ({"outcome": "perhaps"}, "outcome"),
        ({"outcome": "found", "reason": "not_ordered"}, "reason"),
        ({"outcome": "not_found", "reason": "weather"}, "reason"),
        ({"outcome": "not_found", "quantity": 1}, "quantity"),
    ],
)
def test_observations_that_cannot_be(store: Any, seen: dict[str, Any], field: str) -> None:
    placement = make_placement(account=store)
    check = checks.begin_check(store=store, checker=make_user(), checked_on=TODAY)
    with pytest.raises(RefusedError) as refused:
        checks.record(line=line_of(check, placement), seen=checks.Seen(**seen))
    assert refused.value.field == field
    assert line_of(check, placement).outcome == ""


def test_a_finished_check_is_fixed_but_for_corrections(store: Any) -> None:
    placement = make_placement(account=store)
    check = make_check(store=store, seen={placement.pk: "not_found"})
    line = line_of(check, placement)
    with pytest.raises(RefusedError):
        checks.record(line=line, seen=checks.Seen(outcome="found"))
    with pytest.raises(RefusedError):
        checks.finish_check(check=check, now=NOW)
    with pytest.raises(RefusedError):
        checks.discard_check(check=check)
    for statement in (
        f"UPDATE accounts_storecheckline SET outcome = 'found' WHERE id = {line.pk}",
        f"DELETE FROM accounts_storecheckline WHERE id = {line.pk}",
        f"UPDATE accounts_storecheck SET checked_on = '2020-01-01' WHERE id = {check.pk}",
        f"DELETE FROM accounts_storecheck WHERE id = {check.pk}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    author = make_user()
    with pytest.raises(RefusedError) as refused:
        checks.correct(line=line, seen=checks.Seen(outcome="found"), why=" ", author=author)
    assert refused.value.field == "why"
    checks.correct(line=line, seen=checks.Seen(outcome="found"), why="Wrong shelf", author=author)
    assert line_of(check, placement).outcome == "found"
    row = StoreCheckCorrection.objects.get()
    assert (row.before, row.after, row.author) == ("not_found", "found", author)
    with pytest.raises(DatabaseError), transaction.atomic():
        StoreCheckCorrection.objects.update(why="Nothing")
    with pytest.raises(IntegrityError), transaction.atomic():
        StoreCheckLine.objects.filter(pk=line.pk).update(outcome="")


def test_a_check_of_nothing_is_not_finished(store: Any) -> None:
    make_placement(account=store)
    check = checks.begin_check(store=store, checker=make_user(), checked_on=TODAY)
    with pytest.raises(RefusedError) as refused:
        checks.finish_check(check=check, now=NOW)
    assert refused.value.code == "nothing_checked"
    checks.discard_check(check=check)
    assert not StoreCheck.objects.exists()


def test_a_photo_is_told_by_its_content(
    store: Any, django_capture_on_commit_callbacks: Any
) -> None:
    placement = make_placement(account=store)
    check = checks.begin_check(store=store, checker=make_user(), checked_on=TODAY)
    line = line_of(check, placement)
    for content in (b"<svg onload=alert(1)>", b"GIF89a", b"", b"\xff\xd8"):
        photo = ContentFile(content, name="shelf.jpg")
        with pytest.raises(RefusedError) as refused:
            checks.record(line=line, seen=checks.Seen(outcome="found", photo=photo))
        assert refused.value.code == "no_photo"
    first = checks.record(
        line=line, seen=checks.Seen(outcome="found", photo=ContentFile(JPEG, name="../../x.html"))
    )
    former = str(first.photo.name)
    assert (first.photo_kind, former.startswith("store-checks/")) == ("jpg", True)
    assert "x.html" not in former
    with django_capture_on_commit_callbacks(execute=True):
        second = checks.record(
            line=line, seen=checks.Seen(outcome="found", photo=ContentFile(JPEG, name="y"))
        )
    assert second.photo.name != former
    assert default_storage.exists(str(second.photo.name))
    assert not default_storage.exists(former)


# Gaps, tasks, compliance


def test_a_gap_lasts_until_it_is_found_again(store: Any, people: People) -> None:
    placement, unseen = make_placement(account=store), make_placement(account=store)
    for day, outcome in ((1, "found"), (5, "not_found"), (9, "out_of_stock")):
        make_check(store=store, seen={placement.pk: outcome}, on=date(2026, 6, day))
    make_check(store=store, seen={placement.pk: "found"}, on=TODAY, finished=False)
    (gap,) = open_gaps(people.director, as_of=TODAY)
    assert (gap.line.placement, gap.since, gap.times) == (placement, date(2026, 6, 5), 2)
    assert (gap.line.outcome, gap.days, gap.is_old) == ("out_of_stock", 10, False)
    assert open_gaps(people.director, as_of=TODAY, placement=unseen.pk) == []
    assert open_gaps(people.stranger, as_of=TODAY) == []
    assert open_gaps(people.director, as_of=date(2026, 6, 20))[0].is_old
    make_check(store=store, seen={placement.pk: "found"}, on=TODAY)
    assert open_gaps(people.director, as_of=TODAY) == []


def test_lines_of_gaps_are_read_only_as_far_as_they_are_shown(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company has tens of thousands of gaps: a board counts them all and shows a few."""
    for day in range(1, 5):
        shop = make_account(kind="store")
        placement = make_placement(account=shop)
        make_check(store=shop, seen={placement.pk: "not_found"}, on=date(2026, 6, day))
    monkeypatch.setattr(gaps, "READ_AT_ONCE", 2)
    found = gaps.open_gaps(people.director, as_of=TODAY)
    with CaptureQueriesContext(connection) as none:
        assert (len(found), sum(gap.task is None for gap in found)) == (4, 4)
    with CaptureQueriesContext(connection) as one:
        shown = [gap.line.check_of.checked_on.day for gap in found[:2]]
        assert [gap.line.placement_id for gap in found[:2]] == [
            gap.placement_id for gap in found[:2]
        ]
    assert (shown, len(none), len(one)) == ([1, 2], 0, 1)
    assert [gap.line.check_of.checked_on.day for gap in found] == [1, 2, 3, 4]


def test_a_gap_of_what_is_no_longer_agreed_is_none(store: Any, people: People) -> None:
    placement = make_placement(account=store)
    make_check(store=store, seen={placement.pk: "not_found"}, on=date(2026, 6, 1))
    assert len(open_gaps(people.director, as_of=TODAY)) == 1
    placements.end_placement(placement=placement, last_day=date(2026, 6, 1))
    assert open_gaps(people.director, as_of=TODAY) == []


def test_one_open_task_for_a_gap(store: Any, people: People) -> None:
    placement = make_placement(account=store)
    line = line_of(make_check(store=store, seen={placement.pk: "not_found"}), placement)
    task, is_new = tasks.follow_up(line=line, as_of=TODAY, created_by=people.director)
    assert (is_new, task.owner, task.due_on) == (True, store.current_lead, date(2026, 6, 29))
    again, is_new = tasks.follow_up(line=line, as_of=TODAY, created_by=people.director)
    assert (again, is_new) == (task, False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(
            account=store, placement=placement, title="x", owner=people.owner, due_on=TODAY
        )
    tasks.finish_task(task=task, as_of=TODAY, outcome="Ordered")
    with pytest.raises(RefusedError):
        tasks.finish_task(task=task, as_of=TODAY)
    _other, is_new = tasks.follow_up(line=line, as_of=TODAY, created_by=people.director)
    assert is_new


def test_what_was_found_is_not_followed_up(store: Any, people: People) -> None:
    placement = make_placement(account=store)
    line = line_of(make_check(store=store, seen={placement.pk: "found"}), placement)
    with pytest.raises(RefusedError):
        tasks.follow_up(line=line, as_of=TODAY, created_by=people.director)
    assert not Task.objects.exists()


def test_compliance_by_banner_store_product_and_month(people: People) -> None:
    group = make_account(lead=people.owner)
    banner = make_account(name="Banner", parent=group, kind="banner")
    one, two = make_store(parent=banner, name="One"), make_store(parent=banner, name="Two")
    make_store(parent=banner, name="Never")
    bread, milk = make_product(code="Bread"), make_product(code="Milk")
    first = make_placement(account=banner, product=bread)
    second = make_placement(account=group, product=milk)
    make_check(store=one, seen={first.pk: "found", second.pk: "not_found"}, on=date(2026, 5, 4))
    make_check(store=two, seen={first.pk: "found"}, on=date(2026, 6, 2))
    make_check(store=two, seen={first.pk: "found"}, on=date(2026, 1, 2))
    user = people.owner
    seen = total(user, SPRING)
    assert (seen.planned, seen.checked, seen.found) == (4, 3, 2)
    (row,) = by_banner(user, SPRING)
    assert (row.name, row.stores, row.seen, row.before.checked) == ("Banner", 2, seen, 1)
    stores = [(row.name, row.seen.compliance) for row in by_store(user, SPRING)]
    assert stores == [("One", Decimal("0.5")), ("Two", 1)]
    products = [(row.name, row.seen.checked, row.seen.found) for row in by_product(user, SPRING)]
    assert products == [("Milk", 1, 0), ("Bread", 2, 2)]
    Product.objects.filter(pk__in=[bread.pk, milk.pk]).update(name="Loaf")
    assert [row.name for row in by_product(user, SPRING)] == ["Loaf (Milk)", "Loaf (Bread)"]
    assert [one.checked for _month, one in by_month(user, SPRING)] == [0, 2, 1]
    assert stores_with_agreements(user, as_of=TODAY) == 3
    assert total(people.stranger, SPRING).planned == 0


def test_service_as_the_customer_counts_it(people: People) -> None:
    group = make_account(lead=people.owner)
    banner = make_account(parent=group)
    make_service_line(account=group, ordered=100, delivered=90)
    make_service_line(account=banner, ordered=300, delivered=280, orders=10, otif=7)
    make_service_line(account=banner, on=date(2026, 2, 1), orders=10, otif=10)
    level = service_level(people.owner, SPRING)
    assert (level.fill_rate, level.otif) == (Decimal("0.925"), Decimal("0.7"))
    rows = service_by_account(people.owner, SPRING)
    assert [(row.account, row.service.otif, row.before.otif) for row in rows] == [
        (group, None, None),
        (banner, Decimal("0.7"), 1),
    ]
    assert service_level(people.stranger, SPRING).fill_rate is None
    assert service_level(people.owner, SPRING, within=banner.pk).otif == Decimal("0.7")


# Merging


def test_a_merge_moves_everything(people: People) -> None:
    keep, drop = make_store(lead=people.owner), make_store(lead=people.owner)
    addresses.add_address(account=keep, kind="visiting", city="Turku")
    addresses.add_address(account=drop, kind="visiting", city="Oulu")
    addresses.add_address(account=drop, kind="delivery", city="Oulu")
    placement = make_placement(account=drop)
    check = make_check(store=drop, seen={placement.pk: "not_found"})
    tasks.follow_up(line=line_of(check, placement), as_of=TODAY, created_by=people.owner)
    make_service_line(account=drop, orders=1, otif=1)
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    for rows in (drop.addresses, drop.placements, drop.store_checks, drop.tasks):
        assert not rows.exists()
    mains = keep.addresses.filter(is_main=True).order_by("kind").values_list("kind", "city")
    assert list(mains) == [("delivery", "Oulu"), ("visiting", "Turku")]
    assert (keep.placements.get(), keep.store_checks.get()) == (placement, check)
    assert (keep.tasks.count(), keep.service_lines.count()) == (1, 1)


def test_two_agreements_for_the_same_stand_in_the_way_of_a_merge() -> None:
    keep, drop, product = make_store(), make_store(), make_product()
    make_placement(account=keep, product=product)
    make_placement(account=drop, product=product, valid_from=TODAY, stage=0)
    (blocker,) = plan_merge(keep=keep, drop=drop).blockers
    assert blocker.code == "placements_overlap"
    with pytest.raises(RefusedError):
        merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    assert (keep.placements.count(), drop.placements.count()) == (1, 1)


def test_every_kind_of_placement_can_be_agreed(people: People) -> None:
    account: Any = make_account()
    for kind in PlacementKind.values:
        make_placement(account=account, kind=kind, quantity=2 if kind == "facings" else None)
    assert isinstance(people.owner, User)
    assert Placement.objects.count() == len(PlacementKind.values)
