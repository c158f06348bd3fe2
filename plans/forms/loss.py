"""Forms of loss scenarios: shape of input only. Shares are typed in percent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import AccountField, give_user
from accounts.forms.team import colleagues
from accounts.models import Account, ProductCategory
from kam.core.forms import CurrencyChoiceField, Versioned, version_of
from kam.core.models import Currency
from kam.core.number_fields import DecimalInput, NumberField, plain_number
from kam.identity.models import User
from plans.choices.loss import METHOD_LABELS, SECURITY_LABELS, LossKind, RateSubject
from plans.forms.loss_fields import HUNDRED, LedgerDay, RunOffField, run_off_text
from plans.models import LossScenario, Plan
from plans.models.loss import LONGEST
from plans.selectors.loss.defaults import Defaults
from plans.selectors.loss.sources import spoken
from plans.services.loss.proposing import Proposal

if TYPE_CHECKING:  # Django's own classes cannot be subscripted at run time
    UserField = forms.ModelChoiceField[User]
else:
    UserField = forms.ModelChoiceField

ENDS = ("low", "base", "high")
PLACES = 6
"""How many accounts the first step has room for at least."""


class ChooseForm(forms.Form):
    """What happens, and to whom."""

    kind = forms.ChoiceField(
        label=_("What happens?"), choices=LossKind.choices, widget=forms.RadioSelect
    )
    currency = CurrencyChoiceField(Currency.objects.all(), label=_("Currency"), empty_label=None)

    def __init__(self, *args: Any, user: User, chosen: Sequence[Account] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        for number in range(max(PLACES, len(chosen) + 1)):
            first = chosen[number] if number < len(chosen) else None
            self.fields[f"account_{number}"] = AccountField(
                label=_("Account") if number == 0 else _("And"),
                required=False,
                initial=first,
                help_text=_("With everything below it. Type a part of the name.")
                if number == 0
                else "",
            )
        give_user(self, user)

    def clean(self) -> dict[str, Any]:
        """At least one account."""
        values = super().clean() or self.cleaned_data
        if not self.accounts and not self.errors:
            self.add_error("account_0", _("Choose at least one account."))
        return values

    @property
    def accounts(self) -> list[Account]:
        """Who was chosen, in order."""
        names = [name for name in self.fields if name.startswith("account_")]
        found = [self.cleaned_data.get(name) for name in names]
        return [one for one in found if one is not None]


@dataclass(frozen=True, kw_only=True)
class RangeOf:
    """An assumption with low, base and high: as it is typed, and for which kinds it counts."""

    name: str
    label: Any
    is_share: bool = True
    is_needed: bool = False
    kinds: tuple[str, ...] = tuple(LossKind.values)


LOST = (LossKind.DELISTING.value, LossKind.PARTIAL.value, LossKind.INSOLVENCY.value)
RANGES = (
    RangeOf(name="lost_share", label=_("Of their business is lost, %"), is_needed=True, kinds=LOST),
    RangeOf(name="contribution", label=_("Contribution rate, %"), kinds=LOST),
    RangeOf(name="avoidable", label=_("Cost to serve avoided a month"), is_share=False, kinds=LOST),
    RangeOf(name="recovery", label=_("Won back elsewhere, %"), is_needed=True, kinds=LOST),
    RangeOf(
        name="default_probability", label=_("Probability that it happens, %"), is_needed=True,
        kinds=(LossKind.INSOLVENCY.value,),
    ),
    RangeOf(
        name="extra_days", label=_("Paid later by days"), is_share=False, is_needed=True,
        kinds=(LossKind.LONGER_TERMS.value,),
    ),
    RangeOf(name="stock_recoverable", label=_("Their stock sold elsewhere, %"), kinds=LOST),
)  # fmt: skip


def _rates() -> Iterator[tuple[str, str, RangeOf]]:
    insolvency = (LossKind.INSOLVENCY.value,)
    for subject, labels in (
        (RateSubject.METHOD, METHOD_LABELS), (RateSubject.SECURITY, SECURITY_LABELS),
    ):  # fmt: skip
        for key, label in labels.items():
            yield subject, key, RangeOf(name=f"lgd_{key}", label=label, kinds=insolvency)


class ScenarioForm(Versioned):
    """What is assumed; each range has three fields, `<name>_low`, `_base` and `_high`."""

    title = forms.CharField(label=pgettext_lazy("of a thing", "Title"), max_length=200)
    as_of = LedgerDay(label=_("On the ledger of"))
    starts_on = forms.DateField(label=_("Starts on"))
    notice_days = forms.IntegerField(
        label=_("Notice, days"), required=False, min_value=0, max_value=3650,
        help_text=_("Business goes on for so long after the start. Empty: none."),
    )  # fmt: skip
    horizon_months = forms.IntegerField(
        label=_("Months looked ahead"), min_value=1, max_value=LONGEST
    )
    run_off = RunOffField(
        label=_("Gone by month, %"), max_length=400,
        help_text=_("The first month, the second, and so on; the last one stays. 50, 100"),
    )  # fmt: skip
    avoidable_lag = forms.IntegerField(
        label=_("Months until cost to serve is avoided"), min_value=0, max_value=LONGEST
    )
    clawback_days = forms.IntegerField(
        label=_("Claw-back, days"), min_value=0, max_value=3650, required=False,
        help_text=_("Receipts of so many days before may have to be paid back."),
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label=_("Only this category"), queryset=ProductCategory.objects.all(), required=False,
        empty_label=_("All goods"),
    )  # fmt: skip
    region = forms.CharField(label=_("Only this region"), max_length=100, required=False)
    fixed_cost = NumberField(
        label=_("Our fixed cost a month"), required=False, min_value=Decimal("0.01"),
        max_digits=20, decimal_places=4,
    )  # fmt: skip
    cash_in_hand = NumberField(
        label=_("Cash in hand"), required=False, max_digits=20, decimal_places=4
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, *args: Any, kind: str, sources: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.sources = kind, sources or {}
        self.ranges = [one for one in RANGES if kind in one.kinds]
        self.rates = [found for found in _rates() if kind in found[2].kinds]
        for one in (*self.ranges, *(found[2] for found in self.rates)):
            for end in ENDS:
                self.fields[f"{one.name}_{end}"] = NumberField(
                    label=one.label, required=one.is_needed, max_digits=20, decimal_places=4,
                    max_value=HUNDRED if one.is_share else None,
                    widget=DecimalInput(attrs=_attrs(one, end)),
                )  # fmt: skip
        for name in self._foreign():
            del self.fields[name]

    def _foreign(self) -> Iterator[str]:
        """Fields that say nothing for the kind."""
        if self.kind == LossKind.LONGER_TERMS:
            yield from ("notice_days", "run_off", "avoidable_lag")
        if self.kind != LossKind.PARTIAL:
            yield from ("category", "region")
        if self.kind != LossKind.INSOLVENCY:
            yield "clawback_days"

    def clean(self) -> dict[str, Any]:
        """A range is whole and ascends."""
        values = super().clean() or self.cleaned_data
        for one in (*self.ranges, *(found[2] for found in self.rates)):
            three = [values.get(f"{one.name}_{end}") for end in ENDS]
            known = [value for value in three if value is not None]
            if known and len(known) < len(ENDS):
                self.add_error(f"{one.name}_base", _("Give low, base and high, or none of them."))
            elif known != sorted(known):
                self.add_error(f"{one.name}_base", _("Low, base and high ascend."))
        return values

    # What the template shows

    @property
    def plain(self) -> list[tuple[Any, str]]:
        """Fields with one value, each with where its default comes from."""
        return [
            (self[name], self._source(name)) for name in self.base_fields
            if name in self.fields and name != "version"
        ]  # fmt: skip

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Assumptions with a range as lines of a table."""
        return [self._line(one) for one in self.ranges]

    @property
    def rate_lines(self) -> list[dict[str, Any]]:
        """Shares lost by method and security as lines of a table."""
        return [
            self._line(one) | {"is_security": subject == RateSubject.SECURITY, "source": ""}
            for subject, _key, one in self.rates
        ]

    def _line(self, one: RangeOf) -> dict[str, Any]:
        fields = [self[f"{one.name}_{end}"] for end in ENDS]
        errors = [error for bound in fields for error in bound.errors]
        return {
            "label": one.label, "fields": fields, "errors": errors,
            "source": self._source(one.name),
        }  # fmt: skip

    def _source(self, name: str) -> str:
        return spoken(self.sources.get(name))

    # What was said

    def facts(self) -> dict[str, Any]:
        """What was said, as the services take it."""
        values = self.cleaned_data
        names = [name for name in self.base_fields if name in self.fields and name != "version"]
        facts = {name: values[name] for name in names}
        if "clawback_days" in facts:
            facts["clawback_days"] = facts["clawback_days"] or 0
        return facts | {one.name: self._three(one) for one in self.ranges}

    def chosen_rates(self) -> dict[tuple[str, str], list[Decimal]]:
        """Shares lost as they were typed."""
        found = {(subject, key): self._three(one) for subject, key, one in self.rates}
        return {pair: three for pair, three in found.items() if three is not None}

    def _three(self, one: RangeOf) -> list[Decimal] | None:
        three = [self.cleaned_data.get(f"{one.name}_{end}") for end in ENDS]
        if any(value is None for value in three):
            return None
        return [value / HUNDRED if one.is_share else value for value in three if value is not None]


