"""What people, their places, lines and ratings look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.analytics.relationships import Gap
from accounts.api.serializers.accounts import BIGGEST_ID, AccountId, AccountRef, PersonId
from accounts.choices import (
    DecisionRole,
    Function,
    Influence,
    RatingBasis,
    RatingKind,
    RelationshipLevel,
    StakeholderLinkKind,
    Support,
)
from kam.core.api.serializers import DayAfter, Input, Output, ShareField, TextField
from kam.identity.api.shapes import PersonOutput as ColleagueOutput

_SINCE = _("First day; null: we do not know since when.")


class RowId(serializers.IntegerField):
    """A row by id; the view looks it up among those that the caller may see."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST_ID, **kwargs)


class StakeholderRef(Output):
    """A person that another row refers to."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class PersonIdentifierOutput(Output):
    """What another system calls the person."""

    system = serializers.CharField()
    value = serializers.CharField()


class StakeholderOutput(Output):
    """Somebody at one or several customers."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.CharField()
    identifiers = PersonIdentifierOutput(many=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class StakeholderChange(Input):
    """What of a person can be changed."""

    name = TextField(max_length=200, required=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = TextField(max_length=50)
    language = serializers.RegexField(
        r"^([a-z]{2,3}(-[a-z]{2,4})?)?$", max_length=10, required=False, allow_blank=True
    )


class StakeholderMerge(Input):
    """Which other entry is the same person."""

    duplicate = RowId()


class PlaceOutput(Output):
    """A place at an account in a half-open period. Without a person it is an unmet role."""

    id = serializers.IntegerField()
    account = AccountRef()
    person = StakeholderRef(allow_null=True)
    title = serializers.CharField()
    function = serializers.ChoiceField(choices=Function.choices)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=DecisionRole.choices))
    reports_to = serializers.SerializerMethodField(
        help_text=_("A position; null: nobody, or not for you.")
    )
    valid_from = serializers.DateField(source="valid.lower", allow_null=True, help_text=_SINCE)
    valid_before = DayAfter(source="valid.upper", allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_reports_to(self, position: Any) -> int | None:
        """The boss's position, where the caller may see it."""
        found: int | None = position.visible_boss
        return found


class PlaceChange(Input):
    """What of a place can be changed."""

    function = serializers.ChoiceField(choices=Function.choices)
    title = TextField(max_length=200)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=DecisionRole.choices), required=False
    )
    reports_to = RowId(required=False, allow_null=True)


class PlaceInput(PlaceChange):
    """A new place: of a person by id, of somebody new by name, or an unmet role."""

    account = AccountId()
    person = RowId(required=False, allow_null=True)
    name = TextField(max_length=200, help_text=_("Somebody new. Neither this nor `person`: unmet."))
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = TextField(max_length=50)
    may_share_name = serializers.BooleanField(required=False, default=False)
    valid_from = serializers.DateField(required=False, allow_null=True, help_text=_SINCE)


class LeaveInput(Input):
    """When somebody leaves."""

    on = serializers.DateField(help_text=_("The first day without them."))


class PlaceMoveInput(PlaceChange):
    """Where somebody goes to, and when."""

    account = AccountId()
    on = serializers.DateField()


class FillInput(Input):
    """Who stands where nobody was known."""

    person = RowId(required=False, allow_null=True)
    name = TextField(max_length=200)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = TextField(max_length=50)
    may_share_name = serializers.BooleanField(required=False, default=False)
    valid_from = serializers.DateField(required=False, allow_null=True, help_text=_SINCE)


class StakeholderLinkOutput(Output):
    """Who listens to whom, or who is at odds (without direction)."""

    id = serializers.IntegerField()
    from_position = serializers.IntegerField(source="from_position_id")
    to_position = serializers.IntegerField(source="to_position_id")
    kind = serializers.ChoiceField(choices=StakeholderLinkKind.choices)
    strength = serializers.IntegerField()
    note = serializers.CharField()
    updated_at = serializers.DateTimeField()


class StakeholderLinkInput(Input):
    """A line; drawn again it changes strength and note."""

    from_position = RowId()
    to_position = RowId()
    kind = serializers.ChoiceField(choices=StakeholderLinkKind.choices)
    strength = serializers.IntegerField(required=False, min_value=1, max_value=3, default=2)
    note = TextField(max_length=300)


