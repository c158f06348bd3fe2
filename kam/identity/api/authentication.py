from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from kam.core.clock import zone_named, zone_subquery
from kam.identity.models import ApiToken, User
from kam.identity.models.tokens import key_digest


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`; `request.auth` is the token, which may be read-only."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        token = (
            ApiToken.objects.select_related("user")
            .annotate(organisation_time_zone=zone_subquery())
            .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), revoked_at__isnull=True)
            .filter(digest=key_digest(key.strip()), user__is_active=True)
            .first()
        )
        if token is None:
            raise exceptions.AuthenticationFailed(_("The token is unknown, expired or revoked."))
        timezone.activate(zone_named(token.organisation_time_zone))
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
