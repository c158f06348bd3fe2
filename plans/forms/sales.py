"""Forms of the sales plan: lines, growth on last year, range steps. The grid reads itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AccountField, give_user
from accounts.forms.team import colleagues
from accounts.models import ProductCategory
from kam.core.forms import Versioned, version_of
from kam.core.number_fields import NumberField
from kam.identity.models import User
from plans.choices.sales import ListingState
from plans.models import Plan, RangeStep, SalesLine
from plans.selectors.sales.board import categories_to_add
from plans.services.sales.lines import line_version
from plans.services.sales.range_steps import FREE
from settlements.forms.products import ProductField


def percent_field(label: Any, **options: Any) -> forms.DecimalField:
    """A share of 100; empty is not known."""
    facts: dict[str, Any] = {"required": False, "min_value": 0, "max_value": 100, "max_digits": 5}
    return NumberField(label=label, decimal_places=2, **(facts | options))


def money_field(label: Any, **options: Any) -> forms.DecimalField:
    """An amount in the currency of the plan; empty is not known."""
    facts: dict[str, Any] = {"required": False, "max_digits": 17, "decimal_places": 2}
    return NumberField(label=label, **(facts | options))


class LineForm(Versioned):
    """A line of the sales plan."""

    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=ProductCategory.objects.all(),
        required=False,
        empty_label=_("Everything else"),
    )
    unit = forms.CharField(
        label=_("Unit of volume"),
        max_length=30,
        required=False,
        help_text=_("As in the sales figures, so that volumes can be compared."),
    )
    terms_percent = percent_field(
        _("Terms, percent of sales"), help_text=_("What terms are planned to cost.")
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(
        self, *args: Any, plan: Plan, line: SalesLine | None = None, **kwargs: Any
    ) -> None:
        if line is not None:
            kwargs["initial"] = {
                "unit": line.unit, "terms_percent": line.terms_percent, "note": line.note,
                "version": line_version(line),
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        if line is not None:
            del self.fields["category"]
            return
        field: Any = self.fields["category"]
        field.queryset = ProductCategory.objects.filter(
            pk__in=[one.pk for one in categories_to_add(plan)]
        )

    def changes(self) -> dict[str, Any]:
        """What is said of a line that stands, as the service takes it."""
        values = {name: one for name, one in self.cleaned_data.items() if name != "version"}
        return values | {"read_as": self.read_as()}


class PrefillForm(forms.Form):
    """Last year, grown."""

    growth = NumberField(
        label=_("Growth, percent"),
        min_value=-100,
        max_value=1000,
        decimal_places=2,
        initial=0,
        help_text=_("Below zero where less is expected."),
    )
    replace = forms.BooleanField(
        label=_("Replace what is planned already"),
        required=False,
        help_text=_("Otherwise only empty months are filled."),
    )


class RangeStepForm(Versioned):
    """A step of the range: what, where, by when, and how far it is."""

    product = ProductField(required=False)
    category = forms.ModelChoiceField(
        label=_("Or category"),
        queryset=ProductCategory.objects.all(),
        required=False,
        empty_label="–",
    )
    account = AccountField(
        label=_("Where"),
        required=False,
        help_text=_("A banner or a store below; empty: the account of the plan."),
    )
    stores = forms.IntegerField(label=_("Stores planned"), min_value=0, required=False)
    due_on = forms.DateField(label=_("Due on"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=ListingState.choices, required=False)
    reached_on = forms.DateField(label=_("Since"), required=False)
    stores_reached = forms.IntegerField(label=_("Stores reached"), min_value=0, required=False)
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("Nobody yet")
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    is_shareable = forms.BooleanField(label=_("May be shown to the customer"), required=False)

    def __init__(
        self,
        *args: Any,
        user: User,
        step: RangeStep | None = None,
        fixed: bool = False,
        **kwargs: Any,
    ) -> None:
        if step is not None:
            names = (name for name in self.base_fields if name != "version")
            kwargs["initial"] = {name: getattr(step, name) for name in names} | {
                "product": step.product.code if step.product else "",
                "version": version_of(step.updated_at),
            }
        super().__init__(*args, **kwargs)
        give_user(self, user)
        owner: Any = self.fields["owner"]
        owner.queryset = colleagues()
        self.fields["state"].initial = ListingState.PLANNED
        if fixed:
            for name in set(self.fields) - {*FREE, "version"}:
                del self.fields[name]

    def facts(self) -> dict[str, Any]:
        """What the service takes."""
        values = {name: one for name, one in self.cleaned_data.items() if name != "version"}
        values["state"] = values.get("state") or ListingState.PLANNED
        return values
