from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.analytics.tiering import DEFAULT_MARGIN
from accounts.choices import (
    Function,
    TierDirection,
    TierLevel,
    TierMethod,
    TierModelStatus,
)
from accounts.models import tier_triggers as triggers
from accounts.querysets import CompanyWideQuerySet
from kam.core.models import Record
from kam.core.tracking import track


class ExactDecoder(json.JSONDecoder):
    """Read numbers as decimals: a stored figure comes back as it was."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "parse_float": Decimal, "parse_int": Decimal})


@track()
class TierModel(Record):
    """One version of how accounts are scored; a draft until it is published, then fixed.

    In force on a day is the published model with the latest `effective_on` up to that day.
    """

    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("what changed, and why"), blank=True, max_length=2000)
    status = models.CharField(
        _("status"), max_length=9, choices=TierModelStatus, default=TierModelStatus.DRAFT
    )
    level = models.CharField(
        _("what is scored"), max_length=5, choices=TierLevel, default=TierLevel.GROUP
    )
    margin = models.DecimalField(
        _("margin"),
        max_digits=4,
        decimal_places=2,
        default=DEFAULT_MARGIN,
        help_text=_("An account leaves its tier only this many points past a threshold."),
    )
    version = models.PositiveIntegerField(_("version"), null=True, editable=False, unique=True)
    effective_on = models.DateField(_("in force from"), null=True)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier model")
        verbose_name_plural = _("tier models")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="tier_model_has_a_name",
                violation_error_message=_("A model has a name."),
            ),
            models.CheckConstraint(
                condition=Q(margin__gte=0, margin__lte=20),
                name="tier_model_margin_in_range",
                violation_error_message=_("The margin is 0 to 20 points."),
            ),
            models.CheckConstraint(
                condition=Q(level__in=TierLevel.values), name="tier_model_level_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    status=TierModelStatus.DRAFT,
                    version__isnull=True,
                    effective_on__isnull=True,
                    published_at__isnull=True,
                )
                | Q(
                    status__in=[TierModelStatus.PUBLISHED, TierModelStatus.RETIRED],
                    version__isnull=False,
                    effective_on__isnull=False,
                    published_at__isnull=False,
                ),
                name="tier_model_published_says_when",
            ),
            models.UniqueConstraint(
                fields=["effective_on"],
                condition=Q(status=TierModelStatus.PUBLISHED),
                name="tier_model_one_begins_on_a_day",
                violation_error_message=_("Another model comes into force on this day."),
            ),
        ]
        triggers = triggers.MODEL

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name, in the reader's language where it is one of ours, and the version."""
        name = gettext(self.name) if self.name else ""
        if self.version is None:
            return name
        return gettext("%(name)s, version %(version)s") % {"name": name, "version": self.version}

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.status == TierModelStatus.DRAFT

    def get_absolute_url(self) -> str:
        return reverse("accounts:tier-model-detail", args=[self.pk])


