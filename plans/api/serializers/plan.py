"""What plans, their sections, SWOT items, members and templates look like over the API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef, PersonId
from accounts.api.serializers.people import RowId
from accounts.api.serializers.tiers import Dated
from kam.core.api.serializers import Input, Output, ShareField, TextField
from kam.core.models import Currency
from kam.identity.api.shapes import PersonOutput
from plans.choices.plan import (
    Confidentiality,
    Origin,
    PlanRole,
    PlanState,
    SectionKind,
    SwotKind,
)


class TemplateSectionOutput(Output):
    """A section of a template."""

    kind = serializers.ChoiceField(choices=SectionKind.choices)
    is_required = serializers.BooleanField()
    hint = serializers.CharField()


class PlanTemplateOutput(Output):
    """What plans of the accounts of a tier look like."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    tier = serializers.CharField(
        source="tier_code", help_text=_("Empty: any tier without its own.")
    )
    guide = serializers.CharField()
    needs_gain = serializers.BooleanField()
    loss_months = serializers.IntegerField(allow_null=True)
    is_active = serializers.BooleanField()
    sections = TemplateSectionOutput(many=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PlanSectionOutput(Output):
    """What a plan says in one of its sections."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    kind = serializers.ChoiceField(choices=SectionKind.choices)
    is_required = serializers.BooleanField()
    is_shareable = serializers.BooleanField(help_text=_("Whether it may be shown to the customer."))
    text = serializers.CharField()
    owner = PersonOutput(allow_null=True, help_text=_("Null: the plan's owner keeps it."))
    checked_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PlanSectionChange(Input):
    """What a section should say; it counts as looked at today."""

    text = TextField(max_length=20_000)
    owner = PersonId(required=False, allow_null=True)
    is_shareable = serializers.BooleanField(required=False)


class SwotItemOutput(Output):
    """A strength, weakness, opportunity or threat."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    kind = serializers.ChoiceField(choices=SwotKind.choices)
    text = serializers.CharField()
    evidence = serializers.CharField()
    place = serializers.IntegerField()
    origin = serializers.ChoiceField(choices=Origin.choices)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class SwotItemChange(Input):
    """What an item says; what is not sent stays."""

    kind = serializers.ChoiceField(choices=SwotKind.choices)
    text = TextField(max_length=500, required=True)
    evidence = TextField(max_length=500)


class SwotItemInput(SwotItemChange):
    """A new item of a draft."""

    plan = RowId()


class PlanMemberOutput(Dated):
    """Somebody of ours who takes part in a plan."""

    may_hold_ever = True
    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    user = PersonOutput()
    role = serializers.ChoiceField(choices=PlanRole.choices)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PlanMemberInput(Input):
    """Somebody to be named in a plan."""

    plan = RowId()
    user = PersonId()
    role = serializers.ChoiceField(choices=PlanRole.choices)
    start = serializers.DateField(required=False, allow_null=True)
    end = serializers.DateField(
        required=False, allow_null=True, help_text=_("The first day without it.")
    )


class OtherPlanRef(Output):
    """A plan that another one refers to."""

    id = serializers.IntegerField()
    title = serializers.CharField()


class PlanOutput(Output):
    """The plan of an account for a half-open period."""

    id = serializers.IntegerField()
    account = AccountRef()
    title = serializers.CharField()
    start = serializers.DateField(source="period.lower")
    end = serializers.DateField(source="period.upper", help_text=_("The first day after it."))
    state = serializers.ChoiceField(choices=PlanState.choices)
    revision = serializers.IntegerField()
    currency = serializers.CharField(source="currency_id")
    owner = PersonOutput()
    sponsor = PersonOutput(allow_null=True)
    review_on = serializers.DateField(allow_null=True)
    confidentiality = serializers.ChoiceField(choices=Confidentiality.choices)
    parent = serializers.IntegerField(  # type: ignore[assignment]  # as DRF reads it
        source="parent_id", allow_null=True, help_text=_("A plan of an account above.")
    )
    template = serializers.IntegerField(source="template_id")
    empty_sections = serializers.IntegerField(help_text=_("Required sections that say nothing."))
    submitted_at = serializers.DateTimeField(allow_null=True)
    approved_by = PersonOutput(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CompletenessOutput(Output):
    """How complete a plan is today; this is not its progress."""

    counted = serializers.IntegerField(help_text=_("Sections that count."))
    filled = serializers.IntegerField()
    fresh = serializers.IntegerField()
    owned = serializers.IntegerField()
    percent = ShareField(allow_null=True, help_text=_("0 to 100; null: no section counts."))


class PlanDetailOutput(PlanOutput):
    """A plan with its texts, SWOT items and how complete it is."""

    sections = PlanSectionOutput(many=True, source="ordered_sections")
    swot_items = SwotItemOutput(many=True)
    completeness = CompletenessOutput(source="its_completeness")


class PlanChange(Input):
    """The head of a draft; what is not sent stays. Who reads it changes in any open state."""

    title = TextField(max_length=200, required=True)
    start = serializers.DateField(required=False)
    end = serializers.DateField(required=False, help_text=_("The first day after it."))
    currency = serializers.PrimaryKeyRelatedField(
        queryset=Currency.objects.all(),
        pk_field=serializers.CharField(max_length=3),
        required=False,
    )
    owner = PersonId(required=False)
    sponsor = PersonId(required=False, allow_null=True)
    review_on = serializers.DateField(required=False, allow_null=True)
    parent = RowId(required=False, allow_null=True)  # type: ignore[assignment]  # as DRF reads it
    confidentiality = serializers.ChoiceField(choices=Confidentiality.choices, required=False)


class NewPlanInput(PlanChange):
    """A new plan; what is left out is as it would be proposed."""

    account = AccountId()
    template = RowId(required=False, help_text=_("Left out: that of the account's tier."))
    title = TextField(max_length=200)
