"""How health is weighed: everybody may read it, who may configure changes it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.health import HealthForm
from accounts.selectors.health.rules import rules_in_force, versions
from accounts.services.health.rescoring import ask_to_rescore
from accounts.services.health.settings import choose_settings
from kam.core import htmx
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in

VERSIONS_SHOWN = 20


@require_http_methods(["GET", "POST"])
@requires("health.view", change="health.configure")
def health_settings(request: HttpRequest) -> HttpResponse:
    """Show the weights, caps and levels; whoever may change them does it here."""
    user, today = signed_in(request), timezone.localdate()
    form = HealthForm(request.POST or None, rules=rules_in_force(today))
    if request.method == "POST" and form.is_valid():
        try:
            choose_settings(draft=form.draft(), author=user, as_of=today)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            ask_to_rescore(by=user)
            messages.success(request, _("Saved. Scores are computed anew, in a moment."))
            return htmx.redirect(request, reverse("accounts:health-settings"))
    context = {
        "form": form,
        "rules": form.rules,
        "may_configure": user.can("health.configure"),
        "versions": versions()[:VERSIONS_SHOWN],
        "crumbs": [
            (_("Accounts"), reverse("accounts:account-list")),
            (_("Health"), reverse("accounts:health-board")),
            (_("How it is weighed"), ""),
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/health_settings.html", context, status=status)
