"""Briefs, the ledger, offers and price rounds: what services let happen, and who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from accounts.services.merging import merge_accounts
from kam.core.models import Currency
from kam.core.problems import RefusedError
from kam.identity.choices import Role
from plans.choices.negotiation import OfferState, RoundAccountState
from plans.choices.plan import SectionKind
from plans.models import (
    GiveGet,
    Mandate,
    NegotiationBrief,
    Offer,
    Plan,
    PlanSection,
    PriceRoundAccount,
)
from plans.search import search_negotiations
from plans.selectors.content import content_of, shown_to
from plans.selectors.negotiation import ledger, lines, reads
from plans.selectors.negotiation.check import check, others_pay
from plans.selectors.negotiation.content import negotiation_content
from plans.selectors.papers import stakes
from plans.selectors.reading import label_of
from plans.services.negotiation import briefs, entries, offers, rounds
from plans.services.negotiation.telling import tell_notices
from settlements.choices.terms import Channel
from settlements.selectors.prices.units import BASE
from tests.conftest import People
from tests.factories.accounts import make_account, make_product
from tests.factories.identity import make_user
from tests.factories.negotiation import (
    DAY,
    make_brief,
    make_give_get,
    make_issue,
    make_offer,
    make_round,
    make_round_account,
)
from tests.factories.people import make_position
from tests.factories.prices import make_floor, make_list_price, make_price
from tests.factories.team import make_member
from tests.factories.terms import make_agreement, make_condition, make_version, move_on

pytestmark = pytest.mark.django_db
YEAR = DateRange(date(2026, 1, 1), date(2027, 1, 1))


def _facts(people: People, **more: object) -> briefs.Preparation:
    facts = {
        "title": "Autumn talks",
        "begins_on": DAY,
        "owner": people.owner,
        "currency": Currency.objects.get(pk="EUR"),
    } | more
    return briefs.Preparation(**facts)  # type: ignore[arg-type]


# Briefs and the ledger


def test_a_brief_goes_from_preparing_to_its_end(
    people: People, account: Account, plan: Plan
) -> None:
    brief = briefs.prepare(account=account, facts=_facts(people, plan=plan))
    issue = briefs.save_issue(
        brief=brief,
        facts={"subject": "price", "title": "Price of bread", "target": Decimal(12),
               "acceptable": Decimal(11), "walk_away": Decimal(10)},
    )  # fmt: skip
    with pytest.raises(RefusedError, match="between the target"):
        briefs.save_issue(brief=brief, issue=issue, facts={"acceptable": Decimal(9)})
    with pytest.raises(RefusedError, match="its source"):
        briefs.save_issue(brief=brief, issue=issue, facts={"market_reference": Decimal(11)})
    position = make_position(account=account)
    briefs.add_decider(brief=brief, position=position)
    with pytest.raises(RefusedError, match="named already"):
        briefs.add_decider(brief=brief, position=position)
    offered = entries.add_entry(
        account=account, brief=brief, by=people.owner,
        facts={"side": "give", "subject": "term", "what": "Ten days", "valid": YEAR},
    )  # fmt: skip
    assert (offered.currency_id, offered.plan, offered.state) == ("EUR", plan, "planned")
    briefs.begin(brief=brief)
    briefs.conclude(brief=brief, is_agreed=False, outcome="They walked away.", on=DAY)
    offered.refresh_from_db()
    assert offered.state == "lapsed"
    for act in (
        lambda: briefs.begin(brief=brief),
        lambda: briefs.save_issue(brief=brief, facts={"title": "More", "subject": "price"}),
        lambda: briefs.update_brief(brief=brief, facts=_facts(people)),
    ):
        with pytest.raises(RefusedError, match="is over"):
            act()


def test_an_entry_goes_its_way_and_what_is_delivered_is_proved(
    people: People, account: Account
) -> None:
    entry = make_give_get(account=account, state="offered")
    with pytest.raises(RefusedError):
        entries.move_entry(entry=entry, to="delivered", on=DAY, proof="Photo")
    entries.move_entry(entry=entry, to="agreed")
    with pytest.raises(RefusedError, match="stays as it is"):
        entries.update_entry(entry=entry, facts={"value": Decimal(1)})
    with pytest.raises(RefusedError, match="how one sees"):
        entries.move_entry(entry=entry, to="delivered", on=DAY)
    done = entries.move_entry(entry=entry, to="delivered", on=DAY, proof="Photo of the shelf")
    assert (done.state, done.delivered_on) == ("delivered", DAY)
    with pytest.raises(RefusedError):
        entries.move_entry(entry=entry, to="lapsed")
    assert people.owner is not None


def test_sums_leave_out_what_nobody_knows(people: People, account: Account) -> None:
    make_give_get(account=account, value="300")
    make_give_get(account=account, value="100", condition="Second placement")
    make_give_get(account=account, value=None)
    make_give_get(account=account, value="50", currency_id="SEK")
    make_give_get(account=account, value="200", side="get")
    make_give_get(account=account, value="999", state="offered")
    rows = ledger.entries_for(people.owner)
    sums = ledger.sums_of(rows, currency="EUR", as_of=DAY)
    assert (sums.ledger.given, sums.ledger.got) == (Decimal(400), Decimal(200))
    assert sums.ledger.ratio == 2
    assert sums.ledger.unconditional_share == Decimal("0.75")
    assert (sums.ledger.unknown_gives, sums.unconverted) == (2, 1)
    parts = ledger.by_subject(rows, currency="EUR", as_of=DAY)
    assert [(one.subject, one.given, one.got) for one in parts] == [("term", 400, 200)]


def test_sums_say_of_which_entries_they_are(
    people: People, account: Account, plan: Plan, client: Client
) -> None:
    brief = make_brief(account=account, owner=people.owner, plan=plan)
    PlanSection.objects.get_or_create(plan=plan, kind=SectionKind.NEGOTIATION)
    for state in ("agreed", "offered"):
        make_give_get(account=account, brief=brief, plan=plan, state=state)
    client.force_login(people.owner)
    standing = "Added up: Planned, Offered, Agreed, Delivered."
    pages = {
        reverse("plans:panel-negotiation", args=[account.pk]): "Added up: Agreed, Delivered.",
        brief.get_absolute_url(): standing,
        plan.get_absolute_url(): standing,
    }
    for address, words in pages.items():
        assert words in client.get(address).content.decode()
    content = negotiation_content(plan, people.owner, DAY)
    assert label_of("unit") == "unit"  # an issue's is none of volume
    assert standing in [getattr(one, "words", "") for one in stakes.negotiation(content)]


def test_the_database_refuses_what_the_services_do(people: People, account: Account) -> None:
    brief = make_brief(account=account, owner=people.owner)
    offer = make_offer(account=account, by=people.owner)
    acts = (
        lambda: GiveGet.objects.filter(pk=make_give_get(account=account).pk).update(
            state="delivered"
        ),
        lambda: make_issue(
            brief=brief, target=Decimal(1), acceptable=Decimal(3), walk_away=Decimal(2)
        ),
        lambda: NegotiationBrief.objects.filter(pk=brief.pk).update(state="agreed"),
        lambda: Offer.objects.filter(pk=offer.pk).update(decided_by=people.owner),
        lambda: Offer.objects.filter(pk=offer.pk).update(reason=""),
        lambda: Offer.objects.filter(pk=offer.pk).update(price=Decimal(1)),
        offer.delete,
        lambda: Mandate.objects.create(role="auditor", subject="range", most=1),
    )
    for act in acts:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


# The check


def _priced(account: Account) -> Offer | None:
    """A product at a list price of 12 and a floor of 9, in an agreement that pays back 5 %."""
    agreement = make_agreement(account=account)
    version = make_version(agreement=agreement, notice_days=60)
    make_condition(version=version, name="Year-end", value=Decimal(5))
    make_condition(version=version, name="Face", value=Decimal(3), channel=Channel.ON_INVOICE)
    move_on(version)
    return None


def test_an_offer_is_held_against_all_that_is_known(people: People, account: Account) -> None:
    """Another account of the channel pays 10 less 5 % and 3 %: 9.20; an offer of 9.60 is 9.12."""
    Account.objects.filter(pk=account.pk).update(channel="supermarket")
    account.refresh_from_db()
    other = make_account(name="Rival", channel="supermarket")
    product = make_product()
    make_list_price(product=product, amount="12")
    make_floor(product=product, amount="9")
    _priced(account)
    _priced(other)
    make_price(account=other, product=product, amount="10")
    make_price(account=account, product=product, amount="1")
    Mandate.objects.create(role=Role.ACCOUNT_MANAGER, subject="price", most=Decimal(10))
    assert others_pay(account, product, DAY, unit=BASE, currency="EUR") == (Decimal("9.2150"), 1)
    found = check(
        account, product, price=Decimal("9.60"), unit="", currency="EUR", by=people.owner,
        as_of=DAY,
    )  # fmt: skip
    assert (found.net_net, found.discount) == (Decimal("9.1200"), Decimal("20.0000"))
    assert found.steps == (("Year-end", Decimal("0.4800")),)
    assert found.needs == ("below_others", "beyond_mandate")
    kept = type(found).from_json(found.as_json())
    assert kept == found
    assert kept.for_reader(people.owner, sees_account=True).floor is None
    assert kept.for_reader(people.director, sees_account=True).floor == Decimal(9)
    assert "Rival" not in str(found.as_json())


def test_others_have_their_channel_from_above_as_we_have(people: People, account: Account) -> None:
    """A shop of a chain without a channel of its own sells in its chain's."""
    Account.objects.filter(pk=account.pk).update(channel="supermarket")
    ours = make_account(name="Our shop", parent=account)
    chain = make_account(name="Rival", channel="supermarket")
    theirs = make_account(name="Rival shop", parent=chain)
    abroad = make_account(name="Baker", channel="discount")
    product = make_product()
    make_price(account=theirs, product=product, amount="10")
    make_price(account=make_account(parent=abroad), product=product, amount="1")
    make_price(account=make_account(name="Of none"), product=product, amount="2")
    found = others_pay(ours, product, DAY, unit=BASE, currency="EUR")
    assert found == (Decimal(10), 1)


