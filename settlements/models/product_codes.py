"""In which units a product is sold, and what an account calls it."""

from __future__ import annotations

from fractions import Fraction

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product
from accounts.models.shared import half_open_period
from kam.core.models import Record
from kam.core.tracking import track
from settlements.models import price_triggers as triggers
from settlements.models.prices import has_first_day, unit_code
from settlements.querysets.prices import OfAccountQuerySet, UnitQuerySet


class GtinValid(models.Func):
    """Whether a text is empty or a GTIN with the right check digit."""

    function = "settlements_gtin_valid"
    output_field = models.BooleanField()


def gtin_is_valid(name: str) -> models.CheckConstraint:
    """A trade item number keeps all its digits, the last of which checks the others."""
    return models.CheckConstraint(
        condition=GtinValid("gtin"),
        name=name,
        violation_error_message=_("This is no GTIN: it has 8, 12, 13 or 14 digits that fit."),
    )


def gtin() -> models.CharField[str, str]:
    """A GTIN as `analytics.gtin.canonical` writes it, or nothing."""
    return models.CharField(_("GTIN (barcode)"), max_length=14, blank=True)


@track()
class ProductUnit(Record):
    """A unit in which a product is sold: one is numerator ÷ denominator of its base unit.

    Without an account it is the company's; an account's own one (their carton of 8) goes before
    it, at the account and everything below. The base unit itself may have a row, for its GTIN.
    """

    product = models.ForeignKey(
        Product, models.PROTECT, related_name="units", verbose_name=_("product")
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="product_units",
        verbose_name=_("account"),
    )
    code = models.CharField(_("unit"), max_length=30)
    numerator = models.PositiveIntegerField(_("holds"), default=1)
    denominator = models.PositiveIntegerField(_("of how many"), default=1)
    gtin = gtin()
    valid = half_open_period()

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit of a product")
        verbose_name_plural = _("units of products")
        ordering = ["product", "account", "code", "valid"]
        constraints = [
            ExclusionConstraint(
                name="product_units_apart",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    (Coalesce("account", Value(0)), RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The unit has another content on some of these days."),
            ),
            ExclusionConstraint(
                name="product_unit_gtin_apart",
                expressions=[
                    ("gtin", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=~Q(gtin=""),
                violation_error_message=_("Another product or unit has this GTIN."),
            ),
            models.CheckConstraint(
                condition=Q(numerator__gt=0, denominator__gt=0),
                name="product_unit_factor",
                violation_error_message=_("A unit holds more than nothing."),
            ),
            models.CheckConstraint(
                condition=~Q(code=""),
                name="product_unit_named",
                violation_error_message=_("A unit needs a name."),
            ),
            gtin_is_valid("product_unit_gtin_valid"),
            has_first_day("product_unit_period"),
        ]
        triggers = triggers.UNIT

    def __str__(self) -> str:
        return self.code

    @property
    def factor(self) -> Fraction:
        """How many base units one of it is."""
        return Fraction(self.numerator, self.denominator)


@track()
class AccountProductCode(Record):
    """What an account calls a product of ours, in its orders and reports."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="product_codes", verbose_name=_("account")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="account_codes", verbose_name=_("product")
    )
    code = models.CharField(_("their code"), max_length=60)
    name = models.CharField(_("their name for it"), max_length=300, blank=True)
    unit = unit_code()
    gtin = gtin()
    valid = half_open_period()

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("product code of an account")
        verbose_name_plural = _("product codes of accounts")
        ordering = ["account", "code", "valid"]
        constraints = [
            ExclusionConstraint(
                name="account_product_codes_apart",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    (Upper("code"), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The account uses this code for another product."),
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^\S(.*\S)?$"),
                name="account_product_code_written",
                violation_error_message=_("A code begins and ends with a character."),
            ),
            gtin_is_valid("account_product_code_gtin_valid"),
            has_first_day("account_product_code_period"),
        ]
        indexes = [
            models.Index(fields=["product", "account"], name="account_product_code_product"),
            models.Index(
                fields=["account", "gtin"],
                condition=~Q(gtin=""),
                name="account_product_code_gtin",
            ),
        ]
        triggers = triggers.unit_known("account_code_unit_known", of_account=True)

    def __str__(self) -> str:
        return self.code
