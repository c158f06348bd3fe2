"""What the pages of the team share: rows in scope, crumbs, badges."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Priority, PromiseOutcome, RequestStatus
from accounts.models import Account, Promise, TeamRequest
from accounts.selectors.team.members import accounts_worked_on
from accounts.views.accounts import account_crumbs
from kam.core.badges import Badge, State
from kam.core.pages import Crumbs
from kam.identity.decorators import signed_in
from kam.identity.models import User

# icons: heart-handshake circle-check circle-x clock-exclamation arrow-back-up inbox transfer
OUTCOMES: dict[str, State] = {
    PromiseOutcome.OPEN: "info",
    PromiseOutcome.KEPT: "success",
    PromiseOutcome.KEPT_LATE: "warning",
    PromiseOutcome.BROKEN: "danger",
    PromiseOutcome.WITHDRAWN: "muted",
}
STATUSES: dict[str, State] = {
    RequestStatus.SENT: "info",
    RequestStatus.ACCEPTED: "neutral",
    RequestStatus.DECLINED: "danger",
    RequestStatus.DONE: "success",
    RequestStatus.CANCELLED: "muted",
}
OVERDUE = Badge(gettext_lazy("Overdue"), "danger")


def get_worked_on(request: HttpRequest, pk: int) -> Account:
    """An account that the user sees or supports. Raises Http404."""
    rows = accounts_worked_on(signed_in(request)).select_related("current_lead")
    found: Account = get_object_or_404(rows, pk=pk)
    return found


def sees(user: User, account: Account) -> bool:
    """Whether the user sees the account itself, with its figures."""
    return bool(Account.objects.visible_to(user).filter(pk=account.pk).exists())


def leads_or_directs(user: User, account: Account) -> bool:
    """Whether the user leads the account or above it, or directs who does."""
    return bool(Account.objects.editable_by(user).not_merged().filter(pk=account.pk).exists())


def account_page(user: User, account: Account, panel: str = "") -> str:
    """Where the account can be looked at: its page, or the page of a supporting member."""
    if sees(user, account):
        return account.get_absolute_url() + (f"#panel-{panel}" if panel else "")
    if accounts_worked_on(user).filter(pk=account.pk).exists():
        return reverse("accounts:team-work", args=[account.pk])
    return ""


def crumbs_of(user: User, account: Account, *steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs: through the account for who sees it, else by its name alone."""
    if sees(user, account):
        return account_crumbs(account, *steps)
    return [(account.name, account_page(user, account)), *steps]


def promise_badge(promise: Promise, as_of: date) -> Badge:
    """What became of a promise, or that it is late."""
    if promise.is_overdue(as_of):
        return OVERDUE
    return Badge(promise.get_outcome_display(), OUTCOMES[promise.outcome])


def request_badge(request: TeamRequest, as_of: date) -> Badge:
    """Where a request stands, or that it is late."""
    if request.is_overdue(as_of):
        return Badge(_("%s, overdue") % request.get_status_display(), "danger")
    return Badge(request.get_status_display(), STATUSES[request.status])


def priority_badge(request: TeamRequest) -> Badge | None:
    """Only what is not usual."""
    if request.priority == Priority.NORMAL:
        return None
    is_high = request.priority == Priority.HIGH
    return Badge(request.get_priority_display(), "warning" if is_high else "muted")


def sign(badge: Badge | None) -> SafeString | str:
    """A badge as a template shows it; nothing where there is none."""
    return badge.__html__() if badge is not None else ""
