"""What everybody may see and change about themselves."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods
from django.views.i18n import set_language as set_language_cookie

from kam.core.pages import confirm_page, form_page
from kam.identity import selectors
from kam.identity.choices import Role
from kam.identity.decorators import signed_in
from kam.identity.forms.sign_in import PasswordChangeForm
from kam.identity.forms.users import ProfileForm
from kam.identity.models import User
from kam.identity.services import users


@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    """My data, absences and API tokens."""
    user = signed_in(request)
    context = {
        "person": user,
        "roles": [Role(role).label for role in user.roles],
        "delegations": selectors.own_delegations(user, timezone.localdate()),
        "tokens": selectors.working_tokens(user, timezone.now()),
        "crumbs": [(_("My profile"), "")],
    }
    return render(request, "identity/profile.html", context)


@require_http_methods(["GET", "POST"])
def profile_edit(request: HttpRequest) -> HttpResponse:
    """Change my name, title and language."""
    user = signed_in(request)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        users.update_own_profile(user=user, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        response = redirect("identity:profile")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
        return response
    return form_page(
        request,
        form,
        title=_("Edit my profile"),
        cancel_url=reverse("identity:profile"),
        crumbs=_crumbs(_("Edit")),
    )


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("My profile"), reverse("identity:profile")), (title, "")]


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Change my password; my other sessions end."""
    user = signed_in(request)
    form = PasswordChangeForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        users.set_password(user=user, password=form.cleaned_data["password"])
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. Other devices were signed out."))
        return redirect("identity:profile")
    return form_page(
        request,
        form,
        title=_("Change password"),
        save=_("Change password"),
        cancel_url=reverse("identity:profile"),
        crumbs=_crumbs(_("Change password")),
    )


@require_http_methods(["GET", "POST"])
def sessions_end(request: HttpRequest) -> HttpResponse:
    """Sign out on every other device."""
    user = signed_in(request)
    if request.method == "POST":
        users.end_sessions(user=user)
        update_session_auth_hash(request, user)
        messages.success(request, _("Every other device was signed out."))
        return redirect("identity:profile")
    return confirm_page(
        request,
        title=_("Sign out everywhere else?"),
        verb=_("Sign out other devices"),
        goes=[_("Your sessions on every other browser and phone")],
        stays=[_("This session"), _("Your API tokens")],
        back_url=reverse("identity:profile"),
    )


@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language of this browser and, when signed in, remember it for the user."""
    response = set_language_cookie(request)
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        users.choose_language(user=request.user, language=chosen)
    return response
