"""The rules of cadence in one table, and what other ones would ask of each manager."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from interactions.forms.cadence import PaceForm
from interactions.selectors.cadence.what_if import (
    WEEKS,
    Load,
    current_tiers,
    loads,
    paces_on,
)
from interactions.services.cadence import keep_paces
from interactions.views.cadence.touches import crumbs
from kam.core import formats
from kam.core.badges import Badge
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

CONFIGURE = "interactions.configure"

COLUMNS = [
    Column(
        name="manager",
        title=gettext_lazy("Lead"),
        value=lambda one: str(one.user) if one.user else None,
        unknown=gettext_lazy("Nobody leads these accounts"),
        sort=True,
    ),
    Column(name="accounts", title=gettext_lazy("Accounts"), kind="number", places=0, sort=True),
    Column(
        name="now",
        title=gettext_lazy("Contacts a week, now"),
        kind="number",
        places=1,
        sort=True,
    ),
    Column(
        name="tried",
        title=gettext_lazy("With these rules"),
        kind="number",
        places=1,
        sort=True,
        unknown=gettext_lazy("Change the table and try it"),
    ),
    Column(name="change", title=gettext_lazy("More or less"), value=lambda one: _change(one)),
    Column(
        name="made",
        title=gettext_lazy("Made a week, last 13 weeks"),
        kind="number",
        places=1,
        sort=True,
        unknown=gettext_lazy("Nobody leads these accounts"),
    ),
    Column(
        name="fits",
        title=gettext_lazy("Capacity"),
        kind="badge",
        value=lambda one: _fits(one),
        unknown=gettext_lazy("Nobody leads these accounts"),
    ),
]


def _change(load: Load) -> str | None:
    if not load.change:
        return None
    return formats.signed(formats.number(abs(load.change), 1), load.change)


def _fits(load: Load) -> Badge | None:
    if load.made is None:
        return None
    if load.is_too_much:
        return Badge(_("More than was made"), "warning")
    return Badge(_("Within what was made"), "success")


@requires("interactions.view")
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Days by tier and function; `try` shows what they would ask for, saving keeps them."""
    user, today = signed_in(request), timezone.localdate()
    tiers, held = current_tiers(today), paces_on(today)
    may_configure = user.can(CONFIGURE)
    data = request.POST or (request.GET if "try" in request.GET else None)
    form = PaceForm(data, tiers=tiers, paces=held, today=today)
    is_valid = form.is_valid()
    is_kept = request.method == "POST" and is_valid and "keep" in request.POST
    if is_kept and (answer := _keep(request, form)) is not None:
        return answer
    tried = form.chosen() if is_valid else None
    rows = loads(Account.objects.visible_to(user), as_of=today, tried=tried)
    table = Table(
        request,
        rows,
        COLUMNS,
        name="cadence-loads",
        caption=_("What the rules ask of each lead"),
        push_url=False,
        export=False,
        empty=Empty(
            _("No contacts are asked for"),
            _("Accounts need a tier, and the tier a pace."),
        ),
    )
    context = {
        "crumbs": crumbs((_("Rules"), "")),
        "form": form,
        "tiers": tiers,
        "table": table,
        "has_tried": tried is not None,
        "verdict": _verdict(rows) if tried is not None else "",
        "may_configure": may_configure,
        "weeks": WEEKS,
    }
    return render(
        request, "interactions/cadence_rules.html", context, status=422 if form.errors else 200
    )


def _keep(request: HttpRequest, form: PaceForm) -> HttpResponse | None:
    """Keep the table; None where it was refused and the form says why."""
    if not signed_in(request).can(CONFIGURE):
        raise Http404
    try:
        changed = keep_paces(wanted=form.chosen(), from_date=form.cleaned_data["from_date"])
    except RefusedError as problem:
        add_to_form(form, problem)
        return None
    words = ngettext("%(count)s rule changed.", "%(count)s rules changed.", changed)
    messages.success(request, words % {"count": formats.number(changed)})
    return redirect(reverse("interactions:cadence-policy-list"))


def _verdict(rows: list[Load]) -> str:
    """What trying comes to in one sentence."""
    now = sum(one.now for one in rows)
    tried = sum(one.tried or 0 for one in rows)
    words = {
        "tried": formats.number(tried, 1),
        "now": formats.number(now, 1),
        "count": formats.number(sum(one.is_too_much for one in rows)),
    }
    return (
        _("All leads together: %(tried)s contacts a week instead of %(now)s.") % words
        + " "
        + ngettext(
            "%(count)s lead would have to make more than in the last 13 weeks.",
            "%(count)s leads would have to make more than in the last 13 weeks.",
            sum(one.is_too_much for one in rows),
        )
        % words
    )
