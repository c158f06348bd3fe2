"""What credit looks like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef
from accounts.api.serializers.tiers import Dated
from kam.core.api.serializers import DayAfter, Input, Output, TextField
from kam.identity.api.shapes import PersonOutput
from settlements.choices.credit import (
    ApplicationFileKind,
    ApplicationState,
    ChecklistItem,
    CheckReason,
    CheckResult,
    FactKind,
    HoldState,
    ScoreGrade,
)


def amount(**options: Any) -> serializers.DecimalField:
    """An amount of money as text."""
    return serializers.DecimalField(max_digits=20, decimal_places=4, **options)


class LimitOutput(Dated):
    """A credit limit; 0 is prepay only."""

    id = serializers.IntegerField()
    account = AccountRef(source="party")
    currency = serializers.CharField(source="currency_id")
    amount = amount()
    term_days = serializers.IntegerField(allow_null=True)
    review_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(source="why")
    application = serializers.IntegerField(source="application_id", allow_null=True)
    approved_by = PersonOutput(allow_null=True)
    revoked_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class LimitInput(Input):
    """A limit from a day on; the one before ends there."""

    account = AccountId()
    currency = serializers.CharField(max_length=3)
    amount = amount(help_text=_("0 means prepay only."))
    from_day = serializers.DateField()
    until = DayAfter(required=False, allow_null=True)
    term_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=720
    )
    review_on = serializers.DateField(required=False, allow_null=True)
    reason = TextField(max_length=500, required=True)


class ReasonInput(Input):
    """Why."""

    reason = TextField(max_length=500, required=True)


class UntilInput(ReasonInput):
    """Why, and until when."""

    until = serializers.DateField()


class CheckOutput(Output):
    """A check with what it came from. Amounts of limits that are not yours to see are null."""

    id = serializers.IntegerField()
    account = AccountRef()
    payer = AccountRef(source="party")
    currency = serializers.CharField(source="currency_id")
    requested = amount()
    reference = serializers.CharField()
    as_of = serializers.DateField()
    result = serializers.ChoiceField(choices=CheckResult.choices)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=CheckReason.choices))
    limit_currency = serializers.CharField(source="limit_currency_id")
    decisive = serializers.IntegerField(source="decisive_id", allow_null=True)
    exposure = amount(allow_null=True)
    limit = amount(source="limit_amount", allow_null=True)
    available = amount(allow_null=True)
    over_by = amount(allow_null=True)
    components = serializers.JSONField(allow_null=True)
    override = serializers.IntegerField(source="override_id", allow_null=True)
    reserved_until = serializers.DateField(allow_null=True)
    created_by = PersonOutput()
    created_at = serializers.DateTimeField()

    def to_representation(self, instance: Any) -> Any:
        """Without the figures of an account that the caller does not see."""
        found = super().to_representation(instance)
        if not getattr(instance, "sees_limit", True):
            for name in ("exposure", "limit", "available", "over_by", "components"):
                found[name] = None
        return found


class CheckInput(Input):
    """May an account have so much on credit?"""

    account = AccountId()
    currency = serializers.CharField(max_length=3)
    amount = amount(help_text=_("With tax."))
    reference = TextField(max_length=100, help_text=_("Asked again for the same, it counts once."))
    reserve_until = serializers.DateField(
        required=False, allow_null=True, help_text=_("So long it counts as an open order.")
    )


class YearShape(Output):
    """Figures of a year; null is not known."""

    year = serializers.IntegerField()
    turnover = amount(allow_null=True)
    equity = amount(allow_null=True)
    result = amount(allow_null=True)


class YearInput(Input):
    """Figures of a year; what is left out is not known."""

    year = serializers.IntegerField(min_value=1950, max_value=2199)
    turnover = amount(required=False, allow_null=True, min_value=0)
    equity = amount(required=False, allow_null=True)
    result = amount(required=False, allow_null=True)


class AnswerShape(Output):
    """An item of the checklist; null was not answered."""

    item = serializers.ChoiceField(choices=ChecklistItem.choices)
    points = serializers.IntegerField(allow_null=True)


class ChecklistAnswerInput(Input):
    """An item of the checklist, from 0 to 5."""

    item = serializers.ChoiceField(choices=ChecklistItem.choices)
    points = serializers.IntegerField(min_value=0, max_value=5, allow_null=True)


class ApplicationFileOutput(Output):
    """A paper kept with an application; `GET credit/application-files/{id}/` answers it."""

    id = serializers.IntegerField()
    application = serializers.IntegerField(source="application_id")
    kind = serializers.ChoiceField(choices=ApplicationFileKind.choices)
    title = serializers.CharField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class ApplicationFileInput(Input):
    """A file of at most 20 MB."""

    file = serializers.FileField()
    kind = serializers.ChoiceField(choices=ApplicationFileKind.choices)
    title = TextField(required=False, max_length=200)


class ApplicationOutput(Output):
    """An application for credit."""

    id = serializers.IntegerField()
    account = AccountRef(source="party")
    currency = serializers.CharField(source="currency_id")
    state = serializers.ChoiceField(choices=ApplicationState.choices)
    requested_limit = amount()
    requested_days = serializers.IntegerField()
    registered_name = serializers.CharField()
    registry_number = serializers.CharField()
    rating_agency = serializers.CharField()
    rating_grade = serializers.CharField()
    rating_points = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    rated_on = serializers.DateField(allow_null=True)
    rating_expires = serializers.DateField(allow_null=True)
    references = serializers.CharField()
    security = serializers.CharField()
    note = serializers.CharField()
    statements = YearShape(many=True)
    answers = AnswerShape(many=True)
    files = ApplicationFileOutput(many=True)
    checklist_score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    checklist_confidence = serializers.DecimalField(max_digits=3, decimal_places=2, allow_null=True)
    applicant = PersonOutput()
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_by = PersonOutput(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    granted_limit = amount(allow_null=True)
    granted_days = serializers.IntegerField(allow_null=True)
    review_on = serializers.DateField(allow_null=True)
    decision_note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ApplicationInput(Input):
    """What is asked for, and what supports it; it begins as a draft."""

    account = AccountId()
    currency = serializers.CharField(max_length=3)
    requested_limit = amount()
    requested_days = serializers.IntegerField(min_value=0, max_value=720)
    registered_name = TextField(max_length=300)
    registry_number = TextField(max_length=60)
    rating_agency = TextField(max_length=100)
    rating_grade = TextField(max_length=30)
    rating_points = serializers.DecimalField(
        max_digits=5, decimal_places=2, required=False, allow_null=True, min_value=0, max_value=100
    )
    rated_on = serializers.DateField(required=False, allow_null=True)
    rating_expires = serializers.DateField(required=False, allow_null=True)
    references = TextField(max_length=3000)
    security = TextField(max_length=3000)
    note = TextField(max_length=3000)
    statements = YearInput(many=True, required=False)
    answers = ChecklistAnswerInput(many=True, required=False)


class DecisionInput(Input):
    """A grant with limit, term and day of review, or a refusal with words."""

    is_granted = serializers.BooleanField()
    limit = amount(required=False, allow_null=True)
    days = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=720)
    review_on = serializers.DateField(required=False, allow_null=True)
    note = TextField(max_length=1000)


class HoldOutput(Output):
    """A hold on sales on credit."""

    id = serializers.IntegerField()
    account = AccountRef(source="party")
    state = serializers.ChoiceField(choices=HoldState.choices)
    reason = serializers.CharField()
    activated_on = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True, help_text=_("Overridden until."))
    released_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class HoldInput(ReasonInput):
    """A hold to propose."""

    account = AccountId()


class HoldMoveInput(Input):
    """Where a hold goes."""

    state = serializers.ChoiceField(choices=HoldState.choices)
    until = serializers.DateField(required=False, allow_null=True)
    note = TextField(max_length=500)


class ScoreOutput(Output):
    """The score of a payer at the end of a month, or as of the last run."""

    id = serializers.IntegerField()
    account = AccountRef(source="party")
    month = serializers.DateField()
    as_of = serializers.DateField()
    model_version = serializers.CharField()
    currency = serializers.CharField(source="currency_id")
    score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    grade = serializers.ChoiceField(choices=ScoreGrade.choices)
    confidence = serializers.DecimalField(max_digits=4, decimal_places=3)
    reasons = serializers.ListField(child=serializers.CharField())
    suggested_limit = amount(allow_null=True)
    inputs = serializers.JSONField()


class FactOutput(Dated):
    """A fact of exposure that another system told."""

    id = serializers.IntegerField()
    account = AccountRef(source="party")
    kind = serializers.ChoiceField(choices=FactKind.choices)
    currency = serializers.CharField(source="currency_id")
    amount = amount()
    due_on = serializers.DateField(allow_null=True)
    source_code = serializers.CharField(source="source.code")
    source_key = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class FactInput(Input):
    """A fact; the same source and key again replaces it from its day on."""

    account = AccountId()
    kind = serializers.ChoiceField(choices=FactKind.choices)
    currency = serializers.CharField(max_length=3)
    amount = amount()
    from_day = serializers.DateField()
    due_on = serializers.DateField(required=False, allow_null=True)
    until = DayAfter(required=False, allow_null=True)
    source_code = serializers.CharField(max_length=50, help_text=_("Code of a data source."))
    source_key = serializers.CharField(max_length=200)


class CreditPositionOutput(Output):
    """Exposure of an account against a limit, as of the last run. Null amounts: no rate."""

    id = serializers.IntegerField()
    account = AccountRef(source="party")
    currency = serializers.CharField(source="currency_id")
    as_of = serializers.DateField()
    open_receivables = amount(allow_null=True)
    unapplied_cash = amount(allow_null=True)
    open_credits = amount(allow_null=True)
    instruments = amount(allow_null=True)
    delivered_not_invoiced = amount(allow_null=True)
    sold_not_stated = amount(allow_null=True)
    held_by_retailer = amount(allow_null=True)
    open_orders = amount(allow_null=True)
    consigned_stock = amount(allow_null=True, help_text=_("At cost, before its weight."))
    secured = amount(allow_null=True, help_text=_("The cover, also beyond what it covers."))
    exposure = amount(allow_null=True)
    limit = amount(source="limit_amount", allow_null=True)
    available = amount(allow_null=True)
    utilisation = serializers.DecimalField(max_digits=14, decimal_places=6, allow_null=True)
    missing_rates = serializers.ListField(child=serializers.CharField())
