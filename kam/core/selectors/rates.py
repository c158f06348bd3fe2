"""What a currency was worth in another on a day: the one definition for pages, jobs and API."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from kam.core import formats
from kam.core.models import Currency, ExchangeRate, Organisation

ONE = Decimal(1)
_CROSS = Context(prec=16, rounding=ROUND_HALF_UP)


class MissingRateError(LookupError):
    """Nobody gave a rate that is needed; says of which pair and for which day."""

    def __init__(self, currency: str, base: str, on: date) -> None:
        super().__init__(currency, base, on)
        self.currency, self.base, self.on = currency, base, on

    def __str__(self) -> str:
        words = {"currency": self.currency, "base": self.base, "day": formats.date(self.on)}
        return str(_("There is no rate of %(currency)s in %(base)s on or before %(day)s.")) % words


def rate_on(currency: str, base: str, on: date) -> Decimal:
    """Return what one unit of `currency` was worth in `base` on a day: the latest rate until then.

    A pair without rates of its own goes through the organisation's base currency, rounded to 16
    significant digits; rates are not turned round otherwise. Raises MissingRateError, which names
    the pair that lacks a rate and the day.
    """
    if currency == base:
        return ONE
    direct = _latest(currency, base, on)
    if direct is not None:
        return direct
    middle = base_currency()
    if middle == base:
        raise MissingRateError(currency, base, on)
    return _CROSS.divide(_into(middle, currency, on), _into(middle, base, on))


def rates_on(base: str, on: date) -> dict[str, Decimal]:
    """Return `rate_on` for every currency that has such a rate, in three statements at most."""
    middle, known = base_currency(), _all_latest(base, on)
    if middle != base:
        through = {**_all_latest(middle, on), middle: ONE}
        if base in through:
            crossed = {c: _CROSS.divide(r, through[base]) for c, r in through.items()}
            known = {**crossed, **known}
    return {**known, base: ONE}


def _all_latest(base: str, on: date) -> dict[str, Decimal]:
    rates = ExchangeRate.objects.filter(base=base, valid_on__lte=on)
    latest = rates.order_by("currency_id", "-valid_on").distinct("currency_id")
    return dict(latest.values_list("currency_id", "rate"))


def _into(base: str, currency: str, on: date) -> Decimal:
    rate = ONE if currency == base else _latest(currency, base, on)
    if rate is None:
        raise MissingRateError(currency, base, on)
    return rate


def _latest(currency: str, base: str, on: date) -> Decimal | None:
    rates = ExchangeRate.objects.filter(currency=currency, base=base, valid_on__lte=on)
    return rates.order_by("-valid_on").values_list("rate", flat=True).first()


def base_currency() -> str:
    """The code of the organisation's base currency."""
    return Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1)


def rates() -> QuerySet[ExchangeRate]:
    """All rates; they are no secret."""
    return ExchangeRate.objects.select_related("currency", "base")


def currencies_in_use(on: date) -> QuerySet[Currency]:
    """All currencies, each with the latest rate in the base currency until a day.

    Annotates `rate` and `rate_valid_on`, both None where there is none (and for the base itself).
    """
    latest = ExchangeRate.objects.filter(
        currency=OuterRef("pk"), base=base_currency(), valid_on__lte=on
    ).order_by("-valid_on")
    return Currency.objects.annotate(
        rate=Subquery(latest.values("rate")[:1]),
        rate_valid_on=Subquery(latest.values("valid_on")[:1]),
    )
