"""What happened at accounts and with people: every app in one order, each scoped by itself."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import (
    Account,
    Handover,
    LeadAssignment,
    OpportunityStageChange,
    Position,
    StoreCheck,
    TierOverride,
)
from interactions.models import Interaction, Need
from interactions.selectors.search import marker, search
from interactions.selectors.timeline import contacts
from kam.core import timeline
from kam.core.timeline import Wanted
from kam.identity.models import User
from settlements.choices import DocumentKind
from settlements.models import OverdueSpell
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.concerns import make_concern
from tests.factories.interactions import make_contact
from tests.factories.people import make_position, make_rating
from tests.factories.settlements import make_document
from tests.factories.team import make_member, make_promise
from tests.factories.tiers import make_assignment, make_published
from tests.factories.wallet import make_opportunity

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 15)
# Statements of a page with every source, whatever it shows.
ACCOUNT_PAGE, PANEL, ALL_PAGE, SEARCH = 41, 39, 19, 12


def _everything(account: Account, user: User, days: int = 0) -> Position:
    """One event of each kind on a day, all at one moment where they are known by day."""
    on = DAY - timedelta(days=days)
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    buyer = make_position(
        account=account, name="Päivi Hämäläinen", since=on, until=date(2027, 1, 1)
    )
    make_contact(
        account=account,
        author=user,
        at=at,
        summary="Hyllyt tyhjinä kaupassa",
        participants=[buyer],
        notes=[("need", "Pienemmät laatikot")],
    )
    concern = make_concern(account=account, owner=user, author=user, raised_at=at, raised_by=buyer)
    assert concern.account_id == account.pk
    Need.objects.create(
        account=account,
        text="Crates",
        voiced_by=buyer,
        voiced_on=on,
        last_confirmed_on=on,
        author=user,
    )
    make_promise(
        user=user,
        account=account,
        position=buyer,
        made_on=on,
        due_on=on,
        outcome="kept",
        settled_on=on,
    )
    make_rating(position=buyer, author=user, rated_on=on)
    opportunity = make_opportunity(account=account, owner=user)
    OpportunityStageChange.objects.create(
        opportunity=opportunity,
        to_stage="identified",
        probability=10,
        changed_on=on,
        changed_by=user,
    )
    StoreCheck.objects.create(
        account=account, checked_on=on, checker=user, state="finished", finished_at=at
    )
    invoice = make_document(account=account, on=on, due=[on])
    OverdueSpell.objects.create(
        item=invoice.items.get(), party=account, overdue_since=on, noted_on=on, cured_on=on,
        cure_noted_on=on,
    )  # fmt: skip
    make_document(account=account, kind=DocumentKind.RECEIPT, on=on)
    make_document(account=account, kind=DocumentKind.WRITE_OFF, on=on, side=-1)
    return buyer


def _once(account: Account, user: User) -> None:
    """What an account has one of at a time."""
    make_assignment(model=make_published(), account=account, valid=(DAY, None))
    tier = account.tier_assignments.get().tier
    TierOverride.objects.create(
        account=account,
        tier=tier,
        reason="Strategic",
        approver=user,
        valid=DateRange(DAY, date(2027, 6, 15)),
    )
    LeadAssignment.objects.filter(account=account).update(valid=DateRange(DAY, None))
    Handover.objects.create(
        account=account, to_user=user, effective_on=DAY, made_by=user, pack={}, pack_hash="0" * 64
    )


def _events(
    user: User, subject: timeline.Subject = "account", **asked: Any
) -> list[timeline.Event]:
    return list(timeline.read(user, subject, Wanted(**{"limit": 500, **asked})).events)


STRANDS = {
    "contacts", "concerns.raised", "needs", "promises.made", "promises.settled", "ratings",
    "opportunities", "people.came", "people.left", "checks", "tiers.computed", "tiers.override",
    "leads.began", "leads.handover", "receivables.overdue", "receivables.cured",
    "receivables.receipt", "receivables.write_off",
}  # fmt: skip


def test_every_app_tells_what_happened_each_event_once(people: People) -> None:
    account = make_account(lead=people.owner)
    _everything(account, people.owner)
    _everything(account, people.owner, days=1)
    _once(account, people.owner)
    events = _events(people.owner, account_ids=[account.pk])
    assert {one.strand for one in events} == STRANDS
    assert events == sorted(events, key=lambda one: one.point, reverse=True)
    assert all(one.url and one.account == account.name for one in events)
    for limit in (1, 3, 7):
        pages = list(timeline.read_all(people.owner, "account", Wanted(account_ids=[account.pk])))
        step: list[timeline.Event] = []
        wanted = Wanted(account_ids=[account.pk], limit=limit)
        while True:
            page = timeline.read(people.owner, "account", wanted)
            step += page.events
            if page.next is None:
                break
            wanted = Wanted(
                account_ids=[account.pk], limit=limit, before=timeline.decode(page.next)
            )
        assert (
            [one.point for one in step]
            == [one.point for one in events]
            == [one.point for one in pages]
        )
    since = _events(
        people.owner, account_ids=[account.pk], since=DAY, until=DAY + timedelta(days=1)
    )
    counted = Counter(one.strand for one in since)
    assert counted["contacts"] == counted["promises.settled"] == counted["receivables.overdue"] == 1


def test_each_reader_is_told_what_they_may_know(people: People) -> None:
    account = make_account(lead=people.owner)
    helper = people.stranger
    buyer = _everything(account, people.owner)
    make_contact(
        account=account, author=people.owner, is_confidential=True, summary="In confidence"
    )
    make_concern(account=account, owner=people.owner, is_confidential=True, title="Quietly")
    elsewhere = make_account(lead=people.teammate)
    Position.objects.create(
        account=elsewhere, person=buyer.person, function="marketing", valid=DateRange(DAY, None)
    )
    ids = [account.pk, elsewhere.pk]

    def told(user: User, **asked: Any) -> set[str]:
        return {str(one.title) for one in _events(user, account_ids=ids, **asked)}

    secrets = {"In confidence", "Quietly"}
    assert told(people.owner) >= secrets
    assert told(people.director) >= secrets
    for user in (people.teammate, people.auditor, people.administrator, people.controller):
        assert told(user).isdisjoint(secrets), user
        assert "Hyllyt tyhjinä kaupassa" in told(user), user
    assert told(helper) == set()
    make_member(account=account, user=helper)
    strands = {one.source for one in _events(helper, account_ids=ids)}
    assert strands == {"contacts", "concerns", "needs", "promises"}
    assert told(helper) >= secrets
    person = {one.source for one in _events(people.owner, "person", person_id=buyer.person_id)}
    assert person == {"contacts", "concerns", "needs", "promises", "ratings", "people"}
    assert _events(people.stranger, "person", person_id=make_position().person_id) == []


def test_pages_and_searches_read_what_visible_to_says(people: People) -> None:
    led, supported = make_account(lead=people.owner), make_account(lead=people.teammate)
    make_member(account=supported, user=people.stranger)
    ours = [led.pk, supported.pk]
    for number in range(30):  # so many say it that it counts as a common word
        make_contact(
            account=Account.objects.get(pk=ours[number % 2]),
            author=people.teammate if number % 3 else people.stranger,
            summary=f"Pallet {number}",
            is_confidential=number % 5 == 0,
            on=DAY - timedelta(days=number),
        )
    for user in vars(people).values():
        readable = Interaction.objects.visible_to(user)
        for ids in (None, ours[:1], ours):
            seen = Account.objects.worked_on_by(user).filter(pk__in=ids or ours)
            here = None if ids is None else list(seen.values_list("pk", flat=True))
            rows = readable if here is None else readable.filter(account__in=here)
            asked = Wanted(account_ids=here, limit=40)
            expected = sorted(rows.values_list("summary", flat=True))
            assert sorted(str(one.title) for one in contacts(user, asked)) == expected
            found = search(user, "pallet", limit=40, wanted=asked).events
            assert sorted(str(one.title) for one in found) == expected, (user, ids)


def _open(path: str, user: User, django_assert_num_queries: Any, count: int) -> str:
    client = client_of(user)
    client.get("/jobs/")  # sessions and content types are warm
    with django_assert_num_queries(count):
        response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


def test_pages_cost_the_same_at_any_size(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    account = make_account(lead=people.owner)
    _everything(account, people.owner)
    _once(account, people.owner)
    paths = {
        f"/accounts/{account.pk}/timeline/": ACCOUNT_PAGE,
        f"/accounts/{account.pk}/panels/timeline/": PANEL,
        "/timeline/": ALL_PAGE,
        "/contacts/search/?q=kauppa": SEARCH,
    }
    for path, count in paths.items():
        _open(path, people.owner, django_assert_num_queries, count)
    for days in (1, 2):
        _everything(account, people.owner, days=days)
    for path, count in paths.items():
        _open(path, people.owner, django_assert_num_queries, count)
    first = timeline.read(people.owner, "account", Wanted(account_ids=[account.pk], limit=5))
    path = f"/accounts/{account.pk}/timeline/?before={first.next}"
    _open(path, people.owner, django_assert_num_queries, ACCOUNT_PAGE)


def test_the_page_filters_searches_pages_and_downloads(people: People) -> None:
    account = make_account(lead=people.owner, name="Kesko <b>")
    store = make_account(parent=account)
    _everything(store, people.owner)
    for number in range(40):
        make_contact(account=store, author=people.owner, summary=f"Call {number:02} <i>kauppa</i>")
    client = client_of(people.owner)

    def page(query: str, **headers: str) -> str:
        response = client.get(f"/accounts/{account.pk}/timeline/{query}", headers=headers)
        assert response.status_code == 200
        return str(response.content.decode())

    whole = page("")
    assert whole.count('<li class="event ') == 30
    assert "&lt;i&gt;kauppa" in whole
    assert "<i>kauppa" not in whole
    assert "Kesko &lt;b&gt;" in whole
    more = page(
        "?before=" + whole.split("?before=")[1].split('"')[0], HX_Request="true", HX_Target="older"
    )
    assert "<html" not in more
    assert '<ol class="events">' in more
    assert page("?below=no").count('<li class="event ') == 1  # who leads it
    assert page("?source=promises").count('<li class="event ') == 2
    found = page("?q=kaupassa")
    assert found.count('<li class="event ') == 30
    assert "&lt;i&gt;<mark>kauppa</mark>&lt;/i&gt;" in found
    assert page("?q=kaupassa+hyllyt").count("<mark>") == 2
    assert "Nothing here fits" in page("?q=nobodysaidthis")
    for odd in ("?before=x", "?since=yesterday", "?person=0", "?source=nothing", "?q=%00%22-"):
        page(odd)
    lines = b"".join(client.get(f"/accounts/{account.pk}/timeline/?export=csv"))
    rows = lines.decode("utf-8-sig").splitlines()
    today = timezone.localdate() + timedelta(days=1)
    ids = [account.pk, store.pk]
    assert len(rows) == 1 + len(_events(people.owner, "group", account_ids=ids, until=today))
    assert client_of(people.stranger).get(f"/accounts/{account.pk}/timeline/").status_code == 404
    assert (
        client_of(people.stranger).get(f"/accounts/{account.pk}/panels/timeline/").status_code
        == 404
    )


def test_people_have_a_timeline_and_the_search_a_page(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer = _everything(account, people.owner)
    client, stranger = client_of(people.owner), client_of(people.stranger)
    for path in (
        f"/people/{buyer.person_id}/timeline/",
        f"/people/{buyer.person_id}/panels/timeline/",
    ):
        assert "Hyllyt" in client.get(path).content.decode()
        assert stranger.get(path).status_code == 404
    assert (
        "Hyllyt tyhjinä <mark>kaupassa</mark>"
        in client.get("/contacts/search/?q=kauppa").content.decode()
    )
    assert "Nothing was found" in stranger.get("/contacts/search/?q=kauppa").content.decode()
    assert stranger.get(f"/contacts/search/?q=kauppa&account={account.pk}").status_code == 404
    hits = client.get("/search/?q=laatikko", headers={"HX-Request": "true"})
    assert "Hyllyt tyhjin" in hits.content.decode()


def test_search_reads_all_kinds_page_by_page(people: People) -> None:
    account = make_account(lead=people.owner)
    _everything(account, people.owner)
    make_contact(account=account, author=people.owner, summary="Crates again", is_confidential=True)
    for on in (DAY, DAY - timedelta(days=1)):
        make_contact(
            account=account,
            author=people.owner,
            summary="Monday",
            on=on,
            notes=[("need", "crates")],
        )

    def pages(user: User, limit: int) -> list[str]:
        strands, behind = [], None
        while True:
            found = search(user, "crates", limit=limit, behind=behind)
            strands += [f"{one.strand}: {one.title}" for one in found.events]
            if found.next is None:
                return strands
            from interactions.selectors.search import decode

            behind = decode(found.next)

    best = [
        "contacts: Crates again", "concerns.raised: Crates arrive crushed", "needs: Crates",
        "contacts: Monday", "contacts: Monday",
    ]  # fmt: skip
    assert pages(people.owner, 10) == pages(people.owner, 2) == best
    assert pages(people.auditor, 2) == [one for one in best if "again" not in one]
    assert pages(people.stranger, 2) == []


def test_marks_stand_on_every_form_of_a_word(people: People) -> None:
    del people
    cases = {
        (
            "kauppa ",
            "Kaupan <b>hylly</b>, kaupassa",
        ): "<mark>Kaupan</mark> &lt;b&gt;hylly&lt;/b&gt;, <mark>kaupassa</mark>",
        ("don hang", "Đơn hàng giao trễ"): "<mark>Đơn</mark> <mark>hàng</mark> giao trễ",
        ("货架", "看货架陈列"): "看<mark>货架</mark>陈列",
        ("preturi ", "Prețul și preţ"): "<mark>Prețul</mark> și <mark>preţ</mark>",
        ("-late deliv", "Late deliveries"): "Late <mark>deliveries</mark>",
        ("", "Nothing & nobody"): "Nothing &amp; nobody",
    }
    for (typed, text), marked in cases.items():
        assert marker(typed, [text]).mark(text) == marked


def test_the_api_reads_the_same(people: People) -> None:
    account = make_account(lead=people.owner)
    store = make_account(parent=account)
    buyer = _everything(store, people.owner)
    api = Api(people.owner)
    whole = api.get(f"timeline/?account={account.pk}").json()["results"]
    events = _events(
        people.owner, "group", account_ids=[account.pk, store.pk], until=timezone.localdate()
    )
    assert [(one["strand"], one["id"]) for one in whole] == [(one.strand, one.pk) for one in events]
    page, seen = api.get(f"timeline/?account={account.pk}&page_size=4").json(), []
    while True:
        seen += page["results"]
        if page["next"] is None:
            break
        page = api.get(page["next"]).json()
    assert seen == whole
    alone = api.get(f"timeline/?account={account.pk}&alone=true").json()["results"]
    assert [one["strand"] for one in alone] == ["leads.began"]
    person = api.get(f"timeline/?person={buyer.person_id}&source=ratings,contacts").json()[
        "results"
    ]
    assert [one["source"] for one in person] == ["ratings", "contacts"]
    assert person[1]["notes"] == [{"kind": "Need", "text": "Pienemmät laatikot"}]
    assert [one["title"] for one in api.get("timeline/search/?q=hylly").json()["results"]] == [
        "Hyllyt tyhjinä kaupassa"
    ]
    refused = {
        "timeline/?account=0": 400, "timeline/?source=x": 400, "timeline/?cursor=x": 400,
        "timeline/?colour=red": 400, "timeline/search/": 400, "timeline/search/?q=a&cursor=x": 400,
        "timeline/?account=999999": 404, "timeline/?person=999999": 404,
    }  # fmt: skip
    assert {path: api.get(path).status_code for path in refused} == refused
    foreign = Api(people.stranger)
    assert foreign.get(f"timeline/?account={account.pk}").status_code == 404
    assert foreign.get(f"timeline/?person={buyer.person_id}").status_code == 404
    assert foreign.get("timeline/").json() == {"next": None, "results": []}
