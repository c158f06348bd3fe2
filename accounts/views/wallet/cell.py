"""One cell in depth, and estimating its wallet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.analytics.wallet import Reason
from accounts.forms.wallet import EstimateForm, start_values
from accounts.models import Account, ProductCategory
from accounts.selectors.opportunities import opportunities_for
from accounts.selectors.wallet.cells import history_of, periods_known
from accounts.services.wallet import record_estimate
from accounts.views.accounts import account_crumbs, get_account, get_editable
from accounts.views.heads import rows_url
from accounts.views.wallet import words
from accounts.views.wallet.board import account_context, chosen_period
from accounts.views.wallet.words import whitespace_url
from kam.core import formats, htmx
from kam.core.dates import Period
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.rates import base_currency
from kam.identity.decorators import requires, signed_in

# icons: plus receipt target-arrow
OPPORTUNITIES_SHOWN = 5


@requires("whitespace.view")
@require_GET
def detail(request: HttpRequest, pk: int, category_pk: int) -> HttpResponse:
    """What counts in a cell, every estimate of it, and what is pursued there."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    category = get_object_or_404(ProductCategory.objects.visible_to(user), pk=category_pk)
    period = chosen_period(request, periods_known(user, node=account.pk), today)
    found = history_of(account, category, period, user, as_of=today)
    deals = opportunities_for(user, as_of=today).filter(account__path__contains=[account.pk])
    query = urlencode({"category": category.pk, "period": str(period)})
    pursue: dict[str, Any] = {"account": account.pk, "category": category.pk, "origin": "cell"}
    if found.cell.cell.whitespace:
        pursue["value"] = f"{found.cell.cell.whitespace:.0f}"
    context = {
        **account_context(request, account),
        "category": category,
        "found": found,
        "one": found.cell,
        "reason": words.reason_of(found.cell),
        "parts_words": words.parts_words(found.cell),
        "confidence": words.confidence(found.cell.confidence),
        "currency": base_currency(),
        "period_words": words.period_words(period),
        "sold_in_words": words.period_words(found.sold_in),
        "is_running": found.sold_in != period,
        "estimates": [(words.period_words(one.span), one) for one in found.estimates],
        "sales_url": rows_url(account, found.sold_in, category=str(category.pk)),
        "deals": list(
            deals.filter(category=category).order_by("-updated_at", "pk")[:OPPORTUNITIES_SHOWN]
        )
        if user.can("opportunities.view")
        else [],
        "estimate_url": f"{reverse('accounts:estimate-create', args=[account.pk])}?{query}",
        "pursue_url": f"{reverse('accounts:opportunity-create')}?{urlencode(pursue)}",
        "map_url": whitespace_url(account, period),
        "is_part": htmx.is_htmx(request),
        "crumbs": account_crumbs(
            account, (_("Whitespace"), whitespace_url(account, period)), (category.name, "")
        ),
    }
    return htmx.render_part(request, "accounts/whitespace_cell.html", context, "panel")


@requires("whitespace.edit")
@require_http_methods(["GET", "POST"])
def estimate_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Estimate what an account buys of a category; the older estimates stay."""
    user, today = signed_in(request), timezone.localdate()
    account = get_editable(request, pk)
    form = EstimateForm(request.POST or None, initial=_start(request, account))
    if request.method == "POST" and form.is_valid():
        facts, category = form.facts(today), form.cleaned_data["category"]
        try:
            record_estimate(
                account=account, category=category, facts=facts, author=user, as_of=today
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            _say(request, account, category, facts.period)
            return htmx.redirect(request, whitespace_url(account, facts.period))
    context = {
        "account": account,
        "title": _("Estimate a wallet: %s") % account.name,
        "form": form,
        "save": _("Keep the estimate"),
        "action": request.path,
        "is_part": htmx.is_htmx(request),
        "cancel_url": reverse("accounts:whitespace-account", args=[account.pk]),
        "crumbs": account_crumbs(account, (_("Estimate a wallet"), "")),
    }
    status = 422 if form.errors else 200
    return htmx.render_part(request, "accounts/estimate_form.html", context, "panel", status=status)


def _start(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What the address says, and what the last estimate of the cell said."""
    user, today = signed_in(request), timezone.localdate()
    period = chosen_period(request, periods_known(user, node=account.pk), today)
    start: dict[str, Any] = {
        **start_values(period),
        "currency": account.currency_id or base_currency(),
    }
    asked = request.GET.get("category", "")
    if not asked.isdecimal():
        return start
    category = ProductCategory.objects.visible_to(user).filter(pk=asked[:18]).first()
    if category is None:
        return start
    start["category"] = category.pk
    last = account.wallet_estimates.filter(category=category).first()
    if last is not None:
        start |= {
            "amount": f"{last.amount.normalize():f}",
            "currency": last.currency_id,
            "competitor": last.competitor_id,
            "confidence": last.confidence,
        }
    return start


def _say(request: HttpRequest, account: Account, category: ProductCategory, period: Period) -> None:
    """Kept; and a warning where the wallet is smaller than our sales."""
    user, today = signed_in(request), timezone.localdate()
    cell = history_of(account, category, period, user, as_of=today).cell
    if cell.own is not None and cell.cell.reason == Reason.OVER:
        sales = formats.money(cell.cell.current or 0, base_currency(), 0)
        messages.warning(
            request,
            _(
                "The estimate is kept, but our own sales of %(category)s are %(sales)s: share and "
                "whitespace are not computable until the estimate is higher."
            )
            % {"category": category.name, "sales": sales},
        )
        return
    messages.success(request, _("The estimate is kept."))
