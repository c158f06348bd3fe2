"""Pages of contacts, cadence, concerns, calendar, timeline, search and ratings: read by axe-core
and measured against the window, with some rows in each, as a customer's survey is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from accounts.services.tasks import add_task
from interactions.models import Feedback, Need
from interactions.services import voice
from kam.identity.choices import Role
from kam.identity.models import User
from tests.factories.accounts import make_account
from tests.factories.cadence import make_pause
from tests.factories.calendar import make_meeting
from tests.factories.concerns import make_concern
from tests.factories.identity import make_user
from tests.factories.interactions import make_contact, make_feedback, make_survey
from tests.factories.people import make_person, make_position
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]

LONG = "Saaristomeren Itsenäisten Päivittäistavarakauppiaiden Hankintaosuuskunta"
PAGES = (
    "interactions:interaction-list",
    "interactions:log",
    "interactions:log-settings",
    "interactions:need-list",
    "interactions:cadence",
    "interactions:cadence-policy-list",
    "interactions:cadence-pause-list",
    "interactions:concern-board",
    "interactions:concern-list",
    "interactions:concern-times",
    "interactions:concern-targets",
    "interactions:calendar",
    "interactions:calendar-feed",
    "interactions:calendar-file-create",
    "interactions:mail-create",
    "interactions:meeting-create",
    "interactions:timeline",
    "interactions:voice-board",
    "interactions:feedback-list",
    "interactions:invitation-list",
    "interactions:survey-list",
    "interactions:survey-create",
    "accounts:task-list",
    "notifications:list",
    "notifications:preferences",
)
OF_ONE = ("timeline-account", "need-create", "feedback-create", "invitation-create")
ABOUT = ("concern-create", "meeting-create", "log")


@pytest.fixture
def customer() -> tuple[Account, User]:
    director = make_user(email="director@kam.test", roles=[Role.SALES_DIRECTOR])
    return make_account(name=LONG, lead=director), director


def test_pages_of_interactions_are_accessible_and_fit(
    browse: Browse, customer: tuple[Account, User]
) -> None:
    account, director = customer
    now, today = timezone.now(), timezone.localdate()
    person = make_person(name="Nguyễn Thị Minh Khai", email="khai@example.com")
    buyer = make_position(account=account, person=person, title="Head of buying")
    contact = make_contact(
        account=account,
        author=director,
        at=now - timedelta(days=2),
        now=now,
        summary="春季货架方案，以及 kevään valikoima kaikissa suurissa myymälöissä",
        participants={buyer: 1},
        notes=[("need", "Smaller crates"), ("concern", "Late on Mondays")],
    )
    need = Need.objects.create(
        account=account,
        kind="need",
        text="A longer shelf life for everything that travels to the islands",
        voiced_by=buyer,
        importance=5,
        voiced_on=today,
        last_confirmed_on=today,
        author=director,
    )
    make_pause(since=today, until=today + timedelta(days=9))
    concern = make_concern(account=account, owner=director, author=director, raised_at=now)
    meeting = make_meeting(
        account=account, owner=director, at=now + timedelta(days=1), participants=[buyer]
    )
    add_task(account=account, title="Send the samples", owner=director, due_on=today)
    rating = make_feedback(position=buyer, value="2", author=director, on=today, as_of=today)
    _link, secret = voice.invite(
        survey=make_survey(topics=["overall", "delivery", "terms"]),
        position=buyer,
        language="fi",
        sent_by=director,
        now=now,
    )
    rows = [row.get_absolute_url() for row in (contact, need, concern, meeting, rating, person)]
    forms = [reverse(f"interactions:{name}", args=[account.pk]) for name in OF_ONE]
    search = f"{reverse('interactions:search')}?q=kev%C3%A4t"
    forms += [f"{reverse(f'interactions:{name}')}?account={account.pk}" for name in ABOUT]
    pages = [reverse(name) for name in PAGES]
    assert browse(director).wrong([*pages, *rows, *forms, search, "/"]) == {}
    assert browse(director).wrong([f"/survey/{secret}/"]) == {}


def test_a_customer_answers_a_survey_in_a_browser(
    browse: Browse, customer: tuple[Account, User]
) -> None:
    """A browser sends where a form comes from as the page's own policy lets it: no client of
    tests would notice an answer that is refused for that."""
    account, director = customer
    _link, secret = voice.invite(
        survey=make_survey(topics=["overall"]),
        position=make_position(account=account),
        language="en",
        sent_by=director,
        now=timezone.now(),
    )
    visit = browse(None)
    visit.open(f"/survey/{secret}/")
    visit.page.locator("input[name=overall]").last.check()
    visit.page.get_by_role("button", name="Send").click()
    visit.page.get_by_text("Your answer was received").wait_for()
    assert Feedback.objects.get().value == 5
