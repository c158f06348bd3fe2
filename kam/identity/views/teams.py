"""Sales teams, for who manages users."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kam.core.pages import Crumbs, confirm_page, settings_crumbs
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.identity import selectors
from kam.identity.decorators import requires
from kam.identity.forms.users import TeamForm
from kam.identity.models import SalesTeam
from kam.identity.services import teams

MANAGE = "users.manage"


def _list_url() -> str:
    return reverse("identity:team-list")


def _crumbs(title: str) -> Crumbs:
    return settings_crumbs((_("Sales teams"), _list_url()), (title, ""))


@requires(MANAGE)
@require_GET
def team_list(request: HttpRequest) -> HttpResponse:
    """The tree of teams."""
    context = {
        "nodes": selectors.team_tree(),
        "crumbs": settings_crumbs((_("Sales teams"), "")),
    }
    return render(request, "identity/team_list.html", context)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def team_create(request: HttpRequest) -> HttpResponse:
    """Create a team."""
    form = TeamForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        try:
            team = teams.create_team(**form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Team %s is created.") % team.name)
            return redirect(_list_url())
    return _page(request, form, None)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def team_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename or move a team."""
    team = get_object_or_404(SalesTeam, pk=pk)
    form = TeamForm(request.POST or None, instance=get_object_or_404(SalesTeam, pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            teams.update_team(team=team, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Team %s is saved.") % form.cleaned_data["name"])
            return redirect(_list_url())
    return _page(request, form, team)


def _page(request: HttpRequest, form: TeamForm, team: SalesTeam | None) -> HttpResponse:
    title = _("New sales team") if team is None else team.name
    context = {
        "form": form,
        "team": team,
        "members": team.members.order_by("full_name", "pk") if team else [],
        "history": history_of(team) if team else None,
        "title": title,
        "cancel_url": _list_url(),
        "crumbs": _crumbs(title),
    }
    status = 422 if form.errors else 200
    return render(request, "identity/team_form.html", context, status=status)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def team_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an empty team."""
    team = get_object_or_404(SalesTeam, pk=pk)
    if request.method == "POST":
        try:
            teams.delete_team(team=team)
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("Team %s is deleted.") % team.name)
        return redirect(_list_url())
    return confirm_page(
        request,
        title=_("Delete team %s?") % team.name,
        text=_("Only a team without members and without teams below it can be deleted."),
        verb=_("Delete team"),
        goes=[_("The team")],
        stays=[_("Its history")],
        back_url=reverse("identity:team-edit", args=[team.pk]),
    )
