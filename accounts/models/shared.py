"""Fields and constraints that several models have alike."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.products import ProductCategory


def any_category() -> models.ForeignKey[ProductCategory | None, ProductCategory | None]:
    """A product category; none means all of them, or is not known."""
    return models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )


def half_open_period() -> DateRangeField:
    """The days for which a row holds."""
    return DateRangeField(
        _("period"), help_text=_("From the first day up to, not including, the last date.")
    )


def period_not_empty(name: str) -> models.CheckConstraint:
    """A period that ends before it begins, or where it begins, is refused."""
    return models.CheckConstraint(
        condition=Q(valid__isempty=False),
        name=name,
        violation_error_message=_("The period ends before it begins."),
    )
