"""Forms that post documents and take them back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import AccountField, give_user
from kam.core import formats
from kam.core.dates import add_months
from kam.core.forms import CurrencyChoiceField
from kam.core.models import Currency, SellingCompany
from kam.core.number_fields import NumberField
from kam.core.problems import RefusedError, add_to_form
from kam.identity.models import User
from settlements.analytics.instalments import Instalment
from settlements.choices import SIDES, DocumentKind, Side
from settlements.forms.days import DayField
from settlements.models import Document
from settlements.selectors.documents import document_numbered
from settlements.selectors.ledger import first_open_day
from settlements.services.posting import Facts, instalments_of
from settlements.services.problems import ClosedPeriodError

ROWS = 6
LARGEST_DAYS = 3_650
YEARS_AHEAD = 10
MOST_INSTALMENTS = 60
BY_HAND = (
    DocumentKind.INVOICE,
    DocumentKind.CREDIT_NOTE,
    DocumentKind.DEBIT_NOTE,
    DocumentKind.CLAIM,
)


def amount_field(**kwargs: Any) -> forms.DecimalField:
    """An amount of money as people type it; the ledger knows how many decimals a currency has."""
    return NumberField(max_digits=20, decimal_places=4, **kwargs)


class OnceForm(forms.Form):
    """A form that carries the key by which sending it twice posts once."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["key"].initial = uuid4
        give_user(self, user)

    def idempotency_key(self, act: str) -> str:
        """One act of one person; two people never share a key."""
        return f"page:{act}:{self.user.pk}:{self.cleaned_data['key']}"


