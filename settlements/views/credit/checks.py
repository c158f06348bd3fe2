"""Checks: what if they order so much? The answer with its components, and letting it through."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.fields import as_typed
from accounts.models import Account
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.rates import base_currency
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.choices.credit import CheckResult, Component
from settlements.forms.credit import CheckForm, UntilForm
from settlements.models import CreditCheck, CreditOverride
from settlements.services.credit.checks import Ask, check_credit, override_check
from settlements.views.credit import common
from settlements.views.credit.acting import acted


@requires("credit.apply")
@require_http_methods(["GET", "POST"])
def check_new(request: HttpRequest) -> HttpResponse:
    """Ask whether an account may have an amount on credit; the answer is kept."""
    user, today = signed_in(request), timezone.localdate()
    form = CheckForm(request.POST or None, user=user, initial=_start(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        ask = Ask(
            amount=data["amount"], currency=form.code, reference=data["reference"],
            reserve_until=data["reserve_until"],
        )  # fmt: skip
        try:
            row = check_credit(account=data["account"], ask=ask, by=user, as_of=today)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return redirect(row)
    title = _("What if they order …?")
    return form_page(
        request,
        form,
        title=title,
        lead=_("The amount is checked against every limit on the way up, with all that is owed "
               "or on its way today."),
        save=_("Check"),
        cancel_url=reverse("settlements:credit-board"),
        crumbs=common.crumbs((title, "")),
    )  # fmt: skip


def _start(request: HttpRequest) -> dict[str, Any]:
    start: dict[str, Any] = {"currency": base_currency()}
    asked = request.GET.get("account", "")
    if asked.isdecimal() and len(asked) < 19:
        rows = Account.objects.visible_to(signed_in(request)).not_merged()
        if account := rows.filter(pk=asked).first():
            start["account"] = as_typed(account)
            start["currency"] = account.currency_id or start["currency"]
    return start


@requires("credit.view")
@require_GET
def check_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A check with every limit that it looked at."""
    user = signed_in(request)
    rows = CreditCheck.objects.visible_to(user).select_related(
        "account", "party", "decisive", "created_by", "override__created_by"
    )
    check = get_object_or_404(rows, pk=pk)
    today = timezone.localdate()
    overrides = (
        CreditOverride.objects.visible_to(user)
        .filter(check_made=check)
        .select_related("created_by")
    )
    context = {
        "check": check,
        "badge": common.result_badge(check.result).__html__(),
        "reasons": common.reasons_in_words(check.reasons),
        "levels": (levels := _levels(check, user)),
        "sees_limit": any(
            one["account"] is not None and one["account"].pk == check.decisive_id for one in levels
        ),
        "overrides": overrides,
        "may_override": (stopped := _may_override(check, user)) and bool(check.reference),
        "names_no_order": stopped and not check.reference,
        "today": today,
        "crumbs": common.of_account(check.party, (_("Check"), "")),
    }
    return render(request, "settlements/credit_check.html", context)


def _may_override(check: CreditCheck, user: User) -> bool:
    return check.result == CheckResult.BLOCK and user.can("credit.override")


def _levels(check: CreditCheck, user: Any) -> list[dict[str, Any]]:
    """Every limit as it was, with what it came from; names of accounts that one may see."""
    seen = Account.objects.visible_to(user).in_bulk([one["account"] for one in check.levels])
    return [_level(check, one, seen.get(one["account"])) for one in check.levels]


def _level(check: CreditCheck, told: dict[str, Any], account: Account | None) -> dict[str, Any]:
    parts = {
        name: Decimal(told["parts"][name])
        for name in Component.values
        if name in told["parts"] and name not in told["left_out"]
    }
    limit = None if told["limit"] is None else Decimal(told["limit"])
    exposure = Decimal(told["exposure"])
    return {
        "account": account,
        "name": account.name if account else _("An account above"),
        "currency": told["currency"],
        "limit": common.limit_words(limit, told["currency"]),
        "exposure": exposure,
        "available": None if told["available"] is None else Decimal(told["available"]),
        "badge": common.result_badge(told["result"]).__html__(),
        "reasons": common.reasons_in_words(told["reasons"]),
        "requested": Decimal(told["requested"]),
        "rows": [(common.component_words(name), amount) for name, amount in parts.items()],
        "unknown": [common.component_words(name) for name in told["unknown"]],
        "used": common.used_bar(exposure / limit if limit else None),
    }


@requires("credit.override")
@require_http_methods(["GET", "POST"])
def check_override(request: HttpRequest, pk: int) -> HttpResponse:
    """Let what a check blocked through until a day."""
    user = signed_in(request)
    rows = CreditCheck.objects.visible_to(user).filter(result=CheckResult.BLOCK)
    check = get_object_or_404(rows.select_related("party"), pk=pk)
    form = UntilForm(request.POST or None)
    return acted(
        request, form,
        lambda form: override_check(
            check=check, by=user, as_of=timezone.localdate(), **form.cleaned_data
        ),
        account=check.party, title=_("Let this order through"), save=pgettext("credit", "Override"),
        done=_("The order goes through when it is checked again."),
        lead=_("For the same reference and no larger amount, until that day."),
        back=check.get_absolute_url(),
    )  # fmt: skip
