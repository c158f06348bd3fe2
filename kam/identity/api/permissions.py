"""The guard of the API: the token's scope first, then the user's capability."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import permissions
from rest_framework.request import Request

from kam.identity.choices import TokenScope
from kam.identity.models import ApiToken, User


class HasCapability(permissions.IsAuthenticated):
    """Demand the view's `capability`, and `change_capability` for unsafe methods.

    A view may name the capability of single actions in `capabilities`. Anonymous: 401. A
    read-only token that wants to write: 403, for its owner knows what it is. A user without the
    capability: 404, before anything is read or written. A view without a `capability` is refused
    to everybody, so that forgetting one shows at once.
    """

    message = _("This token may only read. Make one that may write.")

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the request may go on; raises Http404 where the user lacks the capability."""
        if not super().has_permission(request, view):
            return False
        safe = request.method in permissions.SAFE_METHODS
        if (
            not safe
            and isinstance(request.auth, ApiToken)
            and request.auth.scope != TokenScope.WRITE
        ):
            return False
        if not _holds(request.user, view, safe=safe):
            raise Http404
        return True


def _holds(user: Any, view: Any, *, safe: bool) -> bool:
    capability: str = getattr(view, "capability", "")
    if not safe:
        capability = getattr(view, "change_capability", "") or capability
    capability = getattr(view, "capabilities", {}).get(getattr(view, "action", ""), capability)
    return isinstance(user, User) and bool(capability) and user.can(capability)
