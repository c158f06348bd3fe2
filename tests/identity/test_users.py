"""Users, for who manages them."""

from __future__ import annotations

import hashlib
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kam.identity.choices import Role
from kam.identity.models import User
from kam.identity.services.users import (
    EmailTakenError,
    LastAdministratorError,
    NotYourselfError,
    UserFields,
    create_user,
    update_user,
)
from kam.mail_settings import mail_settings
from tests.conftest import People, client_of
from tests.factories.identity import PASSWORD, make_team, make_user

pytestmark = pytest.mark.django_db
NEW = {
    "full_name": "Aino Koskela",
    "email": "Aino@kam.test",
    "roles": ["account_manager"],
    "team": "",
    "job_title": "Key account manager",
    "language": "fi",
}


def fields_of(user: User, **changes: Any) -> UserFields:
    fields: Any = {
        "email": user.email,
        "full_name": user.full_name,
        "roles": user.roles,
        "team": user.team,
        "job_title": user.job_title,
        "language": user.language,
    }
    return {**fields, **changes}  # type: ignore[typeddict-item]


def contents() -> str:
    """A hash of every table but sessions: a refusal changes none of them."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table != "django_session":
                cursor.execute(
                    f'SELECT md5(string_agg(t::text, $$,$$ ORDER BY t::text)) FROM "{table}" t'
                )
                digest.update(f"{table}{cursor.fetchone()}".encode())
    return digest.hexdigest()


def test_only_who_manages_users_gets_in_and_a_refusal_changes_nothing(people: People) -> None:
    team = make_team()
    pk = people.stranger.pk
    pages = [
        "/settings/users/",
        "/settings/users/new/",
        f"/settings/users/{pk}/",
        f"/settings/users/{pk}/edit/",
        f"/settings/users/{pk}/sessions/",
        "/settings/teams/",
        "/settings/teams/new/",
        f"/settings/teams/{team.pk}/",
        f"/settings/teams/{team.pk}/delete/",
        "/settings/absences/",
        "/settings/absences/new/",
    ]
    posts = [*pages[1:], f"/settings/users/{pk}/password-link/"]
    for user in (people.owner, people.director, people.controller, people.auditor):
        client, before = client_of(user), contents()
        assert {client.get(url).status_code for url in pages} == {404}
        assert {client.post(url, NEW).status_code for url in posts} == {404}
        assert contents() == before
    assert {Client().get(url).status_code for url in pages} == {302}
    administrator = client_of(people.administrator)
    assert {administrator.get(url).status_code for url in pages} == {200}


def test_unknown_and_foreign_users_answer_alike(people: People) -> None:
    client = client_of(people.owner)
    foreign = client.get(f"/settings/users/{people.stranger.pk}/")
    unknown = client.get("/settings/users/999999/")
    assert foreign.status_code == unknown.status_code == 404
    assert len(foreign.content) == len(unknown.content)


def test_a_new_user_sets_a_password_by_the_link_once(people: People) -> None:
    page = client_of(people.administrator).post("/settings/users/new/", NEW)
    assert page.status_code == 200
    user = User.objects.get(email="aino@kam.test")
    assert (user.full_name, user.roles, user.language) == (
        "Aino Koskela",
        ["account_manager"],
        "fi",
    )
    assert not user.has_usable_password()
    link = page.context["link"].removeprefix("http://testserver")
    secret = {"password": "a long enough secret", "repeated": "a long enough secret"}
    visitor = Client()
    assert visitor.get(link).status_code == 200
    assert visitor.post(link, secret | {"repeated": "different"}).status_code == 422
    assert visitor.post(link, secret)["Location"] == "/sign-in/"
    user.refresh_from_db()
    assert user.check_password("a long enough secret")
    assert visitor.get(link).status_code == 410
    assert (
        visitor.post(link, {"password": "stolen secret", "repeated": "stolen secret"}).status_code
        == 410
    )


def test_a_password_link_ends_with_the_next_sign_in_and_for_the_disabled(people: People) -> None:
    def new_link() -> str:
        url = f"/settings/users/{people.owner.pk}/password-link/"
        page = client_of(people.administrator).post(url)
        return str(page.context["link"])

    link = new_link()
    Client().post("/sign-in/", {"email": people.owner.email, "password": PASSWORD})
    assert Client().get(link).status_code == 410
    link = new_link()
    assert Client().get(link).status_code == 200
    User.objects.filter(pk=people.owner.pk).update(is_active=False)
    assert Client().get(link).status_code == 410
    assert Client().get("/set-password/bm9uc2Vuc2U/x-y/").status_code == 410
    assert Client().get("/set-password/!!/x-y/").status_code == 410


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "owner@kam.test"}, "email"),
        ({"email": "OWNER@kam.test"}, "email"),
        ({"email": "nonsense"}, "email"),
        ({"full_name": ""}, "full_name"),
        ({"roles": []}, "roles"),
        ({"roles": ["emperor"]}, "roles"),
        ({"team": "999999"}, "team"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_bad_user_is_refused_beside_the_field(
    people: People, change: dict[str, Any], field: str
) -> None:
    page = client_of(people.administrator).post("/settings/users/new/", NEW | change)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])


def test_the_service_refuses_a_taken_address() -> None:
    user = make_user(email="aino@kam.test")
    with pytest.raises(EmailTakenError):
        create_user(fields=fields_of(user, email=" Aino@KAM.test"))


def test_the_last_administrator_stays_and_nobody_locks_themselves_out(people: People) -> None:
    boss = people.administrator
    for roles, active in (([Role.AUDITOR], True), ([Role.ADMINISTRATOR], False)):
        with pytest.raises(LastAdministratorError):
            update_user(user=boss, fields=fields_of(boss, roles=roles), is_active=active, by=boss)
    second = make_user(roles=[Role.ADMINISTRATOR])
    with pytest.raises(NotYourselfError):
        update_user(user=boss, fields=fields_of(boss), is_active=False, by=boss)
    update_user(user=boss, fields=fields_of(boss), is_active=False, by=second)
    boss.refresh_from_db()
    assert boss.is_active is False
    make_user(roles=[Role.ADMINISTRATOR], is_active=False)
    with pytest.raises(LastAdministratorError):
        update_user(user=second, fields=fields_of(second), is_active=False, by=second)


def test_who_is_no_administrator_any_more_does_not_enter_the_technical_admin(
    people: People,
) -> None:
    chief = User.objects.create_superuser("chief@kam.test", PASSWORD, full_name="Chief")
    assert client_of(chief).get("/admin/").status_code == 200
    fields = fields_of(chief, roles=[Role.AUDITOR])
    update_user(user=chief, fields=fields, is_active=True, by=people.administrator)
    chief.refresh_from_db()
    assert chief.is_superuser is False


def test_the_page_shows_who_changed_what(people: People) -> None:
    url = f"/settings/users/{people.owner.pk}/"
    data = NEW | {"email": people.owner.email, "is_active": "on", "roles": ["auditor"]}
    client = client_of(people.administrator)
    assert client.post(f"{url}edit/", data).status_code == 302
    newest = client.get(url).context["history"][0]
    assert (newest.kind, newest.who) == ("update", people.administrator.full_name)
    changed = {field.title: (field.before, field.after) for field in newest.fields}
    assert changed["roles"] == ("Account manager", "Auditor (read only)")
    assert changed["sales team"] == ("Nordics", None)
    assert changed["language"] == ("English", "Finnish")
    assert "password" not in changed


@pytest.mark.parametrize("extra", [1, 3])
def test_the_list_needs_few_statements(
    people: People, extra: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(extra):
        make_user(full_name="Zoë Zimmer", team=make_team())
    client = client_of(people.administrator)
    with django_assert_num_queries(4):
        rows = client.get("/settings/users/?q=zimmer").context["table"].rows
    assert len(rows) == extra


def test_the_list_is_filtered_and_exported(people: People) -> None:
    client = client_of(people.administrator)

    def names(query: str) -> list[str]:
        rows = client.get(f"/settings/users/?{query}").context["table"].page.rows
        return [row.email for row in rows]

    assert names("role=auditor") == ["auditor@kam.test"]
    assert names(f"team={people.owner.team_id}") == ["owner@kam.test", "teammate@kam.test"]
    assert names("q=STRANGER") == ["stranger@kam.test"]
    assert names("is_active=false") == []
    file = client.get("/settings/users/?q=stranger&export=csv")
    assert b"stranger@kam.test" in b"".join(file.streaming_content)  # type: ignore[attr-defined]


# One's own profile


def test_everybody_changes_their_own_name_and_language_and_nothing_else(people: People) -> None:
    client = client_of(people.owner)
    data = {
        "full_name": "Own Name",
        "job_title": "KAM",
        "language": "ro",
        "roles": ["administrator"],
        "email": "x@kam.test",
        "team": "",
        "is_superuser": "on",
    }
    answer = client.post("/profile/edit/", data)
    assert (answer.status_code, answer.cookies["django_language"].value) == (302, "ro")
    user = User.objects.get(pk=people.owner.pk)
    assert (user.full_name, user.job_title, user.language) == ("Own Name", "KAM", "ro")
    assert (user.email, user.roles) == ("owner@kam.test", ["account_manager"])
    assert (user.team_id, user.is_superuser) == (people.owner.team_id, False)


def test_a_password_link_goes_by_mail_where_there_is_a_server(
    people: People, settings: Any
) -> None:
    client, url = client_of(people.administrator), f"/settings/users/{people.owner.pk}/"
    settings.KAM_HAS_MAIL_SERVER = False
    assert "Send by e-mail" not in client.post(f"{url}password-link/").content.decode()
    assert client.post(f"{url}password-mail/").status_code == 404
    settings.KAM_HAS_MAIL_SERVER = True
    assert "Send by e-mail" in client.post(f"{url}password-link/").content.decode()
    assert client_of(people.owner).post(f"{url}password-mail/").status_code == 404
    assert mail.outbox == []
    assert client.post(f"{url}password-mail/").headers["Location"] == url
    [letter] = mail.outbox
    assert letter.to == [people.owner.email]
    [link] = re.findall(r"http://testserver(/set-password/\S+)", str(letter.body))
    assert Client().get(link, follow=True).status_code == 200
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = f"smtp://127.0.0.1:{free.getsockname()[1]}"
    settings.MAILERS = {"default": mail_settings(server, default_folder=Path())}
    page = client.post(f"{url}password-mail/", follow=True)
    assert "The mail server did not take it." in page.content.decode()