def test_who_goes_below_waits_for_somebody_else(people: People, account: Account) -> None:
    product = make_product()
    make_list_price(product=product, amount="12")
    make_floor(product=product, amount="9")
    Mandate.objects.create(role=Role.SALES_DIRECTOR, subject="price", most=Decimal(40))
    Mandate.objects.create(role=Role.ACCOUNT_MANAGER, subject="price", most=Decimal(10))
    now = timezone.now()

    def made(price: str, reason: str = "") -> Offer:
        draft = offers.Draft(
            product=product, price=Decimal(price), currency=Currency.objects.get(pk="EUR"),
            offered_on=DAY, reason=reason,
        )  # fmt: skip
        return offers.record_offer(account=account, draft=draft, by=people.owner, now=now)

    assert made("11").state == OfferState.RECORDED
    with pytest.raises(RefusedError) as refusal:
        made("8")
    assert refusal.value.field == "reason"
    low = made("8", "A competitor is in the stores")
    assert low.state == OfferState.WAITING
    assert reads.approvers_of(low) == [people.director]
    assert [one.url for one in lines.to_decide(people.director, DAY)] == [low.get_absolute_url()]
    with pytest.raises(RefusedError, match="their own"):
        offers.decide_offer(offer=low, is_approved=True, by=people.owner, now=now)
    with pytest.raises(RefusedError, match="why not"):
        offers.decide_offer(offer=low, is_approved=False, by=people.director, now=now)
    done = offers.decide_offer(offer=low, is_approved=True, by=people.director, now=now)
    assert (done.state, done.decided_by) == (OfferState.RECORDED, people.director)
    with pytest.raises(RefusedError, match="does not wait"):
        offers.decide_offer(offer=low, is_approved=True, by=people.director, now=now)
    far = made("7", "Last price")
    with pytest.raises(RefusedError, match="own mandate"):
        offers.decide_offer(offer=far, is_approved=True, by=people.director, now=now)
    assert offers.withdraw_offer(offer=far).state == OfferState.WITHDRAWN


