"""Forms that create, change, move, lead and merge accounts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.choices import AccountStatus
from accounts.forms.fields import AccountField, give_user
from accounts.models import Account
from accounts.services.accounts import AccountFacts
from kam.core.countries import country_choices
from kam.core.forms import LastDay, Versioned, version_of
from kam.identity.choices import Role
from kam.identity.models import User

if TYPE_CHECKING:  # Django's own class cannot be subscripted at run time
    AccountModelForm = forms.ModelForm[Account]
else:
    AccountModelForm = forms.ModelForm

OPEN_STATUSES = [choice for choice in AccountStatus.choices if choice[0] != AccountStatus.MERGED]
FACTS = [
    "name",
    "kind",
    "status",
    "country",
    "region",
    "channel",
    "industry",
    "currency",
    "insolvent_since",
]


class Placement(TypedDict):
    """Where a new account stands, who leads it and what others call it."""

    parent: Account | None
    parent_from: date | None
    lead: User | None
    identifiers: list[tuple[str, str]]


def people_who_may_lead() -> Any:
    """Everybody who can sign in, by name; not the users of other systems."""
    people = User.objects.filter(is_active=True).exclude(roles=[Role.INTEGRATION])
    return people.order_by("full_name", "pk")


class FactsForm(AccountModelForm):
    """What an account says about itself."""

    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        choices=lazy(lambda: [("", _("Not known")), *country_choices()], list)(),
    )
    status = forms.ChoiceField(
        label=_("Status"), choices=OPEN_STATUSES, initial=AccountStatus.ACTIVE
    )
    more: tuple[str, ...] = ("region", "industry", "currency", "insolvent_since")

    class Meta:
        model = Account
        fields = FACTS
        help_texts = {
            "kind": _("A group is the top; stores and distribution centres are where we ship."),
            "currency": _("In which we usually invoice it."),
            "insolvent_since": _(
                "The day insolvency was filed for. It caps the health of the account and of those "
                "above it."
            ),
        }

    def facts(self) -> AccountFacts:
        """What the services want to know."""
        return cast("AccountFacts", {name: self.cleaned_data[name] for name in FACTS})


class AccountCreateForm(FactsForm):
    """A new account with its place in the tree."""

    parent = AccountField(
        label=_("Belongs to"),
        required=False,
        help_text=_("The account directly above it. Empty: it is the top of its own tree."),
    )
    parent_from = forms.DateField(
        label=_("Belongs to it from"), required=False, help_text=_("Empty: since ever.")
    )
    lead = forms.ModelChoiceField(
        label=_("Lead"),
        queryset=people_who_may_lead(),
        required=False,
        empty_label=_("Whoever leads the account above"),
    )
    system = forms.CharField(
        label=_("Identifier in"),
        max_length=50,
        required=False,
        help_text=_("The system's name, for example: erp."),
    )
    value = forms.CharField(label=_("Identifier"), max_length=200, required=False)
    field_order = ["name", "kind", "parent", "country", "channel", "lead", "status"]
    more = ("parent_from", "region", "industry", "currency", "insolvent_since", "system", "value")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        give_user(self, user)
        if not user.can("accounts.assign_lead"):
            del self.fields["lead"]

    def clean_parent(self) -> Account | None:
        """Only below an account that the user may change."""
        parent: Account | None = self.cleaned_data["parent"]
        if parent and not Account.objects.editable_by(self.user).filter(pk=parent.pk).exists():
            raise forms.ValidationError(_("You may not add accounts below this one."))
        return parent

    def clean(self) -> dict[str, Any]:
        """An identifier needs both its parts."""
        values = super().clean() or self.cleaned_data
        if bool(values.get("system")) != bool(values.get("value")):
            name = "value" if values.get("system") else "system"
            self.add_error(name, _("An identifier needs the system and the value."))
        return values

    def placement(self) -> Placement:
        """Where it stands; who may not assign leads leads a new tree in person."""
        values = self.cleaned_data
        lead = values.get("lead")
        if lead is None and values["parent"] is None and not self.user.sees_everything():
            lead = self.user
        identifiers = [(values["system"], values["value"])] if values["value"] else []
        return {
            "parent": values["parent"],
            "parent_from": values["parent_from"],
            "lead": lead,
            "identifiers": identifiers,
        }


class AccountEditForm(Versioned, FactsForm):
    """Changing an account; remembers which version was read."""

    def __init__(self, data: Any = None, *, account: Account) -> None:
        # A copy, so that what is typed does not reach the account before it is saved.
        copy = Account(**{name: getattr(account, name) for name in FACTS})
        super().__init__(data, instance=copy, initial={"version": version_of(account.updated_at)})


class MoveForm(forms.Form):
    """Where an account stands from a date on."""

    parent = AccountField(
        label=_("New place below"),
        required=False,
        help_text=_("Empty: it becomes the top of its own tree."),
    )
    from_date = forms.DateField(
        label=_("From"), help_text=_("What stood in the tree before this day stays as it was.")
    )
    until = LastDay(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: for good. Later places in this period are replaced."),
    )
    more = ("until",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        give_user(self, user)

    def clean_parent(self) -> Account | None:
        """Only below an account that the user may change."""
        parent: Account | None = self.cleaned_data["parent"]
        if parent and not Account.objects.editable_by(self.user).filter(pk=parent.pk).exists():
            raise forms.ValidationError(_("You may not move accounts below this one."))
        return parent


class LeadForm(forms.Form):
    """Who leads an account from a date on."""

    user = forms.ModelChoiceField(
        label=_("Lead"),
        queryset=people_who_may_lead(),
        required=False,
        empty_label=_("Nobody of its own: whoever leads the account above"),
    )
    from_date = forms.DateField(label=_("From"), help_text=_("Whoever led before stops there."))
    until = LastDay(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: for good. Afterwards the former lead leads again."),
    )
    more = ("until",)

    def clean(self) -> dict[str, Any]:
        """To hand the lead back to the account above has no end."""
        values = super().clean() or self.cleaned_data
        if values.get("until") and not values.get("user"):
            self.add_error("until", _("Choose who leads in this period."))
        return values


class IdentifierForm(forms.Form):
    """What another system calls an account."""

    system = forms.CharField(
        label=_("System"), max_length=50, help_text=_("For example: erp, gln, vat.")
    )
    value = forms.CharField(label=_("Identifier"), max_length=200)


class MergeForm(forms.Form):
    """Which account is the duplicate of this one."""

    drop = AccountField(
        label=_("Duplicate"),
        help_text=_("Everything it has moves here; its name leads here from then on."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)
