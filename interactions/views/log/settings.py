"""The settings of the contact log."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from interactions.services.changing import edit_hours
from interactions.services.settings import save_log_settings
from interactions.views.log import common
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires


class LogSettingsForm(forms.Form):
    """How long a contact may be changed."""

    edit_hours = forms.IntegerField(
        label=gettext_lazy("Editable for … hours"),
        min_value=1,
        max_value=720,
        help_text=gettext_lazy("The author may change a contact so long; later it is corrected."),
    )


@requires("interactions.configure")
@require_http_methods(["GET", "POST"])
def log_settings(request: HttpRequest) -> HttpResponse:
    """How long the author may change a contact."""
    back = reverse("interactions:interaction-list")
    form = LogSettingsForm(request.POST or None, initial={"edit_hours": edit_hours()})
    if request.method == "POST" and form.is_valid():
        try:
            save_log_settings(**form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return form_page(
        request,
        form,
        title=_("Settings of the contact log"),
        cancel_url=back,
        crumbs=common.contacts_crumbs((_("Settings"), "")),
    )
