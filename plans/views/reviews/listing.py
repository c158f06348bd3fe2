"""Reviews together, the panel of an account, planning one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Account
from accounts.selectors.team.members import accounts_worked_on
from accounts.views.accounts import account_crumbs
from kam.core import htmx
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.forms.reviews import ReviewAccountForm, ReviewForm, plan_of_day
from plans.models import BusinessReview
from plans.selectors.reviews import reads
from plans.services.reviews.holding import plan_review
from plans.views.reviews import common, words
from plans.views.reviews.filters import ReviewFilter

# icons: plus presentation
SHOWN = 6


@requires(common.VIEW)
@require_GET
def review_list(request: HttpRequest) -> HttpResponseBase:
    """Business reviews in the user's scope, the latest first."""
    user = signed_in(request)
    table = Table(
        request,
        reads.reviews_for(user),
        _columns(),
        name="reviews",
        caption=_("Business reviews"),
        default_sort="-held",
        row_url=BusinessReview.get_absolute_url,
        filters=ReviewFilter,
        empty=_nothing(user),
    )
    context = {
        "crumbs": common.crumbs(),
        "tabs": common.tabs(request, "review-list"),
        "may_write": user.can(common.EDIT),
    }
    return table.response("plans/review_list.html", context)


def _nothing(user: User) -> Empty:
    may = user.can(common.EDIT)
    return Empty(
        _("No business review yet"),
        _("A review looks back and ahead with the customer: agenda, notes, what is done next."),
        _("Plan a review") if may else "",
        reverse("plans:review-create") if may else "",
        icon="presentation",
    )


def _columns() -> list[Column]:
    return [
        Column(name="held", title=_("Day"), kind="date", value="held_on", sort="held_on"),
        Column(name="title", title=_("Business review"), sort="title", css="is-wrapped"),
        Column(
            name="account", title=_("Account"), value="account.name", sort="account__name_key",
            link=lambda row: row.account.get_absolute_url(),
        ),
        Column(name="state", title=_("State"), kind="badge", value=words.review_badge),
        Column(
            name="stage", title=_("Stage"), value=lambda row: row.stage or None, sort="stage",
        ),
        Column(
            name="theirs", title=_("Their rating"), kind="number", places=0, value="their_rating",
            sort="their_rating", nullable=True, unknown=_("They gave none"),
        ),
        Column(
            name="ours", title=_("Our rating"), kind="number", places=0, value="our_rating",
            sort="our_rating", nullable=True, unknown=_("We gave none"), default=False,
        ),
        Column(name="owner", title=_("Held by"), value="owner.full_name",
               sort="owner__full_name"),
    ]  # fmt: skip


@requires(common.VIEW)
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The last reviews of an account and all below it, and its joint teams."""
    user = signed_in(request)
    account = _worked_on(user, pk)
    rows = list(reads.at_account(account, user).order_by("-held_on", "-pk")[:SHOWN])
    teams = reads.teams_for(user).filter(
        account__path__contains=[account.pk], state__in=reads.AT_WORK
    )
    context = {
        "account": account,
        "title": _("Reviews and joint work"),
        "panel_template": "plans/panels/reviews.html",
        "crumbs": account_crumbs(account, (_("Reviews and joint work"), "")),
        "reviews": [(one, words.review_badge(one).__html__()) for one in rows],
        "teams": [(one, words.joint_badge(one).__html__()) for one in teams[:SHOWN]],
        "may_write": user.can(common.EDIT),
        "may_make_teams": user.can("plans.edit"),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _worked_on(user: User, pk: int) -> Account:
    found: Account = get_object_or_404(accounts_worked_on(user), pk=pk)
    return found


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def review_create(request: HttpRequest) -> HttpResponse:
    """Plan a review: first with whom, where the address does not say."""
    user, title = signed_in(request), _("Plan a review")
    asked = request.GET.get("account", "")
    if not asked.isdecimal():
        return _choose(request, title)
    account = _worked_on(user, int(asked[:18]))
    form = ReviewForm(
        request.POST or None, account=account, user=user, initial=_first(account, user)
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = plan_review(
                account=account,
                meeting=form.meeting(),
                template=form.cleaned_data["template"],
                by=user,
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The review is planned."))
            return redirect(made.get_absolute_url())
    return form_page(
        request,
        form,
        title=title,
        save=title,
        lead=account.name,
        cancel_url=reverse("plans:review-list"),
        crumbs=common.crumbs((title, "")),
    )


def _first(account: Account, user: User) -> dict[str, Any]:
    today = timezone.localdate()
    plan = plan_of_day(account, user, today)
    return {
        "held_on": today,
        "owner": user,
        "plan": plan,
        "title": _("Business review %(account)s") % {"account": account.name},
    }


def _choose(request: HttpRequest, title: str) -> HttpResponse:
    user = signed_in(request)
    form = ReviewAccountForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        account = form.cleaned_data["account"]
        return redirect(f"{reverse('plans:review-create')}?account={account.pk}")
    return form_page(
        request,
        form,
        title=title,
        save=_("Continue"),
        cancel_url=reverse("plans:review-list"),
        crumbs=common.crumbs((title, "")),
    )
