"""Agendas that reviews begin with."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from plans.forms.reviews import ReviewTemplateForm
from plans.models import ReviewTemplate
from plans.services.reviews.templates import save_template
from plans.views.reviews import common


@requires("plans.configure")
@require_GET
def template_list(request: HttpRequest) -> HttpResponseBase:
    """The agendas."""
    create = reverse("plans:review-template-create")
    table = Table(
        request,
        ReviewTemplate.objects.visible_to(signed_in(request)),
        [
            Column(name="name", title=_("Name"), sort="name"),
            Column(
                name="points", title=pgettext("agenda", "Points"), kind="number", places=0,
                value=lambda row: len(row.agenda),
            ),
            Column(
                name="active", title=_("In use"),
                value=lambda row: _("Yes") if row.is_active else _("No"),
            ),
        ],
        name="review-templates",
        caption=_("Agendas"),
        default_sort="name",
        row_url=lambda row: reverse("plans:review-template-edit", args=[row.pk]),
        empty=Empty(
            _("No agenda yet"),
            _("Reviews begin with an agenda, or with that of last time."),
            _("New agenda"),
            create,
            icon="list-check",
        ),
    )  # fmt: skip
    context = {
        "crumbs": common.crumbs((_("Agendas"), "")),
        "tabs": common.tabs(request, "review-template-list"),
    }
    return table.response("plans/review_template_list.html", context)


@requires("plans.configure")
@require_http_methods(["GET", "POST"])
def template_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new agenda, or another text of one; planned reviews keep theirs."""
    rows = ReviewTemplate.objects.visible_to(signed_in(request))
    row = get_object_or_404(rows, pk=pk) if pk else None
    form = ReviewTemplateForm(request.POST or None, initial=_start(row))
    if request.method == "POST" and form.is_valid():
        try:
            save_template(template=row, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved"))
            return redirect("plans:review-template-list")
    title = _("New agenda") if row is None else row.name
    back = reverse("plans:review-template-list")
    return form_page(
        request,
        form,
        title=title,
        cancel_url=back,
        crumbs=common.crumbs((_("Agendas"), back), (title, "")),
    )


def _start(row: ReviewTemplate | None) -> dict[str, object]:
    if row is None:
        return {}
    points = [
        f"{one['title']} | {one['minutes']}" if one.get("minutes") else one["title"]
        for one in row.agenda
    ]
    return {"name": row.name, "agenda": "\n".join(points), "is_active": row.is_active}
