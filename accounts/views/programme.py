"""What an account gets: the panel, the page, each item, and the comparison of accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.analytics import programme as maths
from accounts.forms.programme import SWITCHING, ItemEndForm, ItemForm
from accounts.models import Account, ProgrammeItem
from accounts.selectors import programme as reads
from accounts.selectors.tiers.policies import promised_elements, tier_on
from accounts.services import programmes as services
from accounts.views.accounts import (
    account_crumbs,
    all_accounts,
    get_account,
    get_editable,
    may_edit,
)
from kam.core import htmx
from kam.core.badges import Badge
from kam.core.pages import confirm_page, form_page, safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of_rows
from kam.core.selectors.rates import base_currency
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

# icons: gift scale lock-open lock
VIEW, EDIT, CONFIGURE = "programme.view", "programme.edit", "programme.configure"
RATING_WORDS = dict(SWITCHING)
BALANCE = {
    -1: Badge(gettext_lazy("We depend more"), "warning", "scale"),
    0: Badge(pgettext_lazy("dependence", "Balanced"), "info", "scale"),
    1: Badge(gettext_lazy("They depend more"), "success", "scale"),
}
LEVELS = {
    0: Badge(gettext_lazy("Free to leave"), "warning", "lock-open"),
    1: Badge(gettext_lazy("Some hold"), "info", "lock"),
    2: Badge(gettext_lazy("Strong hold"), "success", "lock"),
}


def programme_url(account: Account) -> str:
    """The programme page of an account."""
    return reverse("accounts:programme", args=[account.pk])


def level_badge(score: Decimal | None) -> Badge | None:
    """How much an exit barrier holds, in words."""
    level = maths.their_level(score)
    return None if level is None else LEVELS[level]


def _balance_badge(balance: int | None) -> Badge | None:
    return None if balance is None else BALANCE[balance]


def _sign(badge: Badge | None) -> SafeString | None:
    return badge.__html__() if badge else None


def _in_words(rating: int | None) -> Any:
    return "" if rating is None else RATING_WORDS[rating]


def _context(request: HttpRequest, account: Account) -> dict[str, Any]:
    user, today = signed_in(request), timezone.localdate()
    found = reads.programme_of(account, user=user, as_of=today)
    dependence = reads.dependence_of(account, found.barrier.score, user=user, as_of=today)
    rated = sum(part.rating is not None for part in found.barrier.parts)
    tier = tier_on(account, as_of=today)
    given = {line.item.element_id for line in found.lines}
    promised = promised_elements(tier, given) if tier and tier.programme_elements else []
    return {
        "tier": tier,
        "promised": [element for element, _is_given in promised],
        "missing": [element for element, is_given in promised if not is_given],
        "account": account,
        "programme": found,
        "dependence": dependence,
        "balance": _sign(_balance_badge(dependence.balance)),
        "level": _sign(level_badge(found.barrier.score)),
        "rated": rated,
        "lines": [(line, _in_words(line.item.switching)) for line in found.lines],
        "may_choose": user.can(EDIT) and may_edit(user, account),
    }


@requires(VIEW)
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides at a glance: what holds them, and what they are to us."""
    account = get_account(request, pk)
    context = {
        **_context(request, account),
        "title": _("Programme"),
        "panel_template": "accounts/panels/programme.html",
        "crumbs": account_crumbs(account, (_("Programme"), "")),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


@requires(VIEW)
@require_GET
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that the account gets, both sides, and what it could get."""
    account = get_account(request, pk)
    context = _context(request, account)
    context |= {
        "not_given": reads.elements_not_given(context["programme"]),
        "history": history_of_rows(
            ProgrammeItem, subject="", hidden=["account"], limit=20, account_id=account.pk
        ),
        "crumbs": account_crumbs(account, (_("Programme"), "")),
    }
    return render(request, "accounts/programme.html", context)


def _item(request: HttpRequest, pk: int) -> ProgrammeItem:
    """An item of an account that the user may change. Raises Http404."""
    accounts = Account.objects.editable_by(signed_in(request)).not_merged()
    rows = ProgrammeItem.objects.visible_to(signed_in(request)).filter(
        account__in=accounts.values("pk")
    )
    found: ProgrammeItem = get_object_or_404(rows.select_related("account", "element"), pk=pk)
    return found


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def item_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the account an element."""
    account = get_editable(request, pk)
    start = {
        "currency": account.currency_id or base_currency(),
        "element": request.GET.get("element", ""),
        "since": timezone.localdate(),
    }
    return _form(request, account, None, ItemForm(request.POST or None, initial=start))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is noted of an element that the account gets."""
    row = _item(request, pk)
    names = ("detail", "worth_evidence", "switching", "switching_evidence")
    start: dict[str, Any] = {name: getattr(row, name) for name in names}
    for name in ("cost", "saving", "worth"):
        amount = getattr(row, name)
        start[name] = None if amount is None else f"{amount.normalize():f}"
    start |= {
        "element": row.element_id,
        "currency": row.currency_id,
        "is_confirmed": row.worth_basis == "confirmed",
        "since": row.valid.lower,
        "until": row.valid.upper,
    }
    form = ItemForm(request.POST or None, initial=start, element=row.element)
    return _form(request, row.account, row, form)


def _form(
    request: HttpRequest, account: Account, row: ProgrammeItem | None, form: ItemForm
) -> HttpResponse:
    back = safe_next(request, programme_url(account))
    if request.method == "POST" and form.is_valid():
        try:
            services.save_item(
                account=account,
                element=form.cleaned_data["element"],
                item=row,
                **form.facts(),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    title = _("What the account gets") if row is None else row.element.title
    return form_page(
        request,
        form,
        title=title,
        cancel_url=back,
        crumbs=account_crumbs(account, (_("Programme"), programme_url(account)), (title, "")),
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def item_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the account get it no longer, from a day on."""
    row = _item(request, pk)
    form = ItemEndForm(request.POST or None)
    back = programme_url(row.account)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_item(item=row, on=form.cleaned_data["on"] or timezone.localdate())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("It ends; what was stays known."))
            return htmx.redirect(request, back)
    return confirm_page(
        request,
        title=_("End “%s” for this account?") % row.element.title,
        verb=_("End it"),
        back_url=back,
        stays=[_("What it cost and was worth until then")],
        form=form,
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def item_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove what was noted by mistake, after asking."""
    row = _item(request, pk)
    back = programme_url(row.account)
    if request.method == "POST":
        services.remove_item(item=row)
        messages.success(request, _("Removed; the history stays."))
        return htmx.redirect(request, back)
    return confirm_page(
        request,
        title=_("Remove “%s” from this account?") % row.element.title,
        verb=_("Remove"),
        back_url=back,
        text=_("Where something ended, give it an end instead: then it stays known."),
        stays=[_("The history of what was noted")],
    )


def _columns(currency: str, *, sees_share: bool) -> list[Column]:
    shares = _share_columns() if sees_share else []
    return [*_barrier_columns(), *_amount_columns(currency), *shares]


def _barrier_columns() -> list[Column]:
    return [
        Column(
            name="name",
            title=gettext_lazy("Account"),
            value="account.name",
            sort=True,
            link=lambda row: programme_url(row.account),
        ),
        Column(
            name="score",
            title=gettext_lazy("Exit barrier"),
            kind="number",
            places=0,
            sort=True,
            unknown=gettext_lazy("Nothing is rated"),
            help=gettext_lazy("0 to 100: how much holds them back from leaving."),
        ),
        Column(
            name="level",
            title=gettext_lazy("In words"),
            kind="badge",
            value=lambda row: level_badge(row.score),
            unknown=gettext_lazy("Nothing is rated"),
        ),
        Column(
            name="confidence",
            title=gettext_lazy("Rated"),
            kind="percent",
            places=0,
            value="barrier.confidence",
            sort=True,
            help=gettext_lazy("Rated elements ÷ all elements that the account gets."),
        ),
        Column(
            name="elements",
            title=gettext_lazy("Elements"),
            kind="number",
            places=0,
            sort=True,
            default=False,
        ),
    ]


def _amount_columns(currency: str) -> list[Column]:
    return [
        Column(
            name="price",
            title=gettext_lazy("Price only"),
            help=gettext_lazy("Discounts and rebates, as a part of what its elements cost us."),
            kind="percent",
            places=0,
            value="totals.price_of_cost",
            sort=True,
            unknown=gettext_lazy("No cost is known"),
        ),
        Column(
            name="cost",
            title=gettext_lazy("Net cost"),
            help=gettext_lazy("Cost less saving, for a year."),
            kind="money",
            unit=currency,
            places=0,
            value="totals.net_cost",
            sort=True,
            unknown=gettext_lazy("No cost is known"),
        ),
        Column(
            name="worth",
            title=gettext_lazy("Worth to them"),
            help=gettext_lazy("For a year, as far as it is known."),
            kind="money",
            unit=currency,
            places=0,
            value="totals.worth",
            sort=True,
            unknown=gettext_lazy("No worth is known"),
        ),
    ]


def _share_columns() -> list[Column]:
    return [
        Column(
            name="share",
            title=gettext_lazy("Of our revenue"),
            kind="percent",
            sort=True,
            unknown=gettext_lazy("Not known without a rate or a snapshot"),
        ),
        Column(
            name="balance",
            title=pgettext_lazy("dependence", "Balance"),
            kind="badge",
            value=lambda row: _balance_badge(row.balance),
            unknown=gettext_lazy("One side is not known"),
        ),
    ]


@requires(VIEW)
@require_GET
def programme_list(request: HttpRequest) -> HttpResponseBase:
    """Accounts with a programme, the lowest exit barrier first."""
    user = signed_in(request)
    table = Table(
        request,
        reads.compared(user, as_of=timezone.localdate()),
        _columns(base_currency(), sees_share=user.sees_everything()),
        name="programmes",
        caption=_("Exit barriers"),
        default_sort="score",
        row_url=lambda row: programme_url(row.account),
        empty=Empty(
            _("No account gets anything yet"),
            _("Say on an account's page what it gets, what it costs and what leaving would cost."),
            _("Open the accounts"),
            reverse("accounts:account-list"),
            icon="gift",
        ),
    )
    context = {
        "crumbs": [all_accounts(), (_("Exit barriers"), "")],
        "may_configure": user.can(CONFIGURE),
    }
    return table.response("accounts/programme_list.html", context)
