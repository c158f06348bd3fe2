"""Forms of tier models, ratings and overrides: shape of input only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import (
    Function,
    RatedMeasure,
    RelationshipStage,
    TierDirection,
    TierLevel,
    TierMethod,
)
from accounts.models import Tier, TierModel
from accounts.models.tier_records import SCALE
from accounts.selectors.programme import catalogue
from accounts.selectors.tiers.measures import measures
from accounts.services.tiers.drafts import (
    MOST_CRITERIA,
    MOST_TIERS,
    CriterionDraft,
    ModelDraft,
    TierDraft,
    problems_of,
)
from kam.core.forms import LastDay
from kam.core.number_fields import NumberField, plain_number
from kam.core.problems import Blocker

BLANK_CRITERIA, BLANK_TIERS = 3, 1
# In the few words that a narrow column has room for.
DIRECTIONS = [
    (TierDirection.HIGHER, _("More")),
    (TierDirection.LOWER, _("Less")),
    (TierDirection.INFORMATION, _("Information")),
]
METHODS = [
    (TierMethod.PERCENTILE, _("Rank")),
    (TierMethod.MINMAX, _("Between two values")),
    (TierMethod.BANDS, _("Bands")),
]


def _plain(value: Any) -> str:
    """A decimal as people type it: no zeros that say nothing."""
    return "" if value in (None, "") else plain_number(Decimal(value), least=0)


class BandsField(forms.CharField):
    """Lines of a value and its points, `0: 10`; read as pairs of decimals."""

    widget = forms.Textarea(attrs={"rows": 2, "placeholder": "0: 10"})

    def prepare_value(self, value: Any) -> Any:
        """Show pairs as lines."""
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(f"{_plain(start)}: {_plain(points)}" for start, points in value)

    def clean(self, value: Any) -> Any:
        """Read the lines; raises a validation error that names the first bad one."""
        text = str(super().clean(value))
        return [self._pair(line) for line in text.splitlines() if line.strip()]

    def _pair(self, line: str) -> tuple[Decimal, Decimal]:
        parts = line.replace(",", ".").split(":")
        try:
            start, points = (Decimal("".join(part.split())) for part in parts)
        except (InvalidOperation, ValueError):
            start = points = Decimal("NaN")
        if not (start.is_finite() and points.is_finite()):
            words = _("“%(line)s” is not a value and its points. Write it as 1000: 50.")
            raise forms.ValidationError(words, params={"line": line.strip()[:60]})
        return start, points


class ModelHeadForm(forms.Form):
    """The model itself."""

    name = forms.CharField(label=_("Name"), max_length=100)
    note = forms.CharField(
        label=_("What changed, and why"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    level = forms.ChoiceField(
        label=_("What is scored"),
        choices=TierLevel.choices,
        initial=TierLevel.GROUP,
        help_text=_("Accounts below a group have the tier of their group."),
    )
    margin = NumberField(
        label=_("Margin"),
        max_digits=4,
        decimal_places=2,
        initial=3,
        help_text=_("Points past a threshold before an account leaves its tier, 0 to 20."),
    )


class CriterionForm(forms.Form):
    """One criterion; without a measure the row is left out."""

    measure = forms.ChoiceField(label=_("Measure"), required=False)
    weight = NumberField(
        label=_("Weight"), required=False, max_digits=6, decimal_places=2, initial=0
    )
    direction = forms.ChoiceField(label=_("Good is"), choices=DIRECTIONS, required=False)
    method = forms.ChoiceField(label=_("Points by"), choices=METHODS, required=False)
    low = NumberField(label=_("0 points at"), required=False, max_digits=20, decimal_places=6)
    high = NumberField(label=_("100 points at"), required=False, max_digits=20, decimal_places=6)
    bands = BandsField(label=_("Bands"), required=False, max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("None")), *((one.key, one.title) for one in measures)]
        self.fields["measure"].choices = choices  # type: ignore[attr-defined]

    @property
    def is_used(self) -> bool:
        """Whether a measure was chosen."""
        return bool(self.cleaned_data.get("measure"))

    def draft(self) -> CriterionDraft:
        """What was written down."""
        values = self.cleaned_data
        return CriterionDraft(
            measure=values["measure"],
            weight=values.get("weight") or Decimal(0),
            direction=values.get("direction") or TierDirection.HIGHER,
            method=values.get("method") or TierMethod.PERCENTILE,
            low=values.get("low"),
            high=values.get("high"),
            bands=values.get("bands") or (),
        )


def _elements() -> list[tuple[str, str]]:
    return [(one.code, one.title) for one in catalogue()]


class TierRowForm(forms.Form):
    """One tier; without a name the row is left out."""

    code = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Tier"), required=False, max_length=60)
    threshold = NumberField(label=_("From score"), required=False, max_digits=5, decimal_places=2)
    visit_every_days = forms.IntegerField(
        label=_("Visit every … days"), required=False, min_value=1, max_value=999
    )
    review_every_months = forms.IntegerField(
        label=_("Review every … months"), required=False, min_value=1, max_value=99
    )
    answer_within_days = forms.IntegerField(
        label=_("Answer within … days"), required=False, min_value=1, max_value=99
    )
    contribution_floor = NumberField(
        label=_("Least contribution, percent"), required=False, max_digits=5, decimal_places=2
    )
    required_functions = forms.MultipleChoiceField(
        label=_("Required functions"),
        required=False,
        choices=Function.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: those of the organisation."),
    )
    programme_elements = forms.MultipleChoiceField(
        label=_("Of the programme"),
        required=False,
        choices=_elements,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What its accounts get; the account's page says what is missing."),
    )
    policy = forms.CharField(label=_("What else its accounts get"), required=False, max_length=2000)

    @property
    def is_used(self) -> bool:
        """Whether it has a name or a threshold."""
        return bool(self.cleaned_data.get("name")) or self.cleaned_data.get("threshold") is not None

    def clean(self) -> dict[str, Any]:
        """A tier that is named begins somewhere."""
        values = super().clean() or self.cleaned_data
        if values.get("name") and values.get("threshold") is None and not self.errors:
            self.add_error("threshold", _("Say from which score on; 0 for the lowest tier."))
        return values

    def draft(self, place: int) -> TierDraft:
        """What was written down; a new tier gets a code from its name."""
        values = dict(self.cleaned_data)
        for name in ("required_functions", "programme_elements"):
            values[name] = values[name] or None
        values["code"] = values["code"] or slugify(values["name"])[:20] or f"tier-{place}"
        return TierDraft(**values)


CriterionSet = forms.formset_factory(
    CriterionForm, extra=BLANK_CRITERIA, max_num=MOST_CRITERIA + BLANK_CRITERIA, validate_max=True
)
TierSet = forms.formset_factory(
    TierRowForm, extra=BLANK_TIERS, max_num=MOST_TIERS + BLANK_TIERS, validate_max=True
)


class ModelEditor:
    """The whole editor: the head, the criteria and the tiers, and what is wrong with them."""

    def __init__(self, data: Any = None, *, start: ModelDraft | None = None) -> None:
        self.head = ModelHeadForm(data, initial=_head(start) if start else None)
        self.criteria = CriterionSet(
            data,
            prefix="criteria",
            initial=[_criterion(one) for one in start.criteria] if start else [],
        )
        self.tiers = TierSet(
            data, prefix="tiers", initial=[_tier(one) for one in start.tiers] if start else []
        )
        self.criteria_errors: list[str] = []
        self.tier_errors: list[str] = []

    def is_valid(self) -> bool:
        """Whether every part can be read and the whole has no problem; notes what has."""
        readable = [part.is_valid() for part in (self.head, self.criteria, self.tiers)]
        if all(readable):
            for problem in problems_of(self.draft()):
                self.note(problem)
        return not self.has_errors

    @property
    def has_errors(self) -> bool:
        """Whether anything is wrong."""
        forms_ = [self.head, *self.criteria.forms, *self.tiers.forms]
        return bool(any(form.errors for form in forms_) or self.criteria_errors or self.tier_errors)

    def note(self, problem: Blocker) -> None:
        """Show a problem beside the field it is about."""
        part, _dot, rest = problem.field.partition(".")
        place, _dot, name = rest.partition(".")
        words = str(problem.message)
        rows: Sequence[forms.Form] = self._criteria if part == "criteria" else self._tiers
        if rest:
            rows[int(place)].add_error(name if name in rows[int(place)].fields else None, words)
        elif part == "criteria":
            self.criteria_errors.append(words)
        elif part == "tiers":
            self.tier_errors.append(words)
        else:
            self.head.add_error(part if part in self.head.fields else None, words)

    @cached_property
    def _criteria(self) -> list[CriterionForm]:
        return [form for form in self.criteria.forms if form.is_used]

    @cached_property
    def _tiers(self) -> list[TierRowForm]:
        """The tiers by threshold, the highest first, in whatever order they were typed."""
        used = [form for form in self.tiers.forms if form.is_used]
        return sorted(used, key=lambda form: -(form.cleaned_data.get("threshold") or 0))

    def draft(self) -> ModelDraft:
        """What was written down."""
        return ModelDraft(
            **self.head.cleaned_data,
            criteria=[form.draft() for form in self._criteria],
            tiers=[form.draft(place) for place, form in enumerate(self._tiers, 1)],
        )


def _head(start: ModelDraft) -> dict[str, Any]:
    return {
        "name": gettext(start.name),
        "note": start.note,
        "level": start.level,
        "margin": _plain(start.margin),
    }


def _criterion(one: CriterionDraft) -> dict[str, Any]:
    numbers = {name: _plain(getattr(one, name)) for name in ("weight", "low", "high")}
    return {
        "measure": one.measure,
        "direction": one.direction,
        "method": one.method,
        "bands": one.bands,
        **numbers,
    }


def _tier(one: TierDraft) -> dict[str, Any]:
    return {
        **vars(one),
        "name": gettext(one.name),
        "threshold": _plain(one.threshold),
        "contribution_floor": _plain(one.contribution_floor),
    }


class PublishForm(forms.Form):
    """From when a model is in force."""

    effective_on = forms.DateField(
        label=_("In force from"),
        help_text=_("Today or later. What accounts were before stays as it was."),
    )


class RatingForm(forms.Form):
    """A rating with what it rests on."""

    value = forms.TypedChoiceField(label=_("Rating"), coerce=int, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you saw or heard, and where it can be read."),
    )
    rated_on = forms.DateField(label=_("As of"), required=False, help_text=_("Empty: today."))
    more = ("rated_on",)

    def __init__(self, *args: Any, measure: RatedMeasure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].choices = scale_of(measure)  # type: ignore[attr-defined]


def scale_of(measure: str) -> Iterable[tuple[int, Any]]:
    """The answers that a rated measure takes, in words."""
    if measure == RatedMeasure.RELATIONSHIP_STAGE:
        return [(one.value, f"{one.value} – {one.label}") for one in RelationshipStage]
    ends = {SCALE[0]: _("1 – very low"), SCALE[1]: _("5 – very high")}
    return [(value, ends.get(value, str(value))) for value in range(SCALE[0], SCALE[1] + 1)]


class TierChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # cannot be subscripted at run time
    """Tiers by their names."""

    def label_from_instance(self, obj: Any) -> str:
        """The name in the reader's language."""
        return str(obj.title)


class OverrideForm(forms.Form):
    """A tier by decision."""

    tier = TierChoice(label=_("Tier"), queryset=Tier.objects.none(), empty_label=None)
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    from_date = forms.DateField(label=_("From"), required=False, help_text=_("Empty: today."))
    until = LastDay(label=_("Last day"), help_text=_("Afterwards the computed tier holds again."))
    more = ("from_date",)

    def __init__(self, *args: Any, model: TierModel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["tier"]
        field.queryset = model.tiers.all()
