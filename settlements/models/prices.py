"""What an account pays for a product and when; what the list says, and below what nobody goes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product
from accounts.models.shared import half_open_period
from kam.core.models import Currency, Record
from kam.core.tracking import track
from settlements.models import price_triggers as triggers
from settlements.querysets.prices import (
    BreakQuerySet,
    FloorPriceQuerySet,
    ListPriceQuerySet,
    OfAccountQuerySet,
)


def has_first_day(name: str) -> models.CheckConstraint:
    """A period with a first day that ends after it."""
    return models.CheckConstraint(
        condition=Q(valid__isempty=False, valid__startswith__isnull=False),
        name=name,
        violation_error_message=_("It needs a first day, and ends after it."),
    )


def unit_code() -> models.CharField[str, str]:
    """A unit by its code; empty is the product's base unit."""
    return models.CharField(
        _("unit"), max_length=30, blank=True, help_text=_("Empty: the product's own unit.")
    )


def amount() -> models.DecimalField[Decimal, Decimal]:
    """What one unit costs."""
    return models.DecimalField(_("price of one unit"), max_digits=18, decimal_places=4)


def _product() -> models.ForeignKey[Product, Product]:
    return models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))


def _currency() -> models.ForeignKey[Currency, Currency]:
    return models.ForeignKey(Currency, models.PROTECT, related_name="+", verbose_name=_("currency"))


def _person() -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("set by"),
    )


def _reason() -> models.CharField[str, str]:
    return models.CharField(_("reason"), max_length=500, blank=True)


@track()
class AccountPrice(Record):
    """A price of a product agreed with an account, for it and everything below without an own.

    How much it is is in its breaks: at least one, each from a quantity of the unit on.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="prices", verbose_name=_("account")
    )
    product = _product()
    unit = unit_code()
    currency = _currency()
    valid = half_open_period()
    reason = _reason()
    set_by = _person()

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("price of an account")
        verbose_name_plural = _("prices of accounts")
        ordering = ["account", "product", "unit", "currency", "valid"]
        constraints = [
            ExclusionConstraint(
                name="account_prices_apart",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("product", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("currency", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another price holds on some of these days."),
            ),
            has_first_day("account_price_period"),
        ]
        indexes = [
            models.Index(fields=["product", "account"], name="account_price_product"),
        ]
        triggers = triggers.PRICE

    def __str__(self) -> str:
        return f"{self.product_id} {self.unit} {self.currency_id} {self.valid}"

    def get_absolute_url(self) -> str:
        return reverse("settlements:price-detail", args=[self.pk])


@track()
class PriceBreak(Record):
    """The price of one unit from a quantity on, until the next break."""

    price = models.ForeignKey(AccountPrice, models.CASCADE, related_name="breaks")
    from_quantity = models.DecimalField(
        _("from quantity"), max_digits=20, decimal_places=6, default=Decimal(0)
    )
    amount = amount()

    objects = BreakQuerySet.as_manager()

    class Meta:
        verbose_name = _("price from a quantity on")
        verbose_name_plural = _("prices from a quantity on")
        ordering = ["price", "from_quantity"]
        constraints = [
            models.UniqueConstraint(
                fields=["price", "from_quantity"],
                name="price_break_once",
                violation_error_message=_("There is a price from this quantity on already."),
            ),
            models.CheckConstraint(
                condition=Q(from_quantity__gte=0, amount__gte=0),
                name="price_break_not_negative",
                violation_error_message=_("A price and its quantity are zero or more."),
            ),
        ]
        triggers = triggers.BREAK

    def __str__(self) -> str:
        return f"{self.from_quantity}: {self.amount}"


class CompanyPrice(Record):
    """A price of a product that holds for the whole company."""

    product = _product()
    unit = unit_code()
    currency = _currency()
    valid = half_open_period()
    amount = amount()
    reason = _reason()
    set_by = _person()

    class Meta:
        abstract = True
        ordering = ["product", "unit", "currency", "valid"]
        constraints = [
            ExclusionConstraint(
                name="%(class)s_apart",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("currency", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another price holds on some of these days."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="%(class)s_not_negative",
                violation_error_message=_("A price is zero or more."),
            ),
            has_first_day("%(class)s_period"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.unit} {self.currency_id} {self.valid}: {self.amount}"


@track()
class ListPrice(CompanyPrice):
    """What the price list says."""

    objects = ListPriceQuerySet.as_manager()

    class Meta(CompanyPrice.Meta):
        verbose_name = _("list price")
        verbose_name_plural = _("list prices")
        triggers = triggers.unit_known("list_price_unit_known", of_account=False)


@track()
class FloorPrice(CompanyPrice):
    """The lowest net price that is allowed; who may not see it is told when a price is below."""

    objects = FloorPriceQuerySet.as_manager()

    class Meta(CompanyPrice.Meta):
        verbose_name = _("floor price")
        verbose_name_plural = _("floor prices")
        triggers = triggers.unit_known("floor_price_unit_known", of_account=False)
