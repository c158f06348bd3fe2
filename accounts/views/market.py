"""Competitors: the list, one of them, merging, and the panel of an account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import WalletConfidence
from accounts.forms.known_filters import CompetitorFilter
from accounts.forms.market import CompetitorForm, CompetitorMergeForm
from accounts.models import Competitor
from accounts.selectors import market as reads
from accounts.selectors.wallet.cells import held_by
from accounts.services import market as services
from accounts.views import portable
from accounts.views.accounts import account_crumbs, all_accounts, get_account, may_edit
from accounts.views.columns import account_url
from accounts.views.wallet.words import cell_url, period_words, whitespace_url
from kam.core import formats, htmx
from kam.core.countries import country_name
from kam.core.dates import last_day
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of_rows
from kam.core.tables import Column, Empty, Table
from kam.core.tables.table import respond
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

# icons: swords
VIEW, EDIT, MERGE = "market.view", "market.edit", "market.merge"
LIST = "accounts:competitor-list"

COLUMNS = [
    Column(name="name", title=gettext_lazy("Competitor"), sort="name_key"),
    Column(
        name="country",
        title=gettext_lazy("Country"),
        value=lambda row: country_name(row.country) if row.country else None,
        sort="country",
        unknown=gettext_lazy("Nobody noted it"),
    ),
    Column(
        name="places",
        title=gettext_lazy("Accounts today"),
        kind="number",
        places=0,
        sort="places",
        nullable=False,
        help=gettext_lazy("Accounts of yours where it stands in a category today."),
    ),
    Column(
        name="last_seen",
        title=gettext_lazy("Price last seen"),
        kind="date",
        sort="last_seen",
        unknown=gettext_lazy("No price seen yet"),
    ),
    Column(
        name="note",
        title=gettext_lazy("Note"),
        value=lambda row: row.note or None,
        unknown=gettext_lazy("No note"),
        default=False,
    ),
]

PRESENCE = [
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        sort="account__name_key",
        link=lambda row: f"{account_url(row.account)}#panel-competitors",
    ),
    Column(
        name="category",
        title=gettext_lazy("Category"),
        value="category.name",
        sort="category__name",
        unknown=gettext_lazy("All categories"),
    ),
    Column(
        name="since",
        title=gettext_lazy("Since"),
        kind="date",
        value=lambda row: row.valid.lower,
        unknown=gettext_lazy("We do not know since when"),
    ),
    Column(
        name="until",
        title=gettext_lazy("Last day"),
        kind="date",
        value=lambda row: last_day(row.valid),
        unknown=gettext_lazy("Still there, as far as we know"),
    ),
    Column(
        name="share",
        title=gettext_lazy("Estimated share"),
        kind="percent",
        sort="share",
        places=0,
        unknown=gettext_lazy("Nobody estimated it"),
    ),
    Column(
        name="estimate",
        title=gettext_lazy("Estimate"),
        value=lambda row: estimate_in_words(row) or None,
        unknown=gettext_lazy("Nobody estimated it"),
    ),
]

PRICES = [
    Column(name="seen_on", title=gettext_lazy("Seen on"), kind="date", sort="seen_on"),
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        sort="account__name_key",
        link=lambda row: f"{account_url(row.account)}#panel-competitors",
    ),
    Column(
        name="product",
        title=gettext_lazy("Product"),
        value=lambda row: row.product or (row.category.name if row.category else None),
        sort="product",
    ),
    Column(
        name="price",
        title=gettext_lazy("Price"),
        kind="money",
        currency=lambda row: row.currency_id or "",
        sort="price",
        unknown=gettext_lazy("Terms only"),
    ),
    Column(
        name="unit", title=gettext_lazy("Unit"), value=lambda row: row.unit or None,
        unknown=gettext_lazy("Terms only"),
    ),
    Column(
        name="terms",
        title=gettext_lazy("Terms"),
        value=lambda row: row.terms or None,
        unknown=gettext_lazy("No terms seen"),
    ),
    Column(name="seen_where", title=gettext_lazy("Where")),
    Column(name="author", title=gettext_lazy("Noted by"), value="author.full_name"),
]  # fmt: skip


WALLETS = [
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        sort="account__name_key",
        link=lambda row: whitespace_url(row.account, row.span),
    ),
    Column(name="category", title=gettext_lazy("Category"), value="category.name"),
    Column(name="period", title=gettext_lazy("Period"), value=lambda row: period_words(row.span)),
    Column(
        name="amount",
        title=gettext_lazy("Wallet"),
        kind="money",
        currency=lambda row: row.currency_id,
        places=0,
    ),
    Column(
        name="estimated_on", title=gettext_lazy("Estimated on"), kind="date", sort="estimated_on"
    ),
    Column(name="source", title=gettext_lazy("Source"), default=False),
]


def estimate_in_words(row: Any) -> str:
    """Source, day and confidence of an estimate."""
    if row.share is None:
        return ""
    return _("%(source)s, %(day)s, confidence %(level)s") % {
        "source": row.share_source,
        "day": formats.date(row.share_on),
        "level": WalletConfidence(row.confidence).label,
    }


def competitor_crumbs(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Breadcrumbs of a page about competitors."""
    return [all_accounts(), (_("Competitors"), reverse(LIST) if steps else ""), *steps]


