"""What the pages about placement and availability share: rows in scope, words, tabs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.choices import CheckOutcome, CheckState, PlacementStage
from accounts.models import Account, Placement, StoreCheck, StoreCheckLine
from accounts.selectors.placement.gaps import Gap
from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.nav import Tab
from kam.core.pages import Crumbs
from kam.core.registry import may
from kam.identity.decorators import signed_in
from kam.identity.models import User

# icons: circle-dashed heart-handshake building-store speakerphone
STAGE_STATES: dict[int, State] = {0: "muted", 1: "info", 2: "success", 3: "success"}
STAGE_ICONS = {
    0: "circle-dashed",
    1: "heart-handshake",
    2: "building-store",
    3: "speakerphone",
}
OUTCOME_STATES: dict[str, State] = {
    CheckOutcome.FOUND: "success",
    CheckOutcome.NOT_FOUND: "danger",
    CheckOutcome.OUT_OF_STOCK: "warning",
}


def tabs(request: HttpRequest, active: str) -> list[Tab]:
    """The pages about what stands in stores that the user has."""
    ways = [
        ("availability", _("Compliance"), "placement.view"),
        ("service-level", _("Deliveries"), "placement.view"),
        ("placement-list", _("Placements"), "placement.view"),
        ("store-checks", _("Store checks"), "placement.view"),
    ]
    return [
        Tab(title, reverse(f"accounts:{name}"), active=name == active)
        for name, title, capability in ways
        if may(request.user, capability)
    ]


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs below the board."""
    top = (_("Availability"), reverse("accounts:availability") if steps else "")
    return [(_("Accounts"), reverse("accounts:account-list")), top, *steps]


def get_placement(request: HttpRequest, pk: int) -> Placement:
    """A placement at an account in the user's scope. Raises Http404."""
    rows: QuerySet[Placement] = Placement.objects.visible_to(signed_in(request))
    rows = rows.select_related("account", "product", "category", "agreed_by")
    found: Placement = get_object_or_404(rows, pk=pk)
    return found


def get_editable_placement(request: HttpRequest, pk: int) -> Placement:
    """A placement that the user may change. Raises Http404."""
    rows: QuerySet[Placement] = Placement.objects.editable_by(signed_in(request))
    found: Placement = get_object_or_404(rows.select_related("account"), pk=pk)
    return found


def may_check(user: User, store: Account) -> bool:
    """Whether the user may check this store."""
    rows = Account.objects.editable_by(user).filter(pk=store.pk)
    return user.can("placement.check") and rows.exists()


def may_follow_up(user: User, store: Account) -> bool:
    """Whether the user may make a gap of this visible store somebody's task: `may_check`, asked
    of the row itself, for lists."""
    if not (user.can("placement.check") and user.can("accounts.edit")):
        return False
    if user.can("accounts.assign_lead"):
        return True
    return not set(user.acting_user_ids()).isdisjoint(store.lead_chain)


def get_check(request: HttpRequest, pk: int) -> StoreCheck:
    """A finished check in the user's scope, or a draft of the user's own. Raises Http404."""
    user = signed_in(request)
    rows: QuerySet[StoreCheck] = StoreCheck.objects.visible_to(user)
    mine = Q(state=CheckState.FINISHED) | Q(checker=user)
    rows = rows.filter(mine).select_related("account", "checker")
    found: StoreCheck = get_object_or_404(rows, pk=pk)
    return found


def get_line(request: HttpRequest, pk: int, line_pk: int) -> StoreCheckLine:
    """A line of a check that the user may see. Raises Http404."""
    check = get_check(request, pk)
    rows = check.lines.select_related("placement__product", "placement__category", "check_of")
    found: StoreCheckLine = get_object_or_404(rows, pk=line_pk)
    found.check_of = check
    return found


def stage_badge(placement: Placement) -> Badge:
    """The step reached, as a word with a sign."""
    stage = PlacementStage(placement.stage)
    since = formats.date(placement.stage_on) if placement.stage_on else ""
    return Badge(
        stage.label,
        STAGE_STATES[stage.value],
        STAGE_ICONS[stage.value],
        _("Since %s") % since if since else _("Nobody at the customer agreed yet"),
    )


def outcome_badge(line: StoreCheckLine) -> Badge:
    """What was seen, as a word and a state."""
    if not line.outcome:
        return Badge(_("Not looked at"), "muted")
    return Badge(CheckOutcome(line.outcome).label, OUTCOME_STATES[line.outcome])


def what(placement: Placement) -> str:
    """The kind with its number or shelf."""
    kind = str(placement.get_kind_display())
    if placement.quantity is not None:
        return f"{kind}: {placement.quantity}"
    return f"{kind}: {placement.get_shelf_display()}" if placement.shelf else kind


def state_in_time(placement: Placement, today: date) -> str:
    """Whether it is in force, to come or over."""
    if placement.valid.lower > today:
        return _("To come")
    if placement.valid.upper is not None and placement.valid.upper <= today:
        return _("Over")
    return _("In force")


def gap_badge(gap: Gap) -> Badge:
    """A gap's outcome; old ones stand out."""
    words = str(gap.line.get_outcome_display())
    return Badge(words, "danger" if gap.is_old else OUTCOME_STATES[gap.line.outcome])


def with_badges(gaps: list[Gap], user: User) -> list[tuple[Gap, SafeString, bool]]:
    """Gaps, each with its badge and whether the user may follow it up."""
    return [
        (gap, gap_badge(gap).__html__(), may_follow_up(user, gap.line.check_of.account))
        for gap in gaps
    ]


@dataclass(frozen=True)
class WhoIsOnIt:
    """Who works on a gap until when; where nobody does, the button that makes it a task."""

    gap: Gap
    request: HttpRequest

    def __str__(self) -> str:
        task = self.gap.task
        return f"{task.owner.full_name}, {formats.date(task.due_on)}" if task else ""

    def __html__(self) -> SafeString:
        context = {
            "line": self.gap.line,
            "task": self.gap.task,
            "may_follow_up": may_follow_up(signed_in(self.request), self.gap.line.check_of.account),
        }
        markup = render_to_string("accounts/gap_action.html", context, self.request)
        return mark_safe(markup)  # noqa: S308 - from a template
