"""The catalogue of what accounts can get."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.programme import ElementForm
from accounts.models import ProgrammeElement
from accounts.selectors import programme as reads
from accounts.services import programmes as services
from accounts.views.accounts import all_accounts
from accounts.views.programme import CONFIGURE, VIEW
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

ELEMENT_COLUMNS = [
    Column(name="name", title=gettext_lazy("Element"), value="title", sort="name"),
    Column(
        name="what",
        title=gettext_lazy("What it is"),
        value=lambda row: row.what or None,
        unknown=gettext_lazy("No description"),
    ),
    Column(
        name="is_price",
        title=gettext_lazy("Kind"),
        value=lambda row: _("Price only") if row.is_price else _("More than price"),
        sort="is_price",
    ),
    Column(
        name="is_active",
        title=gettext_lazy("Offered"),
        value=lambda row: _("Yes") if row.is_active else _("No"),
        sort="is_active",
    ),
    Column(
        name="place", title=gettext_lazy("Place in the list"), kind="number", places=0, sort="place"
    ),
]


@requires(VIEW)
@require_GET
def element_list(request: HttpRequest) -> HttpResponseBase:
    """The catalogue of what accounts can get."""
    may_change = signed_in(request).can(CONFIGURE)
    table = Table(
        request,
        reads.catalogue(),
        ELEMENT_COLUMNS,
        name="programme-elements",
        caption=_("Programme elements"),
        default_sort="place",
        row_url=(lambda row: reverse("accounts:element-edit", args=[row.pk]))
        if may_change
        else None,
        empty=Empty(_("The catalogue is empty"), icon="gift"),
    )
    context = {"crumbs": _element_crumbs(), "may_change": may_change}
    return table.response("accounts/element_list.html", context)


def _element_crumbs(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        all_accounts(),
        (_("Exit barriers"), reverse("accounts:programme-list")),
        (_("Programme elements"), reverse("accounts:element-list") if steps else ""),
        *steps,
    ]


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def element_create(request: HttpRequest) -> HttpResponse:
    """A new element of the catalogue."""
    return _element_form(request, None)


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def element_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an element of the catalogue, or offer it no longer."""
    rows = ProgrammeElement.objects.visible_to(signed_in(request))
    return _element_form(request, get_object_or_404(rows, pk=pk))


def _element_form(request: HttpRequest, row: ProgrammeElement | None) -> HttpResponse:
    names = ("name", "what", "is_price", "is_active", "place")
    start = {name: getattr(row, name) for name in names} if row else {}
    form = ElementForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_element(element=row, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:element-list")
    title = _("New element") if row is None else row.title
    return form_page(
        request,
        form,
        title=title,
        cancel_url=reverse("accounts:element-list"),
        crumbs=_element_crumbs((title, "")),
    )
