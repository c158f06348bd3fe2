"""Signing in, out, and guessing."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from kam.core.models import Organisation
from kam.identity.choices import Role
from kam.identity.models import SignInFailure, User
from kam.identity.services.sign_ins import (
    TooManyAttemptsError,
    WrongCredentialsError,
    verify_sign_in,
)
from kam.identity.services.tokens import create_token
from tests.conftest import client_of
from tests.factories.identity import PASSWORD, make_user
from tests.races import at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=ZoneInfo("UTC"))
THROTTLED = "Too many failed sign-ins. Wait 5 min, then try again."
WRONG = "E-mail and password do not match, or you may not sign in."


def attempt(
    client: Client,
    email: str,
    word: str = "wrong wrong",
    address: str = "10.0.0.1",
    **extra: Any,
) -> Any:
    data = {"email": email, "password": word}
    return client.post("/sign-in/", data, REMOTE_ADDR=address, **extra)


def errors(response: Any) -> list[str]:
    return [str(error) for error in response.context["form"].non_field_errors()]


def test_signing_in_opens_the_page_asked_for_in_ones_own_language() -> None:
    user = make_user(email="aino@kam.test")
    User.objects.filter(pk=user.pk).update(language="fi")
    client = Client()
    asked = client.get("/profile/")
    assert (asked.status_code, asked["Location"]) == (302, "/sign-in/?next=/profile/")
    page = client.get(asked["Location"])
    assert (page.status_code, page.context["next"]) == (200, "/profile/")
    data = {"email": " Aino@KAM.test ", "password": PASSWORD, "next": "/profile/"}
    answer = client.post("/sign-in/", data)
    assert (answer.status_code, answer["Location"]) == (302, "/profile/")
    assert answer.cookies["django_language"].value == "fi"
    assert client.get("/profile/").headers["Content-Language"] == "fi"
    assert client.get("/sign-in/?next=/profile/")["Location"] == "/profile/"


@pytest.mark.parametrize("next_url", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(next_url: str) -> None:
    user = make_user()
    data = {"email": user.email, "password": PASSWORD, "next": next_url}
    assert Client().post("/sign-in/", data)["Location"] == "/"


def test_wrong_unknown_and_disabled_get_the_same_answer() -> None:
    known, disabled = make_user(email="known@kam.test"), make_user(is_active=False)
    tries = [(known.email, "wrong"), ("nobody@kam.test", PASSWORD), (disabled.email, PASSWORD)]
    answers = [attempt(Client(), *pair, f"10.0.1.{i}") for i, pair in enumerate(tries)]
    assert [(a.status_code, errors(a)) for a in answers] == [(422, [WRONG])] * 3
    bodies = {
        a.content.decode().replace(email, "") for a, (email, _w) in zip(answers, tries, strict=True)
    }
    assert len({len(body) for body in bodies}) == 1


def test_the_account_is_throttled_after_five_failures_known_or_not() -> None:
    make_user(email="known@kam.test")
    for email in ("known@kam.test", "unknown@kam.test"):
        for number in range(5):
            answer = attempt(Client(), email, address=f"10.1.0.{number}")
            assert (answer.status_code, errors(answer)) == (422, [WRONG])
        answer = attempt(Client(), email.upper(), PASSWORD, address="10.1.1.1")
        assert (answer.status_code, errors(answer)) == (429, [THROTTLED])
        assert answer["Retry-After"] == "300"


def test_the_address_is_throttled_after_five_failures() -> None:
    user = make_user()
    for number in range(5):
        attempt(Client(), f"user{number}@kam.test", address="10.2.0.1")
    assert attempt(Client(), user.email, PASSWORD, address="10.2.0.1").status_code == 429
    assert attempt(Client(), user.email, PASSWORD, address="10.2.0.2").status_code == 302


def test_forged_forwarding_headers_change_nothing() -> None:
    make_user()
    for number in range(5):
        attempt(
            Client(),
            f"user{number}@kam.test",
            address="10.3.0.1",
            HTTP_X_FORWARDED_FOR=f"10.9.9.{number}",
            HTTP_FORWARDED=f"for=10.9.9.{number}",
            HTTP_X_REAL_IP=f"10.9.9.{number}",
        )
    answer = attempt(
        Client(), "other@kam.test", address="10.3.0.1", HTTP_X_FORWARDED_FOR="10.9.9.99"
    )
    assert answer.status_code == 429
    assert set(SignInFailure.objects.values_list("address", flat=True)) == {"10.3.0.1"}


def test_behind_our_own_proxy_the_entry_it_wrote_counts(
    settings: Any,
) -> None:
    settings.KAM_TRUSTED_PROXIES = 1
    make_user()
    for number in range(6):
        answer = attempt(
            Client(),
            f"user{number}@kam.test",
            address="127.0.0.1",
            HTTP_X_FORWARDED_FOR=f"10.9.9.{number}, 203.0.113.5",
        )
    assert answer.status_code == 429
    answer = attempt(
        Client(), "x@kam.test", address="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.5, 203.0.113.6"
    )
    assert answer.status_code == 422


def test_the_throttle_opens_after_five_minutes_and_a_success_takes_failures_back() -> None:
    user = make_user()

    def at(seconds: int, word: str = "wrong") -> User:
        now = NOW + timedelta(seconds=seconds)
        return verify_sign_in(email=user.email, password=word, address="10.0.0.1", now=now)

    for second in range(4):
        with pytest.raises(WrongCredentialsError):
            at(second)
    assert at(10, PASSWORD) == user
    for second in range(20, 25):
        with pytest.raises(WrongCredentialsError):
            at(second)
    with pytest.raises(TooManyAttemptsError) as caught:
        at(30, PASSWORD)
    assert caught.value.until == NOW + timedelta(seconds=20, minutes=5)
    with pytest.raises(TooManyAttemptsError):
        at(319, PASSWORD)
    assert at(320, PASSWORD) == user


def test_waiting_out_a_throttle_is_not_a_failure_and_old_failures_go() -> None:
    user = make_user()
    for second in range(5):
        with pytest.raises(WrongCredentialsError):
            verify_sign_in(
                email=user.email, password="x", address=None, now=NOW + timedelta(seconds=second)
            )
    for minute in range(3):
        with pytest.raises(TooManyAttemptsError):
            verify_sign_in(
                email=user.email, password="x", address=None, now=NOW + timedelta(minutes=minute)
            )
    assert SignInFailure.objects.count() == 5
    later = NOW + timedelta(days=1, minutes=1)
    with pytest.raises(WrongCredentialsError):
        verify_sign_in(email="other@kam.test", password="x", address=None, now=later)
    assert SignInFailure.objects.count() == 1


def test_failures_do_not_keep_what_was_typed() -> None:
    make_user()
    attempt(Client(), "my.secret@kam.test")
    failure = SignInFailure.objects.get()
    assert len(failure.account) == 64
    assert "secret" not in failure.account


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_do_not_slip_through() -> None:
    user = make_user()

    def guess(number: int) -> None:
        verify_sign_in(
            email=user.email, password="x", address=f"10.4.0.{number}", now=timezone.now()
        )

    raised = at_once(*[partial(guess, number) for number in range(12)])
    outcomes = [type(error) for error in raised]
    assert outcomes.count(WrongCredentialsError) == 5
    assert outcomes.count(TooManyAttemptsError) == 7


def test_signing_out_is_a_post() -> None:
    client = client_of(make_user())
    assert client.get("/sign-out/").status_code == 405
    page = client.get("/profile/")
    assert (page.status_code, page["Cache-Control"]) == (200, "private, no-cache")
    answer = client.post("/sign-out/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert answer["Clear-Site-Data"] == '"cache"'
    assert client.get("/profile/").status_code == 302


def test_the_technical_admin_has_no_sign_in_of_its_own() -> None:
    answer = Client().get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Fadmin%2F")
    assert Client().post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302
    client = client_of(make_user(roles=[Role.ADMINISTRATOR]))
    assert client.get("/admin/", follow=True).status_code == 404


# The demo's sign-ins


def test_demo_sign_ins_show_only_while_the_data_is_the_demos() -> None:
    from accounts.demo.people import PASSWORD as KNOWN
    from accounts.demo.people import PEOPLE

    person = PEOPLE[0]
    User.objects.create_user(person.email, KNOWN, full_name=person.name, roles=[person.role])
    assert Client().get("/sign-in/").context["people"] == []
    Organisation.objects.update(is_demo=True)
    people = Client().get("/sign-in/").context["people"]
    assert [(p.name, p.email, p.password) for p in people] == [(person.name, person.email, KNOWN)]
    user = User.objects.get()
    user.set_password("another secret 1")
    user.save()
    assert Client().get("/sign-in/").context["people"] == []


# The first administrator


FIRST = {
    "full_name": "Ada Aalto",
    "email": "Ada@kam.test",
    "password": "a long enough secret",
    "repeated": "a long enough secret",
}


def test_a_new_installation_makes_its_first_administrator() -> None:
    client = Client()
    assert client.get("/sign-in/")["Location"] == "/welcome/"
    assert client.get("/welcome/").status_code == 200
    answer = client.post("/welcome/", FIRST)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    user = User.objects.get()
    assert (user.email, user.roles, user.is_superuser) == ("ada@kam.test", ["administrator"], True)
    assert client.get("/settings/users/").status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"repeated": "another secret"}, "repeated"),
        ({"password": "short", "repeated": "short"}, "password"),
        ({"password": "password1234", "repeated": "password1234"}, "password"),
        ({"password": "ada@kam.test", "repeated": "ada@kam.test"}, "password"),
        ({"email": "nonsense"}, "email"),
    ],
)
def test_a_weak_first_administrator_is_refused(change: dict[str, str], field: str) -> None:
    answer = Client().post("/welcome/", FIRST | change)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert User.objects.count() == 0


def test_once_there_is_a_user_nobody_can_make_the_first_one() -> None:
    make_user(is_active=False)
    assert Client().get("/welcome/")["Location"] == "/sign-in/"
    assert Client().post("/welcome/", FIRST)["Location"] == "/sign-in/"
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_first_administrators_one_wins() -> None:
    answers: list[int] = []

    def create(number: int) -> None:
        data = FIRST | {"email": f"ada{number}@kam.test"}
        answers.append(Client().post("/welcome/", data).status_code)

    assert at_once(*[partial(create, number) for number in range(4)]) == [None] * 4
    assert User.objects.count() == 1
    assert len(answers) == 4


def test_the_technical_admin_shows_no_secret() -> None:
    chief = User.objects.create_superuser("chief@kam.test", PASSWORD, full_name="Chief")
    made = create_token(user=chief, by=chief, name="x", scope="read", now=timezone.now())
    client = client_of(chief)
    for model, pk in (("user", chief.pk), ("apitoken", made.token.pk)):
        assert client.get(f"/admin/identity/{model}/").status_code == 200
        page = client.get(f"/admin/identity/{model}/{pk}/change/").content.decode()
        assert chief.password not in page
        assert made.token.digest not in page
        assert client.post(f"/admin/identity/{model}/{pk}/change/", {}).status_code == 403
