"""Fees, promotions and rebates, and who bears what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ProductCategory
from kam.core.forms import Versioned, VersionForm, tell_rows, version_of
from kam.core.problems import Blocker, RefusedError, tell_stale
from settlements.choices.terms import (
    Bearer,
    Calculation,
    Channel,
    Conditionality,
    ConditionCycle,
    ConditionKind,
    Deduction,
    FeeType,
    MeasuredAt,
    Payout,
    RebateBasis,
    Subject,
)
from settlements.forms.days import DayField
from settlements.forms.terms.fields import note, number_field, percent_field, plain, typed
from settlements.forms.terms.header import check_days
from settlements.models import AgreementVersion, Responsibility, TradeCondition
from settlements.services.terms.drafts import ConditionDraft, ResponsibilityDraft
from settlements.services.terms.said import bearers_version

NONE: list[Any] = [("", _("Not said"))]


class ConditionForm(Versioned):
    """A fee, a promotion or a rebate."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ConditionKind.choices)
    name = forms.CharField(label=_("Name"), max_length=200)
    fee_type = forms.ChoiceField(
        label=_("What for"), required=False, choices=[*NONE, *FeeType.choices],
        help_text=_("For fees and promotions."),
    )  # fmt: skip
    calculation = forms.ChoiceField(label=_("Computed as"), choices=Calculation.choices)
    value = number_field(label=_("Amount or %"))
    channel = forms.ChoiceField(label=_("Reaches them"), choices=Channel.choices)
    schedule = forms.ChoiceField(
        label=_("Bands of rates"), required=False, help_text=_("Where it is computed by bands.")
    )
    scheme = forms.ChoiceField(
        label=_("Bands apply"),
        required=False,
        choices=[
            (Deduction.NONE.value, _("No bands")),
            (Deduction.TIERED_INCREMENTAL.value, Deduction.TIERED_INCREMENTAL.label),
            (Deduction.TIERED_RETROACTIVE.value, Deduction.TIERED_RETROACTIVE.label),
        ],
    )
    conditionality = forms.ChoiceField(
        label=_("On which condition"), choices=Conditionality.choices
    )
    target = number_field(label=_("Target, or base for growth"))
    basis = forms.ChoiceField(
        label=_("Counts"), required=False, choices=[*NONE, *RebateBasis.choices],
        help_text=_("For rebates."),
    )  # fmt: skip
    cycle = forms.ChoiceField(
        label=_("Settled each"), required=False, choices=[*NONE, *ConditionCycle.choices]
    )
    payout = forms.ChoiceField(
        label=_("Paid out by"), required=False, choices=[*NONE, *Payout.choices]
    )
    measured_at = forms.ChoiceField(label=_("Counts together"), choices=MeasuredAt.choices)
    category = forms.ModelChoiceField(
        label=_("Goods"),
        queryset=ProductCategory.objects.all(),
        required=False,
        empty_label=_("All goods"),
    )
    floor = number_field(label=_("At least"))
    cap = number_field(label=_("At most"))
    start = DayField(label=_("From"), required=False, help_text=_("Empty: as the version."))
    last = DayField(label=_("Last day"), required=False, help_text=_("Empty: as the version."))
    is_sales_linked = forms.BooleanField(label=_("Linked to sales"), required=False)
    is_distinct_service = forms.BooleanField(
        label=_("Pays for a service of its own"), required=False
    )
    evidence = forms.CharField(label=_("Evidence to ask for"), max_length=300, required=False)
    more = (
        "category", "floor", "cap", "start", "last", "is_sales_linked", "is_distinct_service",
        "evidence", "measured_at",
    )  # fmt: skip

    def __init__(self, *args: Any, version: AgreementVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = version.schedules.order_by("name").values_list("name", flat=True)
        schedule: Any = self.fields["schedule"]
        schedule.choices = [*NONE, *((name, name) for name in names)]

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        return check_days(self)

    @classmethod
    def starting(cls, row: TradeCondition) -> dict[str, Any]:
        """What the form begins with."""
        names = (name for name in cls.base_fields if name != "version")
        found = {name: plain(getattr(row, name, None)) for name in names}
        start, end = (row.valid.lower, row.valid.upper) if row.valid else (None, None)
        found |= {"start": start, "last": end - timedelta(days=1) if end else None}
        found |= {"category": row.category_id, "version": version_of(row.updated_at)}
        return {**found, "schedule": row.schedule.name if row.schedule else ""}

    def draft(self) -> ConditionDraft:
        """What was written down."""
        values = typed(self)
        category, last = values.pop("category"), values.pop("last")
        values["scheme"] = values["scheme"] or Deduction.NONE
        return ConditionDraft(
            category_id=category.pk if category else None,
            end=last + timedelta(days=1) if last else None,
            **values,
        )

    def note(self, problem: Blocker | RefusedError) -> None:
        """Show a refusal beside its field."""
        note(self, problem, names={"end": "last"})


class BearerForm(forms.Form):
    """Who bears one thing; not chosen means not agreed."""

    subject = forms.ChoiceField(choices=Subject.choices, widget=forms.HiddenInput)
    bearer = forms.ChoiceField(
        label=_("Who bears it"), required=False, choices=[("", _("Not agreed")), *Bearer.choices]
    )
    our_share = percent_field(label=_("Our share, %"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    @property
    def title(self) -> str:
        """What it is about; a word that nobody knows is shown as it came."""
        value = self["subject"].value()
        return str(dict(Subject.choices).get(value, value))

    def draft(self) -> ResponsibilityDraft:
        """What was written down."""
        return ResponsibilityDraft(**self.cleaned_data)


_BearerSet = forms.formset_factory(BearerForm, extra=0, max_num=len(Subject), validate_max=True)


class BearersEditor:
    """Who bears what: a row for each thing."""

    def __init__(self, data: Any = None, *, version: AgreementVersion) -> None:
        found = {row.subject: row for row in version.responsibilities.all()}
        self.head = VersionForm(
            data, prefix="bearers", initial={"version": bearers_version(version)}
        )
        self.rows = _BearerSet(
            data,
            prefix="bearers",
            initial=[_bearer(subject, found.get(subject)) for subject in Subject],
        )
        self.problems: list[str] = []

    def is_valid(self) -> bool:
        """Whether everything can be read."""
        return all([self.head.is_valid(), self.rows.is_valid()])

    @property
    def used(self) -> list[BearerForm]:
        """The rows where somebody was chosen, or something else said."""
        return [
            form
            for form in self.rows.forms
            if form.cleaned_data.get("bearer") or form.cleaned_data.get("our_share") is not None
        ]

    @property
    def has_errors(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.problems or any(form.errors for form in self.rows.forms))

    def drafts(self) -> list[ResponsibilityDraft]:
        """What was written down."""
        return [form.draft() for form in self.used]

    def note(self, problem: Blocker | RefusedError) -> None:
        """Show a problem at its row, else above them."""
        match problem.field.split("."):
            case [*_rest, row, name] if row.isdecimal() and name in BearerForm.base_fields:
                self.used[int(row)].add_error(name, str(problem.message))
            case _:
                self.problems.append(str(problem.message))
                tell_stale(self, problem)

    def tell_now(self) -> None:
        """Say in every row what stands there now."""
        self.head.tell_now()
        self.rows = tell_rows(self.rows)


def _bearer(subject: str, row: Responsibility | None) -> dict[str, Any]:
    if row is None:
        return {"subject": subject}
    share = plain(row.our_share)
    return {"subject": subject, "bearer": row.bearer, "our_share": share, "note": row.note}
