"""Creating and changing accounts, their identifiers and leads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Account, AccountFigure, AccountIdentifier, LeadAssignment
from accounts.services.accounts import (
    add_identifier,
    create_account,
    remove_identifier,
    update_account,
)
from accounts.services.leads import close_lead, set_lead
from accounts.services.merging import merge_accounts
from accounts.services.tree import MergedAccountError, refresh_current
from kam.core.problems import RefusedError, StaleError
from kam.identity.models import User
from tests.factories.accounts import make_account
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)


def test_a_new_account_stands_in_its_place_with_lead_identifiers_and_figures() -> None:
    user = make_user()
    parent = make_account(name="Group", lead=make_user())

    account = create_account(
        name="  Café   Kämp ",
        kind="store",
        country="fi",
        parent=parent,
        lead=user,
        identifiers=[("erp", " 17 ")],
        as_of=TODAY,
    )

    assert (account.name, account.name_key, account.country) == ("Café Kämp", "cafe kamp", "FI")
    assert account.path == [parent.pk, account.pk]
    assert account.current_lead == user
    assert set(account.lead_chain) == {parent.current_lead_id, user.pk}
    assert LeadAssignment.objects.get(account=account).valid == DateRange(TODAY, None)
    assert list(account.identifiers.values_list("system", "value")) == [("erp", "17")]
    figure = AccountFigure.objects.get(account=account)
    assert (figure.as_of, figure.net_12m, figure.last_entry_on) == (TODAY, 0, None)


def test_an_account_that_is_refused_leaves_nothing_behind() -> None:
    make_account(external_id="17")
    before = Account.objects.count()

    with pytest.raises(RefusedError) as refused:
        create_account(name="Twin", kind="store", identifiers=[("erp", "17")], as_of=TODAY)

    assert str(refused.value) == "Another account has this identifier already."
    assert refused.value.field == "value"
    assert Account.objects.count() == before


def test_an_update_changes_what_is_named_and_keeps_the_rest() -> None:
    account = make_account(name="Old", country="FI", region="Uusimaa")

    update_account(account=account, name="Néw")

    account.refresh_from_db()
    assert (account.name, account.name_key) == ("Néw", "new")
    assert (account.country, account.region) == ("FI", "Uusimaa")


def test_an_update_over_somebody_elses_change_is_refused() -> None:
    account = make_account(name="Old")
    read_at = account.updated_at - timedelta(seconds=1)

    with pytest.raises(StaleError):
        update_account(account=account, read_at=read_at, name="Mine")

    account.refresh_from_db()
    assert account.name == "Old"
    update_account(account=account, read_at=account.updated_at, name="Mine")
    account.refresh_from_db()
    assert account.name == "Mine"


def test_a_merged_account_takes_no_changes() -> None:
    keep, drop, user = make_account(), make_account(name="Shell"), make_user()
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    drop.refresh_from_db()

    with pytest.raises(MergedAccountError):
        update_account(account=drop, name="Alive")
    with pytest.raises(MergedAccountError):
        add_identifier(account=drop, system="erp", value="9")
    with pytest.raises(MergedAccountError):
        set_lead(account=drop, user=user, from_date=TODAY, as_of=TODAY)
    with pytest.raises(MergedAccountError):
        close_lead(account=drop, from_date=TODAY, as_of=TODAY)

    drop.refresh_from_db()
    assert drop.name == "Shell"


def test_an_identifier_can_go_and_be_used_elsewhere() -> None:
    one, two = make_account(external_id="17"), make_account()

    remove_identifier(identifier=one.identifiers.get())
    add_identifier(account=two, system="erp", value="17")

    assert AccountIdentifier.objects.get(system="erp", value="17").account == two


@pytest.fixture
def users() -> tuple[User, User]:
    return make_user(), make_user()


def spans(account: Account) -> list[tuple[int, DateRange]]:
    rows = LeadAssignment.objects.filter(account=account).order_by("valid")
    return [(row.user_id, row.valid) for row in rows]


def test_a_lead_change_ends_the_former_lead_on_that_day(users: tuple[User, User]) -> None:
    first, second = users
    account = make_account(lead=first)
    store = make_account(parent=account)

    set_lead(account=account, user=second, from_date=date(2026, 6, 1), as_of=TODAY)

    assert spans(account) == [
        (first.pk, DateRange(date(2000, 1, 1), date(2026, 6, 1))),
        (second.pk, DateRange(date(2026, 6, 1), None)),
    ]
    store.refresh_from_db()
    assert (store.current_lead, store.lead_chain) == (second, [second.pk])


def test_a_lead_for_a_while_gives_it_back_afterwards(users: tuple[User, User]) -> None:
    first, second = users
    account = make_account(lead=first)

    set_lead(
        account=account,
        user=second,
        from_date=date(2026, 7, 1),
        until=date(2026, 8, 1),
        as_of=TODAY,
    )

    assert [user for user, _valid in spans(account)] == [first.pk, second.pk, first.pk]
    leads = []
    for day in (TODAY, date(2026, 7, 31), date(2026, 8, 1)):
        refresh_current(as_of=day)
        account.refresh_from_db()
        leads.append(account.current_lead)
    assert leads == [first, second, first]


def test_without_a_lead_of_its_own_the_node_follows_the_one_above(
    users: tuple[User, User],
) -> None:
    first, second = users
    account = make_account(parent=make_account(lead=first), lead=second)

    close_lead(account=account, from_date=TODAY, as_of=TODAY)

    account.refresh_from_db()
    assert (account.current_lead, account.lead_chain) == (first, [first.pk])
    assert spans(account) == [(second.pk, DateRange(date(2000, 1, 1), TODAY))]


def test_somebody_who_left_cannot_lead() -> None:
    account = make_account()

    with pytest.raises(RefusedError) as refused:
        set_lead(account=account, user=make_user(is_active=False), from_date=TODAY, as_of=TODAY)

    assert (str(refused.value), refused.value.field) == (
        "This person can no longer sign in.",
        "user",
    )
    assert spans(account) == []
