"""Forms about people at accounts: shape of input only."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.choices import (
    DecisionRole,
    Function,
)
from accounts.forms.fields import AccountField, give_user
from accounts.models import Account, Person, Position
from accounts.services.people import PersonFacts, PlaceFacts
from kam.core.forms import Versioned
from kam.identity.models import User

NOT_SAID = ("", _("Not said"))
SAME_NAME = "may_share_name"


def bosses(account: Account, *, as_of: date, user: User) -> QuerySet[Position]:
    """Whom somebody at the account can report to: who stands in its tree today, in scope."""
    rows: QuerySet[Position] = Position.objects.visible_to(user).on(as_of)
    found = rows.filter(account__current_group=account.current_group_id)
    return found.select_related("person", "account").order_by("person__name_key", "pk")


if TYPE_CHECKING:  # Django's own class cannot be subscripted at run time
    PositionField = forms.ModelChoiceField[Position]
else:
    PositionField = forms.ModelChoiceField


class PositionChoice(PositionField):
    """One place, called by who stands there and what they are."""

    def label_from_instance(self, obj: Any) -> str:
        """Name, title, account."""
        return f"{obj} · {obj.account.name}"


class _NameMixin(forms.Form):
    """Asks about a namesake only after there turned out to be one."""

    may_share_name = forms.BooleanField(
        label=_("It is another person of the same name"), required=False
    )

    def ask_about_namesake(self) -> None:
        """Show the question from now on."""
        self.fields[SAME_NAME].widget = forms.CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.data.get(self.add_prefix(SAME_NAME)):
            self.fields[SAME_NAME].widget = forms.HiddenInput()


def _name() -> forms.CharField:
    return forms.CharField(label=_("Name"), max_length=200)


def _function() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Function"), choices=Function.choices)


class QuickAddForm(_NameMixin):
    """A name, a function, perhaps a title: one line."""

    name = _name()
    function = _function()
    title = forms.CharField(label=_("Title"), max_length=200, required=False)


class PlaceForm(forms.Form):
    """What is known of a place."""

    function = _function()
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Decision roles"),
        choices=DecisionRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reports_to = PositionChoice(
        label=_("Reports to"),
        queryset=Position.objects.none(),
        required=False,
        empty_label=_("Nobody on the map"),
    )

    def __init__(
        self,
        *args: Any,
        account: Account,
        user: User,
        as_of: date,
        position: Position | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = bosses(account, as_of=as_of, user=user)
        field = cast("PositionChoice", self.fields["reports_to"])
        field.queryset = rows.exclude(pk=position.pk) if position else rows

    def place(self) -> PlaceFacts:
        """What the services want to know."""
        names = ("function", "title", "roles", "reports_to")
        return cast("PlaceFacts", {name: self.cleaned_data[name] for name in names})


class PositionForm(Versioned, PlaceForm):
    """Changing a place; remembers which version was read."""


class PersonFactsForm(forms.Form):
    """How to reach a person."""

    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=50, required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("Not known")), *settings.LANGUAGES]
    )

    def facts(self) -> PersonFacts:
        """What the services want to know."""
        names = [name for name in ("name", "email", "phone", "language") if name in self.fields]
        return cast("PersonFacts", {name: self.cleaned_data[name] for name in names})


class PersonCreateForm(_NameMixin, PlaceForm, PersonFactsForm):
    """Somebody new at an account."""

    name = _name()
    from_date = forms.DateField(
        label=_("There since"), required=False, help_text=_("Empty: we do not know since when.")
    )
    field_order = ["name", SAME_NAME, "function", "title", "roles", "reports_to"]
    more = ("email", "phone", "language", "from_date")


class FillForm(_NameMixin, PersonFactsForm):
    """Who stands where nobody was known."""

    name = _name()
    from_date = forms.DateField(
        label=_("There since"), required=False, help_text=_("Empty: we do not know since when.")
    )
    field_order = ["name", SAME_NAME, "email", "phone", "language", "from_date"]


class PersonEditForm(Versioned, PersonFactsForm):
    """Changing a person; remembers which version was read."""

    name = _name()
    field_order = ["name", "email", "phone", "language"]


class LeaveForm(forms.Form):
    """When somebody leaves."""

    on = forms.DateField(
        label=_("First day without them"), help_text=_("What was before that day stays known.")
    )


class MovePersonForm(forms.Form):
    """Where somebody goes to, and when."""

    account = AccountField(label=_("To account"))
    on = forms.DateField(label=_("From"))
    function = _function()
    title = forms.CharField(label=_("Title"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        give_user(self, user)

    def clean_account(self) -> Account:
        """Only to an account whose people the user may change."""
        account: Account = self.cleaned_data["account"]
        if not Account.objects.editable_by(self.user).filter(pk=account.pk).exists():
            raise forms.ValidationError(_("You may not add people to this account."))
        return account


class MergePersonForm(forms.Form):
    """Which other entry is the same person."""

    duplicate = forms.ModelChoiceField(label=_("The same person"), queryset=Person.objects.none())

    def __init__(self, *args: Any, candidates: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Person]", self.fields["duplicate"])
        field.queryset = candidates
