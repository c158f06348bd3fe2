"""The guard of every page: whoever lacks a capability gets 404, as if the page did not exist.

Apps above the identity floor use `kam.identity.decorators`, which knows the capabilities' names
and the user's type; here is what it rests on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from kam.core.access import Viewer
from kam.core.registry import may

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def demand(user: Any, capability: str) -> Viewer:
    """The signed-in user, who has the capability; raises Http404 for anyone else."""
    if not capability or not may(user, capability):
        raise Http404
    return cast("Viewer", user)


def demanded(request: HttpRequest, capability: str, change: str) -> str:
    """The capability that the request's method needs."""
    return capability if not change or request.method in SAFE_METHODS else change


def requires[V: Callable[..., HttpResponseBase]](
    capability: str, *, change: str = ""
) -> Callable[[V], V]:
    """Let a function view be called only with the capability (`change`: for unsafe methods)."""

    def decorate(view: V) -> V:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            demand(request.user, demanded(request, capability, change))
            return view(request, *args, **kwargs)

        marks = cast("Any", guarded)
        marks.capability, marks.change_capability = capability, change or capability
        return cast("V", guarded)

    return decorate
