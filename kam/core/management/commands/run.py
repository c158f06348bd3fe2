from __future__ import annotations

import os
import time
from collections.abc import Callable
from io import StringIO
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connections

from kam import embedded, supervisor
from kam.core import demo, jobs


class Command(BaseCommand):
    help = "Start kam on this machine: database, broker, web server, worker and schedule."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Migrate, load the demo company into an empty database, serve until Ctrl-C."""
        try:
            held = supervisor.hold_home()
            self.step("Bringing the database up to date", self.migrate)
            if os.environ.get("KAM_DEMO", "1") != "0":
                self.step(
                    "Looking for data, loading the demo company where there is none", self.seed
                )
            self.serve(held)
        except supervisor.StartError as error:
            raise CommandError(str(error)) from error

    def step(self, what: str, action: Callable[[], None]) -> None:
        started = time.monotonic()
        supervisor.say("kam", f"{what} …")
        action()
        supervisor.say("kam", f"  done in {time.monotonic() - started:.1f} s")

    def migrate(self) -> None:
        call_command("migrate", verbosity=0, interactive=False)

    def seed(self) -> None:
        """Load the demo company unless something or somebody is here already."""
        rows = sum(sum(part.present().values()) for part in demo.demo_parts)
        if not rows and not get_user_model().objects.exists():
            with jobs.keeping_back():  # the broker starts with the rest, afterwards
                call_command("seed_demo", stdout=StringIO())
                self.compute()

    def compute(self) -> None:
        """Compute what the nightly jobs would, so that the first page shows it."""
        for name in ("accounts.refresh_accounts", "accounts.recompute_concentration"):
            jobs.run_here(name)

    def serve(self, held: Any) -> None:
        connections.close_all()
        kam = supervisor.Supervisor(supervisor.choose_port())
        try:
            self.step("Starting web server, worker and schedule", kam.start)
            held.truncate(0)
            held.write(kam.address)
            held.flush()
            self.welcome(kam.address)
            kam.watch()
            supervisor.say("kam", "Stopping …")
        finally:
            kam.stop()

    def welcome(self, address: str) -> None:
        supervisor.say("kam", "")
        supervisor.say("kam", f"kam runs at {address}")
        for person in demo.sign_ins():
            supervisor.say("kam", f"  {person}")
        if not get_user_model().objects.exists():
            supervisor.say("kam", "  Open it to create the first administrator.")
        where = embedded.home() if embedded.uses_embedded_postgres() else "DATABASE_URL"
        supervisor.say("kam", f"  Data: {where}. Stop with Ctrl-C.")
        supervisor.say("kam", "")
        connections.close_all()
        if settings.DEBUG:
            supervisor.say("kam", "KAM_DEBUG is on.")
