"""Plan templates: which sections a tier's plans have, and what they need before approval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.selectors.tiers.models import tiers_in_force
from kam.core.pages import Crumbs, settings_crumbs
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.identity.decorators import requires, signed_in
from plans.choices.plan import SectionKind
from plans.forms.plan import SectionChoice, TemplateForm
from plans.models import PlanTemplate
from plans.selectors.plan.order import place_of
from plans.services.plan.templates import HINTS, SectionDraft, TemplateDraft, save_template

VIEW, CONFIGURE = "plans.view", "plans.configure"
FACTS = ("name", "tier_code", "guide", "needs_gain", "loss_months", "is_active")


def _crumbs(*steps: tuple[Any, str]) -> Crumbs:
    own = reverse("plans:template-list") if steps else ""
    return settings_crumbs((_("Plan templates"), own), *steps)


def _tiers(code: str = "") -> list[tuple[str, str]]:
    found = [(tier.code, tier.title) for tier in tiers_in_force(timezone.localdate())]
    return found if not code or code in dict(found) else [*found, (code, code)]


def _tier(template: PlanTemplate, names: dict[str, str]) -> str:
    if not template.tier_code:
        return _("Any tier without its own")
    return names.get(template.tier_code, template.tier_code)


@requires(CONFIGURE)
@require_GET
def template_list(request: HttpRequest) -> HttpResponse:
    """All templates, those in use first."""
    names = dict(_tiers())
    rows = PlanTemplate.objects.visible_to(signed_in(request)).prefetch_related("sections")
    lines = [
        {
            "template": row,
            "tier": _tier(row, names),
            "count": len(row.sections.all()),
            "required": sum(1 for one in row.sections.all() if one.is_required),
        }
        for row in rows.order_by("-is_active", "name", "pk")
    ]
    return render(request, "plans/template_list.html", {"lines": lines, "crumbs": _crumbs()})


@requires(VIEW)
@require_GET
def template_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A template with its sections in the order of the document."""
    template = _get(request, pk)
    context = {
        "template": template,
        "tier": _tier(template, dict(_tiers())),
        "sections": sorted(template.sections.all(), key=lambda one: place_of(one.kind)),
        "may_configure": signed_in(request).can(CONFIGURE),
        "history": history_of(template),
        "crumbs": _crumbs((template.title, "")),
    }
    return render(request, "plans/template_detail.html", context)


def _get(request: HttpRequest, pk: int) -> PlanTemplate:
    rows = PlanTemplate.objects.visible_to(signed_in(request))
    found: PlanTemplate = get_object_or_404(rows, pk=pk)
    return found


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def template_create(request: HttpRequest) -> HttpResponse:
    """A new template, with all sections to choose from."""
    return _form(request, None)


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def template_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a template; plans that were made from it keep their sections."""
    return _form(request, _get(request, pk))


def _form(request: HttpRequest, template: PlanTemplate | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    initial = {name: getattr(template, name) for name in FACTS} if template else {}
    tiers = _tiers(template.tier_code if template else "")
    form = TemplateForm(data, tiers=tiers, initial=initial)
    choices = _choices(data, template)
    if data is not None and form.is_valid() and all(one.is_valid() for _k, _l, one in choices):
        try:
            row = save_template(draft=_draft(form, choices), template=template)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The template is saved."))
            return redirect(row.get_absolute_url())
    title = _("Edit the template") if template else _("New template")
    context = {
        "title": title,
        "form": form,
        "choices": choices,
        "cancel_url": template.get_absolute_url() if template else reverse("plans:template-list"),
        "crumbs": _crumbs((title, "")),
    }
    status = 422 if data is not None else 200
    return render(request, "plans/template_form.html", context, status=status)


type Choices = Sequence[tuple[str, Any, SectionChoice]]


def _choices(data: Any, template: PlanTemplate | None) -> Choices:
    standing = {one.kind: one for one in template.sections.all()} if template else {}
    found = []
    for kind, label in SectionKind.choices:
        row = standing.get(kind)
        initial = {
            "is_there": row is not None,
            "is_required": bool(row and row.is_required),
            "hint": row.words if row else _(HINTS[kind]),
        }
        found.append((kind, label, SectionChoice(data, prefix=kind, initial=initial)))
    return found


def _draft(form: TemplateForm, choices: Choices) -> TemplateDraft:
    sections = [
        SectionDraft(
            kind=kind,
            is_required=one.cleaned_data["is_required"],
            hint=_kept(kind, one.cleaned_data["hint"]),
        )
        for kind, _label, one in choices
        if one.cleaned_data["is_there"] or one.cleaned_data["is_required"]
    ]
    return TemplateDraft(sections=sections, **form.cleaned_data)


def _kept(kind: str, hint: str) -> str:
    """Keep our own hint as it is stored, so that it is shown in every reader's language."""
    return HINTS[kind] if hint == _(HINTS[kind]) else hint
