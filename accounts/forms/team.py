"""Forms of promises, the team, requests and handovers: shape of input only."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.choices import Priority, PromiseOutcome, PromiseSide, TeamFunction
from accounts.forms.accounts import people_who_may_lead
from accounts.forms.people import PositionChoice
from accounts.models import Account, Position, Promise
from accounts.querysets import works_on
from kam.core.forms import LastDay
from kam.identity.models import User

SETTLED = [
    (PromiseOutcome.KEPT, _("Kept")),
    (PromiseOutcome.BROKEN, _("Broken")),
    (PromiseOutcome.WITHDRAWN, _("Withdrawn")),
]


def colleagues() -> QuerySet[User]:
    """Everybody of ours who may sign in, by name; not the users of other systems."""
    people: QuerySet[User] = people_who_may_lead()
    return people


def partners(account: Account, *, user: User, as_of: date) -> QuerySet[Position]:
    """People of the customer, where the user sees or works on their account."""
    rows: QuerySet[Position] = Position.objects.filter(
        works_on(user, "account__"),
        account__current_group=account.current_group_id,
        person__isnull=False,
        valid__contains=as_of,
    )
    return rows.select_related("person", "account").order_by("person__name_key", "pk")


def _area(label: Any, *, required: bool, rows: int = 2, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


class PromiseForm(forms.Form):
    """A new promise of either side."""

    side = forms.ChoiceField(
        label=_("Who promised"),
        choices=PromiseSide.choices,
        initial=PromiseSide.OURS,
        widget=forms.RadioSelect,
    )
    what = forms.CharField(label=_("What was promised"), max_length=300)
    due_on = forms.DateField(label=_("Due"))
    position = PositionChoice(
        label=_("Their person"),
        queryset=Position.objects.none(),
        required=False,
        empty_label=_("The account as a whole"),
        help_text=_("Who promised it, or to whom we did."),
    )
    user = forms.ModelChoiceField(
        label=_("Our colleague"),
        queryset=User.objects.none(),
        empty_label=None,
        help_text=_("Who promised it, or to whom they did."),
    )
    made_on = forms.DateField(label=_("Promised on"))
    note = _area(_("Evidence or note"), required=False)

    def __init__(self, *args: Any, account: Account, user: User, as_of: date, may_name_others: bool,
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        rows = partners(account, user=user, as_of=as_of)
        cast("PositionChoice", self.fields["position"]).queryset = rows
        field = cast("forms.ModelChoiceField[User]", self.fields["user"])
        field.queryset = colleagues() if may_name_others else User.objects.filter(pk=user.pk)
        field.initial = user.pk
        self.fields["made_on"].initial = as_of

    def clean(self) -> dict[str, Any]:
        """Theirs is somebody's; nothing is due before it was promised."""
        values = super().clean() or self.cleaned_data
        if values.get("side") == PromiseSide.THEIRS and not values.get("position"):
            self.add_error("position", _("Say who of theirs promised it."))
        due, made = values.get("due_on"), values.get("made_on")
        if due and made and due < made:
            self.add_error("due_on", _("It is due before it was promised."))
        return values


class PromiseWordsForm(forms.Form):
    """The words of a promise."""

    what = forms.CharField(label=_("What was promised"), max_length=300)
    note = _area(_("Evidence or note"), required=False)


class PromiseMoveForm(forms.Form):
    """Another day, agreed with the other side."""

    to_day = forms.DateField(label=_("Due now"))
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("What was agreed, and with whom.")
    )


class PromiseSettleForm(forms.Form):
    """What became of a promise."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=SETTLED, widget=forms.RadioSelect, initial=PromiseOutcome.KEPT
    )
    settled_on = forms.DateField(label=_("On"))
    words = _area(
        _("In words"), required=False, help_text=_("Needed where it was not kept: say why.")
    )

    def __init__(self, *args: Any, promise: Promise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.promise = promise

    def clean(self) -> dict[str, Any]:
        """What was not kept has a reason."""
        values = super().clean() or self.cleaned_data
        is_kept = values.get("outcome") == PromiseOutcome.KEPT
        if not is_kept and not (values.get("words") or "").strip():
            self.add_error("words", _("Say why it was not kept."))
        return values


class MemberForm(forms.Form):
    """Who stands for a function."""

    user = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none())
    function = forms.ChoiceField(label=_("Function"), choices=TeamFunction.choices)
    from_date = forms.DateField(label=_("From"))
    until = LastDay(label=_("Last day"), required=False, help_text=_("Empty: for good."))
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Such as: cold chain only.")
    )
    more = ("until", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["user"]).queryset = colleagues()

    def clean(self) -> dict[str, Any]:
        """A period ends after it began."""
        values = super().clean() or self.cleaned_data
        start, end = values.get("from_date"), values.get("until")
        if start and end and end <= start:
            self.add_error("until", _("The period ends before it begins."))
        return values


class MemberEndForm(forms.Form):
    """When somebody stands down."""

    on = forms.DateField(label=_("First day without them"))


class RequestForm(forms.Form):
    """What the lead asks of the team."""

    title = forms.CharField(label=_("What is asked"), max_length=200)
    function = forms.ChoiceField(label=_("Of which function"), choices=TeamFunction.choices)
    to_user = forms.ModelChoiceField(
        label=_("Of whom"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Whoever stands for the function"),
    )
    due_on = forms.DateField(label=_("Due"))
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        coerce=int,
        initial=Priority.NORMAL,
        widget=forms.RadioSelect,
    )
    text = _area(_("Details"), required=False, rows=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["to_user"]).queryset = colleagues()


class AnswerForm(forms.Form):
    """Words to an answer."""

    words = _area(_("In words"), required=True)


class CancelForm(forms.Form):
    """Words to taking a request back."""

    words = _area(_("Reason"), required=False)


class CommentForm(forms.Form):
    """Something said about a request."""

    text = forms.CharField(
        label=_("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )


class HandoverForm(forms.Form):
    """Who leads the account from when on, and what the new lead should know first."""

    to_user = forms.ModelChoiceField(label=_("New lead"), queryset=people_who_may_lead())
    effective_on = forms.DateField(
        label=_("First day of the new lead"), help_text=_("Today or later.")
    )
    reason = _area(
        _("Why, and what matters"),
        required=False,
        rows=3,
        help_text=_("The new lead reads this first."),
    )
    from_user = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AcknowledgeForm(forms.Form):
    """What the new lead says to it."""

    note = _area(_("Note"), required=False, help_text=_("Such as questions that are still open."))
