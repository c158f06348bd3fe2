"""The form of a growth scenario: three levers, and what is assumed of both sides."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kam.core.forms import Versioned, version_of
from kam.core.number_fields import NumberField
from plans.choices.levers import LeverKind
from plans.forms.sales import money_field, percent_field
from plans.models import LeverScenario
from plans.services.levers import LeverRow

EVIDENCE = _("What shows it")
SHORT = (
    "sales_before", "margin_before", "margin_after", "cost_change", "service_before",
    "service_after", "our_share", "our_share_after", "our_contribution", "our_cost",
)  # fmt: skip


def _factor(label: Any) -> forms.DecimalField:
    return NumberField(label=label, required=False, max_digits=20, decimal_places=4)


class ScenarioForm(Versioned):
    """A scenario as a whole; a lever without figures is left out."""

    name = forms.CharField(label=_("Scenario"), max_length=100)
    is_chosen = forms.BooleanField(label=_("This is the one that we plan for"), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    sales_before = money_field(
        _("Their sales to shoppers a year"), help_text=_("Empty: shoppers × trips × spend.")
    )
    margin_before = percent_field(_("Their margin now, percent"))
    margin_after = percent_field(
        _("Their margin afterwards, percent"), help_text=_("Empty: as it is now.")
    )
    cost_change = money_field(
        _("Change of their operating cost a year"), help_text=_("Below zero: it saves them cost.")
    )
    service_before = percent_field(
        _("Their service now, percent"), help_text=_("For example how much is on the shelf.")
    )
    service_after = percent_field(_("Their service afterwards, percent"))
    our_share = percent_field(_("Our revenue, percent of their sales"))
    our_share_after = percent_field(
        _("Our revenue afterwards, percent of their sales"), help_text=_("Empty: as it is now.")
    )
    our_contribution = percent_field(_("Our contribution, percent of our revenue"))
    our_cost = money_field(_("What it costs us a year"), min_value=0)

    def __init__(self, *args: Any, scenario: LeverScenario | None = None, **kwargs: Any) -> None:
        if scenario is not None:
            start = _initial(scenario)
            kwargs["initial"] = start | {"version": version_of(scenario.updated_at)}
        super().__init__(*args, **kwargs)
        for kind in LeverKind:
            self.fields[f"{kind}_now"] = _factor(_("Now"))
            self.fields[f"{kind}_target"] = _factor(_("Target"))
            self.fields[f"{kind}_evidence"] = forms.CharField(
                label=EVIDENCE, max_length=500, required=False
            )

    @property
    def levers(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The fields of each lever, under its name."""
        for kind in LeverKind:
            names = (f"{kind}_now", f"{kind}_target", f"{kind}_evidence")
            yield str(kind.label), [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        """A lever has both figures, above zero; there is one lever at least."""
        values = super().clean() or self.cleaned_data
        for kind in LeverKind:
            self._clean_lever(kind, values)
        if not self.errors and not self.lever_rows():
            self.add_error(f"{LeverKind.SHOPPERS}_now", _("Say at least one lever."))
        sales = values.get("sales_before")
        if sales is not None and sales <= 0:
            self.add_error("sales_before", _("Their sales are above zero."))
        return values

    def _clean_lever(self, kind: LeverKind, values: dict[str, Any]) -> None:
        names = f"{kind}_now", f"{kind}_target"
        if any(name in self.errors for name in names):
            return
        figures = [values.get(name) for name in names]
        if figures == [None, None]:
            return
        for name, figure in zip(names, figures, strict=True):
            if figure is None:
                self.add_error(name, _("A lever has a figure now and a target."))
            elif figure <= 0:
                self.add_error(name, _("A figure of zero or less has no growth: above zero."))

    def lever_rows(self) -> list[LeverRow]:
        """The levers as the service takes them."""
        values = self.cleaned_data
        return [
            LeverRow(kind, values[f"{kind}_now"], values[f"{kind}_target"],
                     values[f"{kind}_evidence"])
            for kind in LeverKind.values
            if values.get(f"{kind}_now") is not None
        ]  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """What the service takes beside the levers."""
        return {name: self.cleaned_data[name] for name in ("name", "is_chosen", "note", *SHORT)}


def _initial(scenario: LeverScenario) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(scenario, name) for name in ("name", "is_chosen", "note", *SHORT)
    }
    for lever in scenario.levers.all():
        values |= {
            f"{lever.kind}_now": lever.baseline,
            f"{lever.kind}_target": lever.target,
            f"{lever.kind}_evidence": lever.evidence,
        }
    return {key: short(value) for key, value in values.items()}


def short(value: Any) -> Any:
    """A figure without zeros that say nothing."""
    if not isinstance(value, Decimal):
        return value
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()
