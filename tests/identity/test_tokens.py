"""Keys for the API: shown once, kept as a digest, ended at once."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from kam.core.models import Organisation
from kam.identity.choices import Role, TokenScope
from kam.identity.models import ApiToken, User
from kam.identity.services.tokens import (
    AlreadyExpiredError,
    NotYourTokenError,
    create_token,
    revoke_token,
)
from tests.conftest import People, client_of
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db


def status(key: str) -> int:
    return Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {key}"}).status_code


def test_the_key_is_shown_once_and_kept_nowhere(people: People) -> None:
    client = client_of(people.owner)
    data = {"name": "Warehouse", "scope": "read", "days": "90"}
    page = client.post("/profile/tokens/new/", data)
    assert (page.status_code, page["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    key = page.context["made"].key
    assert page.content.decode().count(key) == 1
    assert key.startswith("kam_")
    assert len(key) >= 40
    token = ApiToken.objects.get()
    assert (token.user, token.prefix, token.scope) == (people.owner, key[:12], "read")
    assert token.digest == hashlib.sha256(key.encode()).hexdigest()
    assert token.expires_at is not None
    assert abs(token.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    assert key not in client.get("/profile/").content.decode()
    assert status(key) == 200
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{key}%"])
            assert cursor.fetchone() == (0,), table


def test_a_token_ends(people: People) -> None:
    now = timezone.now()

    def new(expires_at: object = None) -> tuple[str, ApiToken]:
        made = create_token(
            user=people.owner,
            by=people.owner,
            name="x",
            scope=TokenScope.READ,
            now=now,
            expires_at=expires_at,  # type: ignore[arg-type]
        )
        return made.key, made.token

    with pytest.raises(AlreadyExpiredError):
        new(now)
    key, token = new(now + timedelta(hours=1))
    assert status(key) == 200
    ApiToken.objects.filter(pk=token.pk).update(expires_at=now - timedelta(seconds=1))
    assert status(key) == 401
    key, token = new()
    revoke_token(token=token, now=now)
    assert status(key) == 401
    revoke_token(token=token, now=now + timedelta(hours=1))
    token.refresh_from_db()
    assert token.revoked_at == now
    key, _token = new()
    User.objects.filter(pk=people.owner.pk).update(is_active=False)
    assert status(key) == 401
    assert status("kam_nonsense") == 401


def test_revoking_is_for_the_owner_and_who_manages_users(people: People) -> None:
    made = create_token(
        user=people.owner, by=people.owner, name="x", scope="read", now=timezone.now()
    )
    url = f"/profile/tokens/{made.token.pk}/revoke/"
    for other in (people.teammate, people.stranger, people.director, people.auditor):
        assert client_of(other).get(url).status_code == 404
        assert client_of(other).post(url).status_code == 404
    made.token.refresh_from_db()
    assert made.token.revoked_at is None
    answer = client_of(people.administrator).post(url)
    assert answer["Location"] == f"/settings/users/{people.owner.pk}/"
    made.token.refresh_from_db()
    assert made.token.revoked_at is not None


def test_nobody_makes_a_token_that_acts_as_a_colleague(people: People) -> None:
    integration = make_user(roles=[Role.INTEGRATION])
    data = {"name": "ERP", "scope": "write", "days": ""}
    client = client_of(people.administrator)
    page = client.post(f"/settings/users/{people.owner.pk}/tokens/new/", data)
    assert page.status_code == 404
    with pytest.raises(NotYourTokenError):
        create_token(
            user=people.owner, by=people.administrator, name="x", scope="read", now=timezone.now()
        )
    assert ApiToken.objects.count() == 0
    page = client.post(f"/settings/users/{integration.pk}/tokens/new/", data)
    assert page.status_code == 200
    token = ApiToken.objects.get()
    assert (token.user, token.scope, token.expires_at) == (integration, "write", None)
    for user in (people.owner, people.director, people.auditor):
        url = f"/settings/users/{integration.pk}/tokens/new/"
        assert client_of(user).post(url, data).status_code == 404
    assert ApiToken.objects.count() == 1


def test_the_organisations_time_zone_is_in_force(people: People) -> None:
    Organisation.objects.update(time_zone="Asia/Ho_Chi_Minh")
    made = create_token(
        user=people.owner, by=people.owner, name="x", scope="read", now=timezone.now()
    )
    assert status(made.key) == 200
    assert timezone.get_current_timezone_name() == "Asia/Ho_Chi_Minh"
