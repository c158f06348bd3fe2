"""What somebody types and has not logged yet: saved while typing, thrown away when logged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from interactions.models import Draft
from kam.core.problems import RefusedError, explained
from kam.identity.models import User

MOST = 20
MAX_BYTES = 64 * 1024

type Content = Mapping[str, Sequence[str]]


@explained()
@transaction.atomic
def save_draft(*, user: User, key: str, content: Content, account: Account | None) -> Draft:
    """Keep what a form holds now; of many drafts the oldest go.

    Raises RefusedError for a key that is none, and for more than a form can hold.
    """
    if not key or len(key) > 64:
        raise RefusedError(_("This draft has no name."), code="draft_key")
    if len(json.dumps(dict(content))) > MAX_BYTES:
        raise RefusedError(_("This is too long for a draft."), code="draft_too_long")
    draft, _new = Draft.objects.update_or_create(
        user=user, key=key, defaults={"content": dict(content), "account": account}
    )
    kept = Draft.objects.filter(user=user).values("pk")[:MOST]
    Draft.objects.filter(user=user).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return draft


def drop_draft(*, user: User, key: str) -> None:
    """Throw a draft away; nothing happens where there is none."""
    Draft.objects.filter(user=user, key=key).delete()
