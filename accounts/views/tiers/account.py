"""The tier of one account: the panel with its explanation, rating it, overriding it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import RatedMeasure
from accounts.forms.tiers import OverrideForm, RatingForm, scale_of
from accounts.models import Account, TierModel, TierOverride
from accounts.selectors.tiers import standing as reads
from accounts.selectors.tiers.models import model_in_force, scored_account_id
from accounts.services.tiers import overrides
from accounts.services.tiers.ratings import rate_account
from accounts.views.accounts import account_crumbs, get_account, get_editable, may_edit
from accounts.views.columns import account_url
from accounts.views.tiers import words
from kam.core import htmx
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.rates import base_currency
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

# icons: gavel star history


@requires("tiers.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The tier, what it rests on, what is missing, who decided otherwise, and how it came about."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    model = model_in_force(today)
    standing = reads.standing_of(account, as_of=today)
    holder = _holder(account, standing, model)
    sees_holder = Account.objects.visible_to(user).filter(pk=holder.pk).exists()
    context: dict[str, Any] = {
        "account": account,
        "title": _("Tier"),
        "panel_template": "accounts/panels/tier.html",
        "crumbs": account_crumbs(account, (_("Tier"), "")),
        "model": model,
        "standing": standing,
        "holder": holder,
        "sees_holder": sees_holder,
        **_explained(standing),
    }
    if sees_holder:
        context |= _history(user, holder, model)
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _holder(account: Account, standing: reads.Standing | None, model: TierModel | None) -> Account:
    """The account that is scored for this one: its group, or itself."""
    if standing is not None:
        return standing.holder
    pk = scored_account_id(account, model)
    found: Account = account if pk == account.pk else account.current_group  # type: ignore[assignment]
    return found


def _explained(standing: reads.Standing | None) -> dict[str, Any]:
    """The explanation, a line per criterion."""
    if standing is None or standing.assignment is None:
        return {"badge": words.standing_sign(standing)}
    currency, row = base_currency(), standing.assignment
    lines = [
        {"line": line, "value": words.measured(line.measure, line.value, currency)}
        for line in standing.lines
    ]
    above = [one for one in row.model.tiers.all() if one.rank == row.tier.rank - 1]
    next_up = above[0] if above else None
    to_next = next_up.threshold + row.model.margin - row.score if next_up else None
    return {
        "badge": words.standing_sign(standing),
        "computed": words.sign(row.tier, provisional=row.is_provisional),
        "lines": lines,
        "next_up": words.sign(next_up),
        "to_next": to_next,
        "policies": words.policies(standing.tier) if standing.tier else [],
    }


def _history(user: User, holder: Account, model: TierModel | None) -> dict[str, Any]:
    """Ratings, overrides and spells of the account that is scored."""
    today = timezone.localdate()
    ratings = reads.ratings_of(holder, as_of=today)
    editable = may_edit(user, holder)
    return {
        "ratings": [
            {"measure": measure, "rating": ratings.get(measure), "words": dict(scale_of(measure))}
            for measure in reads.rated_measures(model)
        ],
        "all_ratings": reads.all_ratings_of(holder),
        "spells": [
            (words.sign(row.tier, provisional=row.is_provisional), row)
            for row in reads.spells_of(holder)
        ],
        "overrides": [(words.sign(row.tier), row) for row in reads.overrides_of(holder)],
        "may_rate": editable and user.can("tiers.rate"),
        "may_override": editable and model is not None and user.can("tiers.override"),
        "today": today,
    }


@requires("tiers.rate")
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, pk: int, measure: str) -> HttpResponse:
    """Rate an account by one measure, with evidence; in the side panel or as a page."""
    user, today = signed_in(request), timezone.localdate()
    account = get_editable(request, pk)
    if measure not in RatedMeasure.values:
        raise Http404
    rated = RatedMeasure(measure)
    last = reads.ratings_of(account, as_of=today).get(measure)
    start = {"value": last.value} if last else {}
    form = RatingForm(request.POST or None, measure=rated, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            values = form.cleaned_data
            values["rated_on"] = values["rated_on"] or today
            rate_account(account=account, measure=measure, author=user, as_of=today, **values)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The rating is kept. It counts when tiers are computed."))
            return htmx.redirect(request, f"{account_url(account)}#panel-tier")
    context = {
        "account": account,
        "title": f"{rated.label}: {account.name}",
        "form": form,
        "last": last,
        "action": request.path,
        "is_part": htmx.is_htmx(request),
        "cancel_url": account_url(account),
        "crumbs": account_crumbs(account, (str(rated.label), "")),
    }
    status = 422 if form.errors else 200
    return htmx.render_part(
        request, "accounts/tier_rating_form.html", context, "panel", status=status
    )


@requires("tiers.override")
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, pk: int) -> HttpResponse:
    """A tier by decision: which, why, until when."""
    user, today = signed_in(request), timezone.localdate()
    account = get_editable(request, pk)
    model = model_in_force(today)
    if model is None:
        raise Http404
    form = OverrideForm(request.POST or None, model=model)
    if request.method == "POST" and form.is_valid():
        try:
            values = form.cleaned_data
            values["from_date"] = values["from_date"] or today
            overrides.set_override(account=account, approver=user, as_of=today, **values)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The override holds; the computed tier stays beside it."))
            return htmx.redirect(request, f"{account_url(account)}#panel-tier")
    context = {
        "account": account,
        "title": _("Override the tier of %s") % account.name,
        "form": form,
        "action": request.path,
        "is_part": htmx.is_htmx(request),
        "standing": reads.standing_of(account, as_of=today),
        "cancel_url": account_url(account),
        "crumbs": account_crumbs(account, (_("Override the tier"), "")),
    }
    status = 422 if form.errors else 200
    return htmx.render_part(
        request, "accounts/tier_override_form.html", context, "panel", status=status
    )


@requires("tiers.override")
@require_http_methods(["GET", "POST"])
def override_end(request: HttpRequest, pk: int, override_pk: int) -> HttpResponse:
    """End an override with today, after asking."""
    today = timezone.localdate()
    account = get_editable(request, pk)
    rows = TierOverride.objects.visible_to(signed_in(request)).filter(account=account)
    found: TierOverride = get_object_or_404(rows, pk=override_pk)
    back = f"{account_url(account)}#panel-tier"
    if request.method == "POST":
        try:
            overrides.end_override(override=found, as_of=today)
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The computed tier holds again."))
        return htmx.redirect(request, back)
    return confirm_page(
        request,
        title=_("End the override of %s?") % account.name,
        verb=_("End it"),
        back_url=reverse("accounts:account-detail", args=[account.pk]),
        goes=[_("From today on the tier is the computed one.")],
        stays=[_("The override in the history, with its reason")],
    )
