from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone, translation

from kam.core import htmx
from kam.core.clock import zone_named

GetResponse = Callable[[HttpRequest], HttpResponse]
TIME_ZONE = "organisation_time_zone"  # annotated by the backend
BEGAN, SEEN = "signed_in_at", "seen_at"
SEEN_EVERY = 60  # seconds: a busy session is written at most once a minute


class UserLocaleMiddleware:
    """The language of the cookie set at sign-in or by the switch, else what the browser asks."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


class SessionLimitsMiddleware:
    """End a session 12 hours after the sign-in or 3 hours after its last request.

    Stands behind AuthenticationMiddleware, which ends sessions of users who were disabled, got
    other roles or another password. Also puts the organisation's time zone in force, and lets
    nobody on the way keep a page that somebody signed in for.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        timezone.deactivate()
        before = self._key(request)
        if before is not None:
            self._check(request)
        response = self.get_response(request)
        if (after := self._key(request)) is not None and after != before:
            self._stamp(request, BEGAN, SEEN)
        if before is not None:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    @staticmethod
    def _key(request: HttpRequest) -> str | None:
        return request.session.session_key if request.user.is_authenticated else None

    def _check(self, request: HttpRequest) -> None:
        now, session = int(time.time()), request.session
        began, seen = session.get(BEGAN, now), session.get(SEEN, now)
        if now - began >= settings.KAM_SESSION_SECONDS or now - seen >= settings.KAM_IDLE_SECONDS:
            logout(request)
            return
        if now - seen >= SEEN_EVERY:
            self._stamp(request, SEEN)
        timezone.activate(zone_named(getattr(request.user, TIME_ZONE, None)))

    @staticmethod
    def _stamp(request: HttpRequest, *names: str) -> None:
        for name in names:
            request.session[name] = int(time.time())


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Send who is not signed in to the sign-in page, also when htmx asked for a part of a page."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> Any:
        """The way to the sign-in page and back to where one was."""
        if not htmx.is_htmx(request):
            return super().handle_no_permission(request, view_func)
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = page._replace(scheme="", netloc="", fragment="").geturl() or request.path
        url = redirect_to_login(back, resolve_url(self.get_login_url(view_func))).url
        return htmx.redirect(request, url)