@track()
class TierCriterion(Record):
    """A measure in a model: its weight, which way is good, and how it becomes points.

    `low` and `high` belong to min–max, `bands` ([[from, points], …]) to the band table.
    """

    model = models.ForeignKey(TierModel, models.CASCADE, related_name="criteria")
    measure = models.CharField(_("measure"), max_length=40)
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=2)
    direction = models.CharField(_("direction"), max_length=6, choices=TierDirection)
    method = models.CharField(_("method"), max_length=10, choices=TierMethod)
    low = models.DecimalField(_("0 points at"), max_digits=20, decimal_places=6, null=True)
    high = models.DecimalField(_("100 points at"), max_digits=20, decimal_places=6, null=True)
    bands = models.JSONField(
        _("bands"), default=list, decoder=ExactDecoder, encoder=DjangoJSONEncoder
    )
    place = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("tier criterion")
        verbose_name_plural = _("tier criteria")
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "measure"],
                name="tier_criterion_once_a_model",
                violation_error_message=_("This measure is in the model already."),
            ),
            models.UniqueConstraint(
                fields=["model", "place"],
                name="tier_criterion_one_at_a_place",
            ),
            models.CheckConstraint(
                condition=Q(place__lt=62), name="tier_criterion_place_fits_a_pattern"
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0),
                name="tier_criterion_weight_not_negative",
                violation_error_message=_("A weight is zero or more."),
            ),
            models.CheckConstraint(
                condition=Q(direction__in=TierDirection.values),
                name="tier_criterion_direction_known",
            ),
            models.CheckConstraint(
                condition=Q(method__in=TierMethod.values), name="tier_criterion_method_known"
            ),
            models.CheckConstraint(
                condition=~Q(direction=TierDirection.INFORMATION) | Q(weight=0),
                name="tier_criterion_information_weighs_nothing",
                violation_error_message=_("What is for information only has no weight."),
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True) | Q(low__lt=F("high")),
                name="tier_criterion_caps_in_order",
                violation_error_message=_(
                    "The lowest value is below the highest, or both are empty."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(method=TierMethod.BANDS) | ~Q(bands=[]),
                name="tier_criterion_bands_given",
                violation_error_message=_("A table of bands has at least one line."),
            ),
        ]
        triggers = triggers.part("tier_criterion_fixed_once_published")

    def __str__(self) -> str:
        return f"{self.measure} {self.weight}"


@track()
class Tier(Record):
    """A tier of a model: the scores it begins at, and what its accounts get.

    A tier reaches from its own threshold up to the next; the lowest begins at 0, so no score is
    without a tier.
    """

    model = models.ForeignKey(TierModel, models.CASCADE, related_name="tiers")
    code = models.SlugField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    rank = models.PositiveSmallIntegerField(_("rank"), help_text=_("1 is the highest."))
    threshold = models.DecimalField(_("from score"), max_digits=5, decimal_places=2)
    visit_every_days = models.PositiveSmallIntegerField(_("a visit every … days"), null=True)
    review_every_months = models.PositiveSmallIntegerField(_("a review every … months"), null=True)
    answer_within_days = models.PositiveSmallIntegerField(_("an answer within … days"), null=True)
    contribution_floor = models.DecimalField(
        _("contribution of at least … percent"), max_digits=5, decimal_places=2, null=True
    )
    policy = models.TextField(_("what else its accounts get"), blank=True, max_length=2000)
    required_functions = ArrayField(
        models.CharField(max_length=14, choices=Function),
        null=True,
        blank=True,
        verbose_name=_("required functions"),
        help_text=_("Instead of the organisation's own; none chosen: those hold."),
    )
    programme_elements = ArrayField(
        models.CharField(max_length=40),
        null=True,
        blank=True,
        verbose_name=_("programme elements"),
        help_text=_("Codes of what its accounts get of the programme."),
    )

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "code"],
                name="tier_code_once_a_model",
                violation_error_message=_("Two tiers have the same code."),
            ),
            models.UniqueConstraint(fields=["model", "rank"], name="tier_rank_once_a_model"),
            models.UniqueConstraint(
                fields=["model", "threshold"],
                name="tier_threshold_once_a_model",
                violation_error_message=_("Two tiers begin at the same score."),
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=0, threshold__lte=100),
                name="tier_threshold_is_a_score",
                violation_error_message=_("A threshold is 0 to 100."),
            ),
            models.CheckConstraint(condition=Q(rank__gte=1), name="tier_rank_from_one"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="tier_has_a_name"),
            models.CheckConstraint(
                condition=Q(required_functions__isnull=True)
                | Q(required_functions__contained_by=Function.values) & ~Q(required_functions=[]),
                name="tier_functions_known",
                violation_error_message=_("There is no such function."),
            ),
            models.CheckConstraint(
                condition=Q(programme_elements__isnull=True)
                | ~Q(programme_elements=[]) & ~Q(programme_elements__contains=[""]),
                name="tier_elements_named",
                violation_error_message=_("There is no such programme element."),
            ),
        ]
        triggers = triggers.part("tier_fixed_once_published")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name, in the reader's language where it is one of ours."""
        return gettext(self.name) if self.name else ""
