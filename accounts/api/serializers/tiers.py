"""What tier models, tiers, ratings and overrides look like over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef
from accounts.choices import (
    Function,
    RatedMeasure,
    TierDirection,
    TierLevel,
    TierMethod,
    TierModelStatus,
)
from accounts.models import TierAssignment
from accounts.selectors.tiers.standing import lines_of
from accounts.services.tiers.drafts import CriterionDraft, ModelDraft, TierDraft
from kam.core.api.serializers import DayAfter, Input, Output, ShareField, TextField
from kam.identity.api.shapes import PersonOutput


class PointsField(serializers.DecimalField):
    """Weights, points and thresholds."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 20)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(**kwargs)


class TierBandOutput(Output):
    """From which value on how many points."""

    start = ShareField()
    points = ShareField()


class TierCriterionOutput(Output):
    """A criterion of a model."""

    measure = serializers.CharField()
    weight = ShareField()
    direction = serializers.ChoiceField(choices=TierDirection.choices)
    method = serializers.ChoiceField(choices=TierMethod.choices)
    low = ShareField(allow_null=True)
    high = ShareField(allow_null=True)
    bands = serializers.SerializerMethodField()

    @extend_schema_field(TierBandOutput(many=True))
    def get_bands(self, criterion: Any) -> Any:
        """The table of bands, empty for other methods."""
        rows = [{"start": start, "points": points} for start, points in criterion.bands]
        return TierBandOutput(rows, many=True).data


class TierOutput(Output):
    """A tier of a model: it reaches from its threshold up to the next."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    rank = serializers.IntegerField(help_text=_("1 is the highest."))
    threshold = ShareField()
    visit_every_days = serializers.IntegerField(allow_null=True)
    review_every_months = serializers.IntegerField(allow_null=True)
    answer_within_days = serializers.IntegerField(allow_null=True)
    contribution_floor = ShareField(allow_null=True, help_text=_("In percent."))
    policy = serializers.CharField()
    required_functions = serializers.ListField(
        child=serializers.ChoiceField(choices=Function.choices),
        allow_null=True,
        help_text=_("Null: those of the organisation."),
    )
    programme_elements = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text=_("Codes of what its accounts get of the programme; null: nothing is said."),
    )


class TierModelOutput(Output):
    """A version of how accounts are scored. Weights are rescaled; they need not sum to 100."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    note = serializers.CharField()
    status = serializers.ChoiceField(choices=TierModelStatus.choices)
    level = serializers.ChoiceField(choices=TierLevel.choices)
    margin = ShareField()
    effective_on = serializers.DateField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = PersonOutput(allow_null=True)
    criteria = TierCriterionOutput(many=True)
    tiers = TierOutput(many=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TierBandInput(Input):
    """From which value on how many points."""

    start = PointsField()
    points = PointsField()


class TierCriterionInput(Input):
    """A criterion; `low` and `high` belong to `minmax`, `bands` to `bands`."""

    measure = TextField(max_length=40, required=True)
    weight = PointsField(max_digits=6, decimal_places=2)
    direction = serializers.ChoiceField(
        choices=TierDirection.choices, required=False, default=TierDirection.HIGHER
    )
    method = serializers.ChoiceField(
        choices=TierMethod.choices, required=False, default=TierMethod.PERCENTILE
    )
    low = PointsField(required=False, allow_null=True)
    high = PointsField(required=False, allow_null=True)
    bands = TierBandInput(many=True, required=False)


class TierInput(Input):
    """A tier."""

    code = serializers.SlugField(max_length=20)
    name = TextField(max_length=60, required=True)
    threshold = PointsField(max_digits=5, decimal_places=2)
    visit_every_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=999
    )
    review_every_months = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=99
    )
    answer_within_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=99
    )
    contribution_floor = PointsField(
        max_digits=5, decimal_places=2, required=False, allow_null=True
    )
    policy = TextField(max_length=2000)
    required_functions = serializers.ListField(
        child=serializers.ChoiceField(choices=Function.choices),
        required=False,
        allow_null=True,
        help_text=_("Null or empty: those of the organisation."),
    )
    programme_elements = serializers.ListField(
        child=TextField(max_length=40),
        required=False,
        allow_null=True,
        help_text=_("Codes of what its accounts get of the programme."),
    )


class TierModelInput(Input):
    """A whole draft. Tiers may stand in any order: the threshold ranks them."""

    name = TextField(max_length=100, required=True)
    note = TextField(max_length=2000)
    level = serializers.ChoiceField(
        choices=TierLevel.choices, required=False, default=TierLevel.GROUP
    )
    margin = PointsField(max_digits=4, decimal_places=2, required=False, default=Decimal(3))
    criteria = TierCriterionInput(many=True)
    tiers = TierInput(many=True)


def draft_from(values: dict[str, Any]) -> ModelDraft:
    """What was sent, as the services know it."""
    criteria = [
        CriterionDraft(
            **{
                **one,
                "bands": [(band["start"], band["points"]) for band in one.get("bands", [])],
            }
        )
        for one in values["criteria"]
    ]
    tiers = sorted(values["tiers"], key=lambda one: -one["threshold"])
    return ModelDraft(
        **{**values, "criteria": criteria, "tiers": [TierDraft(**one) for one in tiers]}
    )


class TierPublishInput(Input):
    """From when a model is in force."""

    effective_on = serializers.DateField(help_text=_("Today or later."))


