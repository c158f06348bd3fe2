"""Pages of promises, the team, requests and handovers: who may open them, and what they do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import (
    Account,
    Handover,
    Promise,
    RequestComment,
    StakeholderNote,
    TeamMember,
    TeamRequest,
)
from accounts.selectors.people.contacts import (
    ContactFacts,
    ContactProvider,
    contact_providers,
)
from accounts.services.team.handovers import hand_over
from accounts.views.team import lines
from kam.core.todos import todos_for
from kam.identity.choices import Role
from kam.identity.models import User
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_entry
from tests.factories.identity import make_user
from tests.factories.people import make_customer_date, make_position, make_rating
from tests.factories.team import make_member, make_promise, make_request

pytestmark = pytest.mark.django_db
ALL = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")


def today() -> date:
    return timezone.localdate()


def ahead(days: int) -> date:
    return today() + timedelta(days=days)


def statuses(people: People, url: str) -> dict[str, int]:
    return {who: client_of(getattr(people, who)).get(url).status_code for who in ALL}


def only(*names: str) -> dict[str, int]:
    return {who: 200 if who in names else 404 for who in ALL}


def text_of(user: User, url: str) -> str:
    response = client_of(user).get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def post(user: User, url: str, /, **data: Any) -> int:
    return client_of(user).post(url, data).status_code


SEEING = ("owner", "teammate", "director", "controller", "administrator", "auditor")


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("panel-promises", SEEING),
        ("panel-team", SEEING),
        ("promise-create", ("owner", "teammate", "director", "controller", "administrator")),
        ("member-create", ("owner", "director", "administrator")),
        ("request-create", ("owner", "director", "administrator")),
        ("handover-create", ("director", "administrator")),
    ],
)
def test_who_opens_which_page_of_an_account(
    people: People, name: str, allowed: tuple[str, ...]
) -> None:
    account = make_account(lead=people.owner)
    assert statuses(people, reverse(f"accounts:{name}", args=[account.pk])) == only(*allowed)


@pytest.mark.parametrize("name", ["promise-edit", "promise-move", "promise-settle"])
def test_who_changes_a_promise(people: People, name: str) -> None:
    promise = make_promise(user=people.owner)
    found = statuses(people, reverse(f"accounts:{name}", args=[promise.pk]))
    assert found == only("owner", "director", "administrator")


def test_a_denied_change_changes_nothing(people: People) -> None:
    promise = make_promise(user=people.owner)
    request = make_request(account=promise.account, sender=people.owner, to_user=people.director)
    for url in (
        reverse("accounts:promise-settle", args=[promise.pk]),
        reverse("accounts:request-accept", args=[request.pk]),
        reverse("accounts:request-finish", args=[request.pk]),
        reverse("accounts:request-cancel", args=[request.pk]),
        reverse("accounts:member-create", args=[promise.account.pk]),
    ):
        for who in (people.stranger, people.auditor):
            facts = {"outcome": "kept", "settled_on": today(), "words": "x", "user": who.pk,
                     "function": "stock", "from_date": today()}  # fmt: skip
            assert post(who, url, **facts) == 404
    promise.refresh_from_db()
    request.refresh_from_db()
    assert (promise.outcome, request.status, TeamMember.objects.count()) == ("open", "sent", 0)


def test_a_promise_from_noting_to_keeping(people: People) -> None:
    account = make_account(lead=people.owner)
    anna = make_position(account=account, name="Anna Lahti")
    url = reverse("accounts:promise-create", args=[account.pk])
    facts = {
        "side": "theirs",
        "what": "Sell-out figures every week",
        "due_on": ahead(5),
        "made_on": today(),
        "user": people.owner.pk,
    }
    client = client_of(people.owner)
    answer = client.post(url, facts)
    assert answer.status_code == 422
    assert "Say who of theirs promised it." in answer.content.decode()
    assert client.post(url, facts | {"position": anna.pk}).status_code == 302
    promise = Promise.objects.get()
    move = reverse("accounts:promise-move", args=[promise.pk])
    assert client.post(move, {"to_day": ahead(9), "reason": "Holidays"}).status_code == 302
    assert "Holidays" in text_of(people.owner, promise.get_absolute_url())
    settle = reverse("accounts:promise-settle", args=[promise.pk])
    broken = {"outcome": "broken", "settled_on": today(), "words": ""}
    assert client.post(settle, broken).status_code == 422
    assert client.post(settle, broken | {"outcome": "kept"}).status_code == 302
    assert client.get(settle).status_code == 404
    shown = text_of(people.owner, reverse("accounts:panel-promises", args=[account.pk]))
    assert "100\N{NO-BREAK SPACE}%" in shown or "100 %" in shown or "100%" in shown
    reopen = reverse("accounts:promise-reopen", args=[promise.pk])
    assert client.post(reopen).status_code == 302
    assert Promise.objects.get().is_open


def test_only_who_leads_notes_a_promise_of_a_colleague(people: People) -> None:
    account = make_account(lead=people.owner)
    url = reverse("accounts:promise-create", args=[account.pk])
    facts = {"side": "ours", "what": "Samples", "due_on": ahead(5), "made_on": today()}
    other = {**facts, "user": people.director.pk}
    assert client_of(people.teammate).post(url, other).status_code == 422
    own = {**facts, "user": people.teammate.pk}
    assert client_of(people.teammate).post(url, own).status_code == 302
    assert client_of(people.owner).post(url, other).status_code == 302


def test_nothing_due_is_no_zero(people: People) -> None:
    account = make_account(lead=people.owner)
    make_promise(user=people.owner, account=account, due_on=ahead(5))
    shown = text_of(people.owner, reverse("accounts:panel-promises", args=[account.pk]))
    assert "None of ours was due yet" in shown


def test_a_supporting_member_has_a_page_without_figures(people: People) -> None:
    account = make_account(name="Kuusipelto", lead=people.owner)
    make_entry(account=account, amount=123456)
    make_promise(user=people.owner, account=account, what="New shelf layout")
    anna = make_position(account=account, name="Anna Lahti")
    make_rating(position=anna, author=people.owner, kind="influence", value=5)
    StakeholderNote.objects.create(position=anna, author=people.owner, text="Likes tea")
    make_customer_date(account=account, starts_on=ahead(20), title="Range review")
    url = reverse("accounts:team-work", args=[account.pk])
    assert statuses(people, url)["stranger"] == 404
    make_member(account=account, user=people.stranger)
    shown = text_of(people.stranger, url)
    for words in ("Kuusipelto", "New shelf layout", "Anna Lahti", "Likes tea", "Range review"):
        assert words in shown
    assert "123" not in shown
    for name in ("account-detail", "panel-revenue", "stakeholder-map", "panel-team", "panel-leads"):
        address = reverse(f"accounts:{name}", args=[account.pk])
        assert client_of(people.stranger).get(address).status_code == 404, name
    # Who sees the account is sent to its page.
    assert client_of(people.owner).get(url).status_code == 302
    note = reverse("accounts:promise-create", args=[account.pk])
    facts = {"side": "ours", "what": "Samples", "due_on": ahead(5), "made_on": today(),
             "user": people.stranger.pk, "position": anna.pk}  # fmt: skip
    assert post(people.stranger, note, **facts) == 302


def test_a_member_joins_and_stands_down(people: People) -> None:
    account = make_account(lead=people.owner)
    url = reverse("accounts:member-create", args=[account.pk])
    facts = {"user": people.stranger.pk, "function": "quality", "from_date": today()}
    client = client_of(people.owner)
    assert client.post(url, facts | {"until": ahead(-1)}).status_code == 422
    assert client.post(url, facts).status_code == 302
    assert client.post(url, facts).status_code == 422
    member = TeamMember.objects.get()
    assert "Quality" in text_of(people.owner, reverse("accounts:panel-team", args=[account.pk]))
    end = reverse("accounts:member-end", args=[account.pk, member.pk])
    assert client.post(end, {"on": ahead(3)}).status_code == 302
    member.refresh_from_db()
    assert member.valid.upper == ahead(3)


def test_a_request_from_sending_to_its_outcome(people: People) -> None:
    account = make_account(lead=people.owner)
    url = reverse("accounts:request-create", args=[account.pk])
    facts = {"title": "Pallet labels", "function": "shipping", "due_on": ahead(5), "priority": 1}
    owner, stranger = client_of(people.owner), client_of(people.stranger)
    assert owner.post(url, facts).status_code == 422
    assert owner.post(url, facts | {"to_user": people.stranger.pk}).status_code == 302
    request = TeamRequest.objects.get()
    page = request.get_absolute_url()
    assert "Accept" in text_of(people.stranger, page)
    assert "Accept" not in text_of(people.owner, page)
    assert owner.post(reverse("accounts:request-accept", args=[request.pk])).status_code == 404
    assert stranger.post(reverse("accounts:request-accept", args=[request.pk])).status_code == 302
    say = reverse("accounts:request-comment", args=[request.pk])
    assert stranger.post(say, {"text": "Which size?"}).status_code == 302
    assert RequestComment.objects.get().author == people.stranger
    assert "Which size?" in text_of(people.owner, page)
    finish = reverse("accounts:request-finish", args=[request.pk])
    assert stranger.post(finish, {"words": ""}).status_code == 422
    assert stranger.post(finish, {"words": "Sent"}).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.closed_on) == ("done", today())
    assert stranger.post(finish, {"words": "Again"}).status_code == 404


def test_a_receiver_outside_the_account_sees_the_request_alone(people: People) -> None:
    account = make_account(name="Kuusipelto", lead=people.owner)
    request = make_request(account=account, sender=people.owner, to_user=people.stranger)
    shown = text_of(people.stranger, request.get_absolute_url())
    assert "Kuusipelto" in shown
    assert account.get_absolute_url() not in shown
    work = reverse("accounts:team-work", args=[account.pk])
    assert client_of(people.stranger).get(work).status_code == 404


@pytest.mark.parametrize("which", ["received", "sent", "closed", "all"])
def test_the_list_of_requests_asks_the_same_whatever_its_length(people: People, which: str) -> None:
    account = make_account(lead=people.owner)
    url = f"{reverse('accounts:request-list')}?list={which}"
    counts = []
    for rows in (1, 2):
        for _row in range(rows):
            make_request(account=account, sender=people.owner, to_user=people.owner)
        client = client_of(people.owner)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(url).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_the_lists_of_requests_are_each_ones_own(people: People) -> None:
    account = make_account(lead=people.owner)
    make_request(account=account, sender=people.owner, to_user=people.stranger, title="Labels")
    url = reverse("accounts:request-list")
    assert "Labels" in text_of(people.stranger, f"{url}?list=received")
    assert "Labels" not in text_of(people.stranger, f"{url}?list=sent")
    assert "Labels" in text_of(people.owner, f"{url}?list=sent")
    assert "Labels" not in text_of(people.owner, f"{url}?list=received")
    assert "Labels" in text_of(people.auditor, f"{url}?list=all")
    assert "Labels" not in text_of(people.auditor, f"{url}?list=closed")
    TeamRequest.objects.update(status="cancelled", closed_on=today())
    assert "Labels" in text_of(people.stranger, f"{url}?list=closed")
    assert "Labels" not in text_of(people.stranger, f"{url}?list=received")


def hand(people: People, account: Account) -> Handover:
    return hand_over(
        account=account,
        from_user=people.owner,
        to_user=people.stranger,
        effective_on=today(),
        made_by=people.director,
        as_of=today(),
    )


def test_a_handover_is_looked_at_then_confirmed_then_acknowledged(people: People) -> None:
    account = make_account(name="Kuusipelto", lead=people.owner)
    make_promise(user=people.owner, account=account, what="New shelf layout")
    url = reverse("accounts:handover-create", args=[account.pk])
    facts = {"to_user": people.stranger.pk, "effective_on": today(), "reason": "New region"}
    director = client_of(people.director)
    assert director.post(url, facts | {"to_user": people.owner.pk}).status_code == 422
    assert director.post(url, facts | {"effective_on": ahead(-1)}).status_code == 422
    preview = director.post(url, facts)
    assert preview.status_code == 200
    assert "New shelf layout" in preview.content.decode()
    assert Handover.objects.count() == 0
    sure = facts | {"from_user": people.owner.pk, "step": "confirm"}
    assert director.post(url, sure | {"from_user": people.teammate.pk}).status_code == 422
    assert Handover.objects.count() == 0
    assert director.post(url, sure).status_code == 302
    handover = Handover.objects.get()
    account.refresh_from_db()
    assert account.current_lead == people.stranger
    page = handover.get_absolute_url()
    for user in (people.owner, people.stranger, people.director):
        assert "New shelf layout" in text_of(user, page)
    acknowledge = reverse("accounts:handover-acknowledge", args=[handover.pk])
    assert client_of(people.owner).get(acknowledge).status_code == 404
    assert post(people.stranger, acknowledge, note="Read") == 302
    assert "Acknowledged" in text_of(people.director, page)
    assert post(people.stranger, acknowledge, note="Again") == 404


def test_nothing_is_handed_to_the_user_of_another_system(people: People) -> None:
    account = make_account(lead=people.owner)
    make_user(full_name="Ledger sync", roles=[Role.INTEGRATION])
    for page in ("handover-create", "member-create"):
        text = text_of(people.director, reverse(f"accounts:{page}", args=[account.pk]))
        assert str(people.teammate) in text
        assert "Ledger sync" not in text


def test_notes_in_a_pack_stay_with_the_team(people: People) -> None:
    account = make_account(lead=people.owner)
    position = make_position(account=account)
    StakeholderNote.objects.create(position=position, author=people.owner, text="Likes tea")
    handover = hand(people, account)
    page = handover.get_absolute_url()
    assert "Likes tea" in text_of(people.stranger, page)
    assert "Likes tea" in text_of(people.owner, page)
    shown = text_of(people.controller, page)
    assert "Likes tea" not in shown
    assert "left out here" in shown


def test_what_waits_comes_up_on_my_day(people: People) -> None:
    account = make_account(name="Kuusipelto", lead=people.owner)
    make_promise(user=people.owner, account=account, what="Samples", due_on=ahead(-1),
                 made_on=ahead(-9))  # fmt: skip
    make_request(account=account, sender=people.owner, to_user=people.stranger, title="Labels",
                 sent_on=ahead(-9), due_on=ahead(-2))  # fmt: skip
    hand(people, account)
    mine = {str(todo.title): todo.urgency for todo in todos_for(people.owner, today())}
    assert mine["Promised: Samples"] == 0
    assert mine["Not done in time: Labels"] == 0
    theirs = [str(todo.title) for todo in todos_for(people.stranger, today())]
    assert "Asked of you: Labels" in theirs
    assert any(one.startswith("Kuusipelto was handed over to you") for one in theirs)
    assert [str(todo.title) for todo in lines.asked(people.teammate, today())] == []


def test_the_head_of_the_account_names_open_work_and_broken_promises(people: People) -> None:
    account = make_account(lead=people.owner)
    make_promise(user=people.owner, account=account, what="Samples", due_on=ahead(3))
    make_promise(user=people.owner, account=account, what="Figures", side="theirs",
                 due_on=ahead(-3), made_on=ahead(-9))  # fmt: skip
    make_request(account=account, sender=people.owner, to_user=people.stranger, title="Labels",
                 due_on=ahead(3))  # fmt: skip
    finders = (lines.open_promises, lines.open_requests, lines.broken)
    found = [[str(one.title) for one in find(people.owner, account, today())] for find in finders]
    assert found == [["Samples"], ["Labels"], ["They are late: Figures"]]


def test_the_matrix_shows_promises_and_where_levels_come_from(people: People) -> None:
    account = make_account(lead=people.owner)
    anna = make_position(account=account, name="Anna Lahti")
    make_rating(position=anna, author=people.owner, kind="level_current", value=2,
                team_member=people.owner, basis="confirmed", evidence="Met in May",
                rated_on=ahead(-300))  # fmt: skip
    make_promise(user=people.owner, account=account, what="Samples")
    url = reverse("accounts:stakeholder-map", args=[account.pk]) + "?view=matrix"
    shown = text_of(people.owner, url)
    for words in ("Met in May", "confirmed", "Said long ago", "Samples"):
        assert words in shown


def test_the_matrix_warns_where_contacts_run_through_one_of_us(people: People) -> None:
    account = make_account(lead=people.owner)
    anna = make_position(account=account, name="Anna Lahti")
    facts = ContactFacts(today(), 10, {people.owner.pk: 9, people.teammate.pk: 1})
    provider = ContactProvider(key="test", find=lambda _ids, _since, _until: {anna.pk: facts})
    contact_providers.register(provider)
    try:
        url = reverse("accounts:stakeholder-map", args=[account.pk]) + "?view=matrix"
        shown = text_of(people.owner, url)
    finally:
        contact_providers.unregister("test")
    assert "of recent contacts run through Owner" in shown
    assert "90" in shown


def test_a_supporting_member_finds_the_accounts_from_the_requests(people: People) -> None:
    account = make_account(name="Kuusipelto", lead=people.owner)
    make_member(account=account, user=people.stranger)
    shown = text_of(people.stranger, reverse("accounts:request-list"))
    assert reverse("accounts:team-work", args=[account.pk]) in shown
