import zoneinfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.models.base import Record
from kam.core.models.money import Currency
from kam.core.tracking import track


def time_zone_choices() -> list[tuple[str, str]]:
    """Every time zone this machine knows, by name."""
    return [(name, name) for name in sorted(zoneinfo.available_timezones())]


@track()
class Organisation(Record):
    """The one organisation that this installation serves; always the row with id 1."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=200, default="kam")
    base_currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        related_name="+",
        verbose_name=_("base currency"),
        help_text=_("The currency that figures of several currencies are shown in."),
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Helsinki", choices=time_zone_choices
    )
    fiscal_year_start = models.PositiveSmallIntegerField(
        _("fiscal year starts in month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    is_demo = models.BooleanField(
        _("shows the demo company"),
        default=False,
        editable=False,
        help_text=_("True while the data is the generated demo company."),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="organisation_is_one_row"),
            models.CheckConstraint(
                condition=Q(fiscal_year_start__range=(1, 12)), name="organisation_fiscal_month"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@track()
class SellingCompany(Record):
    """One of our own legal entities that sells and invoices."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=2)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    vat_number = models.CharField(_("VAT number"), max_length=32, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("selling company")
        verbose_name_plural = _("selling companies")
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return self.name
