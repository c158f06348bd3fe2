"""Users, for who manages them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.core.badges import Badge
from kam.core.pages import Crumbs, confirm_page, form_page, settings_crumbs
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.core.tables import Column, Empty, Table
from kam.identity import selectors
from kam.identity.choices import Role
from kam.identity.decorators import requires, signed_in
from kam.identity.filters import UserFilter
from kam.identity.forms.users import UserEditForm, UserForm
from kam.identity.models import User
from kam.identity.services import mails, users
from kam.identity.services.tokens import may_make_tokens_for

MANAGE = "users.manage"


def role_names(user: User) -> str:
    """The user's roles in words."""
    return ", ".join(str(Role(role).label) for role in user.roles)


def _status(user: User) -> Badge:
    if user.is_active:
        return Badge(gettext_lazy("Active"), "success")
    return Badge(gettext_lazy("Disabled"), "muted")


COLUMNS = [
    Column(name="full_name", title=gettext_lazy("Name"), sort="full_name"),
    Column(name="email", title=gettext_lazy("E-mail"), sort="email"),
    Column(
        name="roles",
        title=gettext_lazy("Roles"),
        value=role_names,
        unknown=gettext_lazy("No role yet: this user can do nothing"),
    ),
    Column(
        name="team",
        title=gettext_lazy("Sales team"),
        value="team.name",
        sort="team__name",
        unknown=gettext_lazy("In no team"),
    ),
    Column(
        name="status", title=gettext_lazy("Status"), kind="badge", value=_status, sort="is_active"
    ),
    Column(
        name="last_login",
        title=gettext_lazy("Last sign-in"),
        kind="datetime",
        sort="last_login",
        unknown=gettext_lazy("Never signed in"),
    ),
    Column(name="job_title", title=gettext_lazy("Job title"), sort="job_title", default=False),
    Column(
        name="language",
        title=gettext_lazy("Language"),
        value="get_language_display",
        sort="language",
        default=False,
    ),
]


def _crumbs(*steps: tuple[str, str]) -> Crumbs:
    return settings_crumbs((_("Users"), reverse("identity:user-list") if steps else ""), *steps)


def _url(user: User) -> str:
    return reverse("identity:user-detail", args=[user.pk])


@requires(MANAGE)
@require_GET
def user_list(request: HttpRequest) -> HttpResponseBase:
    """Everybody who can sign in, and who could."""
    table = Table(
        request,
        selectors.users_for(signed_in(request)),
        COLUMNS,
        name="users",
        caption=_("Users"),
        default_sort="full_name",
        row_url=_url,
        filters=UserFilter,
        empty=Empty(_("No users yet"), _("Invite the people who work with your accounts.")),
    )
    return table.response("identity/user_list.html", {"crumbs": _crumbs()})


def _get(request: HttpRequest, pk: int) -> User:
    user: User = get_object_or_404(selectors.users_for(signed_in(request)), pk=pk)
    return user


@requires(MANAGE)
@require_GET
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One user: roles, team, tokens, absences and what was changed."""
    person = _get(request, pk)
    context: dict[str, Any] = {
        "person": person,
        "roles": [Role(role).label for role in person.roles],
        "status": _status(person),
        "delegations": selectors.own_delegations(person, timezone.localdate()),
        "tokens": selectors.working_tokens(person, timezone.now()),
        "may_make_tokens": may_make_tokens_for(person, signed_in(request)),
        "history": history_of(person),
        "crumbs": _crumbs((person.full_name, "")),
    }
    return render(request, "identity/user_detail.html", context)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def user_create(request: HttpRequest) -> HttpResponse:
    """Create a user and show the link to set a password."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = users.create_user(fields=form.user_fields())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return _show_link(request, user, is_new=True)
    return form_page(
        request,
        form,
        title=_("New user"),
        lead=_("After saving you get a link with which the user sets a password."),
        save=_("Create user"),
        cancel_url=reverse("identity:user-list"),
        crumbs=_crumbs((_("New user"), "")),
    )


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a user's data, roles and team, or take the sign-in away."""
    person = _get(request, pk)
    form = UserEditForm(request.POST or None, instance=_get(request, pk))
    if request.method == "POST" and form.is_valid():
        try:
            users.update_user(
                user=person,
                fields=form.user_fields(),
                is_active=form.cleaned_data["is_active"],
                by=signed_in(request),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s is saved.") % form.cleaned_data["full_name"])
            return redirect(_url(person))
    return form_page(
        request,
        form,
        title=_("Edit %s") % person.full_name,
        cancel_url=_url(person),
        crumbs=_crumbs((person.full_name, _url(person)), (_("Edit"), "")),
    )


@requires(MANAGE)
@never_cache
@require_POST
def password_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link with which the user can set a password once, and show it."""
    return _show_link(request, _get(request, pk), is_new=False)


def _link(request: HttpRequest, user: User) -> str:
    path = reverse("identity:password-set", args=users.password_link_parts(user))
    return request.build_absolute_uri(path)


@requires(MANAGE)
@never_cache
@require_POST
def password_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Make such a link and send it by e-mail."""
    person = _get(request, pk)
    if not mails.can_mail():
        raise Http404
    try:
        mails.mail_password_link(user=person, link=_link(request, person))
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The link was sent to %s.") % person.email)
    return redirect(_url(person))


def _show_link(request: HttpRequest, user: User, *, is_new: bool) -> HttpResponse:
    context = {
        "person": user,
        "is_new": is_new,
        "can_mail": mails.can_mail(),
        "link": _link(request, user),
        "crumbs": _crumbs((user.full_name, _url(user)), (_("Password link"), "")),
    }
    return render(request, "identity/password_link.html", context)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def user_sessions_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a user out everywhere."""
    person = _get(request, pk)
    if request.method == "POST":
        users.end_sessions(user=person)
        messages.success(request, _("%s was signed out everywhere.") % person.full_name)
        return redirect(_url(person))
    return confirm_page(
        request,
        title=_("Sign %s out everywhere?") % person.full_name,
        verb=_("Sign out everywhere"),
        goes=[_("All open sessions of this user")],
        stays=[_("The user, the password and API tokens")],
        back_url=_url(person),
    )
