"""How healthy accounts are: how it is weighed, version by version, and what was computed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.analytics.health import Thresholds
from accounts.choices import HealthLevel
from accounts.models.accounts import Account
from accounts.models.tiers import ExactDecoder
from accounts.querysets import AccountScopedQuerySet, CompanyWideQuerySet

DAYS = (1, 3650)
WEIGHT_SUM = "health_settings_weights_sum_to_something"
WEIGHTS_KNOWN = "health_settings_weights_in_range"
LIMITS_KNOWN = "health_settings_limits_in_range"


def _refuse(name: str, words: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}',"
        " TABLE = TG_TABLE_NAME;"
    )


class HealthSettings(models.Model):
    """One version of how health is weighed; the latest one in force on a day holds.

    `weights` gives each measure `{"weight": …, "days": …}`, what it weighs and for how long a
    reading of it is valid; `limits` gives each cap the score that it holds an account at or below
    (null switches it off). Keys that they do not name have the defaults of the app that offers
    them. Never changed: a change is a new version.
    """

    effective_on = models.DateField(_("in force from"))
    weights = models.JSONField(
        _("weights"), default=dict, decoder=ExactDecoder, encoder=DjangoJSONEncoder
    )
    limits = models.JSONField(
        _("caps"), default=dict, blank=True, decoder=ExactDecoder, encoder=DjangoJSONEncoder
    )
    good_from = models.DecimalField(
        _("good from"), max_digits=5, decimal_places=2, default=Thresholds.good_from
    )
    watch_from = models.DecimalField(
        _("watch from"), max_digits=5, decimal_places=2, default=Thresholds.watch_from
    )
    insufficient_below = models.DecimalField(
        _("not enough data below"),
        max_digits=4,
        decimal_places=3,
        default=Thresholds.insufficient_below,
        help_text=_("A fraction: 0.6 is 60 percent of the weight."),
    )
    note = models.TextField(_("what changed, and why"), blank=True, max_length=2000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("health settings")
        verbose_name_plural = _("health settings")
        ordering = ["-effective_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(watch_from__gt=0, good_from__gt=F("watch_from"), good_from__lte=100),
                name="health_settings_levels_in_order",
                violation_error_message=_(
                    "Watch begins above 0, good above watch, and both at 100 or below."
                ),
            ),
            models.CheckConstraint(
                condition=Q(insufficient_below__gt=0, insufficient_below__lte=1),
                name="health_settings_confidence_is_a_share",
                violation_error_message=_("This is above 0 and not above 100 percent."),
            ),
        ]
        indexes = [models.Index(fields=["-effective_on", "-id"], name="health_settings_latest")]
        triggers = [
            pgtrigger.Protect(
                name="health_settings_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="health_settings_whole",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
    IF jsonb_typeof(NEW.weights) <> 'object' OR EXISTS (
        SELECT 1 FROM jsonb_each(NEW.weights) AS one(key, value)
        WHERE NOT COALESCE((value ->> 'weight')::numeric BETWEEN 0 AND 1000
            AND (value ->> 'days')::numeric BETWEEN {DAYS[0]} AND {DAYS[1]}, false)
    ) THEN {_refuse(WEIGHTS_KNOWN, "a weight or its days out of range")} END IF;
    IF jsonb_typeof(NEW.limits) <> 'object' OR EXISTS (
        SELECT 1 FROM jsonb_each_text(NEW.limits) AS one(key, value)
        WHERE value IS NOT NULL AND NOT value::numeric BETWEEN 0 AND 100
    ) THEN {_refuse(LIMITS_KNOWN, "a cap out of range")} END IF;
    IF COALESCE((SELECT sum((value ->> 'weight')::numeric) FROM jsonb_each(NEW.weights)
                 AS one(key, value)), 0) <= 0
    THEN {_refuse(WEIGHT_SUM, "the weights sum to nothing")} END IF;
    RETURN NEW;""",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_on}"

    @property
    def thresholds(self) -> Thresholds:
        """The levels as the mathematics knows them."""
        return Thresholds(
            good_from=self.good_from,
            watch_from=self.watch_from,
            insufficient_below=self.insufficient_below,
        )


class HealthScore(models.Model):
    """The health of an account in a half-open period of days on which it stayed the same.

    `parts` are [[measure, points, share, brought, is fresh], …]: of fresh ones the shares sum to
    100 and what they brought to `uncapped`; of stale ones share and brought are null. `caps` are
    [[cap, limit], …], those that apply; `details` says by key what the last run saw. Kept by the
    rescoring job, which begins a new row when a figure changes.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="health_scores", verbose_name=_("account")
    )
    settings = models.ForeignKey(
        HealthSettings,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("settings"),
    )
    valid = DateRangeField(_("period"))
    score = models.DecimalField(_("score"), max_digits=7, decimal_places=4, null=True)
    uncapped = models.DecimalField(_("before caps"), max_digits=7, decimal_places=4, null=True)
    confidence = models.DecimalField(_("confidence"), max_digits=5, decimal_places=4)
    level = models.CharField(_("level"), max_length=12, choices=HealthLevel)
    parts = models.JSONField(decoder=ExactDecoder, encoder=DjangoJSONEncoder)
    caps = models.JSONField(decoder=ExactDecoder, encoder=DjangoJSONEncoder)
    details = models.JSONField(default=dict, decoder=ExactDecoder, encoder=DjangoJSONEncoder)
    formula_version = models.CharField(max_length=20)
    scored_on = models.DateField(_("scored on"))

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("health score")
        verbose_name_plural = _("health scores")
        ordering = ["account_id", "-valid", "pk"]
        constraints = [
            ExclusionConstraint(
                name="health_score_one_at_a_date",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The account has another score in this period."),
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True, uncapped__isnull=True)
                | Q(score__gte=0, score__lte=F("uncapped"), uncapped__lte=100),
                name="health_score_in_range",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1),
                name="health_score_confidence_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(level__in=HealthLevel.values), name="health_score_level_known"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=False) | Q(level=HealthLevel.INSUFFICIENT),
                name="health_score_unknown_is_grey",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="health_score_of_account"),
            models.Index(
                fields=["score", "id"],
                condition=Q(valid__upper_inf=True),
                name="health_score_now",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.score} {self.valid}"

    @property
    def brought(self) -> Mapping[str, Decimal]:
        """What each fresh measure brought, by key."""
        return {line[0]: line[3] for line in self.parts if line[4]}

    @property
    def known(self) -> Mapping[str, Any]:
        """What the last run saw, by key of measure or cap."""
        return dict(self.details)
