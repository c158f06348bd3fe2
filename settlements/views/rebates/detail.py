"""One rebate: its periods, what makes its amount, what is expected, and its end."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.views.accounts import account_crumbs, get_account
from kam.core import formats, htmx
from kam.core.charts import Chart, Series, export, line
from kam.core.dates import ONE_DAY
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.registry import may
from kam.core.stats import Stat
from kam.identity.decorators import requires, signed_in
from settlements.choices.terms import Payout
from settlements.forms.rebates import ExpectationForm, SettleForm
from settlements.models import RebateAccrual, TradeCondition
from settlements.selectors.rebates import board as reads
from settlements.selectors.rebates.figures import (
    Figure,
    figures_of,
    final_figure,
    outlook_of,
    slices_of,
)
from settlements.services.rebates import expect, settle
from settlements.views.rebates import words
from settlements.views.rebates.board import LIST, VIEW

EXPECT, SETTLE = "rebates.expect", "statements.post"


def get_rebate(request: HttpRequest, pk: int) -> TradeCondition:
    """An approved rebate that the user may see; else 404."""
    found: TradeCondition = get_object_or_404(reads.conditions_for(signed_in(request)), pk=pk)
    return found


def page_of(condition: TradeCondition, start: date | None = None) -> str:
    """The page of a rebate, opened at a period."""
    path = reverse("settlements:rebate-detail", args=[condition.pk])
    return f"{path}?period={start.isoformat()}" if start else path


def _asked(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("period", ""))
    except ValueError:
        return None


@requires(VIEW)
@require_GET
def rebate_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One rebate as of today, one of its periods at a time."""
    condition = get_rebate(request, pk)
    return _detail(request, condition)


def _detail(
    request: HttpRequest, condition: TradeCondition, form: ExpectationForm | None = None
) -> HttpResponseBase:
    user, today = signed_in(request), timezone.localdate()
    periods = reads.periods_of(condition)
    asked = _asked(request)
    chosen = next((one for one in periods if one.start == asked), periods[0] if periods else None)
    figures = {one.period.lower: one for one in figures_of([condition.pk], through=today)}
    start = chosen.start if chosen else next(reversed(figures), None)
    figure = figures.get(start) if start and not (chosen and chosen.settlement) else None
    history = reads.history_of(condition, start) if start else []
    chart = _chart(condition, history)
    if chart and (file := export(request, chart)) is not None:
        return file
    runs_on = figure is not None and figure.period.upper > today
    context: dict[str, Any] = {
        "condition": condition,
        "agreement": condition.version.agreement,
        "account": condition.version.agreement.account,
        "periods": [_period(condition, one, chosen, today) for one in periods],
        "chosen": chosen,
        "figure": figure,
        "last_day": _last_day(figure, chosen),
        "stats": _stats(condition, figure, chosen, today),
        "slices": _slices(condition, figure, chosen),
        "chart": chart,
        "history": [_accrual(condition, row) for row in history],
        "expectations": [
            (row, words.counted(condition, row.total))
            for row in (reads.expectations_of(condition, start) if start else [])
        ],
        "expectation_form": form or ExpectationForm(),
        "may_expect": may(user, EXPECT) and runs_on,
        "settle_url": _settle_url(condition, chosen, today) if may(user, SETTLE) else "",
        "rules": _rules(condition),
        "today": today,
        "crumbs": [(_("Rebates"), reverse(LIST)), (condition.name, "")],
    }
    status = 422 if form is not None else 200
    return htmx.render_part(
        request, "settlements/rebates_detail.html", context, "panel", status=status
    )


def _accrual(condition: TradeCondition, row: RebateAccrual) -> dict[str, Any]:
    """A row of the history, what it counts in the basis' own words."""
    expected = row.expected_total
    return {
        "row": row,
        "basis": words.counted(condition, row.basis_amount),
        "expected": None if expected is None else words.counted(condition, expected),
    }


def _last_day(figure: Figure | None, chosen: reads.PeriodOf | None) -> date | None:
    end = figure.period.upper if figure else chosen.end if chosen else None
    return None if end is None else end - ONE_DAY


def _period(
    condition: TradeCondition, one: reads.PeriodOf, chosen: reads.PeriodOf | None, today: date
) -> dict[str, Any]:
    row = one.accrual
    row.is_settled = one.settlement is not None  # type: ignore[attr-defined]
    row.is_over = one.end <= today  # type: ignore[attr-defined]
    return {
        "row": row,
        "start": one.start,
        "last": one.end - ONE_DAY,
        "settlement": one.settlement,
        "badge": words.state_badge(row).__html__(),
        "active": one is chosen,
        "url": words.rebate_url(row),
        "basis": words.counted(condition, row.basis_amount),
    }