def test_another_day_goes_round_no_floor(people: People, account: Account) -> None:
    product = make_product()
    make_list_price(product=product, amount="12", end=DAY + timedelta(days=60))
    make_floor(product=product, amount="9", start=DAY)
    draft = offers.Draft(
        product=product, price=Decimal(8), currency=Currency.objects.get(pk="EUR"),
        offered_on=DAY - timedelta(days=30),
    )  # fmt: skip
    facts: dict[str, Any] = {"account": account, "draft": draft, "by": people.owner}
    assert "below_floor" not in offers.check_draft(**facts, today=draft.offered_on).needs
    assert "below_floor" in offers.check_draft(**facts, today=DAY).needs
    make_list_price(product=product, amount="20", start=DAY + timedelta(days=60))
    late = facts | {"draft": replace(draft, offered_on=DAY + timedelta(days=90))}
    found = offers.check_draft(**late, today=DAY)
    assert "below_floor" in found.needs
    assert found.discount == 60, "the larger of both days"


# Price rounds


def test_a_round_knows_by_when_each_account_is_told(people: People, account: Account) -> None:
    _priced(account)
    other = make_account(name="Without agreement", lead=people.owner)
    found = make_round(owner=people.director)
    assert rounds.add_accounts(found=found, accounts=[account, other], as_of=DAY) == 2
    assert rounds.add_accounts(found=found, accounts=[account], as_of=DAY) == 0
    rows = {one.account: one for one in found.accounts.all()}
    assert rows[account].notice_by == date(2026, 7, 3)
    assert rows[other].notice_by is None
    with pytest.raises(RefusedError, match="Begin the round"):
        rounds.set_account(entry=rows[account], state="told", facts={"told_on": DAY})
    rounds.begin_round(found=found)
    todos = list(lines.to_tell(people.owner, date(2026, 7, 1)))
    assert [one.title for one in todos] == ["Kesko is to be told of a price change"]
    told = tell_notices(as_of=date(2026, 7, 1), now=timezone.now())
    assert (told, tell_notices(as_of=date(2026, 7, 1), now=timezone.now())) == (1, 0)
    with pytest.raises(RefusedError, match="when they were told"):
        rounds.set_account(entry=rows[account], state="told", facts={})
    rounds.set_account(entry=rows[account], state="accepted", facts={"told_on": DAY})
    with pytest.raises(RefusedError, match="not known yet"):
        rounds.finish_round(found=found)
    rounds.save_round(found=found, facts={"effective_on": date(2026, 10, 1)})
    assert dict(found.accounts.values_list("account", "notice_by")) == {
        account.pk: date(2026, 7, 3), other.pk: None,
    }  # fmt: skip
    rounds.set_account(entry=rows[other], state="refused", facts={"told_on": DAY})
    rounds.finish_round(found=found)
    with pytest.raises(RefusedError, match="is over"):
        rounds.cancel_round(found=found)


