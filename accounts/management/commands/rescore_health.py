"""`manage.py rescore_health`: what the nightly job does, here and now."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services.health.rescoring import rescore_health
from kam.core.problems import RefusedError


class Command(BaseCommand):
    """Compute the health of all accounts."""

    help = "Compute the health of all accounts as of a day; running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="DATE", help="today where it is left out"
        )
        parser.add_argument("--json", action="store_true", help="JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what the run did."""
        as_of = options["as_of"] or timezone.localdate()
        try:
            done = rescore_health(as_of=as_of)
        except RefusedError as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            answer = {"as_of": as_of.isoformat(), **asdict(done)}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        self.stdout.write(
            f"{as_of}: {done.scored} accounts, {done.changed} changed,"
            f" {done.ended} no longer scored"
        )
