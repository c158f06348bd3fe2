"""Forms of plans as wholes: shape of input only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import AccountField, give_user
from accounts.forms.team import colleagues
from kam.core.forms import CurrencyChoiceField, LastDay, Versioned, version_of
from kam.core.models import Currency
from kam.identity.models import User
from plans.choices.plan import Confidentiality, PlanRole, SwotKind
from plans.models import Objective, Plan, PlanSection, PlanTemplate
from plans.selectors.plan.hints import Hint
from plans.services.plan.making import header_version

if TYPE_CHECKING:  # Django's own classes cannot be subscripted at run time
    TemplateField = forms.ModelChoiceField[PlanTemplate]
else:
    TemplateField = forms.ModelChoiceField


def _people(label: Any, **options: Any) -> forms.ModelChoiceField[User]:
    facts: dict[str, Any] = {"empty_label": "–"} | options
    return forms.ModelChoiceField(label=label, queryset=User.objects.none(), **facts)


class AccountOnlyForm(forms.Form):
    """Whose plan it is."""

    account = AccountField(label=_("Account"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)


class TemplateChoice(TemplateField):
    """Templates by their name."""

    def label_from_instance(self, obj: PlanTemplate) -> str:
        """The name in the reader's language."""
        return obj.title


class HeaderForm(Versioned):
    """What stands at the head of a plan."""

    title = forms.CharField(label=pgettext_lazy("of a thing", "Title"), max_length=200)
    start = forms.DateField(label=_("First day"))
    end = LastDay(label=_("Last day"))
    owner = _people(
        _("Who answers for it"), empty_label=None, help_text=_("One person, accountable for all.")
    )
    sponsor = _people(
        _("Sponsor"),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("Who stands behind it in the management; needed before it is submitted."),
    )
    review_on = forms.DateField(
        label=_("Next review"),
        required=False,
        help_text=_("Within the period; needed before it is submitted."),
    )
    currency = CurrencyChoiceField(Currency.objects.all(), label=_("Currency"), empty_label=None)
    parent = forms.ModelChoiceField(
        label=_("Plan above"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("A plan of an account above this one, for the same time."),
    )
    more: tuple[str, ...] = ("currency", "parent")

    def __init__(self, *args: Any, above: QuerySet[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = colleagues()
        for name in ("owner", "sponsor"):
            cast("forms.ModelChoiceField[User]", self.fields[name]).queryset = people
        cast("forms.ModelChoiceField[Plan]", self.fields["parent"]).queryset = above

    def clean(self) -> dict[str, Any]:
        """A period has days."""
        values = super().clean() or self.cleaned_data
        start, end = values.get("start"), values.get("end")
        if start and end and start >= end:
            self.add_error("end", _("The period ends before it begins."))
        return values

    def facts(self) -> dict[str, Any]:
        """What was said, as the services take it."""
        values = {name: one for name, one in self.cleaned_data.items() if name != "version"}
        values["period"] = DateRange(values.pop("start"), values.pop("end"))
        return values

    @staticmethod
    def starting(plan: Plan) -> dict[str, Any]:
        """The header of a plan as the form begins."""
        names = ("title", "owner", "sponsor", "review_on", "currency", "parent")
        values = {name: getattr(plan, name) for name in names}
        days = {"start": plan.period.lower, "end": plan.period.upper}
        return values | days | {"version": header_version(plan)}


class PlanForm(HeaderForm):
    """A new plan of a known account."""

    template = TemplateChoice(
        label=_("Template"),
        queryset=PlanTemplate.objects.filter(is_active=True),
        empty_label=None,
        help_text=_("It says which sections the plan has; that of the account's tier is chosen."),
    )
    confidentiality = forms.ChoiceField(
        label=_("Who may read it"),
        choices=Confidentiality.choices,
        initial=Confidentiality.OPEN,
        widget=forms.RadioSelect,
    )
    field_order = [
        "template", "title", "start", "end", "owner", "sponsor", "review_on", "confidentiality",
        "currency", "parent",
    ]  # fmt: skip


class ReadersForm(forms.Form):
    """Who may read a plan."""

    confidentiality = forms.ChoiceField(
        label=_("Who may read it"),
        choices=Confidentiality.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "It holds in lists, search, exports, the API and notifications. Owner, sponsor and "
            "who is named always read it."
        ),
    )


class SectionForm(Versioned):
    """What a section says, who keeps it, whether the customer may see it."""

    text = forms.CharField(
        label=_("Text"), max_length=20_000, required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip
    owner = _people(_("Who keeps it fresh"), required=False, empty_label=_("The plan's owner"))
    is_shareable = forms.BooleanField(
        label=_("May be shown to the customer"),
        required=False,
        help_text=_("Only what is marked goes into the customer's version."),
    )
    more = ("owner", "is_shareable")

    def __init__(self, *args: Any, section: PlanSection, **kwargs: Any) -> None:
        names = ("text", "owner", "is_shareable")
        start = {name: getattr(section, name) for name in names}
        kwargs.setdefault("initial", start | {"version": version_of(section.updated_at)})
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = colleagues()


class SwotForm(Versioned):
    """A strength, weakness, opportunity or threat."""

    kind = forms.ChoiceField(label=_("Kind"), choices=SwotKind.choices)
    text = forms.CharField(label=pgettext_lazy("item of a SWOT", "What"), max_length=500)
    evidence = forms.CharField(
        label=_("What shows it"), max_length=500, required=False,
        help_text=_("A figure, a remark of theirs, an event."),
    )  # fmt: skip


class HintsForm(forms.Form):
    """Which of the system's proposals go into the plan."""

    chosen = forms.MultipleChoiceField(
        label=_("What the system knows"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, hints: Sequence[Hint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hints = hints
        field = cast("forms.MultipleChoiceField", self.fields["chosen"])
        field.choices = [(one.name, one.text) for one in hints]

    def chosen_hints(self) -> list[Hint]:
        """The hints that were ticked."""
        return [one for one in self.hints if one.name in self.cleaned_data["chosen"]]


class CloneForm(forms.Form):
    """What goes along into the next period: objectives one by one."""

    title = forms.CharField(label=pgettext_lazy("of a thing", "Title"), max_length=200)
    start = forms.DateField(label=_("First day"))
    end = LastDay(label=_("Last day"))
    objectives = forms.MultipleChoiceField(
        label=_("Objectives that go along"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With their initiatives and open actions; progress begins anew."),
    )
    with_texts = forms.BooleanField(label=_("Take the texts along"), required=False)
    with_swot = forms.BooleanField(label=_("Take strengths and weaknesses along"), required=False)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(one.pk): one for one in plan.objectives.all()}
        field = cast("forms.MultipleChoiceField", self.fields["objectives"])
        field.choices = [(key, one.title) for key, one in self.rows.items()]
        if not self.rows:
            del self.fields["objectives"]

    def clean(self) -> dict[str, Any]:
        """A period has days."""
        values = super().clean() or self.cleaned_data
        start, end = values.get("start"), values.get("end")
        if start and end and start >= end:
            self.add_error("end", _("The period ends before it begins."))
        return values

    def chosen(self) -> list[Objective]:
        """The objectives that were ticked."""
        return [self.rows[key] for key in self.cleaned_data.get("objectives", ())]


class MemberForm(forms.Form):
    """Somebody of ours who takes part."""

    user = _people(_("Colleague"), empty_label=None)
    role = forms.ChoiceField(label=_("What they do"), choices=PlanRole.choices)
    start = forms.DateField(label=_("First day"), required=False)
    end = LastDay(label=_("Last day"), required=False, help_text=_("Empty: for good."))
    more = ("end",)

    def __init__(self, *args: Any, as_of: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"start": as_of, "role": PlanRole.READER})
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["user"]).queryset = colleagues()


class TemplateForm(forms.Form):
    """A plan template; its sections are asked for by `SectionChoices`."""

    name = forms.CharField(label=_("Name"), max_length=100)
    tier_code = forms.ChoiceField(label=_("Tier"), required=False)
    guide = forms.CharField(
        label=_("How to write it"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    needs_gain = forms.BooleanField(
        label=_("Needs a gain for the customer"),
        required=False,
        help_text=_("No approval before the gain for the customer is said in figures."),
    )
    loss_months = forms.IntegerField(
        label=_("Loss scenario not older than … months"),
        required=False,
        min_value=1,
        max_value=60,
        help_text=_("Empty: none is needed."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, tiers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["tier_code"])
        field.choices = [("", _("Any tier without its own")), *tiers]


class SectionChoice(forms.Form):
    """Whether a template has a section, must have it, and what belongs there."""

    is_there = forms.BooleanField(label=_("In the plan"), required=False)
    is_required = forms.BooleanField(label=_("Must be filled"), required=False)
    hint = forms.CharField(label=_("What belongs here"), max_length=500, required=False)
