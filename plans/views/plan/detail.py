"""The plan as one document: outline, sections, who answers for it, what lacks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.views.team.common import account_page, sign
from kam.core import htmx
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from plans.choices.plan import SectionKind
from plans.forms.plan import HeaderForm, ReadersForm
from plans.models import Plan
from plans.selectors.plan import listing
from plans.selectors.plan.document import PlanDocument, document_of
from plans.selectors.plan.proposals import parents_for
from plans.selectors.progress import progress_of
from plans.services.plan import making, people
from plans.views.plan import common, sections, words

VIEW, EDIT = "plans.view", "plans.edit"


@requires(VIEW)
@require_GET
def plan_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A plan as a document, in a bounded number of statements at any size."""
    user, plan, today = signed_in(request), common.get_plan(request, pk), timezone.localdate()
    document = document_of(plan, as_of=today)
    if (file := sections.chart_file(request, document, document.sections)) is not None:
        return file
    may = sections.rights(plan, is_writer=common.may_write(plan, user))
    children = list(listing.children_of(plan, user))
    progress = progress_of([plan.pk, *(one.pk for one in children)], today)
    context = {
        "plan": plan,
        "state": sign(words.state_badge(plan)),
        "level": sign(words.level_badge(plan)),
        "period": words.period_words(plan),
        "account_url": account_page(user, plan.account, "plans"),
        "shown": [sections.shown(request, document, one, may) for one in document.sections],
        "completeness": document.completeness,
        "lacks": _lacks(document),
        "progress": progress.get(plan.pk),
        "children": [
            {"plan": one, "state": sign(words.state_badge(one)), "progress": progress.get(one.pk)}
            for one in children
        ],
        "parent": _visible_parent(request, plan),
        "members": plan.members.select_related("user").filter(valid__contains=today),
        "addable": _addable(document) if may["may_write"] else [],
        "may_change_readers": plan.is_open and people.may_change_readers(plan, user),
        "may_clone": common.plannable(user).filter(pk=plan.account_id).exists(),
        "today": today,
        "crumbs": common.plan_crumbs(plan),
        **may,
    }
    return render(request, "plans/plan_detail.html", context)


def _lacks(document: PlanDocument) -> list[dict[str, Any]]:
    """What lacks, by section, in words."""
    labels = dict(SectionKind.choices)
    return [
        {"kind": kind, "section": labels[kind], "lack": lack, "words": words.LACKS[lack]}
        for kind, lack in document.completeness.lacks
    ]


def _addable(document: PlanDocument) -> list[tuple[str, Any]]:
    standing = {one.kind for one in document.sections}
    return [(kind, label) for kind, label in SectionKind.choices if kind not in standing]


def _visible_parent(request: HttpRequest, plan: Plan) -> Plan | None:
    """The plan above, where the user may read it."""
    if plan.parent_id is None:
        return None
    rows = listing.plans_for(signed_in(request))
    return rows.filter(pk=plan.parent_id).first()


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the header of a draft."""
    plan, user = common.get_editable(request, pk), signed_in(request)
    above = parents_for(plan.account, user, period=plan.period)
    form = HeaderForm(request.POST or None, above=above, initial=HeaderForm.starting(plan))
    if request.method == "POST" and form.is_valid():
        try:
            making.update_header(plan=plan, by=user, read_as=form.read_as(), **form.facts())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return htmx.redirect(request, plan.get_absolute_url())
    return _form(request, form, plan, _("Basic facts of the plan"))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def plan_readers(request: HttpRequest, pk: int) -> HttpResponse:
    """Change who may read a plan, as its owner or as a director."""
    plan, user = common.get_editable(request, pk), signed_in(request)
    common.found(people.may_change_readers(plan, user))
    form = ReadersForm(request.POST or None, initial={"confidentiality": plan.confidentiality})
    if request.method == "POST" and form.is_valid():
        try:
            people.change_confidentiality(plan=plan, level=form.cleaned_data["confidentiality"])
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            if names := people.shut_out(plan):
                words = _("They have open actions here and do not read the plan: %(names)s. Name "
                          "them in it, or give their work to others.")  # fmt: skip
                messages.warning(request, words % {"names": ", ".join(names)})
            return htmx.redirect(request, common.still_readable(plan, user))
    return _form(request, form, plan, _("Who may read it"))


def _form(request: HttpRequest, form: Any, plan: Plan, title: str) -> HttpResponse:
    return common.form_page(
        request,
        form,
        title=title,
        save=_("Save"),
        back=plan.get_absolute_url(),
        steps=common.plan_crumbs(plan, (title, "")),
    )
