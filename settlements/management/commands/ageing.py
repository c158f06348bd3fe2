"""`manage.py ageing`: what is open and how late it is, as of any date."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Account, AccountIdentifier
from kam.core.models import Currency
from kam.core.selectors.rates import MissingRateError
from settlements.analytics.ageing import Bands, BoundsError
from settlements.selectors.ageing import AgeingQuery
from settlements.selectors.collection import aged
from settlements.selectors.payload import LARGEST, payload
from settlements.services.posting import decimals_of


class Command(BaseCommand):
    """Show ageing and DSO, computed now."""

    help = "Show what is open by how late it is, with DSO: computed now, of the whole company."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="DATE", help="by default today"
        )
        parser.add_argument(
            "--bands", type=_bands, default=Bands(), help="upper bounds in days: 30,60,90"
        )
        parser.add_argument(
            "--account", default="", metavar="EXTERNAL_ID", help="it and everything below it"
        )
        parser.add_argument(
            "--currency", default="", metavar="CUR", help="convert everything into it"
        )
        parser.add_argument("--json", action="store_true", help="JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the figures; an error names what is missing."""
        currency = options["currency"].upper()
        if currency and not Currency.objects.filter(pk=currency).exists():
            raise CommandError(f"There is no currency {currency!r}.")
        query = AgeingQuery(
            as_of=options["as_of"] or timezone.localdate(),
            bands=options["bands"],
            account=_account(options["account"]),
            currency=currency,
        )
        try:
            answer = payload(aged(query, limit=LARGEST))
        except MissingRateError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self._print(answer)

    def _print(self, answer: dict[str, Any]) -> None:
        places = decimals_of(answer["currency"])
        for key, value in answer.items():
            if key == "buckets":
                for name, amount in value.items():
                    self.stdout.write(f"  {name:<12} {amount:>18,.{places}f}")
            elif key != "by_account":
                self.stdout.write(f"{key}: {'–' if value is None else value}")
        for row in answer["by_account"]:
            late = f"{row['overdue']:,.{places}f} overdue"
            self.stdout.write(f"  {row['account']}  {row['name']}  {late}")


def _bands(text: str) -> Bands:
    try:
        return Bands.parse(text)
    except BoundsError as error:
        raise ArgumentTypeError(str(error)) from error


def _account(text: str) -> int | None:
    """Find an account by identifier in any system, else by exact name; refuse what is not one."""
    if not text:
        return None
    found = set(AccountIdentifier.objects.filter(value=text).values_list("account", flat=True))
    if not found:
        named = Account.objects.not_merged().filter(name=text)
        found = set(named.values_list("pk", flat=True)[:2])
    if len(found) != 1:
        raise CommandError(f"{'Several accounts are' if found else 'No account is'} {text!r}.")
    return int(found.pop())
