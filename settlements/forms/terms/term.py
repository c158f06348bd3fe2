"""A method of settlement: its axes, and its guarantee."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ProductCategory
from kam.core.forms import Versioned
from settlements.choices.terms import (
    BaseEvent,
    Bearer,
    Cycle,
    Deduction,
    GuaranteeBasis,
    InvoicingParty,
    NegativeHandling,
    Proration,
    SettlementBasis,
    TestPeriod,
    TitleTransfer,
)
from settlements.forms.terms.fields import (
    count_field,
    number_field,
    percent_field,
    plain,
    typed,
)
from settlements.models import AgreementVersion, BusinessCalendar
from settlements.services.terms.drafts import GuaranteeDraft, TermDraft


class TermForm(Versioned):
    """The axes of one method; which of them count follows from what is settled."""

    category = forms.ModelChoiceField(
        label=_("Goods"),
        queryset=ProductCategory.objects.all(),
        required=False,
        empty_label=_("All goods without a term of their own"),
    )
    title_transfer = forms.ChoiceField(
        label=_("The goods become theirs"), choices=TitleTransfer.choices
    )
    settlement_basis = forms.ChoiceField(
        label=_("What is paid for"), choices=SettlementBasis.choices
    )
    deduction = forms.ChoiceField(label=_("Deduction"), choices=Deduction.choices)
    deduction_percent = percent_field(label=_("Deduction, %"))
    schedule = forms.ChoiceField(
        label=_("Bands of the deduction"), required=False, help_text=_("Where it goes by bands.")
    )
    rent = number_field(label=_("Rent each period"), help_text=_("Where space is leased."))
    invoicing_party = forms.ChoiceField(
        label=_("Who writes invoices"), choices=InvoicingParty.choices
    )
    cycle = forms.ChoiceField(label=_("Statements are made"), choices=Cycle.choices)
    shrink_bearer = forms.ChoiceField(
        label=_("Who bears shrink"),
        required=False,
        choices=[("", _("Not agreed")), *Bearer.choices],
    )
    shrink_tolerance = percent_field(label=_("Shrink we bear first, percent of units sold"))
    is_tax_inclusive = forms.BooleanField(label=_("Amounts include tax"), required=False)
    tax_rate = percent_field(label=_("Tax rate, %"))
    is_after_coupons = forms.BooleanField(
        label=_("Turnover is counted after coupons"), required=False
    )
    coupon_bearer = forms.ChoiceField(label=_("Who pays for coupons"), choices=Bearer.choices)
    negative_handling = forms.ChoiceField(
        label=_("A statement in their favour"), choices=NegativeHandling.choices
    )
    discount_percent = percent_field(label=_("Early payment discount, %"))
    discount_days = count_field(label=_("If paid within days"))

    head = ("category", "title_transfer", "settlement_basis", "invoicing_party", "cycle")
    share = ("deduction", "deduction_percent", "schedule", "rent")
    risk = ("shrink_bearer", "shrink_tolerance")
    more = (
        "is_tax_inclusive",
        "tax_rate",
        "is_after_coupons",
        "coupon_bearer",
        "negative_handling",
        "discount_percent",
        "discount_days",
    )

    def __init__(self, *args: Any, version: AgreementVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = version.schedules.order_by("name").values_list("name", flat=True)
        schedule: Any = self.fields["schedule"]
        schedule.choices = [("", _("No bands")), *((name, name) for name in names)]

    @classmethod
    def starting(cls, draft: TermDraft) -> dict[str, Any]:
        """What the form begins with."""
        names = (name for name in cls.base_fields if name != "version")
        found = {name: plain(getattr(draft, name, None)) for name in names}
        return {**found, "category": draft.category_id}

    def draft(self, start: TermDraft) -> TermDraft:
        """What was written down, upon what the term says of payment and guarantee."""
        values = typed(self)
        category = values.pop("category")
        return replace(start, category_id=category.pk if category else None, **values)

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields as the page groups them."""
        return [
            (_("Method"), [self[name] for name in self.head]),
            (_("What they keep"), [self[name] for name in self.share]),
            (_("Shrink"), [self[name] for name in self.risk]),
        ]

    def folded(self) -> list[forms.BoundField]:
        """Fields that are asked for less often."""
        return [self[name] for name in self.more]

    @property
    def unfold(self) -> bool:
        """Whether something needs mending among them."""
        return any(name in self.errors for name in self.more)


class GuaranteeForm(Versioned):
    """A minimum guarantee; without an amount there is none."""

    basis = forms.ChoiceField(label=_("Guaranteed"), choices=GuaranteeBasis.choices)
    amount = number_field(
        label=_("Amount each month"), help_text=_("Empty: nothing is guaranteed.")
    )
    test_period = forms.ChoiceField(
        label=_("Tested"), required=False, choices=[("", _("Choose")), *TestPeriod.choices]
    )
    proration = forms.ChoiceField(label=_("Part months"), choices=Proration.choices)
    excess_rate = percent_field(
        label=_("Deduction above it, %"), help_text=_("Empty: the same as below it.")
    )

    def clean(self) -> dict[str, Any]:
        """A guarantee says over which period it is tested."""
        values = super().clean() or self.cleaned_data
        if values.get("amount") is not None and not values.get("test_period"):
            self.add_error("test_period", _("Say over which period the guarantee is tested."))
        return values

    @classmethod
    def starting(cls, draft: GuaranteeDraft | None) -> dict[str, Any]:
        """What the form begins with."""
        if draft is None:
            return {"basis": GuaranteeBasis.SALES, "proration": Proration.NONE}
        names = (name for name in cls.base_fields if name != "version")
        found = {name: plain(getattr(draft, name)) for name in names}
        return {**found, "amount": found["amount"] if draft.amount else None}

    def draft(self) -> GuaranteeDraft | None:
        """What was written down; None without an amount."""
        values = typed(self)
        return None if values["amount"] is None else GuaranteeDraft(**values)


class CalendarForm(Versioned):
    """From which event payment runs, and by which calendar days are rolled."""

    base_event = forms.ChoiceField(label=_("Payment runs from"), choices=BaseEvent.choices)
    calendar = forms.ModelChoiceField(
        label=_("Calendar of working days"),
        queryset=BusinessCalendar.objects.all(),
        required=False,
        empty_label=_("Monday to Friday"),
    )
