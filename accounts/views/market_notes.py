"""Noting what competitors do at accounts: presences, prices seen, moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.fields import give_user
from accounts.forms.market import HUNDRED, MoveForm, PresenceForm, PriceForm
from accounts.models import (
    Account,
    Competitor,
    CompetitorMove,
    CompetitorPresence,
    CompetitorPrice,
)
from accounts.services import market as services
from accounts.views.accounts import account_crumbs, get_editable
from accounts.views.columns import account_url
from accounts.views.market import EDIT, competitor_crumbs, get_competitor
from kam.core import htmx
from kam.core.pages import confirm_page, form_page, safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.rates import base_currency
from kam.identity.decorators import requires, signed_in


def panel_url(account: Account) -> str:
    """The panel of an account's page."""
    return f"{account_url(account)}#panel-competitors"


def _row[M: (CompetitorPresence, CompetitorPrice)](
    request: HttpRequest, model: type[M], pk: int
) -> M:
    """A row at an account that the user may change. Raises Http404."""
    scoped: Any = model._default_manager
    rows = scoped.visible_to(signed_in(request)).filter(account__in=_editable(request))
    found: M = get_object_or_404(rows.select_related("account", "competitor"), pk=pk)
    return found


def _editable(request: HttpRequest) -> QuerySet[Account]:
    rows: QuerySet[Account] = Account.objects.editable_by(signed_in(request)).not_merged()
    return rows.values("pk")  # type: ignore[return-value]


def _move(request: HttpRequest, pk: int) -> CompetitorMove:
    rows = CompetitorMove.objects.visible_to(signed_in(request)).filter(
        Q(account__isnull=True) | Q(account__in=_editable(request))
    )
    found: CompetitorMove = get_object_or_404(rows.select_related("account", "competitor"), pk=pk)
    return found


def _whom(form: Any) -> Competitor:
    """The competitor chosen, or the one that the new name means."""
    values = form.cleaned_data
    if values.get("competitor"):
        chosen: Competitor = values["competitor"]
        return chosen
    name = values["new_name"].strip()
    return services.competitor_named(name=name)


def _answer(
    request: HttpRequest,
    form: Any,
    save: Callable[[], Any],
    *,
    title: str,
    back: str,
    crumbs: Any,
) -> HttpResponse:
    """Save what was sent, or show the form."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return htmx.redirect(request, safe_next(request, back))
    return form_page(request, form, title=title, cancel_url=back, crumbs=crumbs)


def _at(account: Account, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "back": panel_url(account),
        "crumbs": account_crumbs(account, (title, "")),
    }


# Presences


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def presence_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A competitor at the account."""
    account = get_editable(request, pk)
    form = PresenceForm(request.POST or None)
    return _presence(request, account, form, None)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def presence_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change where a competitor stands: its end, another estimate."""
    row = _row(request, CompetitorPresence, pk)
    start = {
        "competitor": row.competitor_id,
        "category": row.category_id,
        "since": row.valid.lower,
        "until": row.valid.upper,
        "share": None if row.share is None else f"{(row.share * HUNDRED).normalize():f}",
        "share_source": row.share_source,
        "share_on": row.share_on,
        "confidence": row.confidence,
        "note": row.note,
    }
    form = PresenceForm(request.POST or None, initial=start)
    return _presence(request, row.account, form, row)


def _presence(
    request: HttpRequest, account: Account, form: PresenceForm, row: CompetitorPresence | None
) -> HttpResponse:
    def save() -> None:
        services.save_presence(
            account=account,
            competitor=_whom(form),
            presence=row,
            as_of=timezone.localdate(),
            **form.facts(),
        )

    return _answer(request, form, save, **_at(account, _("Competitor at the account")))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def presence_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove what was noted by mistake, after asking."""
    row = _row(request, CompetitorPresence, pk)
    title = _("Remove %s from this account?") % row.competitor
    return _removal(
        request, title, panel_url(row.account), lambda: services.remove_presence(presence=row)
    )


