"""A sales report typed by hand: what it says of itself, and its lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.forms.fields import NUMBER, AccountField, AccountInput
from accounts.models import Account, Product, ProductCategory
from kam.core.forms import CurrencyChoiceField
from kam.core.models import Currency, SellingCompany
from kam.core.number_fields import NumberField
from kam.core.problems import RefusedError, add_to_form
from kam.core.text import search_key
from kam.identity.models import User
from settlements.analytics.units import InexactError, Unit, convert
from settlements.choices.reports import ReportFunction, ReportKind
from settlements.forms.days import DayField
from settlements.forms.posting import OnceForm, amount_field
from settlements.forms.products import ProductInput
from settlements.models.reports import MEDIUM_LENGTH
from settlements.selectors.prices import UnknownUnitError, unit_of
from settlements.selectors.prices.codes import codes_of, products_by_code
from settlements.selectors.prices.units import BASE
from settlements.services.reports.receiving import Line

STEP, MOST = 5, 200
"""Rows that are offered, and that come with *more rows*; lines that one types at most."""
SCIENTIFIC = re.compile(r"^[0-9]([.,][0-9]+)?e[+]?[0-9]+$", re.IGNORECASE)


class ReportForm(OnceForm):
    """Who reports what, of which days, under which number."""

    account = AccountField(label=gettext_lazy("Account"))
    selling_company = forms.ModelChoiceField(
        label=gettext_lazy("Selling company"),
        queryset=SellingCompany.objects.filter(is_active=True),
        empty_label=None,
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ReportKind.choices)
    function = forms.ChoiceField(
        label=pgettext_lazy("sales report", "Function"),
        choices=ReportFunction.choices,
        help_text=gettext_lazy(
            "A replacement takes the place of all under its number, an addition stands beside it,"
            " a cancellation takes it out and has no lines."
        ),
    )
    their_number = forms.CharField(label=gettext_lazy("Their number"), max_length=60)
    first_day = DayField(label=gettext_lazy("First day"))
    last_day = DayField(label=gettext_lazy("Last day"))
    currency = CurrencyChoiceField(
        Currency.objects.all(), label=gettext_lazy("Currency"), empty_label=None
    )
    control_quantity = amount_field(label=gettext_lazy("Net pieces, as they say"), required=False)
    control_amount = amount_field(label=gettext_lazy("Amount, as they say"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """A period ends on or after its first day."""
        values = super().clean() or self.cleaned_data
        first, last = values.get("first_day"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The period ends before it begins."))
        return values


class LineForm(forms.Form):
    """One line as it was reported; rows that stay empty do not count."""

    store = forms.CharField(
        label=gettext_lazy("Store"), max_length=400, required=False, widget=AccountInput
    )
    product = forms.CharField(
        label=gettext_lazy("Product"), max_length=300, required=False, widget=ProductInput
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    sold_on = DayField(label=gettext_lazy("Day"), required=False)
    quantity_sold = amount_field(label=gettext_lazy("Sold"), required=False)
    quantity_returned = amount_field(label=gettext_lazy("Brought back"), required=False)
    gross_amount = amount_field(label=gettext_lazy("Turnover before coupons"), required=False)
    coupon_amount = amount_field(label=gettext_lazy("Of it paid with coupons"), required=False)
    payment_medium = forms.CharField(
        label=gettext_lazy("Paid by"), max_length=MEDIUM_LENGTH, required=False
    )
    tax_rate = NumberField(
        label=gettext_lazy("Tax, %"), max_digits=5, decimal_places=2, min_value=0, max_value=100,
        required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, categories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["category"]).choices = categories
        for name in ("sold_on", "tax_rate"):
            self.fields[name].widget.attrs |= {"autocomplete": "off"}

    @property
    def is_filled(self) -> bool:
        """Whether anything stands in the row."""
        return any(value not in (None, "") for value in self.cleaned_data.values())


_Lines = forms.formset_factory(LineForm, extra=STEP, max_num=MOST, validate_max=True)


class LineRows(_Lines):  # type: ignore[valid-type, misc] # made by a factory
    """The lines of a report, resolved together: stores, codes and units."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        none = [("", "–")]
        rows = ProductCategory.objects.order_by("name").values_list("pk", "name")
        categories = none + [(str(pk), name) for pk, name in rows]
        super().__init__(*args, prefix="line", form_kwargs={"categories": categories}, **kwargs)
        self.user = user

    def typed(self) -> list[dict[str, str]]:
        """The rows as they were typed, to be offered again."""
        total = min(int(self.management_form.cleaned_data["TOTAL_FORMS"]), MOST)
        return [
            {name: self.data.get(f"line-{n}-{name}", "") for name in LineForm.base_fields}
            for n in range(total)
        ]

    def filled(self) -> list[tuple[int, LineForm]]:
        """Rows with something in them, by their place from 0."""
        return [(n, form) for n, form in enumerate(self.forms) if form.is_filled]

    def lines(self, head: Mapping[str, Any]) -> dict[int, Line]:
        """The lines by their row; what is wrong with one stands beside its field."""
        filled = self.filled()
        stores = _stores(self.user, head["account"], (row for _n, row in filled))
        products = _products(head, (row for _n, row in filled))
        found = {}
        for place, _form in filled:
            line = self._line(place, head, stores, products)
            if line is not None:
                found[place] = line
        return found

    def refuse(self, place: int, name: str, words: object) -> None:
        """Put a refusal beside the field of a row, with the number of the line."""
        form = self.forms[place]
        field = name if name in form.fields else "store"
        form.add_error(field, _("Line %(n)s: %(problem)s") % {"n": place + 1, "problem": words})

    def has_refusals(self) -> bool:
        """Whether any row shows a problem."""
        return any(form.errors for form in self.forms)

    def _line(
        self,
        place: int,
        head: Mapping[str, Any],
        stores: Mapping[str, list[Account]],
        products: Mapping[tuple[date, str], tuple[Product, str]],
    ) -> Line | None:
        values = self.forms[place].cleaned_data
        places = [head["account"]] if not values["store"] else stores.get(values["store"], [])
        if len(places) != 1:
            known = _("Several stores are called this.") if places else _("There is no such store.")
            self.refuse(place, "store", known)
        product, unit = products.get((_day(values, head), values["product"]), (None, ""))
        if values["product"] and product is None:
            self.refuse(place, "product", _why_unknown(head["account"], values["product"]))
        is_pieces = head["kind"] == ReportKind.SELL_THROUGH
        if is_pieces and values["quantity_sold"] is None and values["quantity_returned"] is None:
            self.refuse(place, "quantity_sold", _("Say how many were sold or brought back."))
        if self.forms[place].errors:
            return None
        return self._made(place, values, places[0], product, unit, _day(values, head))

    def _made(
        self, place: int, values: Any, store: Account, product: Product | None, code: str, day: date
    ) -> Line | None:
        unit = BASE
        try:
            if product is not None:
                unit = unit_of(product, code, day, account=store)
            sold, back = (
                convert(values[name] or Decimal(0), unit, BASE)
                for name in ("quantity_sold", "quantity_returned")
            )
        except UnknownUnitError:
            self.refuse(place, "product", _("The product is not sold in this unit."))
        except InexactError:
            self.refuse(place, "quantity_sold", _("This is no exact number of base units."))
        else:
            return Line(
                store=store,
                product=product,
                category=_category(values["category"]) if product is None else None,
                sold_on=values["sold_on"],
                quantity_sold=sold,
                quantity_returned=back,
                gross_amount=values["gross_amount"],
                coupon_amount=values["coupon_amount"],
                payment_medium=values["payment_medium"],
                tax_rate=values["tax_rate"],
                their_code=values["product"][:60] if product and values["product"] else "",
                unit=unit.code,
                unit_factor=_factor(unit),
            )
        return None


