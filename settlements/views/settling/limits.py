"""The setting of who may post statements of which size."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kam.core.pages import form_page, settings_crumbs
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.rates import base_currency
from kam.identity.decorators import requires
from settlements.forms.settling import PostingLimitsForm
from settlements.models import PostingLimit
from settlements.services.settling.limits import save_posting_limits


@requires("settings.change")
@require_http_methods(["GET", "POST"])
def posting_limits(request: HttpRequest) -> HttpResponse:
    """The largest statement that people of each role may post."""
    limits = PostingLimit.objects.values_list("role", "amount")
    start = {role: format(amount.normalize(), "f") for role, amount in limits}
    form = PostingLimitsForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            save_posting_limits(limits=form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("settlements:posting-limits")
    title = _("Limits for posting")
    return form_page(
        request,
        form,
        title=title,
        lead=_("The largest settlement statement that people of a role may post, in %s.")
        % base_currency(),
        cancel_url=reverse("core:settings"),
        crumbs=settings_crumbs((title, "")),
    )
