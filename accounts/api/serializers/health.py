"""What health scores and the way they are weighed look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountRef
from accounts.api.serializers.tiers import Dated
from accounts.choices import HealthLevel
from accounts.models import HealthScore
from accounts.selectors.health.rules import rules_of
from accounts.selectors.health.standing import held_of, lines_of
from kam.core.api.serializers import Output, ShareField
from kam.identity.api.shapes import PersonOutput


class HealthScoreOutput(Dated):
    """The health of an account in a half-open period in which no figure of it changed."""

    id = serializers.IntegerField()
    account = AccountRef()
    score = ShareField(allow_null=True, help_text=_("Null where nothing fresh is known."))
    uncapped = ShareField(allow_null=True, help_text=_("Before caps."))
    confidence = ShareField(help_text=_("Fresh weight ÷ weight of all that is measured."))
    level = serializers.ChoiceField(
        choices=HealthLevel.choices, help_text=_("insufficient: confidence is too low to say.")
    )
    scored_on = serializers.DateField(help_text=_("Last day that this was found."))
    formula_version = serializers.CharField()


class HealthLineOutput(Output):
    """One measure: fresh ones have a share, what they brought and what they lost."""

    measure = serializers.CharField(source="measure.key")
    title = serializers.CharField(source="measure.title")
    state = serializers.ChoiceField(choices=["fresh", "stale", "missing"])
    points = ShareField(allow_null=True)
    share = ShareField(allow_null=True, help_text=_("Weight rescaled to 100."))
    brought = ShareField(allow_null=True, help_text=_("These sum to the score before caps."))
    lost = ShareField(allow_null=True)
    measured_on = serializers.DateField(allow_null=True)
    said = serializers.CharField(help_text=_("The reason in words."))


class HealthHeldOutput(Output):
    """A cap that applies."""

    cap = serializers.CharField(source="key")
    limit = ShareField()
    said = serializers.CharField(help_text=_("The reason in words."))


class HealthScoreDetailOutput(HealthScoreOutput):
    """A score with its explanation."""

    measures = serializers.SerializerMethodField()
    caps = serializers.SerializerMethodField()

    @extend_schema_field(HealthLineOutput(many=True))
    def get_measures(self, row: HealthScore) -> Any:
        """What each measure brought and lost."""
        return HealthLineOutput(lines_of(row), many=True).data

    @extend_schema_field(HealthHeldOutput(many=True))
    def get_caps(self, row: HealthScore) -> Any:
        """What holds the score down."""
        return HealthHeldOutput(held_of(row), many=True).data


class HealthWeightOutput(Output):
    """What a measure weighs."""

    measure = serializers.CharField(source="measure.key")
    title = serializers.CharField(source="measure.title")
    is_offered = serializers.BooleanField(
        source="measure.is_offered",
        help_text=_("Whether it is measured; what is not is no part of score or confidence."),
    )
    weight = ShareField()
    days = serializers.IntegerField(help_text=_("Days of validity."))


class HealthLimitOutput(Output):
    """A cap."""

    cap = serializers.CharField(source="cap.key")
    title = serializers.CharField(source="cap.title")
    limit = ShareField(allow_null=True, help_text=_("Null where it is switched off."))


class HealthSettingsOutput(Output):
    """One version of how health is weighed."""

    id = serializers.IntegerField()
    effective_on = serializers.DateField()
    weights = serializers.SerializerMethodField()
    limits = serializers.SerializerMethodField()
    good_from = ShareField()
    watch_from = ShareField()
    insufficient_below = ShareField()
    note = serializers.CharField()
    author = PersonOutput()
    created_at = serializers.DateTimeField()

    @extend_schema_field(HealthWeightOutput(many=True))
    def get_weights(self, row: Any) -> Any:
        """What each measure weighs."""
        return HealthWeightOutput(rules_of(row).weights, many=True).data

    @extend_schema_field(HealthLimitOutput(many=True))
    def get_limits(self, row: Any) -> Any:
        """The caps."""
        return HealthLimitOutput(rules_of(row).limits, many=True).data


class HealthRulesOutput(Output):
    """How health is weighed today; `settings` is null while the defaults hold."""

    settings = serializers.IntegerField(source="settings.pk", allow_null=True, default=None)
    weights = HealthWeightOutput(many=True)
    limits = HealthLimitOutput(many=True)
    good_from = ShareField(source="thresholds.good_from")
    watch_from = ShareField(source="thresholds.watch_from")
    insufficient_below = ShareField(source="thresholds.insufficient_below")