def test_a_round_that_moves_moves_its_notices(people: People, account: Account) -> None:
    """Sixty days before, as the agreement said; that it ends before the new day takes nothing."""
    version = make_version(account=account, notice_days=60, end=date(2027, 1, 1))
    move_on(version)
    found = make_round(owner=people.director)
    rounds.add_accounts(found=found, accounts=[account], as_of=DAY)
    for effective, notice in (
        (date(2026, 10, 1), date(2026, 8, 2)),
        (date(2035, 10, 1), date(2035, 8, 2)),
        (date(2026, 9, 1), date(2026, 7, 3)),
    ):
        rounds.save_round(found=found, facts={"effective_on": effective})
        found.refresh_from_db()
        assert found.accounts.get().notice_by == notice


# Who reads what


def test_who_may_what(client: Client, people: People, account: Account, plan: Plan) -> None:
    """A brief is the team's: an administrator, an auditor or a controller is none of it."""
    brief = make_brief(account=account, owner=people.owner, plan=plan, title="Secret talks")
    make_give_get(account=account, what="Secret gift", brief=brief, plan=plan)
    offer = make_offer(account=account, by=people.owner)
    found = make_round(owner=people.director, state="running")
    inside = make_round_account(found=found, account=account)
    pages = [brief.get_absolute_url(), offer.get_absolute_url()]
    api = [f"/api/v1/negotiation-briefs/{brief.pk}/", f"/api/v1/offers/{offer.pk}/"]
    edit = reverse("plans:negotiation-edit", args=[brief.pk])
    decide = reverse("plans:offer-decide", args=[offer.pk])
    lists = [reverse(f"plans:{name}") for name in ("negotiation-list", "entry-list")]
    frozen = content_of(plan, as_of=DAY)
    table = (
        # reads, writes, decides
        (people.owner, True, True, False),
        (people.director, True, True, True),
        (people.teammate, False, False, False),
        (people.stranger, False, False, False),
        (people.controller, False, False, False),
        (people.administrator, False, False, False),
        (people.auditor, False, False, False),
    )
    for user, may_read, may_write, may_decide in table:
        client.force_login(user)
        status = 200 if may_read else 404
        for url in pages + api:
            assert client.get(url).status_code == status, (user, url)
        assert client.get(edit).status_code == (200 if may_write else 404), user
        assert client.post(decide, {}).status_code == (422 if may_decide else 404), user
        for url in lists:
            for asked in (url, f"{url}?export=csv"):
                answer = client.get(asked)
                body = b"".join(answer) if answer.streaming else answer.content
                assert (b"Secret" in body) == may_read, (user, asked)
        assert bool(search_negotiations(user, "Secret", 5)) == may_read, user
        seen = str(shown_to(frozen, plan=plan, user=user))
        assert ("Secret talks" in seen) == may_read, user
        there = PriceRoundAccount.objects.visible_to(user).filter(pk=inside.pk).exists()
        assert there == may_read, user
        page = client.get(found.get_absolute_url()).content.decode()
        assert (account.name in page) == may_read, user
    assert Offer.objects.get().state == OfferState.WAITING


