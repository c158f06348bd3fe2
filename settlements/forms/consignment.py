"""Forms and filters of consigned goods and sales reports."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import AccountChoice, Flag, PageFilter, Several
from accounts.forms.fields import AccountField, give_user
from accounts.models import Account, Product
from kam.core.models import SellingCompany
from kam.core.number_fields import NumberField
from kam.core.problems import RefusedError, add_to_form
from kam.core.text import search_key
from kam.identity.models import User
from settlements.analytics.units import InexactError, convert
from settlements.choices.consignment import MovementKind
from settlements.choices.reports import ReportKind, ReportState
from settlements.forms.days import DayField
from settlements.forms.posting import OnceForm
from settlements.forms.products import ProductField
from settlements.models import ConsignedStock, ConsignmentMovement, SalesReport, StockCount
from settlements.selectors.consignment.board import slow
from settlements.selectors.prices import UnknownUnitError, unit_of
from settlements.selectors.prices.units import BASE
from settlements.services.consignment.moving import Goods
from settlements.services.consignment.problems import ShortStockError

ROWS = 5
BY_HAND = (
    MovementKind.FILL_UP,
    MovementKind.PICK_UP,
    MovementKind.TRANSFER,
    MovementKind.COUNT_ADJUSTMENT,
    MovementKind.SHRINK,
)


def quantity_field(**kwargs: Any) -> forms.DecimalField:
    """How many."""
    return NumberField(max_digits=18, decimal_places=4, **kwargs)


class GoodsForm(OnceForm):
    """A store, a day, and up to five products with how many of which unit."""

    store = AccountField(label=gettext_lazy("Store"))
    selling_company = forms.ModelChoiceField(
        label=gettext_lazy("Selling company"),
        queryset=SellingCompany.objects.filter(is_active=True),
        empty_label=None,
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=140,
        required=False,
        help_text=gettext_lazy("Delivery note, count sheet …"),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)
    day_name = "moved_on"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, ROWS + 1):
            name = _("Product %(n)s") % {"n": place}
            self.fields[f"product_{place}"] = ProductField(label=name, required=False, help_text="")
            self.fields[f"quantity_{place}"] = quantity_field(
                label=_("Quantity %(n)s") % {"n": place}, required=False
            )
            self.fields[f"unit_{place}"] = forms.CharField(
                label=_("Unit %(n)s") % {"n": place}, max_length=30, required=False
            )

    def rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The fields of each product."""
        for place in range(1, ROWS + 1):
            yield self[f"product_{place}"], self[f"quantity_{place}"], self[f"unit_{place}"]

    def clean(self) -> dict[str, Any]:
        """Rows are whole or empty; the day is not in the future; units are known."""
        values = super().clean() or self.cleaned_data
        day = values.get(self.day_name)
        if day and day > timezone.localdate():
            self.add_error(self.day_name, _("This day is still to come."))
        values["goods"] = [goods for place in range(1, ROWS + 1) for goods in self._row(place)]
        if not values["goods"] and not self.errors and self.needs_goods:
            self.add_error("product_1", _("Name at least one product."))
        return values

    needs_goods = True

    def _row(self, place: int) -> list[Goods]:
        values = self.cleaned_data
        product, quantity = values.get(f"product_{place}"), values.get(f"quantity_{place}")
        if product is None and quantity is None:
            return []
        for name, value in ((f"product_{place}", product), (f"quantity_{place}", quantity)):
            if value is None and name not in self.errors:
                self.add_error(name, _("A row needs a product and a quantity."))
        if product is None or quantity is None:
            return []
        return self._in_base(place, product, quantity, values.get(f"unit_{place}", ""))

    def _in_base(self, place: int, product: Product, quantity: Decimal, unit: str) -> list[Goods]:
        day, store = self.cleaned_data.get(self.day_name), self.cleaned_data.get("store")
        if day is None or store is None:
            return []
        try:
            found = unit_of(product, unit.strip(), day, account=store)
            return [Goods(product, convert(quantity, found, BASE))]
        except UnknownUnitError:
            self.add_error(f"unit_{place}", _("The product is not sold in this unit."))
        except InexactError:
            self.add_error(f"quantity_{place}", _("This is no exact number of base units."))
        return []

    def refuse(self, problem: RefusedError) -> None:
        """Show a refusal beside the row or field that it is about."""
        field = problem.field
        places = [one for one in range(1, ROWS + 1) if self.cleaned_data.get(f"product_{one}")]
        if problem.row is not None and problem.row[1] < len(places):
            field = f"quantity_{places[problem.row[1]]}"
        elif isinstance(problem, ShortStockError):
            products = (self.cleaned_data[f"product_{one}"].pk for one in places)
            short = dict(zip(products, places, strict=True)).get(problem.product_id)
            field = f"quantity_{short}" if short else field
        add_to_form(self, RefusedError(problem.message, field=field))


