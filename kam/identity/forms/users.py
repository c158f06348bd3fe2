from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from kam.identity.choices import Role, TokenScope
from kam.identity.models import SalesTeam, User
from kam.identity.selectors import possible_parents, stand_ins_for, team_tree
from kam.identity.services.users import UserFields

if TYPE_CHECKING:  # Django's own classes cannot be subscripted at run time
    UserModelForm = forms.ModelForm[User]
    TeamModelForm = forms.ModelForm[SalesTeam]
    TeamField = forms.ModelChoiceField[SalesTeam]
    UserField = forms.ModelChoiceField[User]
else:
    UserModelForm = TeamModelForm = forms.ModelForm
    TeamField = UserField = forms.ModelChoiceField


class TeamChoiceField(TeamField):
    """Teams by their full name, in the tree's order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(SalesTeam.objects.all(), *args, **kwargs)

    def offer(self, nodes: list[Any]) -> None:
        """Offer these nodes of the tree."""
        self.queryset = SalesTeam.objects.filter(pk__in=[node.team.pk for node in nodes])
        empty = [("", self.empty_label or "")]
        self.choices = empty + [(str(node.team.pk), node.path) for node in nodes]


ROLE_WORDS = {
    Role.ACCOUNT_MANAGER: _("leads accounts, sees those of the team"),
    Role.SALES_DIRECTOR: _("steers the teams below: leads, targets, limits, imports"),
    Role.CREDIT_CONTROLLER: _("sees the whole company: receivables, rates, imports"),
    Role.ADMINISTRATOR: _("everything, users and settings too"),
    Role.AUDITOR: _("sees everything, changes nothing"),
    Role.INTEGRATION: _("a program that uses the API"),
}


def role_choices() -> list[tuple[str, str]]:
    """The roles, each with what it is for."""
    words = '<span>{} <span class="text-secondary">– {}</span></span>'
    return [(role.value, format_html(words, role.label, ROLE_WORDS[role])) for role in Role]


class UserForm(UserModelForm):
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=role_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several roles add up."),
    )
    team = TeamChoiceField(
        label=_("Sales team"),
        required=False,
        empty_label=_("No team"),
        help_text=_(
            "Whose accounts the user sees: those led by members of this team and of the teams"
            " below it. A sales director without a team sees the whole company."
        ),
    )

    class Meta:
        model = User
        fields = ["full_name", "email", "roles", "team", "job_title", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("TeamChoiceField", self.fields["team"]).offer(team_tree())

    def clean_email(self) -> str:
        """Addresses are kept in lower case."""
        return str(self.cleaned_data["email"]).lower()

    def user_fields(self) -> UserFields:
        """What the services want to know."""
        return cast("UserFields", {name: self.cleaned_data[name] for name in self.Meta.fields})


class UserEditForm(UserForm):
    is_active = forms.BooleanField(
        label=_("May sign in"),
        required=False,
        help_text=_("Without it, open sessions end and API tokens stop working at once."),
    )

    class Meta(UserForm.Meta):
        fields = UserForm.Meta.fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_active"].initial = self.instance.is_active


class ProfileForm(UserModelForm):
    class Meta:
        model = User
        fields = ["full_name", "job_title", "language"]


class TeamForm(TeamModelForm):
    parent = TeamChoiceField(
        label=_("Part of"),
        required=False,
        empty_label=_("Nothing: it stands at the top"),
        help_text=_("Members of the team above see the accounts of this one."),
    )

    class Meta:
        model = SalesTeam
        fields = ["name", "parent"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.instance if self.instance.pk else None
        cast("TeamChoiceField", self.fields["parent"]).offer(possible_parents(team))


class PersonChoiceField(UserField):
    """People by name and address, for names alone need not be unique."""

    def label_from_instance(self, obj: Any) -> str:
        """The name with the address behind it."""
        return f"{obj.full_name} ({obj.email})"


class DelegationForm(forms.Form):
    to_user = PersonChoiceField(
        User.objects.none(), label=_("Stands in"), empty_label=_("Choose a colleague")
    )
    first_day = forms.DateField(label=_("First day"))
    last_day = forms.DateField(label=_("Last day"), help_text=_("This day included."))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("For example: holidays.")
    )

    def __init__(self, *args: Any, absent: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = cast("PersonChoiceField", self.fields["to_user"])
        people.queryset = stand_ins_for(absent)

    def clean(self) -> dict[str, Any]:
        """The period must hold a day."""
        values = super().clean() or self.cleaned_data
        first, last = values.get("first_day"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        return values

    def period(self) -> DateRange:
        """The half-open period."""
        values = self.cleaned_data
        return DateRange(values["first_day"], values["last_day"] + timedelta(days=1))


class AnyDelegationForm(DelegationForm):
    """A delegation on somebody's behalf, for who manages users."""

    from_user = PersonChoiceField(
        User.objects.none(), label=_("Absent"), empty_label=_("Choose who is away")
    )
    field_order = ["from_user", "to_user", "first_day", "last_day", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, absent=User(), **kwargs)
        people = cast("PersonChoiceField", self.fields["from_user"])
        people.queryset = User.objects.filter(is_active=True)

    def clean(self) -> dict[str, Any]:
        """Somebody else must stand in."""
        values = super().clean()
        if values.get("from_user") and values.get("from_user") == values.get("to_user"):
            self.add_error("to_user", _("Somebody else must stand in."))
        return values


class TokenForm(forms.Form):
    LIFETIMES = [
        ("90", _("in 90 days")),
        ("30", _("in 30 days")),
        ("365", _("in a year")),
        ("", _("never")),
    ]
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What will use it, so that you know which one to revoke."),
    )
    scope = forms.ChoiceField(
        label=_("It may"), choices=TokenScope, initial=TokenScope.READ, widget=forms.RadioSelect
    )
    days = forms.ChoiceField(label=_("It expires"), choices=LIFETIMES, required=False, initial="90")

    def expires_at(self, now: datetime) -> datetime | None:
        """When the token ends, or never."""
        days = self.cleaned_data["days"]
        return now + timedelta(days=int(days)) if days else None