def test_a_manager_is_told_of_the_floor_but_never_its_height(
    client: Client, people: People, account: Account
) -> None:
    offer = make_offer(account=account, by=people.owner, price="10.5")
    for user, sees in ((people.owner, False), (people.director, True)):
        client.force_login(user)
        page = client.get(offer.get_absolute_url()).content.decode()
        answer = client.get(f"/api/v1/offers/{offer.pk}/").json()
        assert "below the floor price" in page
        assert ("12.00" in page) == sees
        assert answer["check"]["floor"] == ("12.000000" if sees else None)


def test_a_negotiation_over_the_api(client: Client, people: People, account: Account) -> None:
    def post(path: str, body: Mapping[str, object]) -> dict[str, Any]:
        answer = client.post(f"/api/v1/{path}", body, content_type="application/json")
        assert answer.status_code in (200, 201), (path, answer.content)
        found: dict[str, Any] = answer.json()
        return found

    client.force_login(people.owner)
    product = make_product(code="BREAD")
    make_floor(product=product, amount="9")
    told: dict[str, object] = {"account": account.pk, "currency": "EUR"}
    brief = post("negotiation-briefs/", {**told, "title": "Talks", "begins_on": "2026-06-10"})
    one = f"negotiation-briefs/{brief['id']}"
    post(f"{one}/begin/", {})
    issue = {"subject": "price", "title": "Bread", "target": "12"}
    assert post(f"{one}/put-issue/", issue)["issues"][0]["target"] == "12.0000"
    entry = {**told, "brief": brief["id"], "side": "give", "subject": "term", "what": "Days"}
    given = post("gives-and-gets/", {**entry, "valid_from": "2026-06-10", "value": "5"})
    assert (given["state"], given["value"]) == ("planned", "5.0000")
    assert post(f"gives-and-gets/{given['id']}/move/", {"to": "agreed"})["state"] == "agreed"
    asked = {**told, "product": "BREAD", "price": "8", "offered_on": "2026-06-10"}
    bare = client.post("/api/v1/offers/", asked, content_type="application/json")
    assert bare.status_code in (400, 409, 422)
    offer = post("offers/", {**asked, "reason": "A test", "brief": brief["id"]})
    assert (offer["state"], offer["check"]["needs"]) == ("waiting", ["below_floor"])
    decide = f"offers/{offer['id']}/decide/"
    mine = client.post(f"/api/v1/{decide}", {"is_approved": True}, content_type="application/json")
    assert mine.status_code in (403, 404)
    client.force_login(people.director)
    assert post(decide, {"is_approved": True, "note": "Once"})["state"] == "recorded"
    assert post(f"offers/{offer['id']}/withdraw/", {})["state"] == "withdrawn"
    done = {"is_agreed": True, "outcome": "Agreed", "on": "2026-06-20"}
    assert post(f"{one}/conclude/", done)["state"] == "agreed"