def _settle_url(condition: TradeCondition, chosen: reads.PeriodOf | None, today: date) -> str:
    if chosen is None or chosen.settlement is not None or chosen.end > today:
        return ""
    path = reverse("settlements:rebate-settle", args=[condition.pk])
    return f"{path}?period={chosen.start.isoformat()}"


def _stats(
    condition: TradeCondition,
    figure: Figure | None,
    chosen: reads.PeriodOf | None,
    today: date,
) -> list[Stat]:
    """What it comes to today; of a settled period what was settled."""
    if figure is None:
        return _settled_stats(chosen)
    currency = figure.currency
    places = condition.version.agreement.currency.decimals
    found = outlook_of(condition, figure.basis_amount, figure.expected_total, places)
    is_running = figure.period.upper > today
    shared: dict[str, Any] = {"kind": "money", "unit": currency, "as_of": today, "compact": False}
    gain = _("It would add %(amount)s") % {
        "amount": formats.money(figure.gain, currency) if figure.gain is not None else "–"
    }  # fmt: skip
    return [
        Stat(
            name="basis", title=pgettext("rebate", "Basis"), kind="text", as_of=today,
            value=words.counted(condition, figure.basis_amount),
            what=_("What counts so far: net of returns."),
            reference=words.back_words(condition, found),
        ),
        Stat(
            name="earned", title=_("Earned"), value=figure.earned_to_date, **shared,
            what=_("What would be owed if the period ended now."),
        ),
        Stat(
            name="accrued", title=_("To accrue"), value=figure.accrued, **shared,
            what=_("What of the expected rebate belongs to the basis so far."),
            reference=_("The next run adds %(amount)s")
            % {"amount": formats.money(figure.catch_up, currency)},
        ),
        Stat(
            name="next", title=_("Next tier"), kind="text",
            value=words.next_words(condition, found) if is_running else None,
            unknown=_("The top tier is reached, or the period is over"),
            reference=gain if is_running and figure.gain is not None else "",
        ),
    ]  # fmt: skip


def _settled_stats(chosen: reads.PeriodOf | None) -> list[Stat]:
    if chosen is None or chosen.settlement is None:
        return []
    given = chosen.settlement
    shared: dict[str, Any] = {"kind": "money", "unit": given.currency_id, "compact": False}
    on = given.settled_on
    return [
        Stat(name="earned", title=_("Earned"), value=given.earned, as_of=on, **shared),
        Stat(
            name="settled",
            title=pgettext("rebate", "Settled"),
            value=given.amount,
            as_of=on,
            **shared,
        ),
    ]


def _slices(
    condition: TradeCondition, figure: Figure | None, chosen: reads.PeriodOf | None
) -> dict[str, Any]:
    """The lines that make the amount, which anybody can add up again."""
    if figure is not None:
        basis, total = figure.basis_amount, figure.earned_to_date
    elif chosen is not None:
        basis, total = chosen.accrual.basis_amount, chosen.accrual.earned_to_date
    else:
        return {}
    parts = slices_of(condition, basis)
    lines = [
        {
            "from": words.counted(condition, part.band.lower),
            "to": "" if part.band.upper is None else words.counted(condition, part.band.upper),
            "basis": words.counted(condition, part.basis),
            "rate": words.rate_words(condition, part.band.rate),
            "amount": part.amount,
        }
        for part in parts
    ]
    whole = sum((part.amount for part in parts), start=total * 0)
    return {"lines": lines, "total": total, "bounded": bool(parts) and abs(whole - total) >= 1}


def _chart(condition: TradeCondition, history: list[RebateAccrual]) -> Chart | None:
    if len(history) < 2:
        return None
    return line(
        name="rebate-accruals",
        title=_("Accrued and earned, run by run"),
        labels=[formats.date(one.through) for one in history],
        series=[
            Series(name=_("Accrued"), values=[one.accrued for one in history]),
            Series(name=_("Earned"), values=[one.earned_to_date for one in history], dashed=True),
        ],
        label_title=_("Up to"),
        unit=condition.version.agreement.currency_id,
        height="short",
    )


