from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kam.core.models.base import Record
from kam.core.tracking import track


@track()
class Currency(Record):
    """A currency by its ISO 4217 code."""

    code = models.CharField(
        _("code"), max_length=3, primary_key=True, validators=[RegexValidator(r"^[A-Z]{3}$")]
    )
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=2)

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z]{3}$"),
                name="currency_code_is_iso",
                violation_error_message=_("A currency code has three capital letters."),
            ),
            models.CheckConstraint(condition=Q(decimals__lte=4), name="currency_decimals_max_4"),
        ]

    def __str__(self) -> str:
        return self.code


@track()
class ExchangeRate(Record):
    """What one unit of `currency` is worth in `base`, from its date until the next one."""

    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="rates", verbose_name=_("currency")
    )
    base = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("base currency")
    )
    valid_on = models.DateField(_("valid from"))
    rate = models.DecimalField(
        _("rate"),
        max_digits=20,
        decimal_places=10,
        help_text=_("How many units of the base currency one unit of the currency buys."),
    )
    source = models.CharField(_("source"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["-valid_on", "currency_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "base", "valid_on"],
                name="exchange_rate_one_per_day",
                violation_error_message=_("There is a rate of this currency on this date already."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0),
                name="exchange_rate_positive",
                violation_error_message=_("A rate is above zero."),
            ),
            models.CheckConstraint(
                condition=~Q(currency=F("base")),
                name="exchange_rate_two_currencies",
                violation_error_message=_("A currency has no rate to itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency_id}→{self.base_id} {self.valid_on}: {self.rate}"
