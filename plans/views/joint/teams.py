"""Joint teams: the list, one of them with its people and what it works on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.selectors.team.members import accounts_worked_on
from kam.core import htmx
from kam.core.forms import version_of
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.forms.joint import JointInitiativeForm, JointMemberForm, JointTeamForm
from plans.forms.reviews import ReviewAccountForm
from plans.models import JointInitiative, JointTeam
from plans.selectors.reviews import reads
from plans.services import joint
from plans.views.reviews import common, words
from plans.views.reviews.filters import JointTeamFilter

# icons: plus users-group pencil trash
VIEW, EDIT = "plans.view", "plans.edit"


def _crumbs(*steps: tuple[str, str]) -> list[tuple[Any, str]]:
    own = reverse("plans:team-list") if steps else ""
    return [*common.crumbs((_("Joint teams"), own)), *steps]


@requires(VIEW)
@require_GET
def team_list(request: HttpRequest) -> HttpResponseBase:
    """Joint teams in the user's scope."""
    user = signed_in(request)
    table = Table(
        request,
        reads.teams_for(user),
        _columns(),
        name="joint-teams",
        caption=_("Joint teams"),
        default_sort="title",
        row_url=JointTeam.get_absolute_url,
        filters=JointTeamFilter,
        empty=_nothing(user),
    )
    context = {
        "crumbs": _crumbs(),
        "tabs": common.tabs(request, "team-list"),
        "may_write": user.can(EDIT),
    }
    return table.response("plans/team_list.html", context)


def _nothing(user: User) -> Empty:
    may = user.can(EDIT)
    return Empty(
        _("No joint team yet"),
        _("People of both sides who work on something: products, quality, supply, the brand."),
        _("New joint team") if may else "",
        reverse("plans:team-create") if may else "",
        icon="users-group",
    )


def _columns() -> list[Column]:
    return [
        Column(name="title", title=_("Team"), sort="title", css="is-wrapped"),
        Column(
            name="account", title=_("Account"), value="account.name", sort="account__name_key",
            link=lambda row: row.account.get_absolute_url(),
        ),
        Column(name="topic", title=_("Topic"), value=lambda row: row.get_topic_display(),
               sort="topic"),
        Column(name="state", title=_("State"), kind="badge", value=words.joint_badge),
        Column(name="people", title=_("People"), kind="number", places=0, value="people",
               sort="people"),
        Column(name="at_work", title=_("Open initiatives"), kind="number", places=0,
               value="at_work", sort="at_work"),
        Column(name="starts", title=_("From"), kind="date", value="starts_on", sort="starts_on"),
        Column(name="owner", title=_("Led by"), value="owner.full_name",
               sort="owner__full_name"),
    ]  # fmt: skip


def _get(request: HttpRequest, pk: int) -> JointTeam:
    found = reads.team_of(signed_in(request), pk)
    if found is None:
        raise Http404
    return found


def _get_editable(request: HttpRequest, pk: int) -> JointTeam:
    rows = JointTeam.objects.editable_by(signed_in(request)).select_related("account", "owner")
    found: JointTeam = get_object_or_404(rows, pk=pk)
    return found


