"""The bell, the list, the preferences and the API: one's own, and only what one may still see."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from kam.notifications.models import Delivery, Notification, Preference
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.notifications import make_notification

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def body(response: Any) -> str:
    return str(response.content.decode())


def test_the_bell_counts_what_is_unread_and_may_be_seen(people: People) -> None:
    client = client_of(people.owner)
    assert "bell-count" not in body(client.get("/notifications/bell/", headers=HTMX))
    account = make_account(lead=people.owner)
    for _ in range(3):
        make_notification(user=people.owner, account=account)
    make_notification(user=people.owner, account=make_account())
    make_notification(user=people.owner, account=account, read_at=timezone.now())
    part = body(client.get("/notifications/bell/", headers=HTMX))
    assert ">3</span>" in part
    assert "Notifications: 3 unread" in part
    assert client.get("/notifications/bell/").headers["Location"] == "/notifications/"
    for _ in range(98):
        make_notification(user=people.owner, account=account)
    assert "99+" in body(client.get("/notifications/bell/", headers=HTMX))
    assert 'hx-get="/notifications/bell/"' in body(client.get("/profile/"))


def test_the_list_and_its_filters(people: People, django_assert_num_queries: Any) -> None:
    client = client_of(people.owner)
    assert "Nothing yet" in body(client.get("/notifications/"))
    for number in range(3):
        account = make_account(name=f"Kesko {number}", lead=people.owner)
        make_notification(
            user=people.owner,
            account=account,
            params={"name": account.name, "more": "<b>bold</b>"},
            kind="test.probe" if number else "test.urgent",
            read_at=timezone.now() if number == 1 else None,
        )
        if number != 1:
            with django_assert_num_queries(7):
                page = body(client.get("/notifications/"))
    assert "&lt;b&gt;bold" in page
    assert page.count("Account: Kesko") == 3
    unread = body(client.get("/notifications/?unread=true"))
    assert ("Kesko 1" in unread, "Kesko 2" in unread) == (False, True)
    assert "Kesko 2" not in body(client.get("/notifications/?kind=test.urgent"))
    assert "Kesko" not in body(client_of(people.stranger).get("/notifications/"))


def test_marking_is_for_ones_own_alone(people: People) -> None:
    account = make_account(lead=people.owner)
    first, second = (make_notification(user=people.owner, account=account) for _ in range(2))
    hidden = make_notification(user=people.owner, account=make_account())
    stranger = client_of(people.stranger)
    for path in ("read/", "unread/", "read-all/"):
        stranger.post(f"/notifications/{path}", {"ids": [first.pk], "up_to": hidden.pk})
    assert stranger.get(f"/notifications/{first.pk}/open/").status_code == 404
    assert not Notification.objects.filter(read_at__isnull=False).exists()
    client = client_of(people.owner)
    assert client.get(f"/notifications/{hidden.pk}/open/").status_code == 404
    assert client.get(f"/notifications/{first.pk}/open/").headers["Location"] == first.url
    third = make_notification(user=people.owner, account=account)
    client.post("/notifications/read-all/", {"up_to": second.pk})
    read = Notification.objects.filter(read_at__isnull=False).order_by("pk")
    assert list(read) == [first, second]
    client.post("/notifications/unread/", {"ids": [first.pk, "x", "9" * 40]})
    client.post("/notifications/read/", {"ids": [third.pk]})
    assert list(read.all()) == [second, third]
    assert client.get("/notifications/read/").status_code == 405


def choices(**changes: Any) -> dict[str, Any]:
    values = {"wants_digest": "on", "digest_hour": "7", "quiet_days": ["6", "7"]}
    for kind, mail in (("probe", "digest"), ("urgent", "at_once"), ("own", "digest")):
        values |= {f"test.{kind}:app": "on", f"test.{kind}:mail": mail}
    return {**_defaults(), **values, **changes}


def _defaults() -> dict[str, Any]:
    from kam.notifications.registry import kinds

    return {
        **{f"{kind.key}:app": "on" for kind in kinds if kind.in_app},
        **{f"{kind.key}:mail": kind.mail.value for kind in kinds},
    }


def test_choices_hold_for_what_comes_and_what_was_not_mailed_yet(people: People) -> None:
    account = make_account(lead=people.owner)
    mailed = make_notification(user=people.owner, account=account, mailed_at=timezone.now())
    waits = make_notification(user=people.owner, account=account)
    client = client_of(people.owner)
    assert "When a test wants it." in body(client.get("/profile/notifications/"))
    sent = choices(**{"test.probe:mail": "never", "digest_hour": "18", "time_zone": "Asia/Tokyo"})
    assert client.post("/profile/notifications/", sent).status_code == 302
    rows = Preference.objects.values_list("user", "kind", "in_app", "mail")
    assert list(rows) == [(people.owner.pk, "test.probe", True, "never")]
    delivery = Delivery.objects.get()
    assert (delivery.digest_hour, delivery.time_zone) == (18, "Asia/Tokyo")
    assert [Notification.objects.get(pk=one.pk).mail for one in (mailed, waits)] == [
        "digest",
        "never",
    ]
    for bad in (
        {"quiet_days": list("1234567")},
        {"time_zone": "Moon/Base"},
        {"digest_hour": "24"},
        {"test.probe:mail": "often"},
    ):
        assert client.post("/profile/notifications/", choices(**bad)).status_code == 422
    assert Delivery.objects.get().digest_hour == 18


def test_the_api(people: People) -> None:
    account = make_account(lead=people.owner)
    row = make_notification(user=people.owner, account=account)
    read = make_notification(user=people.owner, account=account, read_at=timezone.now())
    hidden = make_notification(user=people.owner, account=make_account())
    api, stranger = Api(people.owner), Api(people.stranger)
    assert [one["id"] for one in api.get("notifications/").json()["results"]] == [read.pk, row.pk]
    found = api.get("notifications/?unread=true&kind=test.probe").json()["results"]
    assert [(one["id"], one["title"]) for one in found] == [(row.pk, row.title)]
    assert api.get(f"notifications/{row.pk}/").json()["url"] == row.url
    assert api.get(f"notifications/{hidden.pk}/").status_code == 404
    assert stranger.get(f"notifications/{row.pk}/").status_code == 404
    assert stranger.post("notifications/read/", {"ids": [row.pk]}).json()["marked"] == 0
    assert api.post("notifications/read/", {"up_to": hidden.pk}).json() == {
        "marked": 1,
        "unread": 0,
    }
    chosen = api.get("notifications/preferences/").json()
    assert {"test.probe", "test.own"} <= {one["kind"] for one in chosen["kinds"]}
    way = {"kind": "test.probe", "in_app": False, "mail": "never"}
    sent = {**chosen, "kinds": [way], "quiet_days": [7], "digest_hour": 5}
    answer = api.call("PUT", "notifications/preferences/", sent).json()
    assert (answer["quiet_days"], answer["digest_hour"]) == ([7], 5)
    [mine] = [one for one in answer["kinds"] if one["kind"] == "test.probe"]
    assert (mine["in_app"], mine["mail"]) == (False, "never")
    unknown = {**sent, "kinds": [{**way, "kind": "x"}]}
    assert api.call("PUT", "notifications/preferences/", unknown).status_code == 422
    assert (
        api.call("PUT", "notifications/preferences/", {**sent, "digest_hour": 24}).status_code
        == 400
    )