def _attrs(one: RangeOf, end: str) -> dict[str, str]:
    return {"class": "form-control", "aria-label": _label(one, end)}


def _label(one: RangeOf, end: str) -> str:
    words = {"low": _("low"), "base": _("base"), "high": _("high")}
    return f"{one.label}: {words[end]}"


def starting(kind: str, found: Defaults) -> dict[str, Any]:
    """Defaults as the form begins with them."""
    return _shown(kind, {name: one.value for name, one in found.by_field.items()})


def of_scenario(scenario: LossScenario, found: Defaults) -> dict[str, Any]:
    """A scenario as the form begins with it; shares that it does not name are the conventions."""
    plain = (name for name in ScenarioForm.base_fields if name != "version")
    values = {name: getattr(scenario, name) for name in (*plain, *(one.name for one in RANGES))}
    rates = {f"lgd_{row.key}": row.share for row in scenario.rates.all()}
    conventions = {k: one.value for k, one in found.by_field.items() if k.startswith("lgd_")}
    shown = _shown(scenario.kind, conventions | values | rates)
    return shown | {"version": version_of(scenario.updated_at)}


def _shown(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    shares = {one.name for one in RANGES if one.is_share}
    shown: dict[str, Any] = {}
    for name, value in values.items():
        if name == "run_off":
            shown[name] = run_off_text([_plain(part * HUNDRED) for part in value or []])
        elif isinstance(value, list):
            is_share = name in shares or name.startswith("lgd_")
            for end, part in zip(ENDS, value, strict=True):
                shown[f"{name}_{end}"] = _plain(part * HUNDRED if is_share else part)
        else:
            shown[name] = value
    return shown


def _plain(value: Decimal) -> str:
    """A decimal as people type it: no zeros that say nothing."""
    return plain_number(Decimal(value), least=0)


class RunForm(forms.Form):
    """On which day's ledger a scenario is run again."""

    as_of = LedgerDay(label=_("On the ledger of"))


class AttachForm(forms.Form):
    """Which plan a scenario becomes part of."""

    plan = forms.ModelChoiceField(
        label=pgettext_lazy("noun", "Plan"), queryset=Plan.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, plans: QuerySet[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]


class OwnerField(UserField):
    """Colleagues by name."""


class ActionsForm(forms.Form):
    """Which proposals become actions, each with who sees to it and until when."""

    def __init__(
        self,
        *args: Any,
        proposals: Sequence[tuple[Proposal, Any]],
        owner: User | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.proposals = proposals
        people = colleagues()
        for one, due in proposals:
            self.fields[f"take_{one.key}"] = forms.BooleanField(label=one.title, required=False)
            self.fields[f"owner_{one.key}"] = OwnerField(
                label=_("Who sees to it"), queryset=people, required=False,
                empty_label=_("Nobody yet"), initial=owner,
            )  # fmt: skip
            self.fields[f"due_{one.key}"] = forms.DateField(
                label=_("Due on"), required=False, initial=due
            )

    def clean(self) -> dict[str, Any]:
        """At least one is taken."""
        values = super().clean() or self.cleaned_data
        if not self.errors and not self.chosen():
            raise forms.ValidationError(_("Choose at least one action."), code="nothing_chosen")
        return values

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Proposals with their fields."""
        return [
            {
                "proposal": one,
                "take": self[f"take_{one.key}"],
                "owner": self[f"owner_{one.key}"],
                "due": self[f"due_{one.key}"],
            }
            for one, _due in self.proposals
        ]

    def chosen(self) -> list[tuple[str, User | None, Any]]:
        """What was taken: key, owner, day."""
        values = self.cleaned_data
        return [
            (one.key, values.get(f"owner_{one.key}"), values.get(f"due_{one.key}"))
            for one, _due in self.proposals
            if values.get(f"take_{one.key}")
        ]
