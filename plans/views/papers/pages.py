"""Files of plans and reviews: asking for one, how far it is, and getting it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kam.core import htmx
from kam.core.models import JobRun
from kam.core.pages import Crumbs
from kam.identity.decorators import requires, signed_in
from plans.choices.papers import CONTENT_TYPES, PaperKind
from plans.forms.papers import PaperForm
from plans.models import BusinessReview, PlanPaper, PlanSnapshot
from plans.selectors.papers import making as reads
from plans.selectors.papers.making import Subject
from plans.services.papers.making import Wish, ask_for_paper
from plans.views.plan import common as plans
from plans.views.reviews import common as reviews
from settlements.views.downloads import download

VIEW = "plans.view"


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def plan_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan as a file."""
    return _page(request, plans.get_plan(request, pk))


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def snapshot_papers(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A snapshot as a file."""
    plan = plans.get_plan(request, pk)
    rows = PlanSnapshot.objects.visible_to(signed_in(request)).filter(plan=plan)
    snapshot: PlanSnapshot = get_object_or_404(rows, number=number)
    snapshot.plan = plan
    return _page(request, snapshot)


@requires(reviews.VIEW)
@require_http_methods(["GET", "POST"])
def review_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """A business review as a file."""
    return _page(request, reviews.get_review(request, pk))


def _page(request: HttpRequest, subject: Subject) -> HttpResponse:
    user = signed_in(request)
    form = PaperForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        wish = Wish(as_of=timezone.localdate(), **form.cleaned_data)
        run = ask_for_paper(subject=subject, wish=wish, by=user)
        return htmx.redirect(request, reverse("plans:paper-run", args=[run.pk]))
    context = {
        "title": _("Export"),
        "form": form,
        "save": _("Make the file"),
        "cancel_url": subject.get_absolute_url(),
        "papers": reads.papers_of(subject, user),
        "is_review": isinstance(subject, BusinessReview),
        "crumbs": _crumbs(subject, (_("Export"), "")),
    }
    status = 422 if form.errors else 200
    return render(request, "plans/papers.html", context, status=status)


def _crumbs(subject: Subject, *steps: tuple[str, str]) -> Crumbs:
    if isinstance(subject, BusinessReview):
        return reviews.review_crumbs(subject, *steps)
    if isinstance(subject, PlanSnapshot):
        own = (f"#{subject.number}", subject.get_absolute_url())
        return plans.plan_crumbs(subject.plan, own, *steps)
    return plans.plan_crumbs(subject, *steps)


@requires(VIEW)
@require_GET
def paper_run(request: HttpRequest, run: int) -> HttpResponse:
    """How far a file is; once it is made it can be downloaded."""
    user = signed_in(request)
    found = reads.run_for(user, run)
    if found is None:
        raise Http404
    facts = found.arguments
    subject = reads.subject_for(user, facts["subject"], facts["pk"])
    if subject is None:
        raise Http404
    context = {
        "run": found,
        "paper": PlanPaper.objects.visible_to(user).filter(job=found).first(),
        "subject": subject,
        "again_url": _address(subject),
        "crumbs": _crumbs(subject, (_("Export"), _address(subject)), (_file_words(found), "")),
    }
    return htmx.render_part(request, "plans/paper_run.html", context, "run")


def _address(subject: Subject) -> str:
    if isinstance(subject, PlanSnapshot):
        return reverse("plans:snapshot-papers", args=[subject.plan_id, subject.number])
    name = "review-papers" if isinstance(subject, BusinessReview) else "plan-papers"
    return reverse(f"plans:{name}", args=[subject.pk])


def _file_words(run: JobRun) -> str:
    kind: Any = run.arguments["kind"]
    return str(PaperKind(kind).label)


@requires(VIEW)
@require_GET
def paper_file(request: HttpRequest, pk: int) -> FileResponse:
    """One's own file, as long as one may read what it is made of."""
    paper: PlanPaper = get_object_or_404(PlanPaper.objects.visible_to(signed_in(request)), pk=pk)
    return sent(paper)


def sent(paper: PlanPaper) -> FileResponse:
    """A file as a download that nothing keeps on the way."""
    return download(paper.file, name=paper.name, content_type=CONTENT_TYPES[PaperKind(paper.kind)])
