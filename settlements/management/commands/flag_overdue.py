"""`manage.py flag_overdue`: the nightly job here and now."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from settlements.services.overdue import flag_overdue
from settlements.services.overdue_balances import keep_balances


class Command(BaseCommand):
    """Note what became overdue and what was cured by a day."""

    help = "Note what became overdue and what was cured since the last run, and hand out work."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="DATE", help="by default today"
        )
        parser.add_argument("--json", action="store_true", help="JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the job without a broker."""
        today = timezone.localdate()
        day = options["as_of"] or today
        if day > today:
            raise CommandError(f"--as-of: {day} is still to come.")
        done = flag_overdue(as_of=day)
        keep_balances()
        answer = {
            "flagged": done.flagged,
            "cured": done.cured,
            "unchanged": done.unchanged,
            "seconds": round(done.seconds, 3),
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write("\n".join(f"{key}: {value}" for key, value in answer.items()))
