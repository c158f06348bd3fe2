"""Forms of negotiations, gives and gets, and offers: shape of input only."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import AccountField, give_user
from accounts.forms.people import PositionChoice
from accounts.forms.team import colleagues, partners
from accounts.models import Account, Position
from kam.core.forms import Versioned, version_of
from kam.core.models import Currency
from kam.core.number_fields import NumberField
from kam.identity.models import User
from plans.choices.negotiation import EntryState, Side, Subject
from plans.forms.reviews import _choice, plans_for
from plans.models import BriefIssue, GiveGet, NegotiationBrief, Plan
from plans.services.negotiation.briefs import ISSUE, Preparation, told_version
from plans.services.negotiation.entries import WAYS
from plans.services.negotiation.offers import Draft
from settlements.forms.products import ProductField

ONE_DAY = timedelta(days=1)


def _text(label: Any, *, rows: int = 3, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


def _amount(label: Any, **options: Any) -> forms.DecimalField:
    facts = {"max_digits": 18, "decimal_places": 4, "required": False}
    return NumberField(label=label, **(facts | options))


def _currency() -> forms.ModelChoiceField[Currency]:
    rows = Currency.objects.order_by("code")
    return forms.ModelChoiceField(label=_("Currency"), queryset=rows, empty_label=None)


def _plan() -> forms.ModelChoiceField[Plan]:
    return forms.ModelChoiceField(
        label=_("Plan"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=_("No plan"),
    )


class OfAccountForm(forms.Form):
    """With whom."""

    account = AccountField(label=_("Account"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)


class BriefForm(Versioned):
    """What we go into a negotiation with."""

    title = forms.CharField(label=pgettext_lazy("of a thing", "Title"), max_length=200)
    begins_on = forms.DateField(label=_("Begins"))
    ends_on = forms.DateField(label=_("To be agreed by"), required=False)
    currency = _currency()
    owner = forms.ModelChoiceField(
        label=_("Who negotiates"), queryset=User.objects.none(), empty_label="–"
    )
    plan = _plan()
    aim = _text(_("What we want to reach"))
    batna = _text(
        _("What we do without a deal"), help_text=_("Our best alternative to a deal (BATNA).")
    )
    their_batna = _text(_("What they do without a deal"))
    trade_offs = _text(
        _("What we trade for what"), help_text=_("As: ten days of payment for a second placement.")
    )

    def __init__(self, *args: Any, account: Account, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "plan", plans_for(account, user))
        _choice(self, "owner", colleagues())

    def clean(self) -> dict[str, Any]:
        """It ends after it begins."""
        values = super().clean() or self.cleaned_data
        begins, ends = values.get("begins_on"), values.get("ends_on")
        if begins and ends and ends < begins:
            self.add_error("ends_on", _("It ends before it begins."))
        return values

    def preparation(self) -> Preparation:
        """What was told, as the service takes it."""
        values = {name: one for name, one in self.cleaned_data.items() if name != "version"}
        return Preparation(**values)

    @classmethod
    def starting(cls, brief: NegotiationBrief) -> dict[str, Any]:
        """What the form begins with."""
        names = (name for name in cls.base_fields if name != "version")
        return {name: getattr(brief, name) for name in names} | {"version": told_version(brief)}


class ConcludeForm(forms.Form):
    """How it ended."""

    result = forms.ChoiceField(
        label=_("Result"),
        choices=[("agreed", _("Agreed")), ("ended", _("Ended without a deal"))],
        widget=forms.RadioSelect,
        initial="agreed",
    )
    on = forms.DateField(label=_("Day"))
    outcome = forms.CharField(
        label=_("How it ended"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class IssueForm(Versioned):
    """A point that is negotiated."""

    subject = forms.ChoiceField(label=_("About"), choices=Subject.choices)
    title = forms.CharField(label=pgettext_lazy("subject of talks", "Issue"), max_length=200)
    unit = forms.CharField(
        label=_("Unit"), max_length=20, required=False, help_text=_("As: EUR, days, percent.")
    )
    target = _amount(_("Target"))
    acceptable = _amount(_("Acceptable"))
    walk_away = _amount(_("Walk away at"))
    result = _amount(_("Result"))
    their_interest = forms.CharField(label=_("Their interest"), max_length=500, required=False)
    our_interest = forms.CharField(label=_("Our interest"), max_length=500, required=False)
    market_reference = _amount(_("Market price reference"))
    market_source = forms.CharField(
        label=_("Source of the reference"), max_length=200, required=False
    )
    market_on = forms.DateField(label=_("Day of the reference"), required=False)
    value_proof = forms.CharField(
        label=_("Proof of our value"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    more = ("market_reference", "market_source", "market_on", "value_proof")

    @classmethod
    def starting(cls, issue: BriefIssue) -> dict[str, Any]:
        """What the form begins with."""
        start = {name: getattr(issue, name) for name in ISSUE}
        return start | {"version": version_of(issue.updated_at)}


class DeciderForm(forms.Form):
    """Somebody who decides on their side, from the stakeholder map."""

    position = PositionChoice(label=_("Person"), queryset=Position.objects.none())
    note = forms.CharField(label=_("What matters to them"), max_length=300, required=False)

    def __init__(self, *args: Any, account: Account, by: User, as_of: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "position", partners(account, user=by, as_of=as_of))


class EntryForm(Versioned):
    """A give or a get."""

    side = forms.ChoiceField(
        label=_("Side"), choices=Side.choices, widget=forms.RadioSelect, initial=Side.GIVE
    )
    subject = forms.ChoiceField(label=_("About"), choices=Subject.choices)
    what = forms.CharField(label=_("What"), max_length=300)
    value = _amount(
        _("Value a year"), min_value=0, help_text=_("Empty: not known. It is never taken as zero.")
    )
    currency = _currency()
    condition = forms.CharField(
        label=_("Condition"),
        max_length=500,
        required=False,
        help_text=_("What they do for it, or we for theirs. Empty: without a condition."),
    )
    valid_from = forms.DateField(label=_("From"))
    last_day = forms.DateField(label=_("Last day"), required=False, help_text=_("Empty: for good."))
    proof = forms.CharField(
        label=_("Proof"),
        max_length=500,
        required=False,
        help_text=_("How one sees that it was done: photo, report, statement."),
    )

    def clean(self) -> dict[str, Any]:
        """It ends on its first day or later."""
        values = super().clean() or self.cleaned_data
        first, last = values.get("valid_from"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("It ends before it begins."))
        return values

    def facts(self) -> dict[str, Any]:
        """What was told, as the service takes it."""
        names = ("side", "subject", "what", "value", "currency", "condition", "proof")
        last = self.cleaned_data["last_day"]
        valid = DateRange(self.cleaned_data["valid_from"], last + ONE_DAY if last else None)
        return {name: self.cleaned_data[name] for name in names} | {"valid": valid}

    @classmethod
    def starting(cls, entry: GiveGet) -> dict[str, Any]:
        """What the form begins with."""
        names = ("side", "subject", "what", "value", "currency", "condition", "proof")
        upper = entry.valid.upper
        return {name: getattr(entry, name) for name in names} | {
            "valid_from": entry.valid.lower,
            "last_day": upper - ONE_DAY if upper else None,
            "version": version_of(entry.updated_at),
        }


class NewEntryForm(EntryForm):
    """An entry that is planned, offered or agreed already."""

    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            (one.value, one.label)
            for one in (EntryState.PLANNED, EntryState.OFFERED, EntryState.AGREED)
        ],
    )


class MoveForm(forms.Form):
    """Where an entry goes from where it stands."""

    to = forms.ChoiceField(label=_("State"))
    on = forms.DateField(label=_("Day"), required=False, help_text=_("On which it was delivered."))
    proof = forms.CharField(
        label=_("Proof"),
        max_length=500,
        required=False,
        help_text=_("Needed for what was delivered."),
    )

    def __init__(self, *args: Any, entry: GiveGet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(one.value, one.label) for one in WAYS.get(entry.state, ())]
        self.fields["to"].choices = ways  # type: ignore[attr-defined]


class OfferForm(forms.Form):
    """What is offered."""

    product = ProductField()
    price = NumberField(
        label=_("Price of one unit"),
        min_value=0,
        max_digits=18,
        decimal_places=4,
        help_text=_("As on the invoice, before what is paid back later."),
    )
    currency = _currency()
    unit = forms.CharField(
        label=_("Unit"),
        max_length=20,
        required=False,
        help_text=_("Empty: the product’s own unit."),
    )
    yearly_quantity = _amount(_("Quantity a year"), min_value=0)
    offered_on = forms.DateField(label=_("Day"))
    valid_until = forms.DateField(label=_("Open until"), required=False)
    brief = forms.ModelChoiceField(
        label=_("Negotiation"),
        queryset=NegotiationBrief.objects.none(),
        required=False,
        empty_label=_("None"),
    )
    reason = forms.CharField(
        label=_("Why below"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where the check says that somebody else has to approve."),
    )

    def __init__(self, *args: Any, briefs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "brief", briefs)

    def draft(self) -> Draft:
        """What was told, as the service takes it."""
        return Draft(**self.cleaned_data)


class DecisionForm(forms.Form):
    """Yes or no to an offer."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Approve")), ("no", _("Refuse"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A refusal says why."),
    )


class MandateForm(forms.Form):
    """How far each role goes in a subject; empty: no mandate."""

    def __init__(self, *args: Any, roles: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role, label in roles:
            self.fields[role] = _amount(label, min_value=Decimal(0))
