"""Plans together: the list, and the panel of an account."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.filters import AccountChoice, Flag, PageFilter, Several, leads
from accounts.models import Account
from accounts.selectors.tiers.models import tiers_in_force
from accounts.views.accounts import account_crumbs
from accounts.views.team.common import get_worked_on, sign
from kam.core import htmx
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.analytics.progress import Progress
from plans.choices.plan import Confidentiality, PlanState
from plans.models import Plan
from plans.querysets.plans import LIVE, OPEN
from plans.selectors.plan import listing as reads
from plans.selectors.progress import progress_of
from plans.views.plan import common, words

# icons: plus target-arrow
VIEW = "plans.view"
ENDED = (PlanState.CLOSED, PlanState.CANCELLED)


def _tiers() -> list[tuple[str, str]]:
    return [(tier.code, tier.title) for tier in tiers_in_force(timezone.localdate())]


class PlanFilter(PageFilter):
    """Filters of plans; those closed or cancelled come where a state is asked for."""

    q = django_filters.CharFilter(label=gettext_lazy("Words"), method="by_text")
    state = Several(label=gettext_lazy("State"), choices=PlanState.choices)
    tier = Several(label=gettext_lazy("Tier"), choices=_tiers, method="by_tier")
    owner = django_filters.ModelChoiceFilter(label=gettext_lazy("Owner"), queryset=leads)
    within = AccountChoice(label=gettext_lazy("Account with all below it"), method="by_branch")
    on = django_filters.DateFilter(
        label=gettext_lazy("Whose period covers"), field_name="period", lookup_expr="contains"
    )
    confidentiality = Several(
        label=gettext_lazy("Who may read it"), choices=Confidentiality.choices
    )
    review_before = django_filters.DateFilter(
        label=gettext_lazy("Review due before"), field_name="review_on", lookup_expr="lt"
    )
    incomplete = Flag(label=gettext_lazy("Only with empty sections"), method="by_incomplete")

    class Meta:
        model = Plan
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """Words of the title or the account."""
        return rows.filter(Q(title__icontains=text) | Q(account__name__icontains=text))

    def by_tier(self, rows: QuerySet[Any], _name: str, codes: list[str]) -> QuerySet[Any]:
        """Plans of accounts whose tier is one of these today."""
        return reads.of_tiers(rows, codes, as_of=timezone.localdate()) if codes else rows

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """Of a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])

    def by_incomplete(self, rows: QuerySet[Any], _name: str, _on: bool) -> QuerySet[Any]:
        """With a required section that says nothing."""
        return rows.filter(empty_sections__gt=0)


class _Standing:
    """How far the plans of a list are: one statement for the page, one more where a file asks for
    plans beyond it."""

    def __init__(self, as_of: date) -> None:
        self.as_of, self.known = as_of, dict[int, Progress]()
        self.table: Table | None = None

    def of(self, row: Plan) -> Progress:
        """The progress of a plan of the list."""
        if row.pk not in self.known and self.table is not None:
            shown = [one.pk for one in self.table.page.rows]
            every: Any = self.table.source
            ids = shown if row.pk in shown else every.values_list("pk", flat=True)
            self.known |= progress_of(ids, self.as_of)
        return self.known.get(row.pk, Progress())

    def share(self, row: Plan) -> Decimal | None:
        """What of it is done, as a fraction; None where there is nothing to measure."""
        percent = self.of(row).percent
        return None if percent is None else percent / 100

    def overdue(self, row: Plan) -> int:
        """How many of its actions are overdue."""
        return self.of(row).overdue


def _columns(standing: _Standing) -> list[Column]:
    return [
        Column(name="title", title=_("Plan"), sort="title", css="is-wrapped"),
        Column(
            name="account",
            title=_("Account"),
            value="account.name",
            sort="account__name_key",
        ),
        Column(name="period", title=_("Period"), value=words.period_words, sort="period"),
        Column(name="state", title=_("State"), kind="badge", value=words.state_badge, sort="state"),
        Column(name="owner", title=_("Owner"), value="owner.full_name", sort="owner__full_name"),
        Column(name="progress", title=_("Progress"), kind="percent", places=0,
               value=standing.share, unknown=_("Nothing is measured yet")),
        Column(name="overdue", title=_("Overdue actions"), kind="number", places=0,
               value=standing.overdue),
        Column(
            name="review_on",
            title=_("Next review"),
            kind="date",
            sort="review_on",
            unknown=_("No day is set"),
        ),
        Column(
            name="empty_sections",
            title=_("Required sections"),
            kind="badge",
            value=lambda row: words.empty_words(row.empty_sections),
            sort="empty_sections",
        ),
        *_more_columns(),
    ]  # fmt: skip