def _removal(
    request: HttpRequest, title: str, back: str, remove: Callable[[], None]
) -> HttpResponse:
    if request.method == "POST":
        remove()
        messages.success(request, _("Removed; the history stays."))
        return htmx.redirect(request, back)
    return confirm_page(
        request,
        title=title,
        verb=_("Remove"),
        back_url=back,
        text=_("Where something ended, give it an end instead: then it stays known."),
        stays=[_("The history of what was noted")],
    )


# Prices


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def price_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A price or terms seen at the account."""
    account = get_editable(request, pk)
    currency = account.currency_id or base_currency()
    form = PriceForm(request.POST or None, initial={"currency": currency})
    return _price(request, account, form, None)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def price_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a price or terms."""
    row = _row(request, CompetitorPrice, pk)
    names = ("product", "unit", "terms", "seen_where", "seen_on")
    start: dict[str, Any] = {name: getattr(row, name) for name in names}
    start |= {
        "competitor": row.competitor_id,
        "category": row.category_id,
        "currency": row.currency_id,
        "price": None if row.price is None else f"{row.price.normalize():f}",
    }
    return _price(request, row.account, PriceForm(request.POST or None, initial=start), row)


def _price(
    request: HttpRequest, account: Account, form: PriceForm, row: CompetitorPrice | None
) -> HttpResponse:
    def save() -> None:
        services.save_price(
            account=account,
            competitor=_whom(form),
            price_seen=row,
            author=signed_in(request),
            as_of=timezone.localdate(),
            **form.facts(),
        )

    return _answer(request, form, save, **_at(account, _("Price or terms seen")))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def price_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a price noted by mistake, after asking."""
    row = _row(request, CompetitorPrice, pk)
    return _removal(
        request,
        _("Remove this price?"),
        panel_url(row.account),
        lambda: services.remove_price(price_seen=row),
    )


# Moves


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def move_create(request: HttpRequest, pk: int) -> HttpResponse:
    """What a competitor did at the account."""
    account = get_editable(request, pk)
    form = MoveForm(request.POST or None, initial={"account": account})
    return _move_form(request, form, None, **_at(account, _("Move of a competitor")))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def market_move_create(request: HttpRequest, pk: int) -> HttpResponse:
    """What a competitor did, in the market or at an account."""
    found = get_competitor(request, pk)
    form = MoveForm(request.POST or None, initial={"competitor": found.pk})
    return _move_form(request, form, None, **_of(found))


def _of(found: Competitor) -> dict[str, Any]:
    title = _("Move of a competitor")
    url = found.get_absolute_url()
    crumbs = competitor_crumbs((found.name, url), (title, ""))
    return {"title": title, "back": url, "crumbs": crumbs}


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def move_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what a competitor did."""
    row = _move(request, pk)
    names = ("kind", "text", "source", "happened_on", "account", "link")
    start = {name: getattr(row, name) for name in names}
    start |= {"competitor": row.competitor_id, "category": row.category_id}
    form = MoveForm(request.POST or None, initial=start)
    return _move_form(request, form, row, **_of(row.competitor))


def _move_form(
    request: HttpRequest, form: MoveForm, row: CompetitorMove | None, **page: Any
) -> HttpResponse:
    give_user(form, signed_in(request))

    def save() -> None:
        facts = form.facts()
        account = facts["account"]
        if account is not None and not _editable(request).filter(pk=account.pk).exists():
            words = _("You may not note anything at this account.")
            raise RefusedError(words, field="account", code="not_editable")
        services.save_move(
            competitor=_whom(form),
            move=row,
            author=signed_in(request),
            as_of=timezone.localdate(),
            **facts,
        )

    return _answer(request, form, save, **page)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def move_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a move noted by mistake, after asking."""
    row = _move(request, pk)
    back = panel_url(row.account) if row.account else row.competitor.get_absolute_url()
    return _removal(request, _("Remove this move?"), back, lambda: services.remove_move(move=row))
