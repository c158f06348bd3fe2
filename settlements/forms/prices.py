"""Forms of prices, units, codes and the calculator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AccountField, give_user
from accounts.models import Account
from kam.core.models import Currency, Organisation
from kam.core.number_fields import NumberField
from kam.core.problems import RefusedError, add_to_form
from kam.identity.models import User
from settlements.analytics.prices import PriceBreak
from settlements.forms.days import DayField, LastDayField
from settlements.forms.products import ProductField, ProductInput
from settlements.models import AccountPrice
from settlements.selectors.prices.listing import accounts_to_price
from settlements.selectors.prices.order import Wanted
from settlements.services.prices.pricing import Terms, steps_of

ROWS = 6
"""Volume breaks that a form has room for beside the first price."""
LINES = 6
LAST = _("Last day")
FOR_GOOD = _("Empty: for good.")


def currency_field() -> forms.ModelChoiceField[Currency]:
    """One of the currencies of this installation."""
    rows = Currency.objects.order_by("code")
    return forms.ModelChoiceField(label=_("Currency"), queryset=rows, empty_label=None)


def price_field(**kwargs: Any) -> forms.DecimalField:
    """What one unit costs."""
    return NumberField(min_value=0, max_digits=18, decimal_places=4, **kwargs)


def quantity_field(**kwargs: Any) -> forms.DecimalField:
    """How many of a unit."""
    return NumberField(min_value=0, max_digits=20, decimal_places=6, **kwargs)


class BreaksForm(forms.Form):
    """A price and its volume breaks: rows of from-quantity and price."""

    price = price_field(label=_("Price of one unit"))
    from_quantity = quantity_field(
        label=_("From quantity"),
        required=False,
        help_text=_("Empty: from the first one on. Below it there is no price."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, ROWS + 1):
            self.fields[f"from_{row}"] = quantity_field(label=_("From quantity"), required=False)
            self.fields[f"price_{row}"] = price_field(label=_("Price of one"), required=False)

    @property
    def rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of each further break."""
        for row in range(1, ROWS + 1):
            yield self[f"from_{row}"], self[f"price_{row}"]

    @property
    def has_rows(self) -> bool:
        """Whether a further break was written or is in error."""
        return any(field.value() or field.errors for row in self.rows for field in row)

    def clean(self) -> dict[str, Any]:
        """Quantities go up; a row is whole or empty."""
        values = super().clean() or self.cleaned_data
        last = values.get("from_quantity") or Decimal(0)
        for row in range(1, ROWS + 1):
            many, each = values.get(f"from_{row}"), values.get(f"price_{row}")
            if many is None and each is None:
                continue
            if many is None or each is None:
                missing = "from" if many is None else "price"
                self.add_error(f"{missing}_{row}", _("A row has a quantity and a price."))
                continue
            if many <= last:
                self.add_error(f"from_{row}", _("Quantities go up from row to row."))
            last = many
        return values

    def breaks(self) -> list[PriceBreak]:
        """The breaks as the services take them."""
        values = self.cleaned_data
        found = [PriceBreak(values["from_quantity"] or Decimal(0), values["price"])]
        rows = ((values[f"from_{row}"], values[f"price_{row}"]) for row in range(1, ROWS + 1))
        return [*found, *(PriceBreak(many, each) for many, each in rows if many is not None)]

    def refuse(self, problem: RefusedError) -> None:
        """Show a refusal at the row that it is about."""
        if problem.row is None:
            add_to_form(self, problem)
            return
        place = problem.row[1]
        self.add_error(f"from_{place}" if place else "from_quantity", str(problem))


def first_values(price: AccountPrice) -> dict[str, Any]:
    """A price's breaks as the form shows them."""
    first, *others = steps_of(price)
    values: dict[str, Any] = {"price": first.price, "from_quantity": first.from_quantity or None}
    for row, one in enumerate(others[:ROWS], start=1):
        values |= {f"from_{row}": one.from_quantity, f"price_{row}": one.price}
    return {name: _short(value) for name, value in values.items()}


