"""Methods compared on an account's own figures: margin, cash timing, risk, exposure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from kam.core import charts, formats
from kam.core.dates import add_months, month_start
from kam.core.formats import Text
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from settlements.analytics.methods import Comparison, MethodKind, compare
from settlements.forms.terms.comparing import ComparisonForm
from settlements.forms.terms.fields import note, plain
from settlements.models import AgreementVersion
from settlements.selectors.terms import own_figures
from settlements.services.terms.comparing import save_comparison
from settlements.views.terms import common

# icons: scale device-floppy
METHODS: dict[str, Text] = {
    MethodKind.OUTRIGHT: gettext_lazy("Outright on credit"),
    MethodKind.CONSIGNMENT: gettext_lazy("Consignment"),
    MethodKind.CONCESSION: gettext_lazy("Concession"),
}
FIGURES: dict[str, tuple[Text, Text, str]] = {
    "revenue": (gettext_lazy("Revenue"), gettext_lazy("What we bill, less a deduction."), "money"),
    "margin": (
        pgettext_lazy("profit", "Margin"),
        gettext_lazy("Less cost of goods billed or lost."),
        "money",
    ),
    "margin_percent": (gettext_lazy("Margin, percent of revenue"), "", "number"),
    "days_to_cash": (gettext_lazy("Days from delivery to cash"), "", "number"),
    "peak_cash_out": (
        gettext_lazy("Most cash tied up"),
        gettext_lazy("The deepest that cash ever is below zero."),
        "money",
    ),
    "capital_cost": (gettext_lazy("Cost of capital"), "", "money"),
    "stock_risk": (
        gettext_lazy("Stock at our risk"),
        gettext_lazy("Goods that come back unsold and shrink that is ours, at cost."),
        "money",
    ),
    "exposure_peak": (
        gettext_lazy("Most at risk with them"),
        gettext_lazy("Owed to us, and half the cost of our goods in their store."),
        "money",
    ),
    "expected_loss": (gettext_lazy("Expected loss"), "", "money"),
    "result": (
        gettext_lazy("What is left"),
        gettext_lazy("Margin less cost of capital and expected loss."),
        "money",
    ),
}
INPUTS: dict[str, Text] = {
    "months": gettext_lazy("sales"),
    "at_supply": gettext_lazy("sales at our price"),
    "at_consumer": gettext_lazy("their price over ours"),
    "cost": gettext_lazy("cost of goods"),
    "unsold_share": gettext_lazy("goods that do not sell"),
    "shrink_share": gettext_lazy("shrink"),
    "delay_days": gettext_lazy("days paid beyond terms"),
    "stock_days": gettext_lazy("days from delivery to sale"),
    "capital_percent": gettext_lazy("cost of capital"),
    "loss_percent": gettext_lazy("what is never paid"),
    "rate": gettext_lazy("the deduction"),
}
START = {"credit_days": 30, "term_days": 30, "statement_days": 20, "retailer_shrink": 0}


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def version_compare(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """The form with the account's own figures, the comparison, and keeping it with the draft."""
    version, today = common.get_draft(request, pk, number), timezone.localdate()
    sales = own_figures.sales_by_month(version.agreement, as_of=today)
    sent = request.POST if request.method == "POST" else request.GET
    bound = "month_sales" in sent
    start = {} if bound else starting(version, sales, today)
    form = ComparisonForm(sent if bound else None, initial=start)
    found = None
    if bound and form.is_valid():
        shape = [one.amount for one in sales if one.amount > 0]
        found = compared(form, shape, places=version.agreement.currency.decimals, on=today)
        if request.method == "POST" and _save(request, version, found, form):
            return redirect(version.get_absolute_url())
    chart = chart_of(found, version.agreement.currency_id, today) if found else None
    if chart is not None and (file := charts.export(request, chart)) is not None:
        return file
    context = {
        "version": version,
        "agreement": version.agreement,
        "currency": version.agreement.currency_id,
        "form": form,
        "comparison": Table.of(found, version.agreement.currency_id) if found else None,
        "chart": chart,
        "sent": [(name, sent.get(name, "")) for name in form.fields] if found else [],
        "known_months": len(sales),
        "crumbs": common.version_crumbs(version, (_("Compare methods"), "")),
    }
    status = 422 if form.errors else 200
    return render(request, "settlements/agreement_compare.html", context, status=status)


def _save(
    request: HttpRequest, version: AgreementVersion, found: dict[str, Any], form: ComparisonForm
) -> bool:
    try:
        save_comparison(version=version, comparison=found, by=signed_in(request))
    except RefusedError as problem:
        note(form, problem)
        return False
    messages.success(request, _("The comparison is kept with the draft."))
    return True


