"""The health board: how accounts stand, who moved, where points are lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.choices import HealthLevel
from accounts.filters import HealthFilter
from accounts.models import HealthScore
from accounts.selectors.health import board as reads
from accounts.selectors.health.rules import Rules, rules_in_force
from accounts.services.health.rescoring import ask_to_rescore
from accounts.views.columns import account_url, country
from accounts.views.health import words
from kam.core import charts, formats, htmx
from kam.core.nav import Tab
from kam.core.tables import Column, Empty, Table
from kam.core.tables.state import State
from kam.core.tables.table import respond
from kam.identity.decorators import requires, signed_in

PAGE = "accounts/health_board.html"
SPANS = (7, 30, 90)
DEFAULT_SPAN = 30


@require_GET
@requires("health.view")
def board(request: HttpRequest) -> HttpResponseBase:
    """The board, its tables and charts as files, or its parts for htmx."""
    user, today = signed_in(request), timezone.localdate()
    rules, days = rules_in_force(today), _span(request)
    since = today - timedelta(days=days)
    counts = reads.distribution(user)
    lost = reads.losses(user, rules)
    chart = _levels_chart(counts, today)
    if (file := charts.export(request, chart)) is not None:
        return file
    context: dict[str, Any] = {
        "counts": counts,
        "finding": _finding(counts),
        "chart": chart,
        "lost": lost,
        "rules": rules,
        "absent": _absent(rules),
        "scored_on": reads.scored_on(),
        "spans": _tabs(request, days),
        "days": days,
        "may_recompute": user.can("health.recompute"),
        "may_configure": user.can("health.configure"),
        "crumbs": [(_("Accounts"), reverse("accounts:account-list")), (_("Health"), "")],
    }
    moved = _movers_table(request, reads.movers(user, since=since), days)
    listed = _table(request, since)
    return respond(request, PAGE, {**context, "moved": moved}, listed, moved)


def _span(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(days) for days in SPANS} else DEFAULT_SPAN


def _tabs(request: HttpRequest, chosen: int) -> list[Tab]:
    state = State(request.path, request.GET)
    return [
        Tab(
            ngettext("%(n)s day", "%(n)s days", days) % {"n": formats.number(days)},
            f"{state.url(days=str(days))}#movers",
            days == chosen,
        )
        for days in SPANS
    ]


def _absent(rules: Rules) -> str:
    return ", ".join(str(one.measure.title) for one in rules.not_offered)


def _finding(counts: list[reads.LevelCount]) -> list[str]:
    by_level = {one.level: one for one in counts}
    total = sum(one.accounts for one in counts)
    if not total:
        return [_("Nobody has a score yet: health is computed at night, or now.")]
    good, grey = by_level[HealthLevel.GOOD], by_level[HealthLevel.INSUFFICIENT]
    first = ngettext(
        "%(good)s of %(total)s account is in good health, %(poor)s in poor.",
        "%(good)s of %(total)s accounts are in good health, %(poor)s in poor.",
        total,
    ) % {
        "good": formats.number(good.accounts, 0),
        "total": formats.number(total, 0),
        "poor": formats.number(by_level[HealthLevel.POOR].accounts, 0),
    }
    lines = []
    if grey.accounts:
        text = ngettext(
            "For %(n)s account too little is known and fresh to say.",
            "For %(n)s accounts too little is known and fresh to say.",
            grey.accounts,
        )
        lines.append(text % {"n": formats.number(grey.accounts, 0)})
    if capped := sum(one.capped for one in counts):
        text = ngettext("%(n)s is held down by a cap.", "%(n)s are held down by a cap.", capped)
        lines.append(text % {"n": formats.number(capped, 0)})
    return [first, " ".join(lines)]


def _levels_chart(counts: list[reads.LevelCount], today: date) -> charts.Chart:
    total = sum(one.accounts for one in counts)
    largest = max(counts, key=lambda one: one.accounts)
    title = _("Most accounts: %(level)s") % {"level": largest.level.label}
    return charts.stacked_bar(
        name="health-levels",
        title=title if total else _("Accounts by health"),
        labels=[str(one.level.label) for one in counts],
        label_title=_("Health"),
        value_format="number",
        unit=_("accounts"),
        places=0,
        horizontal=True,
        series=[
            charts.Series(
                name=_("By its measures"), values=[c.accounts - c.capped for c in counts], hue=1
            ),
            charts.Series(name=_("Held down by a cap"), values=[c.capped for c in counts], hue=4),
        ],
        as_of=today,
        height="short",
    )


def _table(request: HttpRequest, since: date) -> Table:
    rows = reads.with_change(reads.scores_now(signed_in(request)), since=since)
    return Table(
        request,
        rows,
        COLUMNS,
        name="health",
        caption=_("Accounts by health"),
        default_sort="score",
        row_url=lambda row: f"{account_url(row.account)}#panel-health",
        filters=HealthFilter,
        empty=Empty(
            _("No scores yet"),
            _("Health is computed at night from sales, ratings of people and the ledger."),
            icon="heartbeat",
        ),
    )


def _movers_table(request: HttpRequest, found: list[reads.Mover], days: int) -> Table:
    text = ngettext("Changed in the last %(n)s day", "Changed in the last %(n)s days", days)
    return Table(
        request,
        found,
        MOVER_COLUMNS,
        name="health-movers",
        prefix="m-",
        caption=text % {"n": formats.number(days)},
        page_size=10,
        row_url=lambda one: f"{account_url(one.account)}#panel-health",
        empty=Empty(
            _("Nobody changed in this time"),
            _("Accounts whose score or level changes stand here."),
            icon="heartbeat",
        ),
    )


def _lead(row: Any) -> Any:
    lead = row.account.current_lead
    return lead.full_name if lead else None


_UNKNOWN = gettext_lazy("Nothing fresh is known")
COLUMNS = [
    Column(
        name="name",
        title=gettext_lazy("Account"),
        value="account.name",
        sort="account__name_key",
        nullable=False,
    ),
    Column(
        name="level",
        title=gettext_lazy("Health"),
        kind="badge",
        value=lambda row: words.badge(row.level),
    ),
    Column(
        name="score",
        title=gettext_lazy("Score"),
        kind="number",
        places=0,
        sort="score",
        unknown=_UNKNOWN,
    ),
    Column(
        name="change",
        title=gettext_lazy("Change"),
        kind="number",
        places=1,
        signed=True,
        unknown=gettext_lazy("It had no score then"),
    ),
    Column(
        name="confidence",
        title=gettext_lazy("Confidence"),
        kind="percent",
        places=0,
        sort="confidence",
        nullable=False,
    ),
    Column(
        name="lost",
        title=gettext_lazy("Loses most"),
        value=words.weakest,
        unknown=gettext_lazy("No points are lost"),
    ),
    Column(
        name="lead",
        title=gettext_lazy("Lead"),
        value=_lead,
        unknown=gettext_lazy("Nobody leads this account"),
    ),
    Column(
        name="country",
        title=gettext_lazy("Country"),
        value=lambda row: country(row.account),
        default=False,
    ),
    Column(
        name="uncapped",
        title=gettext_lazy("Before caps"),
        kind="number",
        places=0,
        default=False,
        unknown=_UNKNOWN,
    ),
    Column(
        name="since", title=gettext_lazy("Since"), kind="date", value="valid.lower", default=False
    ),
    Column(
        name="scored_on",
        title=gettext_lazy("Computed"),
        kind="date",
        value="scored_on",
        default=False,
    ),
]
MOVER_COLUMNS = [
    Column(name="account", title=gettext_lazy("Account"), value="account.name", sort=True),
    Column(
        name="before",
        title=gettext_lazy("Before"),
        kind="badge",
        value=lambda one: words.badge(one.before.level),
    ),
    Column(
        name="after",
        title=gettext_lazy("Now"),
        kind="badge",
        value=lambda one: words.badge(one.after.level),
    ),
    Column(
        name="change",
        title=gettext_lazy("Change"),
        kind="number",
        places=1,
        signed=True,
        sort=True,
        unknown=gettext_lazy("It had no score on one of the two days"),
    ),
    Column(
        name="why",
        title=gettext_lazy("Most of it"),
        value=lambda one: words.shifts(one.shifts),
        unknown=gettext_lazy("Only the confidence changed"),
    ),
    Column(
        name="on",
        title=gettext_lazy("Last changed"),
        kind="date",
        value="after.valid.lower",
        sort=True,
        default=False,
    ),
]


@require_POST
@requires("health.recompute")
def recompute(request: HttpRequest) -> HttpResponse:
    """Ask for health to be computed; the job's page shows how far it is."""
    run = ask_to_rescore(by=signed_in(request))
    return htmx.redirect(request, reverse("core:job-detail", args=[run.pk]))


def history_points(rows: list[HealthScore], today: date) -> list[tuple[date, Any]]:
    """Day and score of each change, oldest first, and of today where a score still holds."""
    points = [(row.valid.lower, row.score) for row in reversed(rows)]
    if rows and rows[0].valid.upper is None and rows[0].valid.lower < today:
        points.append((today, rows[0].score))
    return points
