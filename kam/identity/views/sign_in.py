"""The ways in and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kam.core import demo
from kam.core.addresses import client_address
from kam.core.pages import safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.identity import selectors
from kam.identity.forms.sign_in import FirstAdministratorForm, NewPasswordForm, SignInForm
from kam.identity.models import User
from kam.identity.services import sign_ins, users

HOME = "/"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by e-mail and password; a new installation first makes its administrator."""
    target = safe_next(request, HOME)
    if request.user.is_authenticated:
        return redirect(target)
    if not selectors.has_users():
        return redirect("identity:first-run")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user, status = _try(request, form)
        if user is not None:
            return _welcome(request, user, target)
    else:
        status = 422 if form.errors else 200
    people = demo.sign_ins()
    first = list({person.title: person for person in reversed(people)}.values())[::-1]
    context = {
        "form": form,
        "next": target,
        "people": people,
        "first_people": first,
        "more_people": [person for person in people if person not in first],
    }
    response = render(request, "identity/sign_in.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(int(sign_ins.WINDOW.total_seconds()))
    return response


def _try(request: HttpRequest, form: SignInForm) -> tuple[User | None, int]:
    now = timezone.now()
    try:
        user = sign_ins.verify_sign_in(
            **form.cleaned_data, address=client_address(request), now=now
        )
    except sign_ins.TooManyAttemptsError as error:
        minutes = max(1, -int((now - error.until).total_seconds() // 60))
        words = _("Too many failed sign-ins. Wait %(minutes)s min, then try again.")
        form.add_error(None, words % {"minutes": minutes})
        return None, 429
    except sign_ins.WrongCredentialsError:
        form.add_error(None, _("E-mail and password do not match, or you may not sign in."))
        return None, 422
    return user, 200


def _welcome(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """Begin the session, in the user's own language."""
    login(request, user)
    response = redirect(target)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session; the browser forgets the pages that it kept, so that Back shows none."""
    logout(request)
    response = redirect("identity:sign-in")
    response["Clear-Site-Data"] = '"cache"'
    return response


@login_not_required
@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Make the first administrator; as soon as there is any user, this is the sign-in page."""
    if selectors.has_users():
        return redirect("identity:sign-in")
    form = FirstAdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = _create_first(form)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            user.backend = settings.AUTHENTICATION_BACKENDS[0]
            return _welcome(request, user, HOME)
    status = 422 if form.errors else 200
    return render(request, "identity/first_run.html", {"form": form}, status=status)


def _create_first(form: FirstAdministratorForm) -> Any:
    values = form.cleaned_data
    language = get_language() or settings.LANGUAGE_CODE
    return users.create_first_administrator(
        email=values["email"],
        full_name=values["full_name"],
        password=values["password"],
        language=language,
    )


@login_not_required
@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def password_set(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set one's password by the link that an administrator gave."""
    user = _holder(uid, token)
    if user is None:
        return render(request, "identity/password_link_gone.html", status=410)
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        users.set_password(user=user, password=form.cleaned_data["password"])
        messages.success(request, _("Your password is set. Sign in with it."))
        return redirect("identity:sign-in")
    context = {
        "form": form,
        "person": user,
    }
    status = 422 if form.errors else 200
    return render(request, "identity/password_set.html", context, status=status)


def _holder(uid: str, token: str) -> User | None:
    """Whose link it is, if it still holds."""
    try:
        pk = int(force_str(urlsafe_base64_decode(uid)))
    except (ValueError, OverflowError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first() if 0 < pk < 2**63 else None
    return user if users.password_tokens.check_token(user, token) else None
