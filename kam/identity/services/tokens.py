"""Keys for the REST API."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError
from kam.identity.choices import Role
from kam.identity.models import ApiToken, User
from kam.identity.models.tokens import key_digest

PREFIX = "kam_"
SHOWN = 12


class NotYourTokenError(RefusedError):
    """Tokens are made by their owner, or by an administrator for an integration."""

    code = "not_your_token"
    words = _("A token is made by its owner, or by an administrator for an integration.")


class AlreadyExpiredError(RefusedError):
    """The token would have expired before its first use."""

    code, field = "already_expired", "expires_at"
    words = _("The token would have expired before its first use.")


@dataclass(frozen=True)
class NewToken:
    """A token just made, with its key, which is stored nowhere."""

    token: ApiToken
    key: str


@transaction.atomic
def create_token(
    *,
    user: User,
    by: User,
    name: str,
    scope: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> NewToken:
    """Create a token that acts as `user`; its key is on the answer and never shown again.

    Raises NotYourTokenError and AlreadyExpiredError.
    """
    if user.pk != by.pk and not may_make_tokens_for(user, by):
        raise NotYourTokenError
    if expires_at is not None and expires_at <= now:
        raise AlreadyExpiredError
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=key[:SHOWN],
        digest=key_digest(key),
        scope=scope,
        expires_at=expires_at,
    )
    return NewToken(token, key)


def may_make_tokens_for(user: User, by: User) -> bool:
    """Whether `by` may make a token of somebody else: an administrator for an integration."""
    return by.can("users.manage") and Role.INTEGRATION in user.roles


@transaction.atomic
def revoke_token(*, token: ApiToken, now: datetime) -> None:
    """End a token at once; one that is revoked already keeps its moment."""
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = now
        token.save()