def starting(
    version: AgreementVersion, sales: Sequence[own_figures.SalesMonth], today: date
) -> dict[str, Any]:
    """What is known of the account; what is not stays empty."""
    agreement = version.agreement
    places = agreement.currency.decimals
    total = sum((one.amount for one in sales), Decimal(0))
    cost = _cost(sales)
    returned = own_figures.returned_share(agreement, as_of=today)
    delay = own_figures.payment_delay(agreement, as_of=today)
    known = {
        "month_sales": round(total / len(sales), places) if sales and total > 0 else None,
        "cost_percent": round(cost * 100, 1) if cost is not None else None,
        "unsold_percent": round(returned * 100, 1) if returned is not None else None,
        "delay_days": round(delay, 1) if delay is not None else None,
        "rate": _rate(version),
    }
    return {**START, **{name: plain(value) for name, value in known.items()}}


def _cost(sales: Sequence[own_figures.SalesMonth]) -> Decimal | None:
    known = [(one.cost, one.amount) for one in sales if one.cost is not None and one.cost > 0]
    whole = sum((amount for _cost, amount in known), Decimal(0))
    return sum((cost for cost, _amount in known), Decimal(0)) / whole if whole > 0 else None


def _rate(version: AgreementVersion) -> Decimal | None:
    rates = version.terms.exclude(deduction_percent=None).values_list(
        "deduction_percent", flat=True
    )
    found: Decimal | None = rates.first()
    return found


# What was found, as it is kept and as it is shown


def compared(
    form: ComparisonForm, shape: Sequence[Decimal], *, places: int, on: date
) -> dict[str, Any]:
    """The comparison as it is kept with the draft: what went in and what came out."""
    results = compare(form.history(shape), form.methods(), places=places)
    return {
        "on": on.isoformat(),
        "inputs": {name: _text(value) for name, value in form.cleaned_data.items()},
        "methods": [_kept(one) for one in results],
    }


def _kept(one: Comparison) -> dict[str, Any]:
    cash = one.cash
    return {
        "kind": one.method.kind.value,
        "figures": {name: _text(getattr(one, name)) for name in FIGURES},
        "missing": {name: list(names) for name, names in one.missing.items()},
        "cash": None if cash is None else [[row.month, _text(row.amount)] for row in cash],
    }


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a method; `why` names what it would need."""

    value: Decimal | None
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of all methods."""

    title: Text
    what: Text
    kind: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A kept comparison as a table."""

    on: date
    currency: str
    titles: list[Text]
    rows: list[Row]

    @classmethod
    def of(cls, kept: Mapping[str, Any], currency: str) -> Table:
        """Read what was kept."""
        methods = kept["methods"]
        rows = [
            Row(title, what, kind, [_cell(one, name) for one in methods])
            for name, (title, what, kind) in FIGURES.items()
        ]
        titles = [METHODS[one["kind"]] for one in methods]
        return cls(date.fromisoformat(kept["on"]), currency, titles, rows)


def _cell(method: Mapping[str, Any], name: str) -> Cell:
    text = method["figures"].get(name)
    names = method["missing"].get("margin" if name == "margin_percent" else name, [])
    said = ", ".join(str(INPUTS.get(one, one)) for one in names)
    return Cell(
        None if text is None else Decimal(text),
        _("Not known: %(what)s") % {"what": said} if said else _("Not known"),
    )


def shown(version: AgreementVersion) -> Table | None:
    """The comparison that is kept with a version."""
    kept = version.comparison
    return Table.of(kept, version.agreement.currency_id) if kept else None


def chart_of(kept: Mapping[str, Any], currency: str, today: date) -> charts.Chart | None:
    """Cash so far by month, a line for each method; None where no method's cash is known."""
    known = [one for one in kept["methods"] if one["cash"]]
    if not known:
        return None
    months = [month for one in known for month, _amount in one["cash"]]
    span = range(min(months), max(months) + 1)
    first = month_start(today)
    series = [charts.Series(name=str(METHODS[one["kind"]]), values=_so_far(one, span))
              for one in known]  # fmt: skip
    return charts.line(
        name="cash",
        title=_finding(series),
        labels=[formats.month(add_months(first, month)) for month in span],
        series=series,
        label_title=_("Month"),
        unit=currency,
        note=_("Cash so far, as if sales of the last year began again this month."),
        as_of=today,
    )


def _so_far(method: Mapping[str, Any], span: range) -> list[Decimal]:
    by_month = {month: Decimal(amount) for month, amount in method["cash"]}
    return list(accumulate(by_month.get(month, Decimal(0)) for month in span))


def _finding(series: Sequence[charts.Series]) -> str:
    deepest = min(series, key=lambda one: min(value or 0 for value in one.values))
    words = _("%(method)s ties up the most cash")
    return words % {"method": deepest.name}
