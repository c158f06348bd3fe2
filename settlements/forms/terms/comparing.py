"""What methods are compared with: the account's own figures where known, else asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from settlements.analytics.methods import History, Method, MethodKind, MonthSales
from settlements.forms.terms.fields import count_field, number_field, percent_field

HUNDRED = Decimal(100)


class ComparisonForm(forms.Form):
    """Sales, cost, returns and payment of an account, and the terms of each method."""

    month_sales = number_field(label=_("Sales of a month, at our price"))
    cost_percent = percent_field(label=_("Cost of goods, percent of our price"))
    markup_percent = number_field(
        digits=7, label=_("Their price over ours, %"),
        help_text=_("Without tax. Needed for the concession."),
    )  # fmt: skip
    unsold_percent = percent_field(label=_("Goods that do not sell, percent of delivered"))
    shrink_percent = percent_field(label=_("Shrink, percent of units sold"))
    stock_days = count_field(label=_("Days from delivery to sale"))
    delay_days = number_field(digits=7, places=2, label=_("Days paid beyond terms"))
    capital_percent = percent_field(label=_("Cost of capital, % a year"))
    loss_percent = percent_field(label=_("Never paid, percent of revenue"))
    credit_days = count_field(label=_("Outright: days of credit"), required=True)
    takes_back = forms.BooleanField(
        label=_("Outright: we take back what is unsold"), required=False
    )
    term_days = count_field(label=_("Others: days after the statement"), required=True)
    statement_days = count_field(
        label=_("Others: days from a sale to the confirmed statement"), required=True
    )
    rate = percent_field(label=_("Concession: deduction, %"))
    retailer_shrink = percent_field(label=_("Consignment: shrink that they bear, %"))

    own = (
        "month_sales", "cost_percent", "markup_percent", "unsold_percent", "shrink_percent",
        "stock_days", "delay_days", "capital_percent", "loss_percent",
    )  # fmt: skip
    terms = (
        "credit_days", "takes_back", "term_days", "statement_days", "rate", "retailer_shrink",
    )  # fmt: skip

    def own_fields(self) -> list[forms.BoundField]:
        """What is known, or asked, of the account."""
        return [self[name] for name in self.own]

    def term_fields(self) -> list[forms.BoundField]:
        """The terms that each method would have."""
        return [self[name] for name in self.terms]

    def clean_unsold_percent(self) -> Decimal | None:
        """Something is sold."""
        value: Decimal | None = self.cleaned_data["unsold_percent"]
        if value is not None and value >= HUNDRED:
            raise forms.ValidationError(_("This is below 100."))
        return value

    def history(self, shape: Sequence[Decimal]) -> History:
        """The account's months, in their own shape where it has one, and how it sells and pays."""
        values = self.cleaned_data
        return History(
            months=tuple(_months(values, shape)),
            unsold_share=_share(values["unsold_percent"]),
            shrink_share=_share(values["shrink_percent"]),
            delay_days=values["delay_days"],
            stock_days=_decimal(values["stock_days"]),
            capital_percent=values["capital_percent"],
            loss_percent=values["loss_percent"],
        )

    def methods(self) -> list[Method]:
        """Outright on credit, consignment, concession."""
        values = self.cleaned_data
        later: dict[str, Any] = {
            "term_days": values["term_days"],
            "statement_days": values["statement_days"],
        }
        return [
            Method(
                kind=MethodKind.OUTRIGHT,
                term_days=values["credit_days"],
                rate=Decimal(0),
                takes_back_unsold=values["takes_back"],
            ),
            Method(
                kind=MethodKind.CONSIGNMENT,
                rate=Decimal(0),
                retailer_shrink=_share(values["retailer_shrink"]) or Decimal(0),
                **later,
            ),
            Method(kind=MethodKind.CONCESSION, rate=values["rate"], **later),
        ]


def _months(values: Mapping[str, Any], shape: Sequence[Decimal]) -> list[MonthSales]:
    sales, cost, markup = (
        values[name] for name in ("month_sales", "cost_percent", "markup_percent")
    )
    whole = sum(shape, Decimal(0))
    shares = [one * len(shape) / whole for one in shape] if whole > 0 else [Decimal(1)] * 12
    return [
        MonthSales(
            at_supply=None if sales is None else sales * share,
            at_consumer=_times(sales, share, None if markup is None else HUNDRED + markup),
            cost=_times(sales, share, cost),
        )
        for share in shares
    ]


def _times(sales: Decimal | None, share: Decimal, percent: Decimal | None) -> Decimal | None:
    return None if sales is None or percent is None else sales * share * percent / HUNDRED


def _share(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent / HUNDRED


def _decimal(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
