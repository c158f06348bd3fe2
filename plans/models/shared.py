"""Fields that the rows of plans have alike."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


def user_key(label: Any, **options: Any) -> models.ForeignKey:  # type: ignore[type-arg]
    """A key to somebody of ours, who is not deleted while a plan names them; empty unless told."""
    facts = {"null": True, "blank": True, "related_name": "+", "verbose_name": label}
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, **(facts | options))


def weight() -> models.DecimalField[Decimal, Decimal]:
    """How much a row counts among its siblings when progress rolls up."""
    return models.DecimalField(
        _("weight"),
        max_digits=6,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_("How much it counts beside the others."),
    )


def percent(label: Any, **options: Any) -> models.DecimalField[Decimal | None, Decimal | None]:
    """A share of 100 that was typed, unknown where nobody did."""
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        **options,
    )


def percent_in_range(name: str, column: str) -> models.CheckConstraint:
    """The same, kept by the database."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{column}__isnull": True})
        | models.Q(**{f"{column}__range": (0, 100)}),
        name=name,
        violation_error_message=_("0 to 100 percent."),
    )


def weight_positive(name: str) -> models.CheckConstraint:
    """A weight of nothing would count for nothing."""
    return models.CheckConstraint(
        condition=models.Q(weight__gt=0),
        name=name,
        violation_error_message=_("A weight is above zero."),
    )
