"""Two people change the tree at once, over two real connections."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from accounts.models import Account, ParentLink, RevenueMonth
from accounts.services.leads import set_lead
from accounts.services.merging import merge_accounts
from accounts.services.tree import CYCLE_WORDS, CycleError, move_account
from kam.core.problems import RefusedError, explained
from tests.factories.accounts import make_account, make_entry
from tests.factories.identity import make_user
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2026, 6, 15)


def test_two_moves_that_close_a_circle_together_are_not_both_done() -> None:
    one, two = make_account(), make_account()

    raised = at_once(
        lambda: move_account(account=one, parent=two, from_date=None, as_of=TODAY),
        lambda: move_account(account=two, parent=one, from_date=None, as_of=TODAY),
    )

    assert sorted(type(error).__name__ for error in raised) == ["CycleError", "NoneType"]
    assert ParentLink.objects.count() == 1


def test_raw_links_that_close_a_circle_together_are_refused_by_the_database() -> None:
    one, two = make_account(), make_account()
    period = "[2026-01-01,)"

    raised = at_once(
        lambda: ParentLink.objects.create(account=one, parent=two, valid=period),
        lambda: ParentLink.objects.create(account=two, parent=one, valid=period),
    )

    assert sorted(type(error).__name__ for error in raised) == ["IntegrityError", "NoneType"]
    assert ParentLink.objects.count() == 1


def test_two_parents_for_the_same_days_end_as_one() -> None:
    child, one, two = make_account(), make_account(), make_account()

    raised = at_once(
        *(
            lambda parent=parent: move_account(
                account=child, parent=parent, from_date=date(2026, 1, 1), as_of=TODAY
            )
            for parent in (one, two)
        )
    )

    assert raised == [None, None]
    link = ParentLink.objects.get(account=child)
    child.refresh_from_db()
    assert child.current_parent_id == link.parent_id


def test_a_move_and_a_lead_change_leave_the_scope_complete() -> None:
    for _round in range(5):
        group, child, user = make_account(), make_account(), make_user()
        raised = at_once(
            partial(move_account, account=child, parent=group, from_date=None, as_of=TODAY),
            partial(set_lead, account=group, user=user, from_date=date(2026, 1, 1), as_of=TODAY),
        )

        assert raised == [None, None]
        child.refresh_from_db()
        assert (child.path, child.lead_chain) == ([group.pk, child.pk], [user.pk])


def test_merging_two_into_each_other_happens_once_and_keeps_the_revenue() -> None:
    one, two = make_account(), make_account()
    make_entry(account=one, amount=1)
    make_entry(account=two, amount=2)

    raised = at_once(
        lambda: merge_accounts(keep=one, drop=two, as_of=TODAY),
        lambda: merge_accounts(keep=two, drop=one, as_of=TODAY),
    )

    assert sorted(isinstance(error, RefusedError) for error in raised) == [False, True]
    survivor = Account.objects.not_merged().get()
    sums = RevenueMonth.objects.filter(entries__gt=0).values_list("account", "net_amount")
    assert list(sums) == [(survivor.pk, 3)]


def test_a_race_that_only_the_database_sees_is_told_in_plain_words() -> None:
    one, two = make_account(), make_account()
    ParentLink.objects.create(account=two, parent=one, valid="[2026-01-01,)")

    with pytest.raises(CycleError) as refused, explained():
        ParentLink.objects.create(account=one, parent=two, valid="[2026-01-01,)")

    assert str(refused.value) == str(CYCLE_WORDS)
    assert refused.value.field == "parent"