def _rules(condition: TradeCondition) -> list[tuple[str, str]]:
    """What was agreed, in a few words."""
    agreement = condition.version.agreement
    rules: list[tuple[str, Any]] = [
        (_("Counts"), condition.get_basis_display()),
        (_("Of"), condition.category or _("All goods")),
        (_("Counted together"), condition.get_measured_at_display()),
        (_("Measured"), condition.get_cycle_display()),
        (_("Due"), condition.get_conditionality_display()),
    ]
    if condition.target is not None:
        rules.append((_("Target or base"), words.counted(condition, condition.target)))
    if condition.schedule_id:
        rules.append((_("Bands apply"), condition.get_scheme_display()))
    for name, title in (("floor", _("At least")), ("cap", _("At most"))):
        if (value := getattr(condition, name)) is not None:
            rules.append((title, formats.money(value, agreement.currency_id)))
    rules.append((_("Paid out by"), condition.get_payout_display()))
    return rules


@requires(EXPECT)
@require_POST
def rebate_expect(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Note what the basis is expected to be in the end; the next run accrues by it."""
    condition = get_rebate(request, pk)
    form = ExpectationForm(request.POST)
    if form.is_valid():
        try:
            made = expect(
                condition=condition,
                as_of=timezone.localdate(),
                user=signed_in(request),
                **form.cleaned_data,
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The next run accrues by this expectation."))
            return htmx.redirect(request, page_of(condition, made.period.lower))
    return _detail(request, condition, form)


@requires(SETTLE)
@require_http_methods(["GET", "POST"])
def rebate_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """End a period that is over: by our credit note, or against the customer's claim."""
    condition, today, start = get_rebate(request, pk), timezone.localdate(), _asked(request)
    known = {one.start: one for one in reads.periods_of(condition)}
    if start is None or start not in known:
        raise Http404
    form = SettleForm(request.POST or None, condition=condition, initial={"settled_on": today})
    if request.method == "POST" and form.is_valid():
        try:
            settle(
                condition=condition,
                period_start=start,
                user=signed_in(request),
                **form.cleaned_data,
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The rebate is settled."))
            return htmx.redirect(request, page_of(condition, start))
    title = _("Settle %(rebate)s") % {"rebate": condition.name}
    return form_page(
        request,
        form,
        title=title,
        lead=_settle_lead(condition, known[start]),
        save=_("Settle"),
        cancel_url=page_of(condition, start),
        crumbs=[
            (_("Rebates"), reverse(LIST)),
            (condition.name, page_of(condition, start)),
            (_("Settle"), ""),
        ],
    )


def _settle_lead(condition: TradeCondition, period: reads.PeriodOf) -> str:
    figure = None
    if period.settlement is None:
        figure = final_figure(condition.pk, period.start, period.end)
    facts = {
        "start": formats.date(period.start),
        "end": formats.date(period.end - ONE_DAY),
        "amount": formats.money(figure.earned_to_date, figure.currency) if figure else "–",
        "basis": words.counted(condition, figure.basis_amount) if figure else "–",
    }
    if condition.payout == Payout.CLAIM:
        said = _("%(start)s to %(end)s: %(amount)s earned on %(basis)s. No more is granted.")
        return said % facts
    return _("%(start)s to %(end)s: a credit note of %(amount)s on %(basis)s is posted.") % facts


@requires(VIEW)
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Rebates on the account page: its own, those below it, and those it counts towards."""
    user = signed_in(request)
    account = get_account(request, pk)
    rows = list(reads.rebates_of(user, account, as_of=timezone.localdate())[:12])
    context = {
        "account": account,
        "title": _("Rebates"),
        "panel_template": "settlements/rebates_panel.html",
        "crumbs": account_crumbs(account, (_("Rebates"), "")),
        "rebates": [_line(row) for row in rows],
        "last_run": reads.last_run(),
        "list_url": f"{reverse(LIST)}?within={account.pk}",
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _line(row: RebateAccrual) -> dict[str, Any]:
    found = words.outlook_at(row)
    is_open = row.to_next is not None
    return {
        "row": row,
        "url": words.rebate_url(row),
        "progress": words.Progress(row).__html__(),
        "basis": words.counted(row.condition, row.basis_amount),
        "rate": words.rate_words(row.condition, row.rate),
        "next": words.next_words(row.condition, found) if is_open else "",
        "badge": words.state_badge(row).__html__(),
        "last": row.period.upper - ONE_DAY,
    }