class StakeholderRatingOutput(Output):
    """What a colleague thought of somebody on a day. Never changed."""

    id = serializers.IntegerField()
    position = serializers.IntegerField(source="position_id")
    author = ColleagueOutput()
    kind = serializers.ChoiceField(choices=RatingKind.choices)
    value = serializers.IntegerField(
        help_text=_("Influence 1 to 5, support -2 to 2, relationship levels 0 to 4.")
    )
    team_member = ColleagueOutput(allow_null=True, help_text=_("Whose relationship; for levels."))
    rated_on = serializers.DateField()
    basis = serializers.ChoiceField(choices=RatingBasis.choices)
    evidence = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class StakeholderRatingInput(Input):
    """A new rating, yours."""

    position = RowId()
    kind = serializers.ChoiceField(choices=RatingKind.choices)
    value = serializers.IntegerField(min_value=-2, max_value=5)
    team_member = PersonId(
        required=False, allow_null=True, help_text=_("For levels; your own without it.")
    )
    rated_on = serializers.DateField(required=False, help_text=_("Today without it."))
    basis = serializers.ChoiceField(
        choices=RatingBasis.choices, required=False, default=RatingBasis.ASSUMED
    )
    evidence = TextField(max_length=2000)


class MapQuery(Input):
    """How much of the account."""

    alone = serializers.BooleanField(
        required=False, default=False, help_text=_("Leave out what stands below it.")
    )


class CardOutput(Output):
    """Somebody on the map, with present values as far as you may know them."""

    position = serializers.IntegerField(source="pk")
    account = AccountRef(source="position.account")
    person = serializers.SerializerMethodField(help_text=_("Null: an unmet role."))
    title = serializers.CharField(source="position.title")
    function = serializers.ChoiceField(source="position.function", choices=Function.choices)
    roles = serializers.ListField(source="position.roles", child=serializers.CharField())
    reports_to = serializers.SerializerMethodField(
        help_text=_("A position; null: nobody, or not for you.")
    )
    influence = serializers.ChoiceField(choices=Influence.choices, allow_null=True)
    support = serializers.ChoiceField(choices=Support.choices, allow_null=True)
    level = serializers.ChoiceField(
        source="opinions.level",
        choices=RelationshipLevel.choices,
        allow_null=True,
        help_text=_("The closest that any of us is."),
    )
    strength = serializers.SerializerMethodField(help_text=_("0 to 100; null: nothing known."))
    confidence = serializers.SerializerMethodField(
        help_text=_("Share of what makes up the strength that is known.")
    )
    is_disputed = serializers.BooleanField(help_text=_("Raters are two steps apart or more."))
    hidden_ratings = serializers.IntegerField(
        source="opinions.hidden", help_text=_("Ratings that you see after rating first.")
    )
    days_since_contact = serializers.IntegerField(source="days", allow_null=True)

    @extend_schema_field(StakeholderRef(allow_null=True))
    def get_person(self, card: Any) -> Any:
        """The person."""
        return StakeholderRef(card.position.person).data if card.position.person else None

    def get_reports_to(self, card: Any) -> int | None:
        """The boss, where the caller may see them."""
        found: int | None = card.position.reports_to_id
        return found if found in self.context["bosses"] else None

    def get_strength(self, card: Any) -> float | None:
        """Strength of the tie."""
        return None if card.strength is None else float(round(card.strength.value, 4))

    def get_confidence(self, card: Any) -> float | None:
        """What is known of it."""
        return None if card.strength is None else float(round(card.strength.confidence, 4))


class MapOutput(Output):
    """The stakeholder map of an account today."""

    account = AccountRef()
    as_of = serializers.DateField()
    is_cut = serializers.BooleanField(help_text=_("More people stand there than are shown."))
    people = CardOutput(source="cards", many=True)
    lines = StakeholderLinkOutput(source="links", many=True)


class FunctionCoverageOutput(Output):
    """A function: how many people are known, and what is missing."""

    function = serializers.ChoiceField(choices=Function.choices)
    is_required = serializers.BooleanField()
    people = serializers.IntegerField()
    days_since_contact = serializers.IntegerField(source="days", allow_null=True)
    gap = serializers.ChoiceField(choices=[(gap.value, gap.value) for gap in Gap])


class CoverageOutput(Output):
    """How well we know an account; null means not known, which is not zero."""

    functions = FunctionCoverageOutput(many=True)
    missing_roles = serializers.ListField(child=serializers.CharField())
    function_coverage = ShareField(source="of_functions", allow_null=True)
    role_coverage = ShareField(source="of_roles", allow_null=True)
    influence_coverage = ShareField(source="of_influence", allow_null=True)
    strength = ShareField(allow_null=True, help_text=_("0 to 100, weighted by influence."))
    threads = serializers.IntegerField(allow_null=True)
    attention = serializers.CharField(
        allow_null=True, help_text=_("The function that takes nearly all the attention.")
    )
