"""Expected receipts by week: from due dates and habits, beside what came."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kam.core import charts, formats
from kam.core.charts import export
from kam.core.selectors.rates import MissingRateError
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table, respond
from kam.core.tables.chips import Chip
from kam.core.tables.state import State
from kam.identity.decorators import requires, signed_in
from settlements.forms.ageing import DatedForm
from settlements.selectors.ageing import AgeingQuery
from settlements.selectors.collection import WEEK, Forecast, Week, expected_receipts

PAGE = "settlements/expected.html"
SOON = 4
ZERO = Decimal(0)


@require_GET
@requires("receivables.view")
def expected_receipts_page(request: HttpRequest) -> HttpResponseBase:
    """The weeks around a day: what falls due, what is expected by habit, what came."""
    form = DatedForm(request.GET, user=signed_in(request), today=timezone.localdate())
    form.is_valid()
    query = AgeingQuery(as_of=form.day, **form.narrowed())
    context = _frame(request, form, query)
    try:
        found = expected_receipts(query)
    except MissingRateError as error:
        return render(request, PAGE, {**context, "missing": error})
    chart = _chart(found)
    if (file := export(request, chart)) is not None:
        return file
    table = _table(request, found)
    context |= {"found": found, "chart": chart, "stats": _stats(found), "weeks": table}
    context["nothing"] = not (found.undated or found.later or any(map(_moves, found.weeks)))
    return respond(request, PAGE, context, table)


def _moves(week: Week) -> bool:
    return bool(week.due or week.expected or week.came)


def _frame(request: HttpRequest, form: DatedForm, query: AgeingQuery) -> dict[str, Any]:
    state = State(request.path, request.GET)
    return {
        "form": form,
        "query": query,
        "state": state,
        "chips": [
            Chip(str(label), value, state.url_without_value(name))
            for name, label, value in form.in_force()
        ],
        "clear_url": state.url(**dict.fromkeys(("account", "lead", "company", "currency"))),
        "day_fields": state.fields("as_of"),
        "filter_fields": state.fields("account", "lead", "company", "currency"),
        "as_of": query.as_of if query.as_of != timezone.localdate() else None,
        "crumbs": [(_("Receivables"), reverse("settlements:board")), (_("Expected receipts"), "")],
        "empty": Empty(
            _("Nothing is expected"),
            _("This shows when money should come, once there are open invoices."),
            icon="calendar-dollar",
        ),
    }


def _stats(found: Forecast) -> list[Stat]:
    """The running week, the next four, what came, and what cannot be placed."""
    now = next(week for week in found.weeks if week.monday + WEEK > found.as_of)
    ahead = [week for week in found.weeks if week.monday > now.monday]
    past = [week for week in found.weeks if week.monday < now.monday][-SOON:]
    money: dict[str, Any] = {"kind": "money", "unit": found.currency, "as_of": found.as_of}
    came = sum((week.came or ZERO for week in past), ZERO)
    return [
        Stat(
            name="now", title=_("This week"), value=now.expected,
            what=_("What should come in the running week, with what should have come already."),
            **money,
        ),
        Stat(
            name="soon", title=_("Next 4 weeks"),
            value=sum((week.expected for week in ahead[:SOON]), ZERO),
            what=_("What is open, by due date and each payer's habit of the last year."), **money,
        ),
        Stat(
            name="came", title=_("Came, 4 weeks"), value=came,
            reference=_("%(amount)s was expected")
            % {"amount": formats.compact(sum((week.expected for week in past), ZERO))},
            what=_("Receipts by the day they were posted for."), **money,
        ),
        Stat(
            name="later", title=_("Later"), value=found.later,
            what=_("What is expected after the last week shown."), **money,
        ),
        Stat(
            name="undated", title=_("No due date"), value=found.undated,
            what=_("Open, and nobody can say when it should come."), **money,
        ),
    ]  # fmt: skip


def _chart(found: Forecast) -> charts.Chart:
    weeks = found.weeks
    return charts.bar(
        name="expected",
        title=_title(found),
        labels=[formats.date(week.monday) for week in weeks],
        series=[
            charts.Series(name=_("Due"), values=[week.due for week in weeks], hue=8),
            charts.Series(name=_("Expected"), values=[week.expected for week in weeks], hue=1),
            charts.Series(name=_("Came"), values=[week.came for week in weeks], hue=3),
        ],
        label_title=_("Week from"),
        unit=found.currency,
        height="tall",
        as_of=found.as_of,
        note=_("Expected is the due date moved by how late each payer paid in the last year."),
    )


def _title(found: Forecast) -> str:
    ahead = [week for week in found.weeks if week.monday + WEEK > found.as_of]
    best = max(ahead, key=lambda week: week.expected, default=None)
    if best is None or best.expected <= 0:
        return _("Nothing is expected in the coming weeks")
    return _("Most comes in the week of %(week)s: %(amount)s %(currency)s") % {
        "week": formats.date(best.monday),
        "amount": formats.compact(best.expected),
        "currency": found.currency,
    }


def _table(request: HttpRequest, found: Forecast) -> Table:
    money: dict[str, Any] = {"kind": "money", "unit": found.currency}
    return Table(
        request,
        found.weeks,
        [
            Column(name="monday", title=_("Week from"), kind="date"),
            Column(name="due", title=_("Due"), **money),
            Column(name="expected", title=_("Expected"), **money),
            Column(name="came", title=_("Came"), unknown=_("The week is still to come"), **money),
            Column(
                name="difference",
                title=_("Came less expected"),
                value=lambda week: None if week.came is None else week.came - week.expected,
                unknown=_("The week is still to come"),
                **money,
            ),
        ],
        name="expected-receipts",
        caption=_("Expected receipts by week"),
        push_url=False,
    )
