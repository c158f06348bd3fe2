"""What would this order cost: in the customer's codes and units, and in ours."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.forms.fields import as_typed
from accounts.models import Account
from kam.core.exact import exact_sum
from kam.core.money import round_to_currency
from kam.identity.decorators import requires, signed_in
from settlements.forms.prices import CalculatorForm
from settlements.selectors.prices.order import OrderLine, cost_of_order
from settlements.views.prices import common


@requires(common.VIEW)
@require_GET
def calculator(request: HttpRequest) -> HttpResponse:
    """A form of lines, and what they cost; the address says it all, so that it can be sent on."""
    user = signed_in(request)
    asked = "day" in request.GET
    form = CalculatorForm(request.GET if asked else None, user=user, initial=_start(request))
    context: dict[str, Any] = {
        "form": form,
        "crumbs": common.crumbs((_("Calculator"), "")),
        "tabs": common.tabs(user, "price-calculator"),
    }
    if asked and form.is_valid():
        values = form.cleaned_data
        currency = values["currency"].pk if values["currency"] else None
        lines = cost_of_order(values["account"], form.lines, values["day"], currency=currency)
        context |= {
            "account": values["account"],
            "lines": [_shown(line) for line in lines],
            "totals": _totals(lines),
            "missing": sum(1 for line in lines if line.problem),
        }
    status = 422 if asked and form.errors else 200
    return render(request, "settlements/prices_calculator.html", context, status=status)


def _start(request: HttpRequest) -> dict[str, Any]:
    start: dict[str, Any] = {"day": timezone.localdate()}
    asked = request.GET.get("account", "")
    if asked.isdecimal():
        rows = Account.objects.visible_to(signed_in(request)).not_merged()
        if found := rows.filter(pk=asked[:18]).first():
            start["account"] = as_typed(found)
    return start


def _shown(line: OrderLine) -> dict[str, Any]:
    price = line.price
    found: dict[str, Any] = {"line": line, "problem": _problems().get(line.problem, "")}
    if price is None:
        return found
    return found | {
        "currency": price.currency,
        "per_price": common.amount_words(price.amount, price.currency),
        "per_ordered": None
        if price.unit == line.unit
        else common.amount_words(line.per_ordered, price.currency),
        "next_price": common.amount_words(line.next.price, price.currency) if line.next else None,
    }


def _problems() -> dict[str, str]:
    return {
        "product": _("No product is known by this code."),
        "unit": _("The product is not sold in this unit."),
        "price": _("No price is agreed for so many."),
    }


def _totals(lines: list[OrderLine]) -> list[tuple[str, Decimal]]:
    """The sum by currency; amounts in two currencies are never added."""
    codes = sorted({line.price.currency for line in lines if line.price})
    return [
        (
            code,
            round_to_currency(
                exact_sum(
                    line.amount
                    for line in lines
                    if line.price and line.price.currency == code and line.amount is not None
                ),
                code,
            ),
        )
        for code in codes
    ]
