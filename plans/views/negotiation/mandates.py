"""Mandates of the roles, below the settings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kam.core.pages import settings_crumbs
from kam.core.selectors.rates import base_currency
from kam.core.tables import Column, Table
from kam.identity.decorators import requires
from plans.choices.negotiation import MANDATED, Subject
from plans.forms.negotiation import MandateForm
from plans.forms.work import plain_number
from plans.models import Mandate
from plans.services.negotiation.mandates import mandate_roles, set_mandates
from plans.views.negotiation import common


@dataclass(frozen=True)
class Row:
    """A subject with the mandate of each role."""

    subject: Subject
    unit: str
    most: dict[str, Decimal]

    @property
    def pk(self) -> str:
        """What tells rows apart."""
        return self.subject.value


def roles() -> list[tuple[str, Any]]:
    """Roles that have mandates, with their names."""
    return [(one.value, one.label) for one in mandate_roles()]


def unit_of(subject: Subject) -> str:
    """What a mandate counts in a subject."""
    if subject in (Subject.PRICE, Subject.DISCOUNT):
        return _("percent below the list price")
    if subject == Subject.REBATE:
        return _("percent of turnover")
    if subject == Subject.TERM:
        return _("days")
    return base_currency()


@requires(common.CONFIGURE)
@require_GET
def mandate_list(request: HttpRequest) -> HttpResponseBase:
    """How far each role may go alone."""
    known: dict[str, dict[str, Decimal]] = {}
    for one in Mandate.objects.all():
        known.setdefault(one.subject, {})[one.role] = one.most
    rows = [Row(one, unit_of(one), known.get(one, {})) for one in MANDATED]
    table = Table(
        request,
        rows,
        [
            Column(name="subject", title=_("About"), value=lambda row: row.subject.label),
            Column(name="unit", title=_("Unit"), value=lambda row: row.unit),
            *(_column(role, label) for role, label in roles()),
        ],
        name="mandates",
        caption=_("Mandates"),
        row_url=lambda row: reverse("plans:mandate-edit", args=[row.subject.value]),
    )
    context = {"crumbs": settings_crumbs((_("Mandates"), ""))}
    return table.response("plans/mandate_list.html", context)


def _column(role: str, label: Any) -> Column:
    return Column(
        name=role,
        title=label,
        kind="number",
        value=lambda row: row.most.get(role),
        unknown=_("No mandate"),
    )


@requires(common.CONFIGURE)
@require_http_methods(["GET", "POST"])
def mandate_edit(request: HttpRequest, subject: str) -> HttpResponse:
    """How far each role may go in one subject."""
    if subject not in MANDATED:
        raise Http404
    found, back = Subject(subject), reverse("plans:mandate-list")
    known = Mandate.objects.filter(subject=found).values_list("role", "most")
    start = {role: plain_number(most) for role, most in known}
    form = MandateForm(request.POST or None, roles=roles(), initial=start)
    title = str(found.label)
    lead = _("As far as a role goes alone, in %(unit)s. Empty: the role has no mandate.")
    return common.acting(
        request,
        form,
        lambda: set_mandates(subject=found, most=form.cleaned_data),
        title=title,
        lead=lead % {"unit": unit_of(found)},
        back=back,
        crumbs=settings_crumbs((_("Mandates"), back), (title, "")),
    )
