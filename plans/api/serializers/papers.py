"""Files of plans and reviews over the API."""

from __future__ import annotations

from django.conf import settings
from rest_framework import serializers

from kam.core.api.serializers import Input, Output
from plans.choices.papers import PaperKind


class PlanPaperInput(Input):
    """What kind of file; for the customer it holds only what is marked as shareable."""

    kind = serializers.ChoiceField(choices=PaperKind.choices, required=False, default="pdf")
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, default="en")
    is_for_customer = serializers.BooleanField(required=False, default=False)


class PlanPaperOutput(Output):
    """One's own file of a plan, a snapshot or a review."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    snapshot = serializers.IntegerField(source="snapshot_id", allow_null=True)
    review = serializers.IntegerField(source="review_id", allow_null=True)
    kind = serializers.ChoiceField(choices=PaperKind.choices)
    is_for_customer = serializers.BooleanField()
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    as_of = serializers.DateField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    job = serializers.IntegerField(source="job_id", allow_null=True)
    made_at = serializers.DateTimeField()
