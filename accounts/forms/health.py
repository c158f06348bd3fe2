"""The form of how health is weighed: shape of input only."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.models.health import DAYS
from accounts.selectors.health.rules import Limited, Rules, Weighed
from accounts.services.health.settings import HealthDraft, Weight
from kam.core.number_fields import NumberField


class HealthForm(forms.Form):
    """Weights, validity, caps and levels in one; a cap left empty is switched off."""

    good_from = NumberField(label=_("Good from"), max_digits=5, decimal_places=2)
    watch_from = NumberField(label=_("Watch from"), max_digits=5, decimal_places=2)
    insufficient_below = NumberField(
        label=_("Not enough data below"),
        max_digits=4,
        decimal_places=1,
        min_value=Decimal("0.1"),
        max_value=100,
        help_text=_("Percent of the weight that is fresh."),
    )
    note = forms.CharField(
        label=_("What changed, and why"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, rules: Rules) -> None:
        self.rules = rules
        levels = rules.thresholds
        super().__init__(
            data,
            initial={
                "good_from": _plain(levels.good_from),
                "watch_from": _plain(levels.watch_from),
                "insufficient_below": _plain(levels.insufficient_below * 100),
            },
        )
        for weighed in rules.weights:
            self._add_measure(weighed)
        for limited in rules.limits:
            key = f"limit-{limited.cap.key}"
            self.fields[key] = NumberField(
                label=_("At most"),
                required=False,
                max_digits=5,
                decimal_places=2,
                initial=None if limited.limit is None else _plain(limited.limit),
            )

    def _add_measure(self, weighed: Weighed) -> None:
        key = weighed.measure.key
        self.fields[f"weight-{key}"] = NumberField(
            label=_("Weight"), max_digits=6, decimal_places=2, initial=_plain(weighed.weight)
        )
        self.fields[f"days-{key}"] = forms.IntegerField(
            label=_("Valid for … days"),
            min_value=DAYS[0],
            max_value=DAYS[1],
            initial=weighed.days,
        )

    def measures(self) -> Iterator[tuple[Weighed, BoundField, BoundField]]:
        """Each measure with its fields."""
        for one in self.rules.weights:
            yield one, self[f"weight-{one.measure.key}"], self[f"days-{one.measure.key}"]

    def limits(self) -> Iterator[tuple[Limited, BoundField]]:
        """Each cap with its field."""
        for one in self.rules.limits:
            yield one, self[f"limit-{one.cap.key}"]

    def draft(self) -> HealthDraft:
        """What was chosen."""
        values = self.cleaned_data
        keys = [one.measure.key for one in self.rules.weights]
        return HealthDraft(
            weights={key: Weight(values[f"weight-{key}"], values[f"days-{key}"]) for key in keys},
            limits={one.cap.key: values[f"limit-{one.cap.key}"] for one in self.rules.limits},
            good_from=values["good_from"],
            watch_from=values["watch_from"],
            insufficient_below=values["insufficient_below"] / 100,
            note=values["note"],
        )


def _plain(value: Decimal) -> Decimal:
    """A decimal as people type it: no zeros that say nothing."""
    return value.normalize() + 0