def test_pages_of_a_negotiation_work_without_javascript(
    client: Client, people: People, account: Account
) -> None:
    client.force_login(people.owner)
    of = f"?account={account.pk}"
    brief_url = f"{reverse('plans:negotiation-create')}{of}"
    facts = {"title": "Autumn", "begins_on": "2026-06-10", "currency": "EUR"}
    client.post(brief_url, {**facts, "owner": people.owner.pk, "aim": "Two listings"})
    brief = NegotiationBrief.objects.get()
    issue = reverse("plans:issue-add", args=[brief.pk])
    sent = {"subject": "price", "title": "Bread", "unit": "EUR", "target": "12", "walk_away": "10"}
    assert client.post(issue, {**sent, "acceptable": "9"}).status_code == 422
    assert client.post(issue, {**sent, "acceptable": "11"}).status_code == 302
    entry = f"{reverse('plans:entry-create')}{of}&brief={brief.pk}&side=get"
    told = {"side": "get", "subject": "range", "what": "Second place", "value": "5000"}
    told |= {"currency": "EUR", "valid_from": "2026-06-10", "state": "offered"}
    assert client.post(entry, told).status_code == 302
    row = GiveGet.objects.get()
    move = reverse("plans:entry-move", args=[row.pk])
    assert client.post(move, {"to": "agreed"}).status_code == 302
    assert client.post(move, {"to": "delivered", "on": "2026-07-01"}).status_code == 422
    product = make_product(code="BREAD")
    make_floor(product=product, amount="9")
    offer = f"{reverse('plans:offer-create')}{of}&brief={brief.pk}"
    asked = {"product": "BREAD", "price": "8", "currency": "EUR", "offered_on": "2026-06-10"}
    checked = client.post(offer, {**asked, "check": "1"})
    assert checked.status_code == 200
    assert "below the floor price" in checked.content.decode()
    live = client.post(f"{reverse('plans:offer-check')}{of}", asked, headers={"HX-Request": "true"})
    assert "below the floor price" in live.content.decode()
    # What asks stays in the page: an answer that asked itself would send the form.
    assert "hx-post" not in live.content.decode()
    assert client.post(offer, asked).status_code == 422
    assert Offer.objects.count() == 0
    client.post(offer, {**asked, "brief": brief.pk, "reason": "They test a competitor"})
    page = client.get(brief.get_absolute_url()).content.decode()
    for words in ("Two listings", "Bread", "Second place", product.name):
        assert words in page
    client.force_login(people.director)
    url = reverse("plans:offer-decide", args=[Offer.objects.get().pk])
    assert client.post(url, {"decision": "no"}).status_code == 422
    assert client.post(url, {"decision": "no", "note": "Too low"}).status_code == 302
    assert Offer.objects.get().state == OfferState.REFUSED
    assert client.get(reverse("plans:mandate-list")).status_code == 200
    edit = reverse("plans:mandate-edit", args=["price"])
    assert client.post(edit, {"account_manager": "10"}).status_code == 302
    assert Mandate.objects.get().most == 10
    client.post(edit, {"account_manager": ""})
    assert not Mandate.objects.exists()


