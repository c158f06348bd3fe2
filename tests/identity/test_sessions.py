"""When a session ends."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kam.core.models import Organisation
from kam.identity.choices import Role
from kam.identity.models import User
from kam.identity.services.sign_ins import forget_what_is_over
from tests.conftest import People, client_of
from tests.factories.identity import PASSWORD, make_user

pytestmark = pytest.mark.django_db
HOUR = 3600


def signed_in(user: User) -> Client:
    client = Client()
    answer = client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def shift(client: Client, **seconds: int) -> None:
    """Make the session's stamps older."""
    session = client.session
    for name, value in seconds.items():
        session[name] -= value
    session.save()


def edit(people: People, user: User, **changes: Any) -> int:
    data = {
        "full_name": user.full_name,
        "email": user.email,
        "roles": user.roles,
        "team": user.team_id or "",
        "job_title": "",
        "language": "en",
        "is_active": "on",
    }
    url = f"/settings/users/{user.pk}/edit/"
    return client_of(people.administrator).post(url, data | changes).status_code


def test_a_session_ends_twelve_hours_after_the_sign_in(people: People) -> None:
    client = signed_in(people.owner)
    shift(client, signed_in_at=12 * HOUR - 10)
    assert is_in(client)
    shift(client, signed_in_at=10)
    assert not is_in(client)


def test_a_session_ends_after_three_idle_hours(people: People) -> None:
    client = signed_in(people.owner)
    shift(client, seen_at=3 * HOUR - 10)
    assert is_in(client)
    assert time.time() - client.session["seen_at"] < 10
    shift(client, seen_at=3 * HOUR)
    assert not is_in(client)


def test_changed_roles_end_the_session_at_the_next_request(people: People) -> None:
    client = signed_in(people.owner)
    assert edit(people, people.owner, roles=[Role.SALES_DIRECTOR]) == 302
    assert not is_in(client)


def test_a_disabled_user_is_out_at_the_next_request(people: People) -> None:
    client = signed_in(people.owner)
    assert edit(people, people.owner, is_active="") == 302
    assert not is_in(client)
    data = {"email": people.owner.email, "password": PASSWORD}
    assert Client().post("/sign-in/", data).status_code == 422


def test_other_changes_do_not_end_the_session(people: People) -> None:
    client = signed_in(people.owner)
    assert edit(people, people.owner, full_name="New name", team="") == 302
    assert is_in(client)


def test_signing_out_elsewhere_keeps_this_session(people: People) -> None:
    here, phone = signed_in(people.owner), signed_in(people.owner)
    assert here.post("/profile/sessions/").status_code == 302
    assert is_in(here)
    assert not is_in(phone)


def test_an_administrator_signs_somebody_out_everywhere(people: People) -> None:
    client = signed_in(people.owner)
    url = f"/settings/users/{people.owner.pk}/sessions/"
    assert client_of(people.administrator).post(url).status_code == 302
    assert not is_in(client)


def test_changing_the_password_keeps_this_session_and_ends_the_others(people: People) -> None:
    here, phone = signed_in(people.owner), signed_in(people.owner)
    secret = "another long secret"
    data = {"current": PASSWORD, "password": secret, "repeated": secret}
    assert here.post("/profile/password/", data).status_code == 302
    assert is_in(here)
    assert not is_in(phone)
    people.owner.refresh_from_db()
    assert people.owner.check_password(secret)


def test_the_current_password_is_asked_for(people: People) -> None:
    secret = "another long secret"
    data = {"current": "wrong", "password": secret, "repeated": secret}
    answer = client_of(people.owner).post("/profile/password/", data)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["current"])
    people.owner.refresh_from_db()
    assert people.owner.check_password(PASSWORD)


def test_a_part_of_a_page_leads_to_the_sign_in_page_and_back() -> None:
    make_user()
    headers = {
        "HX-Request": "true",
        "HX-Current-URL": "http://testserver/settings/users/?q=aino#row",
    }
    answer = Client().get("/settings/users/?q=aino", headers=headers)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/sign-in/?next=/settings/users/%3Fq%3Daino"


def test_the_organisations_time_zone_is_in_force(people: People) -> None:
    Organisation.objects.update(time_zone="Asia/Ho_Chi_Minh")
    client = client_of(people.owner)
    client.get("/profile/")
    assert timezone.get_current_timezone_name() == "Asia/Ho_Chi_Minh"
    client.logout()
    client.get("/sign-in/")
    assert timezone.get_current_timezone_name() == timezone.get_default_timezone_name()


def test_knowing_who_asks_needs_two_statements(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(people.owner)
    with django_assert_num_queries(2):
        client.get("/profile/password/")


def test_a_language_is_remembered_by_browser_and_user(people: People) -> None:
    client = client_of(people.owner)
    answer = client.post("/i18n/set-language/", {"language": "vi", "next": "/profile/"})
    assert (answer.status_code, answer["Location"]) == (302, "/profile/")
    people.owner.refresh_from_db()
    assert people.owner.language == "vi"
    assert client.get("/profile/").headers["Content-Language"] == "vi"
    answer = Client().post("/i18n/set-language/", {"language": "fi", "next": "/sign-in/"})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert answer.cookies["django_language"].value == "fi"


def test_sessions_that_are_over_are_forgotten(people: People) -> None:
    signed_in(people.owner)
    now = timezone.now()
    forget_what_is_over(now=now)
    assert Session.objects.count() == 1
    forget_what_is_over(now=now + timedelta(hours=13))
    assert Session.objects.count() == 0