class PostingForm(OnceForm):
    """What every document typed in by hand says."""

    selling_company = forms.ModelChoiceField(
        label=gettext_lazy("Selling company"),
        queryset=SellingCompany.objects.filter(is_active=True),
        empty_label=None,
    )
    account = AccountField(label=gettext_lazy("Account"))
    currency = CurrencyChoiceField(
        Currency.objects.all(), label=gettext_lazy("Currency"), empty_label=None
    )
    amount = amount_field(label=gettext_lazy("Amount"))
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=140,
        required=False,
        help_text=gettext_lazy("The customer's order number, or what a payment says it pays."),
    )
    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Empty: it gets the next one of its kind."),
    )
    posting_date = DayField(
        label=gettext_lazy("Posting date"),
        required=False,
        help_text=gettext_lazy("In which period it counts. Empty: the document's own date."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    date_name = "document_date"
    """The field that the posting date follows where none is given."""

    def clean(self) -> dict[str, Any]:
        """A slip such as the year 2062 is no day of a document."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        last = add_months(timezone.localdate(), 12 * YEARS_AHEAD)
        for name in (self.date_name, "posting_date"):
            if (day := values.get(name)) and day > last:
                self.add_error(name, _("This day lies more than ten years ahead."))
        return values

    def facts(self, act: str) -> Facts:
        """What the services want to know beside kind, account and amounts."""
        values = self.cleaned_data
        return {
            "number": values["number"],
            "posting_date": values["posting_date"] or values[self.date_name],
            "reference": values["reference"],
            "note": values["note"],
            "created_by": self.user,
            "idempotency_key": self.idempotency_key(act),
        }

    def refuse(self, problem: RefusedError) -> None:
        """Show a refusal beside its field; for a closed period name the first open day."""
        names = {"document_date": self.date_name, "due_date": "due_days"}
        if not self.cleaned_data.get("posting_date"):
            names |= {"posting_date": self.date_name, "effective_date": self.date_name}
        else:
            names["effective_date"] = "posting_date"
        company, day = self.cleaned_data["selling_company"], self._day
        show(self, problem, names, company=company, day=day)

    @property
    def _day(self) -> date:
        day: date = self.cleaned_data.get("posting_date") or self.cleaned_data[self.date_name]
        return day


def show(
    form: forms.Form,
    problem: RefusedError,
    names: Mapping[str, str],
    *,
    company: SellingCompany,
    day: date,
) -> None:
    """Put a refusal of the ledger beside the field of a form that it is about."""
    if isinstance(problem, ClosedPeriodError):
        problem = RefusedError(closed_words(company, day), field=problem.field)
    add_to_form(form, RefusedError(problem.message, field=names.get(problem.field, problem.field)))


def closed_words(company: SellingCompany, day: date) -> str:
    """That a day lies in a closed period, and the first one after it that takes postings."""
    first = first_open_day(company.pk, day)
    if first is None:
        return _("This date lies in a closed period, and no later one is open.")
    words = _("This date lies in a closed period. The first open day is %(day)s.")
    return words % {"day": formats.date(first)}


class DocumentForm(PostingForm):
    """A new invoice, credit note or debit note with its instalments."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[(kind.value, kind.label) for kind in BY_HAND]
    )
    document_date = DayField(label=gettext_lazy("Document date"))
    due_days = forms.IntegerField(
        label=gettext_lazy("Due after days"),
        min_value=0,
        max_value=LARGEST_DAYS,
        required=False,
        initial=30,
        help_text=gettext_lazy("From the document date. Empty: not known yet."),
    )
    instalments = forms.IntegerField(
        label=gettext_lazy("Instalments"),
        min_value=1,
        max_value=MOST_INSTALMENTS,
        initial=1,
        help_text=gettext_lazy("Equal parts; a cent left over goes to the first."),
    )
    interval = forms.IntegerField(
        label=gettext_lazy("Days between them"),
        min_value=1,
        max_value=LARGEST_DAYS,
        required=False,
        initial=30,
    )
    corrects = forms.CharField(
        label=gettext_lazy("Corrects document"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("The number of the document that this one corrects."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, ROWS + 1):
            self.fields[f"due_{place}"] = DayField(
                label=_("Due date %(n)s") % {"n": place}, required=False
            )
            self.fields[f"part_{place}"] = amount_field(
                label=_("Amount %(n)s") % {"n": place}, required=False
            )

    def rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """The fields for instalments written one by one."""
        for place in range(1, ROWS + 1):
            yield self[f"due_{place}"], self[f"part_{place}"]

    def has_rows(self) -> bool:
        """Whether instalments were written one by one, or tried to."""
        return any(field.data or field.errors for row in self.rows() for field in row)

    @property
    def is_credit(self) -> bool:
        """Whether the kind chosen speaks for the customer."""
        kind: str = self.cleaned_data.get("kind", "")
        return bool(kind) and SIDES[DocumentKind(kind)] == Side.CREDIT

    def clean(self) -> dict[str, Any]:
        """Rows have amounts and add up; a correction names a document that is there."""
        values = super().clean() or self.cleaned_data
        self._clean_rows(values)
        number = (values.get("corrects") or "").strip()
        company = values.get("selling_company")
        if number and company:
            found = document_numbered(self.user, selling_company=company.pk, number=number)
            values["corrects"] = found
            if found is None:
                self.add_error("corrects", _("There is no document with this number."))
        return values

    def _clean_rows(self, values: dict[str, Any]) -> None:
        total = Decimal(0)
        for place in range(1, ROWS + 1):
            due, part = values.get(f"due_{place}"), values.get(f"part_{place}")
            if due and part is None and f"part_{place}" not in self.errors:
                self.add_error(f"part_{place}", _("Say how much is due on this day."))
            if due and self.is_credit:
                words = _("What is in the customer's favour has no due date.")
                self.add_error(f"due_{place}", words)
            dated = values.get("document_date")
            if due and dated and due < dated and not self.is_credit:
                self.add_error(f"due_{place}", _("The due date is before the document's date."))
            total += part or Decimal(0)
        amount = values.get("amount")
        if total and amount is not None and total != amount:
            words = _("The instalments add up to %(sum)s, not to this amount.")
            self.add_error("amount", words % {"sum": formats.number(total)})

    def parts(self) -> list[Instalment]:
        """The instalments: those written one by one, else equal parts. Raises AmountError."""
        values = self.cleaned_data
        rows = [
            Instalment(values[f"part_{place}"], values.get(f"due_{place}"))
            for place in range(1, ROWS + 1)
            if values.get(f"part_{place}") is not None
        ]
        return rows or instalments_of(
            values["amount"], self._due_dates(), currency=values["currency"].pk
        )

    def _due_dates(self) -> list[date | None]:
        values = self.cleaned_data
        count, days = values["instalments"], values.get("due_days")
        if self.is_credit:
            return [None]
        if days is None:
            return [None] * count
        step = values.get("interval") or 30
        first: date = values["document_date"]
        return [first + timedelta(days=days + step * place) for place in range(count)]

    def correction(self) -> Document | None:
        """The document that this one corrects."""
        found = self.cleaned_data["corrects"]
        return found if isinstance(found, Document) else None


class ReasonForm(OnceForm):
    """Taking something back from a day on; the reason stays in the history."""

    effective_date = DayField(label=gettext_lazy("From"))
    note = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def refuse(self, problem: RefusedError, company: SellingCompany) -> None:
        """Show a refusal beside its field; for a closed period name the first open day."""
        names = dict.fromkeys(("posting_date", "document_date", "reversed_on"), "effective_date")
        day = self.cleaned_data["effective_date"]
        show(self, problem, names, company=company, day=day)


class SettleForm(ReasonForm):
    """How much of an item is paid back or given up, on which day, and why."""

    amount = amount_field(label=gettext_lazy("Amount"))
    effective_date = DayField(label=gettext_lazy("On"))
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=140, required=False)
    field_order = ["amount", "effective_date", "note", "reference"]
