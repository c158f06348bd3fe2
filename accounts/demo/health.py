"""The demo's health: scores of the last months, as the nightly job would have kept them."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from accounts.models import HealthScore
from accounts.services.health.rescoring import rescore_health
from kam.core.demo import Counts, DemoPart, DemoRequest

_TABLES = "accounts_healthscore, accounts_healthsettings"
_DAYS_BEFORE = (180, 150, 120, 90, 60, 40, 25, 12, 5, 0)


def load(request: DemoRequest) -> Counts:
    """Compute scores for days up to the demo's own; after the ledger, which brings a measure."""
    for days in _DAYS_BEFORE:
        rescore_health(as_of=request.as_of - timedelta(days=days))
    return present()


def present() -> Counts:
    """Count scores of any origin."""
    return {str(HealthScore._meta.verbose_name_plural): HealthScore.objects.count()}


def added() -> Counts:
    """Scores are computed: nothing of them was added by hand."""
    return {}


def clear(keep_user_id: int | None) -> Counts:
    """Empty the tables of health."""
    del keep_user_id
    removed = present()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"TRUNCATE {_TABLES}")
    return removed


PART = DemoPart(key="health", order=90, load=load, clear=clear, present=present, added=added)
