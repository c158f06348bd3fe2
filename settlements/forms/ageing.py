"""What the pages of ageing, expected receipts and statements ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LinkedAccountField
from accounts.models import Account
from kam.core import formats
from kam.core.dates import ONE_DAY, Period, PeriodError, add_months, month_start
from kam.core.formats import Text
from kam.core.models import ExchangeRate, SellingCompany
from kam.core.selectors.rates import base_currency
from kam.identity.models import User
from settlements.analytics.ageing import Bands
from settlements.filters import BASES, bands_of
from settlements.selectors.ageing import BASIS_LABELS, AgeingQuery, Level

ALL = _("All")
ONLY = "only-"
MOST_BANDS = 12
LEVELS = {Level.GROUP: _("Groups"), Level.ACCOUNT: _("Accounts")}
CHIPS = ("account", "lead", "company", "currency", "bands", "basis")
FIRST_DAY = date(1950, 1, 1)


class DatedForm(forms.Form):
    """A day, and whose receivables: what cannot be read is answered as of today, for all."""

    as_of = forms.DateField(label=_("As of"), required=False)
    account = LinkedAccountField(label=_("Account or group"), required=False)
    lead = forms.ModelChoiceField(
        label=_("Lead"), queryset=User.objects.none(), required=False, empty_label=ALL,
        help_text=_("Who leads the account today."),
    )  # fmt: skip
    company = forms.ModelChoiceField(
        label=_("Selling company"), queryset=SellingCompany.objects.all(), required=False,
        empty_label=ALL,
    )  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    def __init__(self, data: Any, *, user: User, today: date) -> None:
        data = data.copy()
        data.setdefault("as_of", today.isoformat())
        super().__init__(data)
        self.user, self.today = user, today
        self._field("account").user = user
        self._field("currency").choices = list(self._currencies())
        seen = Account.objects.visible_to(user).order_by().values("current_lead")
        self._field("lead").queryset = User.objects.filter(pk__in=seen).order_by("full_name", "pk")

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def _currencies(self) -> Iterator[tuple[Text, Any]]:
        base = base_currency()
        known = ExchangeRate.objects.order_by().values_list("currency_id", flat=True).distinct()
        codes = [base, *sorted({*known} - {base})]
        yield "", _("Automatic")
        yield _("Everything converted into"), [(code, code) for code in codes]
        yield _("Only items in"), [(ONLY + code, _only(code)) for code in codes]

    def clean_as_of(self) -> date | None:
        """A day that a ledger can know."""
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and not FIRST_DAY <= day <= add_months(self.today, 120):
            raise forms.ValidationError(_("Choose a day between 1950 and ten years from now."))
        return day

    @property
    def day(self) -> date:
        """The day asked for, else today."""
        return self.cleaned_data.get("as_of") or self.today

    def narrowed(self) -> dict[str, Any]:
        """What the form says of an `AgeingQuery` but its day."""
        values = self.cleaned_data
        account, lead, company = (values.get(name) for name in ("account", "lead", "company"))
        code = values.get("currency") or ""
        return {
            "account": account.pk if account else None,
            "lead": lead.pk if lead else None,
            "selling_company": company.pk if company else None,
            "currency": "" if code.startswith(ONLY) else code,
            "only": code.removeprefix(ONLY) if code.startswith(ONLY) else "",
            "leads": None if self.user.sees_everything() else tuple(self.user.scope_user_ids()),
        }

    def in_force(self) -> Iterator[tuple[str, Text, str]]:
        """Name, label and value in words of each filter that is set."""
        for name in CHIPS:
            value = self.cleaned_data.get(name)
            if value and name in self.fields:
                yield name, self._field(name).label or "", self._words(name, value)

    def _words(self, name: str, value: Any) -> str:
        if name == "currency":
            code = value.removeprefix(ONLY)
            return _only(code) if value.startswith(ONLY) else str(_("all in %s") % code)
        return str(value)


def _only(code: str) -> str:
    return str(_("%s alone") % code)


class AgeingForm(DatedForm):
    """Which open items, aged how, and shown for whom; every field has a sensible nothing."""

    level = forms.ChoiceField(label=_("By"), choices=list(LEVELS.items()), required=False)
    basis = forms.ChoiceField(
        label=_("Age by"),
        choices=[(name, BASIS_LABELS[basis]) for name, basis in BASES.items()],
        required=False,
    )
    bands = forms.CharField(
        label=_("Bands"),
        required=False,
        max_length=80,
        help_text=_("Upper bounds in days, such as 30,60,90."),
    )

    def clean_bands(self) -> str:
        """Bounds of bands are rising whole days, not too many."""
        text: str = self.cleaned_data["bands"]
        bands = bands_of(text)
        if bands is None or len(bands.bounds) > MOST_BANDS:
            raise forms.ValidationError(_("Write up to 12 rising numbers of days: 30,60,90."))
        return "" if bands == Bands() else ",".join(map(str, bands.bounds))

    def query(self) -> AgeingQuery:
        """The question that was asked; what was asked wrongly is left out."""
        values = self.cleaned_data
        return AgeingQuery(
            as_of=self.day,
            bands=bands_of(values.get("bands") or "") or Bands(),
            basis=BASES[values.get("basis") or "due"],
            level=Level(values.get("level") or Level.GROUP),
            **self.narrowed(),
        )

    def in_force(self) -> Iterator[tuple[str, Text, str]]:
        """The usual basis is no filter."""
        for name, label, value in super().in_force():
            if name != "basis":
                yield name, label, value
            elif value != "due":
                yield name, label, str(BASIS_LABELS[BASES[value]])


class StatementForm(forms.Form):
    """The days of a statement: both ends included, as people say it."""

    date_from = forms.DateField(label=_("From"), required=False)
    date_to = forms.DateField(label=_("To, included"), required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        data = data.copy()
        if "date_to" not in data:
            data.setdefault("date_from", add_months(month_start(today), -2).isoformat())
        data.setdefault("date_to", today.isoformat())
        super().__init__(data)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """The period has days, and days that a ledger can know."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = values.get("date_from"), values.get("date_to")
        for name, day in (("date_from", start), ("date_to", end)):
            if day and not FIRST_DAY <= day <= add_months(self.today, 120):
                self.add_error(name, _("Choose a day between 1950 and ten years from now."))
        if start and start > (end or self.today):
            self.add_error("date_from", _("The period ends before it begins."))
        return values

    @property
    def period(self) -> Period:
        """The days asked for; else this month and the two before it, up to today."""
        usual = Period(add_months(month_start(self.today), -2), self.today + ONE_DAY)
        if self.errors:
            return usual
        start = self.cleaned_data.get("date_from")
        end = (self.cleaned_data.get("date_to") or self.today) + ONE_DAY
        try:
            return Period(start or min(usual.start, month_start(end - ONE_DAY)), end)
        except PeriodError:
            return usual

    @property
    def words(self) -> str:
        """The period as people say it."""
        return f"{formats.date(self.period.start)} – {formats.date(self.period.last_day)}"
