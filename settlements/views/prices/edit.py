"""One price: its page, agreeing it, correcting, ending and removing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.fields import as_typed
from kam.core import formats
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of, history_of_rows
from kam.identity.decorators import requires, signed_in
from settlements.forms.prices import ChangeForm, EndForm, PriceForm, first_values
from settlements.models import AccountPrice, PriceBreak
from settlements.selectors.prices import price_on
from settlements.selectors.prices.listing import accounts_to_price, figures, price_rows
from settlements.selectors.prices.units import quantities_both, unit_name, unit_of
from settlements.services.prices import pricing
from settlements.views.prices import common

HISTORY = 15


@requires(common.VIEW)
@require_GET
def price_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A price with its breaks in both units, what it is compared with, and its history."""
    user, today = signed_in(request), timezone.localdate()
    price = common.get_price(request, pk)
    row = price_rows(user, today).get(pk=pk)
    others = AccountPrice.objects.visible_to(user).filter(
        account=price.account_id, product=price.product_id, currency=price.currency_id
    )
    context = {
        "price": price,
        "unit": unit_name(price.product, price.unit),
        "badge": common.state_badge(price, today).__html__(),
        "figures": figures(row),
        "sees_floor": user.can(common.FLOOR),
        "rows": _rows(price, row),
        "others": [
            (one, common.state_badge(one, today).__html__())
            for one in others.exclude(pk=pk).order_by("-valid")[:10]
        ],
        "may_edit": AccountPrice.objects.editable_by(user).filter(pk=pk).exists(),
        "begun": price.valid.lower <= today,
        "history": _history(price),
        "crumbs": common.crumbs(
            (price.account.name, reverse("settlements:account-prices", args=[price.account_id])),
            (price.product.name, ""),
        ),
    }
    return render(request, "settlements/prices_detail.html", context)


def _history(price: AccountPrice) -> list[Any]:
    steps = history_of_rows(
        PriceBreak, subject=_("Price from a quantity on"), hidden=("price",), price=price.pk
    )
    changes = sorted([*history_of(price), *steps], key=lambda one: one.at, reverse=True)
    return changes[:HISTORY]


def _rows(price: AccountPrice, row: Any) -> list[dict[str, Any]]:
    """Each break with its quantity in our units and its margin."""
    day = row.seen_on
    unit = unit_of(price.product, price.unit, day, account=price.account)
    found = []
    for one in price.breaks.all():
        both = quantities_both(
            price.product, one.from_quantity, day=day, account=price.account, unit=unit
        )
        compared = figures(row, one.amount)
        found.append(
            {
                "quantity": one.from_quantity,
                "both": both.in_base if price.unit else both.in_packs,
                "amount": common.amount_words(one.amount, price.currency_id),
                "figures": compared,
            }
        )
    return found


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def price_create(request: HttpRequest) -> HttpResponse:
    """Agree a price with an account."""
    user = signed_in(request)
    form = PriceForm(request.POST or None, user=user, initial=_start(request))
    if request.method == "POST" and form.is_valid():
        try:
            price = pricing.set_price(
                terms=form.terms(),
                user=user,
                reason=form.cleaned_data["reason"],
                ends_running=form.cleaned_data["ends_running"],
            )
        except RefusedError as problem:
            form.refuse(problem)
        else:
            _say(request, price, _("The price was set."))
            _say_what_follows(request, price)
            return redirect(price)
    return _form(request, form, _("New price"), reverse("settlements:price-list"))


def _say(request: HttpRequest, price: AccountPrice, words: str) -> None:
    """Say that it was done, and warn where the price is below the floor."""
    messages.success(request, words)
    steps = pricing.steps_of(price)
    terms = pricing.Terms(
        account=price.account,
        product=price.product,
        currency=price.currency,
        start=price.valid.lower,
        breaks=steps,
        unit=price.unit,
    )
    if pricing.lowest_below_floor(terms, price.unit) is not None:
        messages.warning(request, _("It is below the lowest price that is allowed."))


def _say_what_follows(request: HttpRequest, price: AccountPrice) -> None:
    """Warn where a price that ends leaves none: the one before does not come back by itself."""
    end = price.valid.upper
    if end is None:
        return
    after = price_on(price.account, price.product, end, currency=price.currency_id)
    if after is None:
        words = _("From %(day)s on no price is agreed.")
        messages.warning(request, words % {"day": formats.date(end)})


def _start(request: HttpRequest) -> dict[str, Any]:
    """Today, and the account and product that the address names."""
    user = signed_in(request)
    start: dict[str, Any] = {"start": timezone.localdate()}
    account = request.GET.get("account", "")
    if account.isdecimal() and (one := accounts_to_price(user).filter(pk=account[:18]).first()):
        start["account"] = as_typed(one)
        if one.currency_id:
            start["currency"] = one.currency_id
    return start | {"product": common.product_asked(request)}


def _form(
    request: HttpRequest, form: Any, title: str, back: str, facts: str = "", *steps: Any
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "facts": facts,
        "cancel_url": back,
        "crumbs": common.crumbs(*steps, (title, "")),
    }
    status = 422 if form.errors else 200
    return render(request, "settlements/prices_form.html", context, status=status)


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def price_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a price: how much, from when to when, and why."""
    price = common.get_price(request, pk, change=True)
    start = {**first_values(price), "start": price.valid.lower, "end": price.valid.upper}
    form = ChangeForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            price = pricing.change_price(
                price=price,
                user=signed_in(request),
                reason=values["reason"],
                breaks=form.breaks(),
                start=values["start"],
                end=values["end"],
                for_good=values["end"] is None,
            )
        except RefusedError as problem:
            form.refuse(problem)
        else:
            _say(request, price, _("The price was changed."))
            return redirect(price)
    facts = _("%(account)s · %(product)s · per %(unit)s, %(currency)s") % {
        "account": price.account.name,
        "product": price.product.name,
        "unit": unit_name(price.product, price.unit),
        "currency": price.currency_id,
    }
    return _form(request, form, _("Correct the price"), price.get_absolute_url(), facts)


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def price_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a price hold until before a day."""
    price = common.get_price(request, pk, change=True)
    form = EndForm(request.POST or None, initial={"end": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            pricing.end_price(price=price, user=signed_in(request), **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The price was ended."))
            return redirect(price)
    title = _("End the price")
    return form_page(
        request,
        form,
        title=title,
        lead=_("%(product)s for %(account)s. Afterwards the price of the account above holds, if "
               "there is one.") % {"product": price.product, "account": price.account},
        save=_("End"),
        cancel_url=price.get_absolute_url(),
        crumbs=common.crumbs((title, "")),
    )  # fmt: skip


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def price_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a price that has not begun."""
    price = common.get_price(request, pk, change=True)
    if request.method == "POST":
        try:
            pricing.remove_price(price=price, as_of=timezone.localdate())
        except RefusedError as problem:
            messages.error(request, str(problem))
            return redirect(price)
        messages.success(request, _("The price was removed."))
        return redirect("settlements:price-list")
    return confirm_page(
        request,
        title=_("Remove the price?"),
        verb=_("Remove"),
        back_url=price.get_absolute_url(),
        text=_("It has not begun yet, so nothing was paid by it. It stays in the history."),
    )
