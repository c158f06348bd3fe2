"""Settings: the organisation, its selling companies, the demo company, and about kam."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kam.core import nav
from kam.core.badges import Badge
from kam.core.countries import country_name
from kam.core.formats import Text
from kam.core.forms import CompanyForm, OrganisationForm
from kam.core.guards import demand, requires
from kam.core.models import Organisation, SellingCompany
from kam.core.pages import Crumbs, confirm_page, settings_crumbs
from kam.core.problems import RefusedError, add_to_form
from kam.core.registry import may
from kam.core.selectors import system
from kam.core.selectors.history import history_of
from kam.core.services import organisation as services
from kam.core.tables import Column, Empty, Table

VIEW, CHANGE = "settings.view", "settings.change"


ABOUT: dict[str, Text] = {
    "settings-organisation": gettext_lazy("Name, base currency, time zone, fiscal year"),
    "settings-companies": gettext_lazy("Your own legal entities that sell and invoice"),
    "settings-currencies": gettext_lazy("Every currency with its latest rate"),
    "settings-rates": gettext_lazy("What a currency was worth, from when on"),
    "settings-users": gettext_lazy("Who may sign in, and what they may do"),
    "settings-teams": gettext_lazy("Whose accounts people see"),
    "settings-delegations": gettext_lazy("Who stands in for whom"),
    "settings-about": gettext_lazy("Versions, and how fresh the data is"),
}


@requires(VIEW)
@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """The way to every setting that the user may see."""
    entries = [e for e in nav.visible(request.user) if e.item.parent == "settings"]
    context = {
        "tiles": [(entry, ABOUT.get(entry.item.key, "")) for entry in entries],
        "organisation": Organisation.objects.get(),
        "may_clear_demo": may(request.user, "demo.clear"),
        "crumbs": [(_("Settings"), "")],
    }
    return render(request, "core/settings.html", context)


@requires(VIEW, change=CHANGE)
@require_http_methods(["GET", "POST"])
def organisation_edit(request: HttpRequest) -> HttpResponse:
    """Name, base currency, time zone and fiscal year."""
    organisation, blockers = Organisation.objects.get(), services.base_currency_blockers()
    form = OrganisationForm(request.POST or None, instance=organisation, fixed=bool(blockers))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_organisation(fields=form.organisation_fields())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The organisation is saved."))
            return redirect("core:organisation-edit")
    may_change = may(request.user, CHANGE)
    if not may_change:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "form": form,
        "may_change": may_change,
        "blockers": blockers,
        "history": history_of(organisation),
        "crumbs": settings_crumbs((_("Organisation"), "")),
    }
    status = 422 if form.errors else 200
    return render(request, "core/organisation_form.html", context, status=status)


def _status(company: SellingCompany) -> Badge:
    if company.is_active:
        return Badge(gettext_lazy("In use"), "success")
    return Badge(gettext_lazy("Out of use"), "muted")


COMPANY_COLUMNS = [
    Column(name="code", title=gettext_lazy("Code"), sort="code"),
    Column(name="name", title=gettext_lazy("Name"), sort="name"),
    Column(
        name="country",
        title=gettext_lazy("Country"),
        value=lambda company: country_name(company.country),
        sort="country",
    ),
    Column(name="currency", title=gettext_lazy("Currency"), value="currency_id", sort="currency"),
    Column(
        name="vat_number",
        title=gettext_lazy("VAT number"),
        unknown=gettext_lazy("Not given"),
        sort="vat_number",
    ),
    Column(
        name="status",
        title=gettext_lazy("Status"),
        kind="badge",
        value=_status,
        sort="is_active",
    ),
]


def _list_url() -> str:
    return reverse("core:company-list")


def _crumbs(title: str) -> Crumbs:
    return settings_crumbs((_("Selling companies"), _list_url()), (title, ""))


@requires(VIEW)
@require_GET
def company_list(request: HttpRequest) -> HttpResponseBase:
    """Our own companies that sell and invoice."""
    table = Table(
        request,
        SellingCompany.objects.all(),
        COMPANY_COLUMNS,
        name="companies",
        caption=_("Selling companies"),
        default_sort="code",
        row_url=lambda company: reverse("core:company-edit", args=[company.pk]),
        empty=Empty(
            _("No selling companies yet"),
            _("These are your own legal entities that sell and invoice."),
            _("Add a company"),
            reverse("core:company-create"),
            icon="building-factory-2",
        ),
    )
    context = {
        "may_change": may(request.user, CHANGE),
        "crumbs": settings_crumbs((_("Selling companies"), "")),
    }
    return table.response("core/company_list.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def company_create(request: HttpRequest) -> HttpResponse:
    """Add a company."""
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            company = services.create_company(fields=form.company_fields())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s is added.") % company.name)
            return redirect(_list_url())
    return _company_page(request, form, None)


@requires(VIEW, change=CHANGE)
@require_http_methods(["GET", "POST"])
def company_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a company."""
    company = get_object_or_404(SellingCompany, pk=pk)
    form = CompanyForm(request.POST or None, instance=get_object_or_404(SellingCompany, pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_company(company=company, fields=form.company_fields())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s is saved.") % form.cleaned_data["name"])
            return redirect(_list_url())
    return _company_page(request, form, company)


def _company_page(
    request: HttpRequest, form: CompanyForm, company: SellingCompany | None
) -> HttpResponse:
    title = _("New selling company") if company is None else company.name
    may_change = may(request.user, CHANGE)
    if not may_change:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "form": form,
        "title": title,
        "company": company,
        "may_change": may_change,
        "cancel_url": _list_url(),
        "history": history_of(company) if company else None,
        "crumbs": _crumbs(title),
    }
    status = 422 if form.errors else 200
    return render(request, "core/company_form.html", context, status=status)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def company_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a company that nothing refers to."""
    company = get_object_or_404(SellingCompany, pk=pk)
    if request.method == "POST":
        try:
            services.delete_company(company=company)
        except RefusedError as problem:
            messages.error(request, str(problem))
            return redirect("core:company-edit", pk=pk)
        messages.success(request, _("%s is deleted.") % company.name)
        return redirect(_list_url())
    return confirm_page(
        request,
        title=_("Delete %s?") % company.name,
        text=_("Only a company that nothing refers to can be deleted."),
        verb=_("Delete company"),
        goes=[_("The company")],
        stays=[_("Its history")],
        back_url=reverse("core:company-edit", args=[pk]),
    )


@requires(VIEW)
@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """Versions, and how fresh the data is."""
    context = {
        "parts": system.parts(),
        "freshness": system.freshness(demand(request.user, VIEW), timezone.localdate()),
        "organisation": Organisation.objects.get(),
        "crumbs": settings_crumbs((_("About kam"), "")),
    }
    return render(request, "core/about.html", context)