@requires(VIEW)
@require_GET
def team_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A team: who is in it, what it works on."""
    user, team = signed_in(request), _get(request, pk)
    context = {
        "team": team,
        "state": words.joint_badge(team).__html__(),
        "members": sorted(team.members.all(), key=lambda one: (one.user_id is None, one.pk)),
        "initiatives": [(one, words.joint_badge(one).__html__()) for one in team.initiatives.all()],
        "today": timezone.localdate(),
        "may_write": JointTeam.objects.editable_by(user).filter(pk=pk).exists(),
        "member_form": JointMemberForm(account=team.account, by=user, as_of=timezone.localdate()),
        "history": history_of(team),
        "crumbs": _crumbs((team.title, "")),
    }
    return render(request, "plans/team_detail.html", context)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def team_create(request: HttpRequest) -> HttpResponse:
    """A new team: first with whom, where the address does not say."""
    user, title = signed_in(request), _("New joint team")
    asked = request.GET.get("account", "")
    if not asked.isdecimal():
        choice = ReviewAccountForm(request.POST or None, user=user)
        if request.method == "POST" and choice.is_valid():
            account = choice.cleaned_data["account"]
            return redirect(f"{reverse('plans:team-create')}?account={account.pk}")
        return _page(request, choice, title=title, save=_("Continue"))
    account = get_object_or_404(accounts_worked_on(user), pk=int(asked[:18]))
    start = {"starts_on": timezone.localdate(), "owner": user}
    form = JointTeamForm(request.POST or None, account=account, user=user, initial=start)
    return _saved(
        request,
        form,
        lambda: joint.save_team(facts=form.cleaned_data, account=account),
        title=title,
        lead=account.name,
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def team_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What a team is about, and how it stands."""
    team = _get_editable(request, pk)
    start = {name: getattr(team, name) for name in joint.TEAM}
    start["version"] = version_of(team.updated_at)
    form = JointTeamForm(
        request.POST or None, account=team.account, user=signed_in(request), initial=start
    )
    return _saved(
        request,
        form,
        lambda: joint.save_team(facts=form.cleaned_data, team=team, read_at=form.read_at()),
        title=team.title,
        back=team,
    )


@requires(EDIT)
@require_POST
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody in."""
    team, user = _get_editable(request, pk), signed_in(request)
    form = JointMemberForm(request.POST, account=team.account, by=user, as_of=timezone.localdate())
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return redirect(team.get_absolute_url())
    return _do(request, team, lambda: joint.add_member(team=team, **form.cleaned_data))


@requires(EDIT)
@require_POST
def member_remove(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Take somebody out."""
    team = _get_editable(request, pk)
    member = get_object_or_404(team.members.select_related("team"), pk=member_pk)
    return _do(request, team, lambda: joint.remove_member(member=member))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def initiative_edit(
    request: HttpRequest, pk: int, initiative_pk: int | None = None
) -> HttpResponse:
    """Something to work on: new, or put right."""
    team = _get_editable(request, pk)
    row: JointInitiative | None = None
    if initiative_pk is not None:
        row = get_object_or_404(team.initiatives.all(), pk=initiative_pk)
    start = {name: getattr(row, name) for name in joint.INITIATIVE} if row else {}
    if row is not None:
        start["version"] = version_of(row.updated_at)
    form = JointInitiativeForm(request.POST or None, initial=start)
    return _saved(
        request,
        form,
        lambda: joint.save_initiative(
            facts=form.cleaned_data, team=team, initiative=row, read_at=form.read_at()
        ),
        title=row.title if row else _("New initiative"),
        back=team,
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def initiative_remove(request: HttpRequest, pk: int, initiative_pk: int) -> HttpResponse:
    """Take an initiative out, after asking."""
    team = _get_editable(request, pk)
    row = get_object_or_404(team.initiatives.all(), pk=initiative_pk)
    if request.method == "POST":
        return _do(request, team, lambda: joint.remove_initiative(initiative=row))
    return confirm_page(
        request,
        title=_("Take %(title)s out of the team?") % {"title": row.title},
        verb=_("Take out"),
        back_url=team.get_absolute_url(),
        goes=[_("The initiative with its result")],
        stays=[_("Its history")],
    )


def _saved(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    title: str,
    lead: str = "",
    back: JointTeam | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            made = act()
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved"))
            return redirect((back or made).get_absolute_url())
    return _page(request, form, title=title, lead=lead, back=back)


def _page(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: str,
    lead: str = "",
    save: str = "",
    back: JointTeam | None = None,
) -> HttpResponse:
    url = back.get_absolute_url() if back else reverse("plans:team-list")
    steps = [(back.title, url)] if back and back.title != title else []
    return form_page(
        request,
        form,
        title=title,
        lead=lead,
        save=save,
        cancel_url=url,
        crumbs=_crumbs(*steps, (title, "")),
    )


def _do(request: HttpRequest, team: JointTeam, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except RefusedError as problem:
        messages.error(request, str(problem))
    return htmx.redirect(request, team.get_absolute_url())
