"""Colleagues come and go by the hand of who manages users, and never from under their work."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from kam.identity.models import User
from kam.imports.engine.importer import UndoRefusedError
from kam.imports.services import batches, undoing
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.imports import TODAY, ready_batch, send
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
TEXT = "number,mail,name\n1,new@example.com,Somebody New\n"
MAPPING: dict[str, Any] = {
    "columns": {"external_id": "number", "email": "mail", "name": "name"},
}


@pytest.mark.parametrize("who", ["director", "controller"])
def test_who_manages_no_users_cannot_undo_or_commit(people: People, who: str) -> None:
    user = getattr(people, who)
    ready = ready_batch("colleagues", TEXT, mapping=MAPPING)
    with pytest.raises(batches.NotAllowedError):
        batches.ask_for_commit(batch_id=ready.pk, user=user, as_of=TODAY)
    done = send("colleagues", TEXT, mapping=MAPPING).batch
    with pytest.raises(batches.NotAllowedError):
        batches.ask_for_undo(batch_id=done.pk, user=user, as_of=TODAY)

    client_of(user).post(reverse("imports:batch-undo", args=[done.pk]))

    assert User.objects.filter(email="new@example.com").exists()
    client_of(people.administrator).post(reverse("imports:batch-undo", args=[done.pk]))
    assert not User.objects.filter(email="new@example.com").exists()


def test_who_was_given_work_stays(people: People) -> None:
    done = send("colleagues", TEXT, mapping=MAPPING).batch
    somebody = User.objects.get(email="new@example.com")
    make_member(account=make_account(lead=people.owner), user=somebody)

    with pytest.raises(UndoRefusedError, match="given work"):
        undoing.undo(batch_id=done.pk, as_of=TODAY)

    assert User.objects.filter(pk=somebody.pk).exists()
