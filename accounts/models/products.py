from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.querysets import CompanyWideQuerySet
from kam.core.models import Currency, Record
from kam.core.tracking import track


@track()
class ProductCategory(Record):
    """What revenue is split by: a category of our assortment."""

    code = models.CharField(_("code"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("product category")
        verbose_name_plural = _("product categories")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


@track()
class Product(Record):
    """Something we sell, by our own code."""

    code = models.CharField(_("code"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=300)
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("category"),
    )
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    standard_cost = models.DecimalField(
        _("standard cost"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("currency of the cost"),
    )
    is_active = models.BooleanField(_("in the assortment"), default=True)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["code", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(standard_cost__isnull=True) | Q(standard_cost__gte=0),
                name="product_cost_not_negative",
                violation_error_message=_("A cost is zero or more."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
