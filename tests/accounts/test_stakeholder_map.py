"""The map, coverage and matrix as they are read: present values, contacts, gaps, threads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.analytics.relationships import Gap
from accounts.choices import RatingKind
from accounts.models import Account
from accounts.selectors.people.contacts import ContactFacts, ContactProvider, contact_providers
from accounts.selectors.people.coverage import Coverage, coverage_of
from accounts.selectors.people.matrix import Matrix, matrix_of
from accounts.selectors.people.stakeholder_map import StakeholderMap, stakeholder_map
from kam.identity.models import User
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.people import (
    make_link,
    make_position,
    make_rating,
    make_relationship_settings,
)

TODAY = date(2026, 6, 1)


def found(account: Account, user: User, *, is_alone: bool = False) -> StakeholderMap:
    return stakeholder_map(account, user=user, as_of=TODAY, is_alone=is_alone)


def coverage(account: Account, user: User) -> Coverage:
    return coverage_of(found(account, user))


def matrix(account: Account, user: User) -> Matrix:
    return matrix_of(found(account, user), user=user)


@contextmanager
def contacts(known: Mapping[int, ContactFacts]) -> Iterator[None]:
    """As if an app knew of these contacts."""

    def find(ids: Collection[int], since: date, until: date) -> Mapping[int, ContactFacts]:
        assert (until - since).days == 90
        return {pk: facts for pk, facts in known.items() if pk in ids}

    contact_providers.register(ContactProvider(key="test", find=find))
    try:
        yield
    finally:
        contact_providers.unregister("test")


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_the_latest_rating_counts_whoever_gave_it(people: People) -> None:
    position = make_position(account=make_account(lead=people.owner))
    make_rating(position=position, author=people.owner, value=2, rated_on=date(2026, 1, 1))
    make_rating(position=position, author=people.teammate, value=-1, rated_on=date(2026, 2, 1))
    make_rating(position=position, author=people.owner, value=-2, rated_on=date(2026, 7, 1))
    [card] = found(position.account, people.director).people
    assert (card.support, card.influence, card.is_on_grid) == (-1, None, False)
    present = card.opinions.present[RatingKind.SUPPORT]
    assert (present.author, present.apart, present.is_disputed) == (people.teammate, 3, True)
    assert card.is_old(TODAY) is False
    assert card.is_old(date(2027, 6, 1)) is True


def test_strength_is_made_of_what_is_known(people: People) -> None:
    position = make_position(account=make_account(lead=people.owner))
    [card] = found(position.account, people.owner).people
    assert card.strength is None
    make_rating(position=position, author=people.owner, value=-1)
    make_rating(position=position, author=people.owner, kind="level_current", value=3)
    [card] = found(position.account, people.owner).people
    assert card.strength is not None
    assert card.strength.value.quantize(Decimal("0.01")) == Decimal("47.22")
    with contacts({position.pk: ContactFacts(days_ago(45), 1)}):
        [card] = found(position.account, people.owner).people
    assert card.strength is not None
    assert card.strength.value.quantize(Decimal("0.01")) == Decimal("48.33")
    assert (card.days, card.strength.confidence) == (45, Decimal("0.75"))


def test_the_account_is_weighted_by_influence(people: People) -> None:
    account = make_account(lead=people.owner)
    for influence, support in ((1, 2), (1, 2), (5, -2)):
        position = make_position(account=account)
        make_rating(position=position, author=people.owner, kind="influence", value=influence)
        make_rating(position=position, author=people.owner, value=support)
    result = coverage(account, people.owner)
    assert result.strength is not None
    assert result.strength.quantize(Decimal("0.01")) == Decimal("28.57")
    assert result.of_influence == Decimal(2) / 7


def test_who_is_on_the_map(people: People) -> None:
    group = make_account(lead=people.owner)
    store = make_account(kind="store", parent=group)
    foreign = make_account(kind="store", parent=group)
    Account.objects.filter(pk=foreign.pk).update(lead_chain=[people.stranger.pk])
    here = make_position(account=group)
    below = make_position(account=store)
    hidden = make_position(account=foreign)
    make_position(account=group, until=TODAY)
    make_position(account=group, since=days_ago(-1))
    empty = make_position(account=group, is_placeholder=True)
    make_link(source=here, target=below)
    make_link(source=here, target=hidden)
    both = found(group, people.owner)
    assert {card.pk for card in both.cards} == {here.pk, below.pk, empty.pk}
    assert [card.pk for card in both.placeholders] == [empty.pk]
    assert [(one.from_position_id, one.to_position_id) for one in both.links] == [
        (here.pk, below.pk)
    ]
    alone = found(group, people.owner, is_alone=True)
    assert {card.pk for card in alone.cards} == {here.pk, empty.pk}
    assert alone.links == []


def test_the_org_chart_nests_and_remembers_who_left(people: People) -> None:
    account = make_account(lead=people.owner)
    gone = make_position(account=account, name="Gone", until=TODAY)
    top = make_position(account=account, name="Top", reports_to=gone)
    low = make_position(account=account, name="Low", reports_to=top)
    [node] = found(account, people.owner).chart()
    assert (node.card.pk, node.boss, node.has_boss_left) == (top.pk, "Gone", True)
    assert [one.card.pk for one in node.reports] == [low.pk]
    group = make_account(lead=people.stranger)
    banner = make_account(kind="banner", parent=group, lead=people.owner)
    boss = make_position(account=group, name="Hidden")
    make_position(account=banner, reports_to=boss)
    [node] = found(banner, people.owner).chart()
    assert node.boss == ""
    [node] = found(banner, people.stranger).chart()
    assert (node.boss, node.has_boss_left) == ("Hidden", False)


def test_missing_contacts_are_not_zero(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer = make_position(account=account, roles=["decision_maker"])
    make_position(account=account, function="quality")
    result = coverage(account, people.owner)
    assert [(row.function, row.gap, row.is_required) for row in result.functions] == [
        ("merchandising", Gap.NO_CONTACT_KNOWN, True),
        ("operations", Gap.NOBODY, True),
        ("marketing", Gap.NOBODY, True),
        ("quality", Gap.NO_CONTACT_KNOWN, False),
    ]
    assert [row.function for row in result.gaps] == ["operations", "marketing"]
    assert [row.function for row in result.unknown] == ["merchandising"]
    assert (result.of_functions, result.threads, result.is_single_threaded) == (None, None, False)
    assert result.of_roles == Decimal(1) / 3
    assert result.missing_roles == ["Economic buyer", "Champion or coach"]
    with contacts({buyer.pk: ContactFacts(days_ago(90), 3, {people.owner.pk: 3})}):
        result = coverage(account, people.owner)
    assert result.functions[0].gap is Gap.COVERED
    assert result.functions[3].gap is Gap.CONTACT_TOO_OLD
    assert (result.of_functions, result.threads, result.is_single_threaded) == (
        Decimal(1) / 3,
        1,
        True,
    )
    assert result.attention == "Merchandising and buying"
    assert result.busiest == (people.owner.pk, Decimal(1))
    with contacts({buyer.pk: ContactFacts(days_ago(91), 0)}):
        assert coverage(account, people.owner).functions[0].gap is Gap.CONTACT_TOO_OLD


def test_required_functions_are_chosen(people: People) -> None:
    account = make_account(lead=people.owner)
    make_relationship_settings(required_functions=["quality"])
    assert [row.function for row in coverage(account, people.owner).gaps] == ["quality"]


def test_one_function_among_those_we_know_takes_all(people: People) -> None:
    account = make_account(lead=people.owner)
    for _ in range(3):
        make_position(account=account)
    assert coverage(account, people.owner).attention == "Merchandising and buying"
    make_position(account=account, function="it")
    make_position(account=account, function="quality")
    assert coverage(account, people.owner).attention is None


def test_the_matrix_shows_levels_gaps_and_single_threads(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer, planner = (
        make_position(account=account, name="A"),
        make_position(account=account, name="B", function="marketing"),
    )
    empty = matrix(account, people.owner)
    assert (empty.members, empty.our_threads, empty.their_threads) == ([people.owner], None, None)
    give: Any = {"author": people.owner, "position": buyer}
    make_rating(**give, kind="level_current", value=1)
    make_rating(**give, kind="level_desired", value=3)
    result = matrix(account, people.owner)
    [cell] = result.rows[0].cells
    assert (cell.current_label, cell.desired_label, cell.gap) == ("Vendor", "Problem solver", 2)
    assert result.rows[1].cells[0].gap is None
    assert (result.is_single_on_our_side, result.is_single_on_their_side) == (True, True)
    make_rating(
        author=people.owner,
        position=planner,
        kind="level_current",
        value=2,
        team_member=people.teammate,
    )
    result = matrix(account, people.owner)
    assert result.members == [people.owner, people.teammate]
    assert (result.our_threads, result.their_threads) == (2, 2)
    make_rating(
        author=people.director,
        position=planner,
        kind="level_current",
        value=0,
        team_member=people.teammate,
        rated_on=date(2026, 4, 1),
    )
    last = matrix(account, people.director).rows[1].cells[1]
    assert (last.current_label, last.is_disputed) == ("None", True)
    assert matrix(account, people.director).our_threads == 1


def test_contacts_of_several_apps_add_up(people: People) -> None:
    position = make_position(account=make_account(lead=people.owner))
    one = {position.pk: ContactFacts(days_ago(10), 2, {people.owner.pk: 2})}
    two = {position.pk: ContactFacts(days_ago(5), 1, {people.teammate.pk: 1})}
    contact_providers.register(ContactProvider(key="more", find=lambda _ids, _s, _u: two))
    try:
        with contacts(one):
            [card] = found(position.account, people.owner).people
    finally:
        contact_providers.unregister("more")
    assert card.contacts == ContactFacts(
        days_ago(5), 3, {people.owner.pk: 2, people.teammate.pk: 1}
    )
