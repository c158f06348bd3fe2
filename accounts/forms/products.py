"""Forms of products, categories and targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AccountField, give_user
from accounts.models import Account, Product, ProductCategory, Target
from accounts.services.products import CategoryFacts, ProductFacts
from kam.core.dates import month_start
from kam.core.number_fields import NumberField
from kam.identity.models import User

if TYPE_CHECKING:  # Django's own classes cannot be subscripted at run time
    ProductModelForm = forms.ModelForm[Product]
    CategoryModelForm = forms.ModelForm[ProductCategory]
    TargetModelForm = forms.ModelForm[Target]
else:
    ProductModelForm = CategoryModelForm = TargetModelForm = forms.ModelForm


class ProductForm(ProductModelForm):
    """A product."""

    class Meta:
        model = Product
        fields = ["code", "name", "category", "unit", "standard_cost", "currency", "is_active"]
        field_classes = {"standard_cost": NumberField}
        help_texts = {
            "code": _("Your own number for it; sales files name it."),
            "standard_cost": _("Of one unit."),
        }

    def clean(self) -> dict[str, Any]:
        """A cost is in a currency."""
        values = super().clean() or self.cleaned_data
        if values.get("standard_cost") is not None and not values.get("currency"):
            self.add_error("currency", _("Say in which currency the cost is."))
        return values

    def facts(self) -> ProductFacts:
        """What the services want to know."""
        return cast("ProductFacts", self.cleaned_data)


class CategoryForm(CategoryModelForm):
    """A category."""

    class Meta:
        model = ProductCategory
        fields = ["code", "name"]
        help_texts = {"code": _("As sales files name it.")}

    def facts(self) -> CategoryFacts:
        """What the services want to know."""
        return cast("CategoryFacts", self.cleaned_data)


class TargetForm(TargetModelForm):
    """A new target; what it is for never changes."""

    account = AccountField(
        label=_("Account"), required=False, help_text=_("With everything below it.")
    )
    month = forms.DateField(
        label=_("Month"), help_text=_("Any day of it: the target is for the whole month.")
    )
    field_order = ["account", "manager", "month", "category", "amount", "currency"]

    class Meta:
        model = Target
        fields = ["account", "manager", "month", "category", "amount", "currency"]
        field_classes = {"amount": NumberField}
        help_texts = {
            "manager": _("Instead of an account: for everything this person leads."),
            "category": _("Empty: over all categories."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)
        manager = cast("forms.ModelChoiceField[User]", self.fields["manager"])
        manager.queryset = User.objects.filter(is_active=True).order_by("full_name", "pk")
        if not user.sees_everything():
            manager.queryset = manager.queryset.filter(pk__in=user.scope_user_ids())

    def clean_month(self) -> Any:
        """A month is known by its first day."""
        return month_start(self.cleaned_data["month"])

    def clean(self) -> dict[str, Any]:
        """One of account and manager."""
        values = super().clean() or self.cleaned_data
        account: Account | None = values.get("account")
        if "account" not in self.errors and (account is None) == (values.get("manager") is None):
            self.add_error("account", _("Choose an account or a manager, one of them."))
        return values


class TargetAmountForm(forms.Form):
    """A corrected target."""

    amount = NumberField(label=_("Target"), max_digits=18, decimal_places=4, min_value=0)
