"""Business reviews: from the agenda of last time to a closed record with its snapshot."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from accounts.services.merging import merge_accounts
from kam.core.problems import RefusedError
from plans.choices.joint import LineKind, ReviewState
from plans.choices.plan import Confidentiality, Origin
from plans.forms.reviews import plan_of_day
from plans.models import BusinessReview, Plan, PlanAction, ReviewTemplate
from plans.search import search_reviews
from plans.selectors.reviews.lines import own_reviews
from plans.services.reviews import lines
from plans.services.reviews.holding import (
    Meeting,
    add_agenda_item,
    add_participant,
    finish_review,
    note_attendance,
    plan_review,
)
from tests.api import Api
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.people import make_position
from tests.factories.plans import make_action, make_plan
from tests.factories.team import make_member
from tests.factories.together import DAY, make_review, make_team

pytestmark = pytest.mark.django_db


def _meeting(people: People, **more: object) -> Meeting:
    facts = {"title": "Half-year", "held_on": DAY, "owner": people.owner} | more
    return Meeting(**facts)  # type: ignore[arg-type]


def test_a_review_begins_with_the_agenda_and_people_of_last_time(
    people: People, account: Account
) -> None:
    buyer = make_position(account=account)
    template = ReviewTemplate.objects.create(
        name="Half-year", agenda=[{"title": "Figures", "minutes": 20}, {"title": "Range"}]
    )
    first = plan_review(account=account, meeting=_meeting(people), template=template)
    add_participant(review=first, position=buyer)
    finish_review(review=first, by=people.owner, as_of=DAY, summary="Grew by 4 percent.")
    later = _meeting(people, held_on=date(2026, 12, 1))
    second = plan_review(account=account, meeting=later)
    assert second.previous == first
    assert list(second.agenda.values_list("title", "minutes")) == [("Figures", 20), ("Range", None)]
    asked = set(second.participants.values_list("user", "position"))
    assert asked == {(people.owner.pk, None), (None, buyer.pk)}


def test_a_meeting_that_was_brought_forward_was_held_today(
    people: People, account: Account
) -> None:
    for planned, held in ((DAY + timedelta(days=4), DAY), (DAY - timedelta(days=4), None)):
        review = plan_review(account=account, meeting=_meeting(people, held_on=planned))
        done = finish_review(review=review, by=people.owner, as_of=DAY, summary="All agreed.")
        assert done.held_on == (held or planned)


def test_lines_become_actions_and_concerns_once(
    people: People, account: Account, plan: Plan
) -> None:
    review = plan_review(account=account, meeting=_meeting(people, plan=plan))
    note = lines.add_line(review=review, text="Trial in ten stores", author=people.owner)
    worry = lines.add_line(review=review, text="Late deliveries", author=people.owner)
    review.refresh_from_db()
    assert review.state == ReviewState.IN_MEETING
    action = lines.make_action(
        line=note, by=people.owner, owner=people.owner, due_on=date(2026, 9, 1)
    )
    assert (action.plan, action.origin) == (plan, Origin.REVIEW)
    concern = lines.make_concern(line=worry, by=people.owner, now=timezone.now())
    assert concern.account == account
    for one in (note, worry):
        with pytest.raises(RefusedError):
            lines.make_action(line=one, by=people.owner, owner=None, due_on=None)
    with pytest.raises(RefusedError):
        lines.remove_line(line=note)
    assert sorted(review.lines.values_list("kind", flat=True)) == [
        LineKind.ACTION,
        LineKind.CONCERN,
    ]


def test_a_closed_record_stays_and_freezes_its_plan(
    people: People, account: Account, plan: Plan
) -> None:
    review = plan_review(account=account, meeting=_meeting(people, plan=plan))
    with pytest.raises(RefusedError) as refusal:
        finish_review(review=review, by=people.owner, as_of=DAY)
    assert refusal.value.field == "summary"
    done = finish_review(review=review, by=people.owner, as_of=DAY, summary="All agreed.")
    assert done.snapshot is not None
    assert (done.snapshot.reason, done.snapshot.as_of) == ("review", DAY)
    acts = (
        lambda: add_agenda_item(review=review, title="More"),
        lambda: note_attendance(review=review, came=[]),
        lambda: lines.add_line(review=review, text="More", author=people.owner),
        lambda: finish_review(review=review, by=people.owner, as_of=DAY, summary="Other"),
    )
    for act in acts:
        with pytest.raises(RefusedError):
            act()


def test_a_review_begins_with_the_nearest_plan(
    people: People, account: Account, plan: Plan
) -> None:
    """That of the account itself where there is one, else the one above it."""
    banner = make_account(name="Banner", parent=account, lead=people.owner)
    assert plan_of_day(banner, people.owner, DAY) == plan
    own = make_plan(account=banner, owner=people.owner)
    assert plan_of_day(banner, people.owner, DAY) == own


def test_a_plan_of_another_account_is_refused(people: People, plan: Plan) -> None:
    other = make_account(name="Other", lead=people.owner)
    with pytest.raises(RefusedError) as refusal:
        plan_review(account=other, meeting=_meeting(people, plan=plan))
    assert refusal.value.field == "plan"


def test_the_meeting_by_its_pages(
    client: Client, people: People, account: Account, plan: Plan
) -> None:
    client.force_login(people.owner)
    create = f"{reverse('plans:review-create')}?account={account.pk}"
    sent = {
        "title": "Half-year",
        "held_on": "2026-06-10",
        "owner": people.owner.pk,
        "plan": plan.pk,
    }
    made = client.post(create, sent)
    review = BusinessReview.objects.get()
    assert made["Location"] == review.get_absolute_url()
    make_action(plan=plan, title="Send the price list", due_on=date(2026, 1, 10))
    add = reverse("plans:review-line-add", args=[review.pk])
    assert client.post(add, {"text": "", "kind": "note"}).status_code == 422
    client.post(add, {"text": "They want smaller boxes", "kind": "note", "is_shareable": "on"})
    swapped = client.post(
        add, {"text": "Later", "kind": "note"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "autofocus" in swapped
    review.lines.get(text="Later").delete()
    line = review.lines.get()
    client.post(
        reverse("plans:review-line-action", args=[review.pk, line.pk]),
        {"owner": people.owner.pk, "due_on": "2026-09-01"},
    )
    assert PlanAction.objects.filter(plan=plan, title="They want smaller boxes").count() == 1
    page = client.get(review.get_absolute_url()).content.decode()
    assert "Send the price list" in page
    assert "They want smaller boxes" in page
    ending = {"summary": "Good.", "our_rating": "4", "their_rating": ""}
    done = client.post(reverse("plans:review-finish", args=[review.pk]), ending)
    assert done.status_code == 302
    review.refresh_from_db()
    assert (review.our_rating, review.their_rating) == (4, None)
    assert client.post(add, {"text": "Late", "kind": "note"}).status_code == 404
    assert review.lines.count() == 1


def test_who_reads_and_writes(client: Client, people: People, account: Account, plan: Plan) -> None:
    """What a stranger is refused changes nothing; a secret plan keeps its review with it."""
    review = make_review(account=account, owner=people.owner, plan=plan)
    team = make_team(account=account, owner=people.owner, plan=plan)
    reads = [review.get_absolute_url(), team.get_absolute_url()]
    write = reverse("plans:review-line-add", args=[review.pk])
    said = {"text": "Seen", "kind": "note"}
    for user in (people.owner, people.stranger):
        assert bool(search_reviews(user, review.title, 5)) == (user == people.owner)
    for user, may_read, may_write in (
        (people.owner, 200, 302),
        (people.director, 200, 302),
        (people.auditor, 200, 404),
        (people.stranger, 404, 404),
    ):
        client.force_login(user)
        assert [client.get(url).status_code for url in reads] == [may_read, may_read], user
        assert client.post(write, said).status_code == may_write, user
    assert review.lines.count() == 2
    Plan.objects.filter(pk=plan.pk).update(confidentiality=Confidentiality.NAMED)
    client.force_login(people.director)
    assert [client.get(url).status_code for url in reads] == [404, 404]
    shown = client.get(reverse("plans:review-list")).content.decode()
    assert review.title not in shown


def test_who_writes_the_review_alone_makes_no_action_of_its_plan(
    client: Client, people: People, account: Account, plan: Plan
) -> None:
    """A supporting member holds the meeting; the plan's actions are for who writes the plan."""
    make_member(account=account, user=people.teammate)
    review = make_review(account=account, owner=people.owner, plan=plan)
    line = lines.add_line(review=review, text="Trial in ten stores", author=people.owner)
    page = reverse("plans:review-line-action", args=[review.pk, line.pk])
    way = f"business-reviews/{review.pk}/make-action/"
    client.force_login(people.teammate)
    shown = client.get(review.get_absolute_url()).content.decode()
    assert "Trial in ten stores" in shown
    assert page not in shown
    assert client.get(page).status_code == 404
    assert client.post(page, {"owner": people.teammate.pk}).status_code == 404
    assert Api(people.teammate).post(way, {"line": line.pk}).status_code == 404
    assert not PlanAction.objects.exists()
    client.force_login(people.owner)
    assert page in client.get(review.get_absolute_url()).content.decode()
    for owner, due in ((people.stranger, "2026-09-01"), (people.owner, "2031-01-01")):
        sent = {"owner": owner.pk, "due_on": due}
        assert client.post(page, sent).status_code == 422
        assert Api(people.owner).post(way, {"line": line.pk} | sent).status_code == 422
    assert not PlanAction.objects.exists()
    client.post(page, {"owner": people.teammate.pk, "due_on": "2026-09-01"})
    assert PlanAction.objects.get().owner == people.teammate
    assert people.teammate.notifications.filter(kind="plans.action_given").count() == 1


