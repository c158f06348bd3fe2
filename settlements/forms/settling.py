"""Forms of settlement statements."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core import formats
from kam.core.number_fields import NumberField
from kam.identity.choices import Role
from kam.identity.models import User
from kam.identity.permissions import grants
from settlements.choices.settling import LinePart, StatementDisputeReason
from settlements.forms.days import DayField
from settlements.forms.posting import OnceForm, amount_field
from settlements.models import SettlementStatement, SettlementTerm, StatementLine
from settlements.services.settling.contests import Contest
from settlements.services.settling.issuing import Concession


def _note() -> forms.CharField:
    return forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class PastDayField(DayField):
    """The day on which something was done: none that is still to come."""

    def clean(self, value: Any) -> Any:
        """The day; refuses those after today."""
        day = super().clean(value)
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."), "in_the_future")
        return day


class DraftForm(forms.Form):
    """The period of a new statement; of the whole account or one store."""

    start = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    store = forms.ModelChoiceField(
        label=_("Store"),
        queryset=Account.objects.none(),
        required=False,
        empty_label=_("Everything of the account"),
    )
    trading_days = forms.IntegerField(
        label=_("Days of trading"),
        min_value=0,
        max_value=366,
        required=False,
        help_text=_("Empty: every day of the period. A guarantee may be in proportion to them."),
    )
    note = _note()

    def __init__(self, *args: Any, term: SettlementTerm, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account_id = term.version.agreement.account_id
        stores = Account.objects.visible_to(user).filter(path__contains=[account_id], kind="store")
        self.fields["store"].queryset = stores.order_by("name_key", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """A period begins before it ends."""
        values = super().clean() or {}
        if values.get("start") and values.get("last") and values["last"] < values["start"]:
            self.add_error("last", _("The last day is before the first."))
        return values


class DueForm(forms.Form):
    """Which periods are drafted together: those that end on these days."""

    start = DayField(label=_("Periods that end from"))
    last = DayField(label=_("up to"))


class DayForm(forms.Form):
    """The day of an act."""

    day = PastDayField(label=_("On"))

    def __init__(self, *args: Any, label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["day"].label = label


class NoteForm(DayForm):
    """A day and a note."""

    note = _note()


class DisputeForm(forms.Form):
    """What the customer contests."""

    line = forms.ModelChoiceField(
        label=_("Line"),
        queryset=StatementLine.objects.none(),
        required=False,
        empty_label=_("The statement as a whole"),
    )
    amount = amount_field(label=_("Amount contested"), min_value=Decimal("0.0001"))
    reason = forms.ChoiceField(label=_("Reason"), choices=StatementDisputeReason.choices)
    note = _note()
    day = PastDayField(label=_("On"))

    def __init__(self, *args: Any, statement: SettlementStatement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statement = statement
        field = self.fields["line"]
        field.queryset = statement.lines.exclude(amount=0).order_by("sequence")  # type: ignore[attr-defined]
        field.label_from_instance = lambda line: line_words(line, statement)  # type: ignore[attr-defined]

    def contest(self) -> Contest:
        """What was typed, as the service wants it."""
        values = self.cleaned_data
        line = values["line"]
        return Contest(
            amount=values["amount"],
            reason=StatementDisputeReason(values["reason"]),
            line_id=line.pk if line else None,
            note=values["note"],
        )


def line_words(line: StatementLine, statement: SettlementStatement) -> str:
    """A line in a list: what it is and its amount."""
    what = line.what
    return f"{line.sequence}. {what}: {formats.money(line.amount, statement.currency_id)}"


class CorrectForm(NoteForm):
    """What claims come to in the next version; everything else is computed anew.

    A claim that is contested comes without what is contested of it.
    """

    def __init__(self, *args: Any, statement: SettlementStatement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(statement.lines.filter(part=LinePart.CLAIM).order_by("sequence"))
        disputes = statement.disputes.filter(settled_on__isnull=True, line__part=LinePart.CLAIM)
        contested = dict(disputes.values_list("line").annotate(Sum("amount")))
        for line in self.lines:
            amount = contested.get(line.pk)
            self.fields[f"line_{line.pk}"] = amount_field(
                label=line.what,
                min_value=Decimal(0),
                required=False,
                initial=None if amount is None else -line.amount - amount,
                help_text=_claim_words(line, amount, statement.currency_id),
            )

    def claims(self) -> list[Concession]:
        """The claims that come to something else."""
        return [
            Concession(line.pk, amount)
            for line in self.lines
            if (amount := self.cleaned_data.get(f"line_{line.pk}")) is not None
        ]


def _claim_words(line: StatementLine, contested: Decimal | None, currency: str) -> str:
    claimed = formats.money(-line.amount, currency)
    if contested is None:
        return _("Claimed now: %s. Empty: as computed.") % claimed
    words = _("Claimed now: %(claimed)s, of it contested: %(contested)s. Empty: as computed.")
    return words % {"claimed": claimed, "contested": formats.money(contested, currency)}


class ConfirmForm(forms.Form):
    """Who confirmed, when; or the signed file."""

    day = PastDayField(label=_("Confirmed on"))
    confirmed_by = forms.CharField(
        label=_("Confirmed by"),
        max_length=200,
        required=False,
        help_text=_("The person who said so, and how. Not needed with the signed file."),
    )
    file = forms.FileField(label=_("Signed file"), required=False)
    note = _note()


class PostForm(OnceForm):
    """The day of posting."""

    day = PastDayField(label=_("Posting date"))


def period_of(values: dict[str, Any]) -> tuple[date, date]:
    """The period of a form, its end excluded."""
    return values["start"], values["last"] + timedelta(days=1)


class PostingLimitsForm(forms.Form):
    """A limit for each role that posts statements; empty: any amount."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in Role:
            if grants([role], "statements.post"):
                self.fields[role.value] = NumberField(
                    label=role.label,
                    min_value=0,
                    max_digits=20,
                    decimal_places=4,
                    required=False,
                    help_text=_("Empty: any amount. Of several roles the highest limit counts."),
                )
