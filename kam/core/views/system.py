"""Answers about the installation itself: health, robots, errors."""

from __future__ import annotations

import sys

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kam import embedded
from kam.core.htmx import is_htmx, toast
from kam.core.middleware import RETRY_AFTER, outage
from kam.core.pages import MovedOnError


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """For load balancers: 200 while the database answers. A broker that is away is said, but kam
    works without one: what is asked for waits in the database.
    """
    database = _database_answers()
    parts = {"database": database, "broker": embedded.broker_answers()}
    answer = {name: "up" if up else "down" for name, up in parts.items()}
    response = JsonResponse({"status": "ok" if database else "down", **answer})
    if not database:
        response.status_code = 503
        response["Retry-After"] = RETRY_AFTER
    return response


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


@login_not_required
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The technical admin has no sign-in of its own, for it would know no throttle; who is signed
    in and may not enter gets 404.
    """
    if request.user.is_authenticated:
        raise Http404
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{request.GET.urlencode()}")


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that is not here, or not for this user: the two answer alike.

    What is over leads to how it stands now; htmx leaves what was typed and says why.
    """
    if not isinstance(exception, MovedOnError):
        return render(request, "404.html", status=404)
    if is_htmx(request):
        return toast(HttpResponse(status=204), exception.words, "warning")
    messages.warning(request, str(exception.words))
    return redirect(exception.url)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """503 while the database is away, also where a middleware asked it first; 500 otherwise."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return outage(request)
    if request.path.startswith("/api/"):
        title = str(_("Something went wrong here, not with your request."))
        problem = {"type": "about:blank", "title": title, "status": 500, "code": "server_error"}
        return JsonResponse(problem, status=500, content_type="application/problem+json")
    return defaults.server_error(request)