def test_lists_ask_as_much_for_three_as_for_one(
    client: Client, people: People, account: Account
) -> None:
    client.force_login(people.director)
    found = make_round(owner=people.director, state="running")
    brief = make_brief(account=account, owner=people.owner)
    names = ("negotiation-list", "entry-list", "offer-list", "offer-waiting", "round-list")
    urls = [reverse(f"plans:{name}") for name in names]
    urls += [
        brief.get_absolute_url(),
        found.get_absolute_url(),
        reverse("plans:panel-negotiation", args=[account.pk]),
    ]

    def more() -> None:
        make_issue(brief=brief)
        make_brief(account=account, owner=people.owner)
        make_give_get(account=account, brief=brief)
        make_offer(account=account, by=people.owner, brief=brief)
        make_round(owner=people.director)
        make_round_account(found=found, account=make_account(lead=people.owner))

    def asked() -> list[int]:
        counts = []
        for url in urls:
            with CaptureQueriesContext(connection) as caught:
                assert client.get(url).status_code == 200
            counts.append(len(caught))
        return counts

    more()
    asked()
    first = asked()
    more()
    more()
    assert asked() == first
    assert max(first) <= 32, dict(zip(urls, first, strict=True))


def test_who_was_not_told_can_leave_a_round(
    client: Client, people: People, account: Account
) -> None:
    found = make_round(owner=people.director, state="running")
    told = make_round_account(found=found, account=account, state="told", told_on=DAY)
    waits = make_round_account(found=found, account=make_account(lead=people.owner))
    acts = [reverse("plans:round-account-remove", args=[found.pk, one.pk]) for one in (told, waits)]
    client.force_login(people.owner)
    page = client.get(found.get_absolute_url()).content.decode()
    assert [act in page for act in acts] == [False, False]
    client.force_login(people.director)
    page = client.get(found.get_absolute_url()).content.decode()
    assert [act in page for act in acts] == [False, True]
    assert client.post(acts[1]).status_code == 302
    assert list(found.accounts.all()) == [told]
    listed = client.get(f"{found.get_absolute_url()}?export=csv").getvalue().decode()
    assert "<form" not in listed


def test_negotiations_follow_a_merge(people: People, account: Account) -> None:
    twin = make_account(name="Kesko twin", lead=people.owner)
    brief = make_brief(account=twin, owner=people.owner)
    offer = make_offer(account=twin, by=people.owner)
    entry = make_give_get(account=twin)
    found = make_round(owner=people.director)
    both = [make_round_account(found=found, account=one) for one in (account, twin)]
    merge_accounts(keep=account, drop=twin, as_of=DAY)
    for row in (brief, offer, entry):
        row.refresh_from_db()
        assert row.account == account
    assert list(found.accounts.all()) == [both[0]]


def test_proofs_that_are_due_stand_on_my_day(people: People, account: Account) -> None:
    over = DateRange(date(2026, 1, 1), date(2026, 6, 1))
    make_give_get(account=account, what="Display", valid=over)
    make_give_get(account=account, what="Later")
    found = [one.title for one in lines.to_prove(people.owner, DAY)]
    assert found == ["Kesko: was “Display” delivered?"]
    assert list(lines.to_prove(make_user(), DAY)) == []
    assert RoundAccountState.TO_TELL == "to_tell"


def test_what_was_written_before_a_brief_joined_a_secret_plan_is_kept_with_it(
    people: People, account: Account, plan: Plan
) -> None:
    brief = make_brief(account=account, owner=people.owner)
    make_give_get(account=account, brief=brief)
    make_offer(account=account, by=people.owner, brief=brief)
    make_member(account=account, user=people.stranger)
    readers = (people.owner, people.stranger)

    def seen() -> list[tuple[int, int]]:
        return [
            (GiveGet.objects.visible_to(one).count(), Offer.objects.visible_to(one).count())
            for one in readers
        ]

    assert seen() == [(1, 1), (1, 1)]
    Plan.objects.update(confidentiality="named")
    briefs.update_brief(brief=brief, facts=_facts(people, plan=plan))
    assert seen() == [(1, 1), (0, 0)]
