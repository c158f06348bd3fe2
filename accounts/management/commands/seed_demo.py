"""Load the demo company into an empty installation, or clear it."""

from __future__ import annotations

import json
import secrets
from argparse import ArgumentTypeError
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.demo.company import DEFAULT_SEED
from accounts.demo.people import PASSWORD, PEOPLE
from accounts.demo.records import Role
from kam.core.demo import DemoError, DemoRequest, RealDataError, clear_demo, load_demo


def _scale(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise ArgumentTypeError("a whole number from 1 to 1000")
    return int(text)


class Command(BaseCommand):
    help = "Load the demo company into an empty installation, or clear it with --clear."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", type=_scale, default=1, help="how often the chains are repeated (1)"
        )
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
        parser.add_argument(
            "--as-of", type=date.fromisoformat, help="the day it stands at (default: today)"
        )
        parser.add_argument("--password", help="what the demo's people sign in with")
        parser.add_argument("--clear", action="store_true", help="remove the demo company")
        parser.add_argument(
            "--including-added",
            action="store_true",
            help="with --clear: remove what was imported or typed in since, too",
        )
        parser.add_argument("--json", action="store_true", help="answer with JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["clear"]:
                self._clear(options)
            else:
                self._load(options)
        except RealDataError as error:
            raise CommandError(_refusal(error, clearing=options["clear"])) from error
        except DemoError as error:
            raise CommandError(str(error)) from error

    def _load(self, options: Mapping[str, Any]) -> None:
        password = options["password"] or (secrets.token_urlsafe(9) if _is_public() else PASSWORD)
        written = load_demo(
            DemoRequest(
                as_of=options["as_of"] or timezone.localdate(),
                seed=options["seed"],
                scale=options["scale"],
                password=password,
            )
        )
        if options["json"]:
            self.stdout.write(json.dumps({"written": written, "password": password}))
            return
        self._tell("Loaded the demo company:", written)
        self.stdout.write(f"Sign in with the password {password} as")
        for person in PEOPLE:
            if person.role is not Role.INTEGRATION:
                self.stdout.write(f"  {person.email}  ({person.title})")

    def _clear(self, options: Mapping[str, Any]) -> None:
        removed = clear_demo(including_added=options["including_added"])
        if options["json"]:
            self.stdout.write(json.dumps({"removed": removed}))
            return
        self._tell("Removed the demo company:", removed)
        self.stdout.write("Its people are gone: `manage.py createsuperuser` makes your first user.")

    def _tell(self, title: str, counts: Mapping[str, int]) -> None:
        self.stdout.write(title)
        for name, count in counts.items():
            self.stdout.write(f"  {count:>9,} {name}")


def _is_public() -> bool:
    """Say whether strangers may reach this installation: there no password is well known."""
    return bool(settings.PRODUCTION)


def _refusal(error: RealDataError, *, clearing: bool) -> str:
    if clearing:
        return (
            f"Not part of the demo: {error}. Nothing was removed; --including-added removes it too."
        )
    return f"This installation holds data already: {error}. Nothing was loaded."
