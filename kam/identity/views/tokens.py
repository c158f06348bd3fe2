"""API tokens: made by their owner or, for an integration, by who manages users."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity import selectors
from kam.identity.decorators import requires, signed_in
from kam.identity.forms.users import TokenForm
from kam.identity.models import ApiToken, User
from kam.identity.services import tokens


@never_cache
@require_http_methods(["GET", "POST"])
def own_create(request: HttpRequest) -> HttpResponse:
    """Make a token of my own."""
    return _create(request, signed_in(request), reverse("identity:profile"))


@requires("users.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def create_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a token for an integration."""
    user = get_object_or_404(selectors.users_for(signed_in(request)), pk=pk)
    if not tokens.may_make_tokens_for(user, signed_in(request)):
        raise Http404
    return _create(request, user, reverse("identity:user-detail", args=[pk]))


def _create(request: HttpRequest, user: User, back: str) -> HttpResponse:
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            made = tokens.create_token(
                user=user,
                by=signed_in(request),
                name=form.cleaned_data["name"],
                scope=form.cleaned_data["scope"],
                expires_at=form.expires_at(now),
                now=now,
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            context = {
                "made": made,
                "back": back,
                "crumbs": [(user.full_name, back), (_("API token"), "")],
            }
            return render(request, "identity/token_created.html", context)
    return form_page(
        request,
        form,
        title=_("New API token"),
        lead=_("A program that has the token acts as %s.") % user.full_name,
        save=_("Create token"),
        cancel_url=back,
        crumbs=[(user.full_name, back), (_("New API token"), "")],
    )


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a token of mine; who manages users may revoke any."""
    user = signed_in(request)
    visible = ApiToken.objects.visible_to(user).select_related("user")
    token = get_object_or_404(visible, pk=pk)
    back = reverse("identity:profile")
    if token.user_id != user.pk:
        back = reverse("identity:user-detail", args=[token.user_id])
    if request.method == "POST":
        tokens.revoke_token(token=token, now=timezone.now())
        messages.success(request, _("Token %s is revoked.") % token.name)
        return redirect(back)
    return confirm_page(
        request,
        title=_("Revoke token %s?") % token.name,
        verb=_("Revoke token"),
        goes=[_("Access of every program that uses it, at once")],
        stays=[_("What it did, and its history")],
        back_url=back,
    )
