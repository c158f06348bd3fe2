from __future__ import annotations

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kam.core.htmx import is_htmx

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


class NotAPageMiddleware:
    """Give a page of words to whoever opens an address by hand that only takes what is sent to it.

    The API, htmx and whatever asks for no page keep their plain answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or not _wants_a_page(request):
            return response
        page = render(request, "405.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page


def _wants_a_page(request: HttpRequest) -> bool:
    return (
        request.method == "GET"
        and "text/html" in request.headers.get("Accept", "")
        and not request.path.startswith("/api/")
        and not is_htmx(request)
    )
