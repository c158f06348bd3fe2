"""Partial answers: a view renders its page whole or, asked by htmx, one part of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from kam.core.formats import Text

type Level = Literal["success", "info", "warning", "danger"]


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a part (a history restore asks for the whole page)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != (
        "true"
    )


def target(request: HttpRequest) -> str:
    """The id of the element that htmx will replace, or nothing."""
    return request.headers.get("HX-Target", "") if is_htmx(request) else ""


def render_part(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    part: str,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page, or for htmx only its partial `template#part`."""
    name = f"{template}#{part}" if is_htmx(request) else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def redirect(request: HttpRequest, url: str) -> HttpResponse:
    """Go to another page, also when htmx asked."""
    if not is_htmx(request):
        return HttpResponseRedirect(url)
    return HttpResponse(status=204, headers={"HX-Redirect": url})


def trigger(response: HttpResponse, event: str, detail: Any = True) -> HttpResponse:
    """Have the browser raise an event once the answer is in."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events[event] = detail
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def toast(response: HttpResponse, text: Text, level: Level = "success") -> HttpResponse:
    """Say something in passing beside the answer."""
    return trigger(response, "kam:toast", {"text": str(text), "level": level})


def close_panel(response: HttpResponse) -> HttpResponse:
    """Close the side panel or dialog that sent the request."""
    return trigger(response, "kam:close")
