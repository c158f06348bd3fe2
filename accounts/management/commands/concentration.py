"""`manage.py concentration`: the figures of the board on the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.choices import Channel, ConcentrationLevel
from accounts.models import Account, ProductCategory
from accounts.selectors.concentration.payload import NumberEncoder, payload
from accounts.selectors.concentration.query import MODERN, ConcentrationQuery
from accounts.selectors.concentration.reading import live
from accounts.selectors.concentration.totals import MissingRatesError
from kam.core.dates import Period, PeriodError
from kam.core.formats import number
from kam.core.models import Currency


class Command(BaseCommand):
    """Show how concentrated revenue is, computed now."""

    help = "Show how concentrated revenue is in a period: computed now, of the whole company."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        day = date.fromisoformat
        parser.add_argument("--from", dest="start", type=day, required=True, metavar="DATE")
        parser.add_argument(
            "--to", dest="end", type=day, required=True, metavar="DATE", help="first day after"
        )
        parser.add_argument(
            "--level", choices=ConcentrationLevel.values, default=ConcentrationLevel.GROUP
        )
        parser.add_argument("--category", default="", help="code or name of a product category")
        parser.add_argument("--country", default="", help="ISO code of the selling node's country")
        parser.add_argument("--channel", default="", choices=["", MODERN, *Channel.values])
        parser.add_argument("--currency", default="", help="ISO code to give figures in")
        parser.add_argument("--json", action="store_true", help="JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the figures; an error names what is missing."""
        query = _query(options)
        if query.country and not Account.objects.filter(country=query.country).exists():
            self.stderr.write(f"No account is in a country with the code {query.country!r}.")
        try:
            reading = live(query)
        except MissingRatesError as error:
            raise CommandError(str(error)) from error
        answer = payload(reading)
        if options["json"]:
            self.stdout.write(json.dumps(answer, cls=NumberEncoder, ensure_ascii=False, indent=2))
        else:
            self._print(answer, reading.now.currency)

    def _print(self, answer: dict[str, Any], currency: str) -> None:
        self.stdout.write(f"currency: {currency}")
        for key, value in answer.items():
            if key != "top":
                self.stdout.write(f"{key}: {'–' if value is None else value}")
        for row in answer["top"]:
            share = f"{100 * row['share']:.2f} %"
            self.stdout.write(
                f"  {row['account']}  {row['name']}  {number(row['amount'])}  {share}"
            )


def _query(options: dict[str, Any]) -> ConcentrationQuery:
    country, currency = options["country"].upper(), options["currency"].upper()
    if currency and not Currency.objects.filter(pk=currency).exists():
        raise CommandError(f"There is no currency {currency!r}.")
    try:
        period = Period(options["start"], options["end"])
    except PeriodError as error:
        raise CommandError(str(error)) from error
    return ConcentrationQuery(
        period=period,
        level=options["level"],
        category=_category(options["category"]),
        country=country,
        channel=options["channel"],
        currency=currency,
    )


def _category(text: str) -> int | None:
    """A category by its code, else by its name."""
    if not text:
        return None
    for field in ("code", "name", "name__iexact"):
        found = ProductCategory.objects.filter(**{field: text}).order_by("pk").first()
        if found is not None:
            return int(found.pk)
    raise CommandError(f"There is no product category {text!r}.")