def get_competitor(request: HttpRequest, pk: int) -> Competitor:
    """A competitor, merged away or not. Raises Http404."""
    rows = Competitor.objects.visible_to(signed_in(request)).select_related("merged_into")
    found: Competitor = get_object_or_404(rows, pk=pk)
    return found


@requires(VIEW)
@require_GET
def competitor_list(request: HttpRequest) -> HttpResponseBase:
    """Whom we compete with, and at how many of our accounts."""
    user = signed_in(request)
    may_add = user.can(EDIT)
    table = Table(
        request,
        reads.competitors_for(user, as_of=timezone.localdate()),
        COLUMNS,
        name="competitors",
        caption=_("Competitors"),
        default_sort="-places",
        row_url=lambda row: row.get_absolute_url(),
        filters=CompetitorFilter,
        empty=Empty(
            _("No competitors yet"),
            _("Whom our accounts also buy from, in which category and at what prices."),
            _("New competitor") if may_add else "",
            reverse("accounts:competitor-create") if may_add else "",
            icon="swords",
        ),
    )
    context = {
        "crumbs": competitor_crumbs(),
        "may_add": may_add,
        "portable": portable.menu(user, "competitors"),
    }
    return table.response("accounts/competitor_list.html", context)


@requires(VIEW)
@require_GET
def competitor_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Where it stands, prices seen, whose wallets it holds, and its moves over time."""
    user = signed_in(request)
    found = get_competitor(request, pk)
    if found.merged_into is not None:
        messages.info(request, _("%(old)s was merged into this competitor.") % {"old": found.name})
        return redirect(found.merged_into.get_absolute_url())
    tables = _tables_of(request, found, user)
    context = {
        "competitor": found,
        "prices": tables[1],
        "wallets": tables[2],
        "country": country_name(found.country) if found.country else "",
        "moves": list(
            reads.moves_for(user).filter(competitor=found).order_by("-happened_on", "-pk")[:100]
        ),
        "may_change": user.can(EDIT),
        "may_merge": user.can(MERGE),
        "history": history_of_rows(
            Competitor, subject="", hidden=["name_key"], limit=20, pgh_obj_id=found.pk
        ),
        "crumbs": competitor_crumbs((found.name, "")),
    }
    return respond(request, "accounts/competitor_detail.html", context, *tables)


def _tables_of(request: HttpRequest, found: Competitor, user: User) -> tuple[Table, Table, Table]:
    """Where a competitor stands, the prices seen, and the wallets it holds."""
    places = Table(
        request,
        reads.presences_for(user).filter(competitor=found),
        PRESENCE,
        name="competitor-places",
        caption=_("Where it stands"),
        default_sort="-share",
        empty=Empty(
            _("Noted at no account of yours"),
            _("On an account's page, the panel Competitors takes it in one line."),
        ),
    )
    prices = Table(
        request,
        reads.prices_for(user).filter(competitor=found),
        PRICES,
        name="competitor-prices",
        caption=_("Prices and terms seen"),
        default_sort="-seen_on",
        prefix="p-",
        empty=Empty(
            _("No price seen yet"), _("What somebody saw on a shelf or in an offer stands here.")
        ),
    )
    wallets = Table(
        request,
        held_by(found.pk, user),
        WALLETS,
        name="competitor-wallets",
        caption=_("Main supplier by estimate"),
        default_sort="-estimated_on",
        prefix="w-",
        row_url=lambda row: cell_url(row.account_id, row.category_id, row.span),
        empty=Empty(
            _("Named in no estimate of a wallet"),
            _("Whoever estimates what an account buys can say from whom most of it comes."),
        ),
    )
    return places, prices, wallets


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def competitor_create(request: HttpRequest) -> HttpResponse:
    """A new competitor."""
    return _competitor_form(request, None, _("New competitor"), reverse(LIST))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def competitor_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, country and note of a competitor."""
    found = get_competitor(request, pk)
    return _competitor_form(request, found, _("Edit %s") % found.name, found.get_absolute_url())


def _competitor_form(
    request: HttpRequest, found: Competitor | None, title: str, back: str
) -> HttpResponse:
    names = ("name", "country", "note")
    start = {name: getattr(found, name) for name in names} if found else {}
    form = CompetitorForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_competitor(competitor=found, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(saved.get_absolute_url())
    return form_page(
        request, form, title=title, cancel_url=back, crumbs=competitor_crumbs((title, ""))
    )


@requires(MERGE)
@require_http_methods(["GET", "POST"])
def competitor_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge a duplicate into this competitor."""
    keep = get_competitor(request, pk)
    form = CompetitorMergeForm(request.POST or None, keep=keep)
    if request.method == "POST" and form.is_valid():
        try:
            services.merge_competitors(keep=keep, drop=form.cleaned_data["duplicate"])
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The two are one now."))
            return redirect(keep.get_absolute_url())
    title = _("Merge a duplicate into %s") % keep.name
    return form_page(
        request,
        form,
        title=title,
        save=_("Merge"),
        cancel_url=keep.get_absolute_url(),
        crumbs=competitor_crumbs((keep.name, keep.get_absolute_url()), (_("Merge"), "")),
    )


@requires(VIEW)
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Who competes with us here by category, prices seen, and what they did."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    context = {
        "account": account,
        "title": _("Competitors"),
        "panel_template": "accounts/panels/competitors.html",
        "crumbs": account_crumbs(account, (_("Competitors"), "")),
        "field": reads.field_of(account, user=user, as_of=today),
        "may_note": user.can(EDIT) and may_edit(user, account),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")
