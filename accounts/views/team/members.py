"""The account's team: the panel, who joins and who leaves, the page of a supporting member."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.team import MemberEndForm, MemberForm, partners
from accounts.models import Account, StakeholderNote, TeamMember
from accounts.selectors.team.handovers import handovers_at
from accounts.selectors.team.members import members_over_time, team_of
from accounts.selectors.team.requests import may_send, requests_at
from accounts.services.team import members as services
from accounts.views.accounts import account_crumbs, get_account, get_editable
from accounts.views.team.common import get_worked_on, leads_or_directs, request_badge, sees, sign
from accounts.views.team.promises import promise_context
from kam.core import htmx
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User


@requires("team.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead, who leads above, who supports, what is asked of them, and handovers."""
    user = signed_in(request)
    account = get_account(request, pk)
    context = {
        "account": account,
        "title": _("Account team"),
        "panel_template": "accounts/panels/team.html",
        "crumbs": account_crumbs(account, (_("Account team"), "")),
        "handovers": handovers_at(account, user),
        "may_edit": user.can("team.edit") and leads_or_directs(user, account),
        "may_hand_over": user.can("handovers.make") and leads_or_directs(user, account),
        "former": [row for row in members_over_time(account) if _is_over(row)],
        **team_context(account, user),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _is_over(row: TeamMember) -> bool:
    upper = row.valid.upper
    return upper is not None and upper <= timezone.localdate()


def team_context(account: Account, user: User) -> dict[str, Any]:
    """The team with its open requests."""
    today = timezone.localdate()
    open_ = requests_at(account, user).filter(closed_on__isnull=True)
    return {
        "team": team_of(account, as_of=today),
        "requests": [(one, sign(request_badge(one, today))) for one in open_[:50]],
        "may_send": may_send(account, user),
    }


@requires("team.view")
@require_GET
def working_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What a supporting member needs to work on an account: no figure stands here."""
    user, today = signed_in(request), timezone.localdate()
    account = get_worked_on(request, pk)
    if sees(user, account):
        return redirect(f"{account.get_absolute_url()}#panel-team")
    ahead = account.customer_dates.filter(starts_on__gte=today)
    notes = StakeholderNote.objects.visible_to(user).filter(position__account=account)
    context = {
        "account": account,
        "people": [
            one
            for one in partners(account, user=user, as_of=today)[:200]
            if one.account_id == account.pk
        ],
        "dates": ahead.select_related("category").order_by("starts_on", "pk")[:20],
        "notes": notes.select_related("author", "position__person").order_by("-pk")[:20],
        "crumbs": [(account.name, "")],
        **team_context(account, user),
        **promise_context(request, pk),
    }
    return render(request, "accounts/team_work.html", context)


@requires("team.edit")
@require_http_methods(["GET", "POST"])
def member_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody stands for a function from a day on."""
    account = get_editable(request, pk)
    form = MemberForm(request.POST or None, initial={"from_date": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_member(account=account, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The team has one more."))
            return redirect(f"{account.get_absolute_url()}#panel-team")
    return form_page(
        request,
        form,
        title=_("Add to the team of %s") % account.name,
        lead=_("They see the account's people, dates, promises and requests, no figures."),
        save=_("Add"),
        cancel_url=f"{account.get_absolute_url()}#panel-team",
        crumbs=account_crumbs(account, (_("Add to the team"), "")),
    )


@requires("team.edit")
@require_http_methods(["GET", "POST"])
def member_end(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Somebody stands down."""
    account = get_editable(request, pk)
    member: TeamMember = get_object_or_404(
        account.team_members.select_related("user"), pk=member_pk
    )
    form = MemberEndForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.end_member(member=member, on=form.cleaned_data["on"])
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{account.get_absolute_url()}#panel-team")
    return form_page(
        request,
        form,
        title=_("%s stands down") % member,
        cancel_url=f"{account.get_absolute_url()}#panel-team",
        crumbs=account_crumbs(account, (_("Stands down"), "")),
    )
