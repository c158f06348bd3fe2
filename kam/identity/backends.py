from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from kam.core.clock import zone_subquery
from kam.identity.models import User


class EmailBackend:
    """Sign-in by e-mail and password; an unknown address costs the same time as a known one."""

    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **_kwargs: Any
    ) -> User | None:
        email = (email or _kwargs.get("username") or "").strip().lower()
        user = User.objects.filter(email=email).first()
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The session's user, with the organisation's time zone at no further statement."""
        users = User.objects.annotate(organisation_time_zone=zone_subquery())
        user = users.filter(pk=user_id).select_related("team").first()
        return user if user is not None and user.is_active else None
