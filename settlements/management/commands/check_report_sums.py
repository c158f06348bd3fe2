"""`manage.py check_report_sums`: the nightly check here and now, and making wrong sums anew."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from settlements.services.reports.sums import check_sums, rebuild_sums


class Command(BaseCommand):
    """Compare the sums kept of sales reports with their lines."""

    help = "Compare the sums kept of sales reports with their lines; status 1 where they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--rebuild", action="store_true", help="make sums that differ anew from the lines"
        )
        parser.add_argument("--json", action="store_true", help="JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, put right where that is asked for, and check again."""
        found = check_sums()
        rebuilt = 0
        if found.reports and options["rebuild"]:
            rebuilt = rebuild_sums(reports=found.reports)
        left = check_sums() if rebuilt else found
        answer = {
            "differences": found.differences,
            "reports": list(found.reports),
            "rebuilt": rebuilt,
            "left": left.differences if found.reports else 0,
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write("\n".join(f"{key}: {value}" for key, value in answer.items()))
        if answer["left"]:
            raise CommandError("The sums of some sales reports are not those of their lines.")
