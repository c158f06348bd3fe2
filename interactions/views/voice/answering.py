"""The survey as a customer sees it: a link, no account, in the customer's own language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from interactions.forms.voice import AnswerForm
from interactions.models import Invitation
from interactions.services import voice as services
from kam.core.models import Organisation
from kam.core.problems import RefusedError


@login_not_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
def survey_answer(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask, and take the answers once. A link that never was and one that ran out look alike."""
    try:
        invitation = services.invitation_of(secret, now=timezone.now())
    except services.LinkUsedError:
        return _closed(request, _("Your answer was received"), _("This link works once."), 410)
    except services.LinkGoneError:
        text = _("It was used, ran out or is not complete. Ask whoever sent it for a new one.")
        return _closed(request, _("This link does not hold"), text, 404)
    _speak(request, request.GET.get("language") or invitation.language)
    form = AnswerForm(request.POST or None, topics=invitation.survey.topics)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(
                secret=secret,
                ratings=form.ratings,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except services.LinkUsedError:
            return _closed(request, _("Your answer was received"), _("This link works once."), 410)
        except RefusedError as problem:
            form.add_error(None, str(problem))
        else:
            text = _("Thank you. The person who works with you gets your answers.")
            return _closed(request, _("Your answer was received"), text, 200)
    return _form(request, invitation, form, secret)


def _speak(request: HttpRequest, language: str) -> None:
    """Put a language in force for this answer alone."""
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


def _form(
    request: HttpRequest, invitation: Invitation, form: AnswerForm, secret: str
) -> HttpResponse:
    here = reverse("interactions:survey-answer", args=[secret])
    context = {
        "form": form,
        "us": _us(),
        "name": invitation.position.person.name if invitation.position.person else "",
        "languages": [
            (code, _own_name(code), f"{here}?language={code}") for code, _n in settings.LANGUAGES
        ],
        "language": translation.get_language(),
    }
    return _private(
        render(
            request,
            "interactions/survey_answer.html",
            context,
            status=422 if form.errors else 200,
        )
    )


def _own_name(code: str) -> str:
    """A language in its own words."""
    return str(translation.get_language_info(code)["name_local"])


def _closed(request: HttpRequest, heading: str, text: str, status: int) -> HttpResponse:
    context = {"heading": heading, "text": text, "us": _us()}
    return _private(render(request, "interactions/survey_closed.html", context, status=status))


def _us() -> str:
    return Organisation.objects.values_list("name", flat=True).first() or "kam"


def _private(response: HttpResponse) -> HttpResponse:
    """Tell no other site the address: it is the secret.

    Not "no-referrer": with it browsers send the form with `Origin: null`, which is refused.
    """
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
