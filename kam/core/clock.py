"""The organisation's time zone: it decides when a day begins, for pages, API and jobs alike."""

from __future__ import annotations

import zoneinfo
from contextlib import suppress
from datetime import tzinfo

from django.db.models import Subquery
from django.utils import timezone

from kam.core.models import Organisation


def zone_named(name: str | None) -> tzinfo:
    """The time zone of a name; the installation's own where this machine does not know it."""
    with suppress(ValueError, TypeError, zoneinfo.ZoneInfoNotFoundError):
        return zoneinfo.ZoneInfo(name or "")
    return timezone.get_default_timezone()


def zone_subquery() -> Subquery:
    """The name of the organisation's time zone, to be read along with another row."""
    return Subquery(Organisation.objects.values("time_zone")[:1])


def organisation_zone() -> tzinfo:
    """The organisation's time zone."""
    return zone_named(Organisation.objects.values_list("time_zone", flat=True).first())