def _more_columns() -> list[Column]:
    """What one can choose beside what is shown."""
    return [
        Column(
            name="sponsor",
            title=_("Sponsor"),
            value=lambda row: row.sponsor.full_name if row.sponsor else None,
            unknown=_("Nobody yet"),
            default=False,
        ),
        Column(
            name="confidentiality",
            title=_("Who may read it"),
            value=lambda row: row.get_confidentiality_display(),
            default=False,
        ),
        Column(name="revision", title=_("Revision"), kind="number", places=0, default=False),
        Column(
            name="template", title=_("Template"), value="template.title", default=False
        ),
        Column(
            name="updated_at",
            title=_("Changed"),
            kind="datetime",
            sort="updated_at",
            default=False,
        ),
    ]  # fmt: skip


def nothing(user: User) -> Empty:
    """What an empty list says."""
    may = user.can("plans.edit")
    return Empty(
        _("No plan yet"),
        _("Where we want to stand with an account, by what steps, and how we will know."),
        _("New plan") if may else "",
        reverse("plans:plan-create") if may else "",
        icon="target-arrow",
    )


def _listed(request: HttpRequest) -> QuerySet[Plan]:
    """Open plans; closed and cancelled ones where the address asks for something."""
    rows = reads.with_empty_sections(reads.plans_for(signed_in(request)))
    asks = {"state", "q", "on"} & {name for name, value in request.GET.items() if value}
    return rows if asks else rows.exclude(state__in=ENDED)


def _stats(user: User) -> list[Stat]:
    today, live = timezone.localdate(), Q(state__in=LIVE)
    found = Plan.objects.visible_to(user).aggregate(
        live=Count("pk", live),
        waiting=Count("pk", Q(state=PlanState.IN_REVIEW)),
        late=Count("pk", live & Q(review_on__lt=today)),
    )
    waiting = f"{reverse('plans:plan-list')}?state={PlanState.IN_REVIEW}"
    return [
        Stat(name="live", title=_("Approved or active"), value=found["live"]),
        Stat(name="waiting", title=_("Waiting for approval"), url=waiting,
             value=found["waiting"]),
        Stat(name="late", title=_("Review overdue"), good="down",
             value=found["late"],
             what=_("Approved or active plans of which the day of review has passed.")),
    ]  # fmt: skip


@requires(VIEW)
@require_GET
def plan_list(request: HttpRequest) -> HttpResponseBase:
    """Plans that the user may read, filtered."""
    user, standing = signed_in(request), _Standing(timezone.localdate())
    table = standing.table = Table(
        request,
        _listed(request),
        _columns(standing),
        name="plans",
        caption=_("Plans"),
        default_sort="account",
        row_url=Plan.get_absolute_url,
        filters=PlanFilter,
        empty=nothing(user),
    )
    context = {
        "crumbs": common.crumbs(),
        "may_make": user.can("plans.edit"),
        "may_configure": user.can("plans.configure"),
        "stats": _stats(user) if not htmx.is_htmx(request) else [],
    }
    return table.response("plans/plan_list.html", context)


@requires(VIEW)
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan in force of an account, those before and to come, and those below it."""
    user, account, today = signed_in(request), get_worked_on(request, pk), timezone.localdate()
    own = list(reads.at_account(account, user)[:8])
    below = list(
        reads.plans_for(user)
        .filter(account__path__contains=[account.pk], state__in=OPEN)
        .exclude(account=account)
        .order_by("account__name_key", "-period")[:8]
    )
    progress = progress_of([one.pk for one in (*own, *below)], today)
    context = {
        "account": account,
        "title": _("Plans"),
        "panel_template": "plans/plan_panel.html",
        "crumbs": account_crumbs(account, (_("Plans"), "")),
        "own": [_row(one, progress, today) for one in own],
        "below": [_row(one, progress, today) for one in below],
        "may_make": common.plannable(user).filter(pk=account.pk).exists(),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _row(plan: Plan, progress: Any, today: Any) -> dict[str, Any]:
    return {
        "plan": plan,
        "period": words.period_words(plan),
        "state": sign(words.state_badge(plan)),
        "level": sign(words.level_badge(plan)),
        "progress": progress.get(plan.pk),
        "is_now": today in plan.period and plan.state != PlanState.CANCELLED,
        "is_late": plan.state in LIVE and plan.review_on and plan.review_on < today,
    }
