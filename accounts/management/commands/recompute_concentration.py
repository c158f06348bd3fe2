"""`manage.py recompute_concentration`: what the nightly job does, here and now."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.selectors.concentration.query import data_as_of
from accounts.selectors.concentration.totals import MissingRatesError
from accounts.services.concentration import Written, recompute


class Command(BaseCommand):
    """Bring snapshots, trend and alerts of revenue concentration up to date."""

    help = "Bring the snapshots of revenue concentration up to date and list them with their age."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="DATE", help="last day of the data"
        )
        parser.add_argument("--json", action="store_true", help="JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the snapshots."""
        as_of = options["as_of"] or data_as_of(timezone.localdate())
        try:
            written = recompute(as_of=as_of)
        except MissingRatesError as error:
            raise CommandError(str(error)) from error
        rows = [_row(one) for one in written]
        if options["json"]:
            answer = {"as_of": as_of.isoformat(), "snapshots": rows}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for row in rows:
            self.stdout.write(
                f"{row['id']}  {row['scope']}  {row['from']} to {row['to']}  {row['currency']}"
                f"  {row['customers']} customers  {row['age_seconds']} s old"
            )


def _row(written: Written) -> dict[str, Any]:
    snapshot = written.snapshot
    start, end = snapshot.period.lower, snapshot.period.upper
    return {
        "id": snapshot.pk,
        "scope": snapshot.scope_key,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "currency": snapshot.currency_id,
        "formula_version": snapshot.formula_version,
        "watermark": snapshot.watermark,
        "customers": snapshot.figures["customers"],
        "computed_at": snapshot.computed_at.isoformat(),
        "age_seconds": int((timezone.now() - snapshot.computed_at).total_seconds()),
        "is_new": written.is_new,
    }