def _short(value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


class PriceForm(BreaksForm):
    """A new price of an account."""

    account = AccountField(
        label=_("Account"), help_text=_("Accounts below without a price of their own follow.")
    )
    product = ProductField()
    unit = forms.CharField(
        label=_("Unit"),
        max_length=30,
        required=False,
        help_text=_("As carton. Empty: the product's own unit."),
    )
    currency = currency_field()
    start = DayField(label=_("First day"))
    end = LastDayField(label=LAST, required=False, help_text=FOR_GOOD)
    ends_running = forms.BooleanField(
        label=_("End the price in force the day before"), required=False, initial=True
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        help_text=_("Needed for a change, and for a price below the lowest that is allowed."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        give_user(self, user)
        self.fields["currency"].initial = Organisation.objects.values_list(
            "base_currency_id", flat=True
        ).first()

    def clean_account(self) -> Account:
        """An account where the user may set prices."""
        account: Account = self.cleaned_data["account"]
        if not accounts_to_price(self.user).filter(pk=account.pk).exists():
            raise forms.ValidationError(_("You do not set prices for this account."), "not_yours")
        return account

    def terms(self) -> Terms:
        """What is to be agreed."""
        values = self.cleaned_data
        return Terms(
            account=values["account"],
            product=values["product"],
            currency=values["currency"],
            unit=values["unit"],
            start=values["start"],
            end=values["end"],
            breaks=self.breaks(),
        )


class ChangeForm(BreaksForm):
    """A correction of a price: how much, from when to when, and why."""

    start = DayField(label=_("First day"))
    end = LastDayField(label=LAST, required=False, help_text=FOR_GOOD)
    reason = forms.CharField(label=_("Reason"), max_length=500)


class EndForm(forms.Form):
    """Up to which day something still holds."""

    end = LastDayField(label=LAST, help_text=_("The last day on which it holds."))
    reason = forms.CharField(label=_("Reason"), max_length=500)


class EndDayForm(forms.Form):
    """The same where nobody asks why."""

    end = LastDayField(label=LAST, help_text=_("The last day on which it holds."))


class CompanyPriceForm(forms.Form):
    """A list or floor price."""

    product = ProductField()
    unit = forms.CharField(
        label=_("Unit"),
        max_length=30,
        required=False,
        help_text=_("As carton. Empty: the product's own unit."),
    )
    amount = price_field(label=_("Price of one unit"))
    currency = currency_field()
    start = DayField(label=_("First day"))
    end = LastDayField(label=LAST, required=False, help_text=FOR_GOOD)
    ends_running = forms.BooleanField(
        label=_("End the price in force the day before"), required=False, initial=True
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, help_text=_("Needed for a change.")
    )


class UnitForm(forms.Form):
    """What a unit of a product holds from a day on."""

    code = forms.CharField(label=_("Unit"), max_length=30, help_text=_("As carton or pallet."))
    numerator = forms.IntegerField(
        label=_("Holds"),
        min_value=1,
        max_value=1_000_000,
        help_text=_("Of the product's own unit."),
    )
    denominator = forms.IntegerField(
        label=_("Divided by"),
        min_value=1,
        max_value=1_000_000,
        initial=1,
        help_text=_("1, unless one holds a part of the product's own unit."),
    )
    account = AccountField(
        label=_("Only for"),
        required=False,
        help_text=_("An account's own unit, such as its carton of 8. Empty: for everybody."),
    )
    gtin = forms.CharField(label=_("GTIN (barcode)"), max_length=20, required=False)
    start = DayField(label=_("First day"))
    end = LastDayField(label=LAST, required=False, help_text=FOR_GOOD)
    ends_running = forms.BooleanField(
        label=_("End what it held until then"), required=False, initial=True
    )
    more = ("denominator", "end")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        give_user(self, user)
        if not user.can("prices.configure"):
            self.fields["account"].required = True

    def clean_account(self) -> Account | None:
        """An account whose units the user may set; the company's are for who configures prices."""
        account: Account | None = self.cleaned_data["account"]
        if account and not accounts_to_price(self.user).filter(pk=account.pk).exists():
            raise forms.ValidationError(_("You do not set prices for this account."), "not_yours")
        return account


class ChangeUnitForm(forms.Form):
    """What may change of a unit: its GTIN, and what it holds until something uses it."""

    numerator = forms.IntegerField(
        label=_("Holds"),
        min_value=1,
        max_value=1_000_000,
        help_text=_("Of the product's own unit. Fixed as soon as a price uses the unit."),
    )
    denominator = forms.IntegerField(
        label=_("Divided by"),
        min_value=1,
        max_value=1_000_000,
        help_text=_("1, unless one holds a part of the product's own unit."),
    )
    gtin = forms.CharField(label=_("GTIN (barcode)"), max_length=20, required=False)


class ChangeCodeForm(forms.Form):
    """What is known beside a code; which product it means never changes."""

    name = forms.CharField(label=_("Their name for it"), max_length=300, required=False)
    gtin = forms.CharField(label=_("GTIN (barcode)"), max_length=20, required=False)


class CodeForm(forms.Form):
    """What an account calls a product."""

    account = AccountField(label=_("Account"))
    product = ProductField()
    code = forms.CharField(
        label=_("Their code"), max_length=60, help_text=_("As they write it: zeros in front count.")
    )
    unit = forms.CharField(
        label=_("For the unit"),
        max_length=30,
        required=False,
        help_text=_("As carton. Empty: the product's own unit."),
    )
    gtin = forms.CharField(label=_("GTIN (barcode)"), max_length=20, required=False)
    name = forms.CharField(label=_("Their name for it"), max_length=300, required=False)
    start = DayField(label=_("First day"))
    end = LastDayField(label=LAST, required=False, help_text=FOR_GOOD)
    ends_running = forms.BooleanField(
        label=_("End what the code meant until then"), required=False, initial=True
    )
    more = ("gtin", "name", "end")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        give_user(self, user)

    def clean_account(self) -> Account:
        """An account whose codes the user may set."""
        account: Account = self.cleaned_data["account"]
        if not accounts_to_price(self.user).filter(pk=account.pk).exists():
            raise forms.ValidationError(_("You do not set prices for this account."), "not_yours")
        return account


class CalculatorForm(forms.Form):
    """An order that somebody would like to know the price of."""

    account = AccountField(label=_("Account"))
    day = DayField(label=_("On"))
    currency = forms.ModelChoiceField(
        label=_("Currency"),
        queryset=Currency.objects.order_by("code"),
        required=False,
        empty_label=_("As agreed"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)
        for row in range(1, LINES + 1):
            self.fields[f"code_{row}"] = forms.CharField(
                label=_("Code"), max_length=100, required=False, widget=ProductInput
            )
            self.fields[f"quantity_{row}"] = NumberField(
                label=_("Quantity"), required=False, max_digits=16, decimal_places=4
            )
            self.fields[f"unit_{row}"] = forms.CharField(
                label=_("Unit"), max_length=30, required=False
            )

    @property
    def rows(self) -> Iterator[tuple[forms.BoundField, ...]]:
        """The fields of each line."""
        for row in range(1, LINES + 1):
            yield tuple(self[f"{name}_{row}"] for name in ("code", "quantity", "unit"))

    def clean(self) -> dict[str, Any]:
        """A line has a code and a quantity; there is one at least."""
        values = super().clean() or self.cleaned_data
        for row in range(1, LINES + 1):
            code, many = values.get(f"code_{row}"), values.get(f"quantity_{row}")
            if f"quantity_{row}" not in self.errors and bool(code) != (many is not None):
                missing = "quantity" if code else "code"
                self.add_error(f"{missing}_{row}", _("A line has a code and a quantity."))
        if not self.errors and not self.lines:
            self.add_error("code_1", _("Write at least one line."))
        return values

    @cached_property
    def lines(self) -> list[Wanted]:
        """The lines that were filled."""
        values = self.cleaned_data
        return [
            Wanted(values[f"code_{row}"], values[f"quantity_{row}"], values[f"unit_{row}"])
            for row in range(1, LINES + 1)
            if values.get(f"code_{row}") and values.get(f"quantity_{row}") is not None
        ]


def state_of(valid: Any, day: date) -> str:
    """Whether a period is over, has begun or is to come: `ended`, `current`, `coming`."""
    if valid.upper is not None and valid.upper <= day:
        return "ended"
    return "coming" if valid.lower > day else "current"
