"""Forms of payments: a receipt, and how credits are set against open items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.models import SellingCompany
from kam.core.number_fields import plain_number
from kam.core.problems import RefusedError
from settlements.analytics.proposals import Share
from settlements.forms.days import DayField
from settlements.forms.posting import OnceForm, PostingForm, amount_field, show
from settlements.models import LedgerItem
from settlements.services.cash import Applied

ZERO = Decimal(0)
PREFIX = "pay-"
REASONS = {
    "reference": gettext_lazy("named in the reference"),
    "amount": gettext_lazy("exactly this amount"),
    "oldest": gettext_lazy("oldest due"),
}


class ReceiptForm(PostingForm):
    """A payment that came in."""

    received_on = DayField(label=gettext_lazy("Received on"))
    field_order = [
        "account",
        "selling_company",
        "received_on",
        "amount",
        "currency",
        "reference",
    ]
    more = ("number", "posting_date", "note")
    date_name = "received_on"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].label = _("Payer")


class AllocateForm(OnceForm):
    """From when a credit is set against items, and why."""

    effective_date = DayField(
        label=gettext_lazy("Takes effect on"),
        help_text=gettext_lazy("Not before either document was posted."),
    )
    text = forms.CharField(
        label=gettext_lazy("It says it pays"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Document numbers, as the customer wrote them."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def refuse(self, problem: RefusedError, company: SellingCompany) -> None:
        """Show a refusal beside its field; for a closed period name the first open day."""
        day = self.cleaned_data["effective_date"]
        show(self, problem, {"posting_date": "effective_date"}, company=company, day=day)


@dataclass(frozen=True)
class ShareRow:
    """An open item with the field for what is paid of it, and why that much was proposed."""

    item: LedgerItem
    field: forms.BoundField
    reason: Any


class SharesForm(forms.Form):
    """How much of a credit each open item gets; empty fields get nothing.

    `is_short` says that amounts were sent for items that are not among these: settled meanwhile,
    or of a payer chosen before.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        items: Sequence[LedgerItem],
        available: Decimal | None,
        proposed: Iterable[Share] = (),
        is_short: bool = False,
    ) -> None:
        super().__init__(data)
        self.items, self.available, self.is_short = items, available, is_short
        self.proposed: Mapping[int, Share] = {share.item_id: share for share in proposed}
        for item in items:
            share = self.proposed.get(item.pk)
            field = amount_field(
                label=_("Amount for %(number)s") % {"number": item.document.number},
                required=False,
                min_value=ZERO,
                initial=plain(share.amount, item.currency_id) if share else None,
            )
            field.widget.attrs["data-share"] = plain(item.open_amount_now, item.currency_id)
            self.fields[f"{PREFIX}{item.pk}"] = field

    def rows(self) -> list[ShareRow]:
        """The items with their fields, in their order."""
        return [
            ShareRow(item, self[f"{PREFIX}{item.pk}"], self._reason(item)) for item in self.items
        ]

    def _reason(self, item: LedgerItem) -> Any:
        share = self.proposed.get(item.pk)
        return REASONS[share.reason] if share else ""

    def clean(self) -> dict[str, Any]:
        """No item gets more than is open, all together no more than there is."""
        values = super().clean() or self.cleaned_data
        if self.is_short:
            words = _("You entered an amount for an item that is not open here now. Check.")
            self.add_error(None, words)
        for item in self.items:
            name = f"{PREFIX}{item.pk}"
            amount = values.get(name)
            if amount is not None and amount > item.open_amount_now:
                self.add_error(name, _("This is more than is open."))
        if self.available is not None and self.total > self.available:
            self.add_error(None, _("The items get more than there is to allocate."))
        return values

    @property
    def total(self) -> Decimal:
        """What the items get together."""
        given = self.cleaned_data if self.is_bound else self._initials()
        return sum((amount for amount in given.values() if amount), ZERO)

    @property
    def rest(self) -> Decimal | None:
        """What is left unapplied."""
        return None if self.available is None else self.available - self.total

    def _initials(self) -> dict[str, Decimal]:
        return {str(key): share.amount for key, share in self.proposed.items()}

    def applied(self) -> list[Applied]:
        """What each item gets, without those that get nothing."""
        values = self.cleaned_data
        return [
            Applied(item.pk, values[f"{PREFIX}{item.pk}"])
            for item in self.items
            if values.get(f"{PREFIX}{item.pk}")
        ]


def plain(amount: Decimal, currency: str) -> str:
    """An amount as a number field takes it: a point, the decimals of its currency."""
    places = formats.places_of(currency)
    return plain_number(Decimal(f"{amount:.{places}f}"), least=places)


def chosen_ids(data: Mapping[str, Any]) -> set[int]:
    """The items that a form sent says something about."""
    names = (
        name.removeprefix(PREFIX)
        for name, value in data.items()
        if name.startswith(PREFIX) and value
    )
    return {int(name) for name in names if name.isdecimal() and len(name) < 19}