def show(
    head: ReportForm, rows: LineRows, placed: Mapping[int, Line], problem: RefusedError
) -> None:
    """Put a refusal of the service beside the field or the line that it is about."""
    if problem.row is None:
        add_to_form(head, problem)
        return
    place = list(placed)[problem.row[1]]
    rows.refuse(place, problem.field, problem.message)


def _factor(unit: Unit) -> Decimal:
    return (Decimal(unit.numerator) / Decimal(unit.denominator)).quantize(Decimal("0.000001"))


def _category(pk: str) -> ProductCategory | None:
    return ProductCategory.objects.filter(pk=pk).first() if pk else None


def _day(values: Mapping[str, Any], head: Mapping[str, Any]) -> date:
    day: date = values["sold_on"] or head["last_day"]
    return day


def _stores(user: User, account: Account, rows: Iterable[LineForm]) -> dict[str, list[Account]]:
    """What each text means among the stores of the account: identifier, number offered, name.

    A bare number is an identifier of theirs, never one of our own numbers.
    """
    texts = {row.cleaned_data["store"] for row in rows} - {""}
    below = Account.objects.visible_to(user).not_merged().filter(path__contains=[account.pk])
    found: dict[str, dict[int, Account]] = {text: {} for text in texts}
    identified = below.filter(identifiers__value__in=texts)
    for place in identified.prefetch_related("identifiers"):
        for text in texts & {one.value for one in place.identifiers.all()}:
            found[text][place.pk] = place
    numbers = {text: int(match[1]) for text in texts if (match := NUMBER.search(text))}
    keys = {text: search_key(text) for text in texts}
    for place in below.filter(pk__in=numbers.values()) | below.filter(name_key__in=keys.values()):
        for text in texts:
            is_named = text not in numbers and keys[text] == place.name_key
            if numbers.get(text) == place.pk or (is_named and not found[text]):
                found[text][place.pk] = place
    return {text: list(places.values()) for text, places in found.items()}


def _products(
    head: Mapping[str, Any], rows: Iterable[LineForm]
) -> dict[tuple[date, str], tuple[Product, str]]:
    """What each code or name means on its day, with the unit of the code."""
    asked: dict[date, set[str]] = {}
    for row in rows:
        if text := row.cleaned_data["product"]:
            asked.setdefault(_day(row.cleaned_data, head), set()).add(text)
    matches = {
        (day, text): (match.product_id, match.unit)
        for day, texts in asked.items()
        for text, match in products_by_code(head["account"], texts, day=day).items()
    }
    known = Product.objects.in_bulk({pk for pk, _unit in matches.values()})
    found = {key: (known[pk], unit) for key, (pk, unit) in matches.items()}
    for key, product in _by_name(
        (day, text) for day, texts in asked.items() for text in texts if (day, text) not in found
    ):
        found[key] = (product, "")
    return found


def _by_name(keys: Iterable[tuple[date, str]]) -> Iterator[tuple[tuple[date, str], Product]]:
    for key in keys:
        rows = list(Product.objects.filter(name__iexact=key[1])[:2])
        if len(rows) == 1:
            yield key, rows[0]


def _why_unknown(account: Account, text: str) -> str:
    if SCIENTIFIC.match(text):
        return _("This is a GTIN in scientific notation: its digits are lost.")
    bare = text.lstrip("0").casefold()
    codes = codes_of(account).values_list("code", flat=True)
    if any(code.lstrip("0").casefold() == bare for code in codes):
        return _("A code with other zeros in front is known. Zeros count.")
    return _("There is no product with this code or name.")
