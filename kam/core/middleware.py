from __future__ import annotations

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponse]
RETRY_AFTER = "5"  # seconds


def outage(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After: the database is away. Reads nothing from it."""
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": _("Service unavailable"), "status": 503}
        response: HttpResponse = JsonResponse(problem, status=503)
        response["Content-Type"] = "application/problem+json"
    else:
        response = render(request, "503.html", status=503)
    response["Retry-After"] = RETRY_AFTER
    return response


class DatabaseOutageMiddleware:
    """Answer 503 while the database is away, never a stack trace.

    Where another middleware meets the outage first, `handler500` gives the same answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer for an outage; other errors go their way."""
        return outage(request) if isinstance(error, OperationalError | InterfaceError) else None
