"""Forms of addresses, placements, corrections of store checks, and follow-ups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.choices import (
    AddressKind,
    CheckOutcome,
    GapReason,
    PlacementKind,
    PlacementStage,
    Priority,
    ShelfLevel,
)
from accounts.forms.accounts import people_who_may_lead
from accounts.forms.fields import AccountField, LinkedAccountField, give_user
from accounts.models import Account, Person, Placement, Product, ProductCategory, Task
from kam.core.countries import country_choices
from kam.core.forms import LastDay
from kam.identity.models import User


class AddressForm(forms.Form):
    """Where an account is visited, invoiced or delivered."""

    kind = forms.ChoiceField(label=_("Kind"), choices=AddressKind)
    lines = forms.CharField(
        label=_("Street and number"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    region = forms.CharField(label=_("Region"), max_length=100, required=False)
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        choices=lazy(lambda: [("", _("Not known")), *country_choices()], list)(),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("For example: gate, opening hours, whom to call."),
    )
    is_main = forms.BooleanField(label=_("Main address of its kind"), required=False)
    more = ("region", "note")


class PlacementForm(forms.Form):
    """What an account is to carry, show or promote."""

    account = AccountField(
        label=_("Agreed with"),
        help_text=_("It applies to every store below: choose the banner, or one store."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=PlacementKind)
    product = forms.ModelChoiceField(
        label=_("Product"),
        queryset=Product.objects.filter(is_active=True).order_by("name", "pk"),
        required=False,
        empty_label=_("A whole category"),
    )
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=ProductCategory.objects.all(),
        required=False,
        empty_label=_("One product"),
        help_text=_("Only where no product is chosen."),
    )
    quantity = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=9999,
        required=False,
        help_text=_("Of facings; of second placements if you like."),
    )
    shelf = forms.ChoiceField(
        label=_("Shelf position"),
        choices=[("", _("None")), *ShelfLevel.choices],
        required=False,
        help_text=_("Only where a shelf position is agreed."),
    )
    valid_from = forms.DateField(label=_("From"))
    valid_until = LastDay(
        label=_("Last day"), required=False, help_text=_("Empty: until further notice.")
    )
    agreed_by = forms.ModelChoiceField(
        label=_("Who at the customer"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Not said"),
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    more = ("agreed_by", "note")

    def __init__(self, *args: Any, user: User, account: Account | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.fixed = user, account
        give_user(self, user)
        if account is None:
            del self.fields["agreed_by"]
            return
        del self.fields["account"]
        people = Person.objects.visible_to(user).filter(
            positions__account__current_group=account.current_group_id
        )
        who = cast("forms.ModelChoiceField[Any]", self.fields["agreed_by"])
        who.queryset = people.order_by("name_key", "pk").distinct()

    def clean_account(self) -> Account:
        """Only at an account that the user may change."""
        account: Account = self.cleaned_data["account"]
        if not Account.objects.editable_by(self.user).filter(pk=account.pk).exists():
            raise forms.ValidationError(_("You may not change this account."))
        return account

    def facts(self) -> dict[str, Any]:
        """What the services want to know."""
        values = dict(self.cleaned_data)
        values.pop("account", None)
        return values

    @staticmethod
    def said(placement: Placement) -> dict[str, Any]:
        """What stands, as the form shows it."""
        names = ("kind", "product", "category", "quantity", "shelf", "agreed_by", "note")
        return {
            **{name: getattr(placement, name) for name in names},
            "valid_from": placement.valid.lower,
            "valid_until": placement.valid.upper,
        }


class PlacementStepForm(forms.Form):
    """A step that was reached, or to which it fell back."""

    stage = forms.TypedChoiceField(label=_("Step"), coerce=int, choices=PlacementStage)
    reached_on = forms.DateField(label=_("Reached on"))
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=500,
        required=False,
        help_text=_("Who said or showed it: a mail, a planogram, a leaflet. Needed to go back."),
    )

    def __init__(self, *args: Any, placement: Placement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [stage for stage in PlacementStage if stage <= placement.stage + 1]
        choices = [(one.value, one.label) for one in reversed(allowed) if one != placement.stage]
        cast("forms.ChoiceField", self.fields["stage"]).choices = choices


class LastDayForm(forms.Form):
    """The last day of an agreement."""

    last_day = forms.DateField(label=_("Last day"))


class ObservationForm(forms.Form):
    """What was seen of a placement. A browser sends all of it with every tap."""

    outcome = forms.ChoiceField(
        label=_("Seen"), choices=[("", _("Not looked at")), *CheckOutcome.choices], required=False
    )
    quantity = forms.IntegerField(label=_("How many"), min_value=0, max_value=9999, required=False)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("Not known")), *GapReason.choices], required=False
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Leave out what does not go with the outcome: it stood there for the one before."""
        values = super().clean() or self.cleaned_data
        if values.get("outcome") != CheckOutcome.FOUND:
            values["quantity"] = None
        if values.get("outcome") in {"", CheckOutcome.FOUND}:
            values["reason"] = ""
        return values


class CorrectionForm(ObservationForm):
    """Putting a line of a finished check right."""

    why = forms.CharField(label=_("Why is it put right?"), max_length=500)
    field_order = ["outcome", "quantity", "reason", "note", "photo", "why"]


class TaskForm(forms.Form):
    """A follow-up."""

    title = forms.CharField(label=_("What is to be done"), max_length=300)
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=people_who_may_lead(), empty_label=None
    )
    due_on = forms.DateField(label=_("Due on"))
    reminder_on = forms.DateField(
        label=_("Remind on"), required=False, help_text=_("Empty: My day shows it a week before.")
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        coerce=lambda value: int(value or Priority.NORMAL),
        initial=Priority.NORMAL,
        required=False,
        empty_value=None,
    )
    details = forms.CharField(
        label=_("Details"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    more = ("reminder_on", "priority", "details")

    def clean(self) -> dict[str, Any]:
        """A reminder comes before the day it is due."""
        values = super().clean() or self.cleaned_data
        reminder, due = values.get("reminder_on"), values.get("due_on")
        if reminder and due and reminder > due:
            self.add_error("reminder_on", _("The reminder comes after the day it is due."))
        return values


class OwnerForm(forms.Form):
    """To whom several follow-ups go."""

    owner = forms.ModelChoiceField(label=_("Owner"), queryset=people_who_may_lead())
    ids = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, tasks: Sequence[Task], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.MultipleChoiceField", self.fields["ids"])
        field.choices = [(str(task.pk), task.title) for task in tasks]
        field.initial = [str(task.pk) for task in tasks]


class TaskDoneForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(
        label=_("What came of it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BoardForm(forms.Form):
    """What a board looks at: how many months, and where."""

    MONTHS = 6

    months = forms.TypedChoiceField(
        label=_("Period"),
        coerce=int,
        required=False,
        choices=[(3, _("3 months")), (6, _("6 months")), (12, _("12 months"))],
        initial=MONTHS,
    )
    within = LinkedAccountField(label=_("Account with all below it"), required=False, help_text="")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)