def test_a_new_review_takes_nothing_of_one_that_its_maker_may_not_read(
    client: Client, people: People, account: Account
) -> None:
    """The last review belongs to a plan of named people: its agenda and people are theirs."""
    make_member(account=account, user=people.teammate)
    secret = make_plan(
        account=account, owner=people.director, confidentiality=Confidentiality.NAMED
    )
    last = make_review(account=account, owner=people.director, plan=secret)
    add_agenda_item(review=last, title="Sale of the company")
    add_participant(review=last, user=people.controller)
    finish_review(review=last, by=people.director, as_of=DAY, summary="Told.")
    client.force_login(people.teammate)
    sent = {"title": "Autumn", "held_on": "2026-10-10", "owner": people.teammate.pk}
    client.post(f"{reverse('plans:review-create')}?account={account.pk}", sent)
    Api(people.teammate).post("business-reviews/", {"account": account.pk} | sent)
    made = list(BusinessReview.objects.filter(title="Autumn"))
    assert [one.previous for one in made] == [None, None]
    assert [one.agenda.count() for one in made] == [0, 0]
    assert {one.user for row in made for one in row.participants.all()} == {people.teammate}


def test_lists_ask_as_much_for_three_as_for_one(
    client: Client, people: People, account: Account, plan: Plan
) -> None:
    client.force_login(people.owner)
    urls = [
        reverse("plans:review-list"),
        reverse("plans:team-list"),
        reverse("plans:panel-reviews", args=[account.pk]),
    ]

    def asked() -> list[int]:
        found = []
        for url in urls:
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert client.get(url).status_code == 200
            found.append(len(caught))
        return found

    make_review(account=account, owner=people.owner, plan=plan)
    make_team(account=account, owner=people.owner, plan=plan)
    asked()
    first = asked()
    for _one in range(2):
        make_review(account=account, owner=people.owner, plan=plan)
        make_team(account=account, owner=people.owner, plan=plan)
    assert asked() == first


def test_reviews_and_teams_follow_a_merge(people: People, account: Account) -> None:
    twin = make_account(name="Kesko twin", lead=people.owner)
    review = make_review(account=twin, owner=people.owner)
    team = make_team(account=twin, owner=people.owner)
    merge_accounts(keep=account, drop=twin, as_of=DAY)
    review.refresh_from_db()
    team.refresh_from_db()
    assert (review.account, team.account) == (account, account)


def test_my_day_names_ones_own_reviews(people: People, account: Account) -> None:
    make_review(account=account, owner=people.owner, title="Soon", held_on=date(2026, 6, 14))
    make_review(account=account, owner=people.owner, title="Over", held_on=date(2026, 6, 1))
    make_review(account=account, owner=people.owner, title="Far", held_on=date(2026, 9, 1))
    found = [(one.title, one.state) for one in own_reviews(people.owner, DAY)]
    assert found == [("Kesko: Over", "warning"), ("Kesko: Soon", "info")]
    assert list(own_reviews(make_user(), DAY)) == []
