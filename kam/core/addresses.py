"""Where a request comes from, as far as that can be known."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The client's IP address; None where there is none (a local socket) or it cannot be read.

    Forwarding headers are the sender's claim: only the entry written by our own outermost proxy
    counts, `KAM_TRUSTED_PROXIES` places from the right. With none trusted the headers are ignored.
    """
    claimed = request.META.get("REMOTE_ADDR", "")
    if trusted := settings.KAM_TRUSTED_PROXIES:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        claimed = hops[-trusted] if len(hops) >= trusted else claimed
    try:
        return str(ipaddress.ip_address(claimed.strip()))
    except ValueError:
        return None
