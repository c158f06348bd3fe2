"""The health of one account: the panel with all that explains it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.choices import HealthLevel
from accounts.models import Account
from accounts.selectors.health import standing as reads
from accounts.selectors.health.rules import Rules, rules_in_force
from accounts.selectors.tiers.models import model_in_force, scored_account_id
from accounts.views.accounts import account_crumbs, get_account
from accounts.views.health import words
from accounts.views.health.board import history_points
from kam.core import charts, formats, htmx
from kam.core.dates import ONE_DAY
from kam.identity.decorators import requires, signed_in


@requires("health.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Score, points lost per measure, caps, what changed, what is missing, and the history."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    standing = reads.standing_of(account, as_of=today)
    holder = standing.holder if standing else _holder(account, today)
    sees_holder = Account.objects.visible_to(user).filter(pk=holder.pk).exists()
    context: dict[str, Any] = {
        "account": account,
        "holder": holder,
        "sees_holder": sees_holder,
        "standing": standing,
        "title": _("Health"),
        "panel_template": "accounts/panels/health.html",
        "crumbs": account_crumbs(account, (_("Health"), "")),
    }
    if standing is None:
        rules = rules_in_force(today)
        context["mend"] = [one.measure for one in rules.counting]
    else:
        context |= _explained(standing)
    if standing is not None and sees_holder:
        chart = _chart(holder, standing.rules, today)
        if (file := charts.export(request, chart)) is not None:
            return file
        context["chart"] = chart
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _holder(account: Account, today: date) -> Account:
    """The account that would be scored for this one."""
    pk = scored_account_id(account, model_in_force(today))
    found: Account = account if pk == account.pk else account.current_group  # type: ignore[assignment]
    return found


def _explained(standing: reads.HealthStanding) -> dict[str, Any]:
    page = reverse("accounts:account-detail", args=[standing.holder.pk])
    return {
        "badge": words.badge(standing.row.level).__html__(),
        "last_time": standing.row.valid.lower - ONE_DAY,
        "threshold": standing.rules.thresholds.insufficient_below,
        "changes": [(words.title(one.key), one) for one in standing.shifts],
        "absent": ", ".join(str(one.measure.title) for one in standing.absent),
        "page": page,
    }


def _chart(holder: Account, rules: Rules, today: date) -> charts.Chart:
    points = history_points(reads.history_of(holder), today)
    known = [value for _day, value in points if value is not None]
    title = _("No score was ever known")
    if known:
        first, last = (formats.number(known[n], 0) for n in (0, -1))
        title = _("Health went from %(first)s to %(last)s points") % {"first": first, "last": last}
        if first == last:
            title = _("Health stands at %(last)s points") % {"last": last}
    chart = charts.line(
        name="health-history",
        title=title,
        labels=[formats.date(day) for day, _value in points],
        label_title=_("Day"),
        value_format="number",
        unit=_("points"),
        places=0,
        series=[charts.Series(name=_("Score"), values=[value for _day, value in points], hue=1)],
        bands=[
            (HealthLevel.GOOD.label, float(rules.thresholds.good_from)),
            (HealthLevel.WATCH.label, float(rules.thresholds.watch_from)),
        ],
        as_of=today,
        height="short",
    )
    chart.option["yAxis"][0] |= {"min": 0, "max": 100, "name": ""}
    return chart