class TierWhatIfInput(Input):
    """As of which day a model is tried."""

    on = serializers.DateField(required=False, help_text=_("Today where it is left out."))


class TierReasonOutput(Output):
    """A criterion whose part of the score differs."""

    criterion = serializers.CharField(source="title")
    before = ShareField(allow_null=True)
    after = ShareField(allow_null=True)


class TierRef(Output):
    """A tier that another row refers to."""

    code = serializers.CharField()
    name = serializers.CharField()
    rank = serializers.IntegerField()


class TierMoveOutput(Output):
    """An account that would have another tier, and why: largest changes first.

    Without reasons the score is the same, and thresholds or margin move it.
    """

    account = AccountRef()
    kind = serializers.ChoiceField(
        choices=["first", "moves", "leaves"],
        help_text=_("first: it has no tier today; leaves: it would have none."),
    )
    before = TierRef(allow_null=True)
    after = TierRef(allow_null=True)
    score_before = ShareField(allow_null=True)
    score_after = ShareField(allow_null=True)
    confidence = ShareField(allow_null=True)
    reasons = TierReasonOutput(many=True)


class TierCountOutput(Output):
    """How many accounts a tier has."""

    tier = serializers.CharField(help_text=_("The tier's code."))
    accounts = serializers.IntegerField()


class TierWhatIfOutput(Output):
    """What a model would do; nothing is changed. Moves are of accounts that you may see."""

    as_of = serializers.DateField()
    scored = serializers.IntegerField()
    counts = TierCountOutput(many=True)
    counts_now = TierCountOutput(many=True)
    moves = TierMoveOutput(many=True)


class TierLineOutput(Output):
    """What one criterion brought; nulls where its measure is missing."""

    measure = serializers.CharField(source="criterion.measure")
    value = ShareField(allow_null=True)
    points = ShareField(allow_null=True)
    weight = ShareField(source="share", allow_null=True, help_text=_("Rescaled to 100."))
    brought = ShareField(allow_null=True, help_text=_("These sum to the score."))


class Dated(Output):
    """Something that holds in a half-open period; an open end is null, and so is an open
    beginning where there can be one (`may_hold_ever`)."""

    may_hold_ever = False

    def get_fields(self) -> dict[str, Any]:
        """The period last, under names that Python keeps for itself."""
        period = {
            "from": serializers.DateField(
                source="valid.lower", read_only=True, allow_null=self.may_hold_ever
            ),
            "until": DayAfter(source="valid.upper", read_only=True, allow_null=True),
        }
        return {**super().get_fields(), **period}


class TierAssignmentOutput(Dated):
    """The computed tier of an account in a period, with the last score behind it."""

    id = serializers.IntegerField()
    account = AccountRef()
    model = serializers.IntegerField(source="model_id")
    tier = TierRef()
    score = ShareField()
    first_score = ShareField(help_text=_("When the period began."))
    confidence = ShareField(help_text=_("Weight of what is known ÷ all weight."))
    is_provisional = serializers.BooleanField(help_text=_("Confidence below 0.6."))
    scored_on = serializers.DateField()
    formula_version = serializers.CharField()


class TierAssignmentDetailOutput(TierAssignmentOutput):
    """A computed tier with its explanation."""

    explanation = serializers.SerializerMethodField()

    @extend_schema_field(TierLineOutput(many=True))
    def get_explanation(self, row: TierAssignment) -> Any:
        """What each criterion of the model brought."""
        return TierLineOutput(lines_of(row), many=True).data


class TierRatingOutput(Output):
    """Somebody's rating of an account; the last one up to a day counts."""

    id = serializers.IntegerField()
    account = AccountRef()
    measure = serializers.ChoiceField(choices=RatedMeasure.choices)
    value = serializers.IntegerField()
    rated_on = serializers.DateField()
    evidence = serializers.CharField()
    author = PersonOutput()
    created_at = serializers.DateTimeField()


class TierRatingInput(Input):
    """A new rating, in your name."""

    account = AccountId()
    measure = serializers.ChoiceField(choices=RatedMeasure.choices)
    value = serializers.IntegerField(min_value=1, max_value=5)
    rated_on = serializers.DateField(
        required=False, help_text=_("Today where it is left out; never later.")
    )
    evidence = TextField(max_length=2000, required=True)


class TierOverrideOutput(Dated):
    """A tier by decision, beside the computed one."""

    id = serializers.IntegerField()
    account = AccountRef()
    tier = TierRef()
    reason = serializers.CharField()
    approver = PersonOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TierOverrideInput(Input):
    """A new override, approved by you."""

    account = AccountId()
    tier = serializers.SlugField(
        max_length=20, help_text=_("Code of a tier of the model in force.")
    )
    reason = TextField(max_length=2000, required=True)

    def get_fields(self) -> dict[str, Any]:
        """The period last, under names that Python keeps for itself."""
        period = {
            "from": serializers.DateField(required=False, help_text=_("Today or later.")),
            "until": serializers.DateField(help_text=_("The day after the last.")),
        }
        return {**super().get_fields(), **period}


def what_if_data(preview: Any) -> dict[str, Any]:
    """What a model would do, as it is answered."""
    counts = {
        name: [{"tier": tier.code, "accounts": count} for tier, count in getattr(preview, name)]
        for name in ("counts", "counts_now")
    }
    return dict(
        TierWhatIfOutput(
            {
                "as_of": preview.as_of,
                "scored": preview.scored,
                "moves": preview.moves,
                **counts,
            }
        ).data
    )