class MovementForm(GoodsForm):
    """Goods that came, left, went to another store, or were adjusted."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=[(kind.value, kind.label) for kind in BY_HAND],
    )
    to_store = AccountField(
        label=gettext_lazy("To store"),
        required=False,
        help_text=gettext_lazy("Of a transfer alone."),
    )
    moved_on = DayField(label=gettext_lazy("Day"))
    allow_below_zero = forms.BooleanField(
        label=gettext_lazy("The stock may go below zero"),
        required=False,
        help_text=gettext_lazy("It is flagged until goods come."),
    )

    def clean(self) -> dict[str, Any]:
        """A transfer names where to."""
        values = super().clean()
        is_transfer = values.get("kind") == MovementKind.TRANSFER
        if is_transfer and not values.get("to_store") and "to_store" not in self.errors:
            self.add_error("to_store", _("Say to which store."))
        return values


class StoreForm(forms.Form):
    """Which store is counted."""

    store = AccountField(label=gettext_lazy("Store"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)

    @property
    def chosen(self) -> Account | None:
        """The store that was named; None where none was, or none is found."""
        return self.cleaned_data["store"] if self.is_valid() else None


class CountForm(GoodsForm):
    """What was counted: the products that lie in the store, and others found."""

    counted_on = DayField(label=gettext_lazy("Counted on"))
    day_name = "counted_on"
    needs_goods = False

    def __init__(self, *args: Any, stock: list[ConsignedStock], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stock = stock
        for row in stock:
            self.fields[f"count_{row.product_id}"] = quantity_field(
                label=row.product.name, required=False, min_value=0
            )

    def known(self) -> list[tuple[ConsignedStock, forms.BoundField]]:
        """What lies there by the books, with the field for what was counted."""
        return [(row, self[f"count_{row.product_id}"]) for row in self.stock]

    def clean(self) -> dict[str, Any]:
        """Empty fields were not counted; zero was."""
        values = super().clean()
        counted = [
            Goods(row.product, values[f"count_{row.product_id}"])
            for row in self.stock
            if values.get(f"count_{row.product_id}") is not None
        ]
        values["goods"] = counted + values["goods"]
        if not values["goods"] and not self.errors:
            raise forms.ValidationError(_("Say what was counted; zero is a count too."))
        return values


class TakeBackForm(OnceForm):
    """From when a movement is taken back, and why."""

    moved_on = DayField(
        label=gettext_lazy("On"), help_text=gettext_lazy("Not before the movement itself.")
    )
    note = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class DecisionForm(forms.Form):
    """Accepting a report."""

    allow_below_zero = forms.BooleanField(
        label=gettext_lazy("Stocks may go below zero; they are flagged"), required=False
    )


class RejectForm(forms.Form):
    """Rejecting a report."""

    note = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class _ByStore(PageFilter):
    """Filters that rows of a store share."""

    q = django_filters.CharFilter(label=gettext_lazy("Store or product"), method="by_text")
    within = AccountChoice(label=gettext_lazy("Below"), method="by_branch")

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """A part of the store's name in any script, or of the product's name or code."""
        key = search_key(text)
        if not key:
            return rows
        plain = text.strip()
        return rows.filter(
            Q(store__name_key__contains=key)
            | Q(product__name__icontains=plain)
            | Q(product__code__icontains=plain)
        )

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """A node and everything below it today."""
        return rows.filter(store__path__contains=[account.pk])


class StockFilter(_ByStore):
    """Filters of the board; the month is read by the page."""

    below = Flag(label=gettext_lazy("Below zero"), method="by_sign")
    slow = Flag(label=gettext_lazy("Nothing sold for 60 days"), method="by_age")
    there = Flag(label=gettext_lazy("Only what lies there"), method="by_presence")

    class Meta:
        model = ConsignedStock
        fields: list[str] = []

    def by_sign(self, rows: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        """Stocks below zero."""
        return rows.filter(quantity__lt=0)

    def by_age(self, rows: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        """Goods that lie long."""
        return slow(rows, as_of=timezone.localdate())

    def by_presence(self, rows: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        """Without stores and products of which nothing is left."""
        return rows.exclude(quantity=0)


class MovementFilter(_ByStore):
    """Filters of movements."""

    kind = Several(label=gettext_lazy("Kind"), choices=MovementKind.choices)
    since = django_filters.DateFilter(
        label=gettext_lazy("From"), field_name="moved_on", lookup_expr="gte"
    )
    until = django_filters.DateFilter(
        label=gettext_lazy("Until"), field_name="moved_on", lookup_expr="lte"
    )
    report = django_filters.NumberFilter(
        label=gettext_lazy("Number of the report"), field_name="report_id"
    )

    class Meta:
        model = ConsignmentMovement
        fields: list[str] = []


class CountFilter(PageFilter):
    """Filters of counts."""

    within = AccountChoice(label=gettext_lazy("Below"), method="by_branch")
    old = Flag(label=gettext_lazy("Books changed since"), method="by_age")

    class Meta:
        model = StockCount
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """A node and everything below it today."""
        return rows.filter(store__path__contains=[account.pk])

    def by_age(self, rows: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        """Counts to be taken anew from the books."""
        return rows.filter(is_old=True, is_replaced=False)


class ReportFilter(PageFilter):
    """Filters of sales reports."""

    q = django_filters.CharFilter(label=gettext_lazy("Account or number"), method="by_text")
    kind = Several(label=gettext_lazy("Kind"), choices=ReportKind.choices)
    state = Several(label=gettext_lazy("State"), choices=ReportState.choices)
    within = AccountChoice(label=gettext_lazy("Below"), method="by_branch")

    class Meta:
        model = SalesReport
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """A part of the account's name in any script, or of the number."""
        key = search_key(text)
        if not key:
            return rows
        return rows.filter(
            Q(account__name_key__contains=key) | Q(their_number__icontains=text.strip())
        )

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """A node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])
