"""The guard of every page: whoever lacks a capability gets 404, as if the page did not exist.

On a function::

    @requires("imports.run")
    def batch_commit(request: HttpRequest, pk: int) -> HttpResponse: ...

    @requires("settings.view", change="settings.change")   # GET needs the one, POST the other
    def organisation_edit(request: HttpRequest) -> HttpResponse: ...

On a class::

    class BatchList(CapabilityMixin, ListView):
        capability = "imports.view"
        change_capability = "imports.run"                  # for POST, PUT, PATCH, DELETE

Inside a view, for what depends on the row or on what was sent: ``demand(user, "accounts.merge")``.
A capability says what one may do; which rows one may do it on is scope: start from
``Model.objects.visible_to(request.user)`` and `get_object_or_404`. The capabilities stand in
`kam.identity.permissions`; an unknown one raises KeyError when the module is imported. What a view
demands is on its `capability` and `change_capability` attributes, where guard tests read it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from kam.core import guards
from kam.identity.models import User
from kam.identity.permissions import CAPABILITIES


def demand(user: User | AnonymousUser, capability: str) -> User:
    """The signed-in user, who has the capability; raises Http404 for anyone else.

    Call it before anything is read or written: a refusal changes nothing.
    """
    return cast("User", guards.demand(user, capability))


def signed_in(request: HttpRequest) -> User:
    """The request's user, typed; raises Http404 where nobody is signed in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def requires[V: Callable[..., HttpResponseBase]](
    capability: str, *, change: str = ""
) -> Callable[[V], V]:
    """Let a function view be called only with the capability (`change`: for unsafe methods)."""
    _must_exist(capability, change)
    return guards.requires(capability, change=change)


class CapabilityMixin:
    """Let a class-based view be called only with `capability`; stands first among the bases."""

    capability = ""
    change_capability = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _must_exist(cls.capability, cls.change_capability)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse before the view's own code runs."""
        demand(request.user, guards.demanded(request, self.capability, self.change_capability))
        return cast("Any", super()).dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]


def _must_exist(*capabilities: str) -> None:
    for capability in capabilities:
        if capability:
            CAPABILITIES[capability]
