"""The tiering board: how accounts spread, who moved, and the portfolio matrix."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.choices import RatedMeasure, RelationshipStage
from accounts.models import Account, TierModel
from accounts.selectors.tiers import board as reads
from accounts.selectors.tiers.models import model_in_force
from accounts.services.tiers.publishing import ask_to_rescore
from accounts.services.tiers.ratings import rate_account
from accounts.views.accounts import get_editable
from accounts.views.columns import account_url
from accounts.views.tiers import words
from kam.core import charts, formats, htmx
from kam.core.problems import RefusedError
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import demand, requires, signed_in
from kam.identity.models import User

# icons: stairs adjustments refresh grip-vertical
PAGE = "accounts/tier_board.html"
MOVED_WITHIN = timedelta(days=90)


@require_GET
@requires("tiers.view")
def board(request: HttpRequest) -> HttpResponseBase:
    """The board, its table and chart as files, or its parts for htmx."""
    user, today = signed_in(request), timezone.localdate()
    model = model_in_force(today)
    context: dict[str, Any] = {
        "model": model,
        "may_manage": user.can("tiers.manage"),
        "crumbs": [(_("Accounts"), reverse("accounts:account-list")), (_("Tiers"), "")],
        "nothing": Empty(
            _("No tier model is in force"),
            _("A model says what makes an account a key account. Two drafts are ready to begin."),
            _("See the models"),
            reverse("accounts:tier-model-list"),
            icon="stairs",
        ),
    }
    movers = reads.movers(user, since=today - MOVED_WITHIN, as_of=today)
    table = _table(request, movers)
    if model is not None:
        counts = reads.distribution(user, model, as_of=today)
        chart = _chart(counts, today)
        if (file := charts.export(request, chart)) is not None:
            return file
        context |= {"chart": chart, "finding": _finding(counts)}
        context |= {"scored_on": reads.scored_on(as_of=today), "moved_table": table}
        context |= matrix_context(user, model, today)
    return table.response(PAGE, context)


def matrix_context(user: User, model: TierModel, today: date) -> dict[str, Any]:
    """What the matrix needs to be drawn."""
    rows = reads.matrix(user, model, as_of=today)
    shown = {chip.account.pk for _tier, cells in rows for cell in cells for chip in cell.chips}
    may_rate = user.can("tiers.rate")
    editable = Account.objects.editable_by(user).filter(pk__in=shown) if may_rate else None
    listed = reverse("accounts:account-list")
    return {
        "stages": RelationshipStage,
        "matrix": [
            {
                "badge": words.sign(tier),
                "cells": cells,
                "url": f"{listed}?{urlencode({'tier': tier.code})}",
            }
            for tier, cells in rows
        ],
        "may_rate": may_rate,
        "ratable": set(editable.values_list("pk", flat=True)) if editable is not None else set(),
    }


def _finding(counts: list[reads.TierCount]) -> list[str]:
    total = sum(one.accounts for one in counts)
    provisional = sum(one.provisional for one in counts)
    decided = sum(one.overridden for one in counts)
    if not total:
        return [_("Nobody has a tier yet: they are computed at night, or now.")]
    top = counts[0]
    lines = [
        ngettext(
            "%(top)s of %(total)s account is %(tier)s.",
            "%(top)s of %(total)s accounts are %(tier)s.",
            total,
        )
        % {
            "top": formats.number(top.accounts, 0),
            "total": formats.number(total, 0),
            "tier": top.tier.title,
        }
    ]
    if provisional:
        lines.append(
            ngettext(
                "%s tier is provisional: less than 60 percent of the weight is known.",
                "%s tiers are provisional: less than 60 percent of the weight is known.",
                provisional,
            )
            % formats.number(provisional, 0)
        )
    if decided:
        text = ngettext("%s tier holds by decision.", "%s tiers hold by decision.", decided)
        lines.append(text % formats.number(decided, 0))
    return [lines[0], " ".join(lines[1:])]


def _chart(counts: list[reads.TierCount], today: date) -> charts.Chart:
    names = [
        (_("Firm"), [c.accounts - c.provisional - c.overridden for c in counts], 1),
        (_("Provisional"), [c.provisional for c in counts], 5),
        (_("By decision"), [c.overridden for c in counts], 4),
    ]
    largest = max(counts, key=lambda one: one.accounts)
    title = _("Most accounts are %(tier)s") % {"tier": largest.tier.title}
    return charts.stacked_bar(
        name="tiers",
        title=title if largest.accounts else _("Accounts by tier"),
        labels=[one.tier.title for one in counts],
        label_title=_("Tier"),
        value_format="number",
        unit=_("accounts"),
        places=0,
        horizontal=True,
        series=[charts.Series(name=name, values=values, hue=hue) for name, values, hue in names],
        as_of=today,
        height="short",
    )


def _table(request: HttpRequest, movers: list[reads.Mover]) -> Table:
    return Table(
        request,
        movers,
        MOVER_COLUMNS,
        name="tier-movers",
        caption=_("Moved in the last 90 days"),
        page_size=10,
        row_url=lambda one: f"{account_url(one.account)}#panel-tier",
        empty=Empty(
            _("Nobody moved in the last 90 days"),
            _("Accounts whose computed tier changes stand here."),
            icon="stairs",
        ),
    )


MOVER_COLUMNS = [
    Column(name="account", title=gettext_lazy("Account"), value="account.name", sort=True),
    Column(
        name="before",
        title=gettext_lazy("Tier before"),
        kind="badge",
        value=lambda one: words.badge(one.before),
    ),
    Column(
        name="after",
        title=gettext_lazy("To"),
        kind="badge",
        value=lambda one: words.badge(one.after),
    ),
    Column(
        name="score",
        title=gettext_lazy("Score"),
        kind="number",
        places=1,
        value="score_after",
        sort=True,
        default=False,
    ),
    Column(
        name="score_before",
        title=gettext_lazy("Score before"),
        kind="number",
        places=1,
        sort=True,
        default=False,
    ),
    Column(name="on", title=gettext_lazy("On"), kind="date", sort=True),
]


@require_POST
@requires("tiers.manage")
def recompute(request: HttpRequest) -> HttpResponse:
    """Ask for the tiers to be computed; the job's page shows how far it is."""
    run = ask_to_rescore(by=signed_in(request))
    return htmx.redirect(request, reverse("core:job-detail", args=[run.pk]))


@require_POST
@requires("tiers.rate")
def stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an account into another stage of the relationship, as it was dragged or moved by key."""
    user, today = signed_in(request), timezone.localdate()
    demand(user, "tiers.view")
    account = get_editable(request, pk)
    typed, problem = request.POST.get("value", ""), ""
    try:
        rate_account(
            account=account,
            measure=RatedMeasure.RELATIONSHIP_STAGE,
            value=int(typed) if typed.isdecimal() and len(typed) < 3 else 0,
            evidence=_("Placed on the portfolio matrix."),
            rated_on=today,
            author=user,
            as_of=today,
        )
    except RefusedError as error:
        problem = str(error)
    said = problem or _("%s was placed.") % account.name
    model = model_in_force(today)
    if not htmx.is_htmx(request) or model is None:
        (messages.error if problem else messages.success)(request, said)
        return htmx.redirect(request, f"{reverse('accounts:tier-board')}#matrix")
    response = htmx.render_part(
        request, PAGE, {"model": model, **matrix_context(user, model, today)}, "matrix"
    )
    return htmx.toast(response, said, "danger" if problem else "success")
