"""What pages of reviews share: rows in scope, crumbs, tabs."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from kam.core.nav import Tab
from kam.core.pages import Crumbs
from kam.core.registry import may
from kam.identity.decorators import signed_in
from plans.models import BusinessReview, Plan, ReviewLine
from plans.selectors.reviews import reads
from plans.services.reviews.holding import OPEN

VIEW, EDIT = "reviews.view", "reviews.edit"


def get_review(request: HttpRequest, pk: int) -> BusinessReview:
    """A review that the user may read. Raises Http404."""
    found: BusinessReview = get_object_or_404(reads.reviews_for(signed_in(request)), pk=pk)
    return found


def get_editable(request: HttpRequest, pk: int) -> BusinessReview:
    """An open review that the user may write. Raises Http404."""
    rows = BusinessReview.objects.editable_by(signed_in(request)).filter(state__in=OPEN)
    with_keys = rows.select_related("account", "plan", "owner", "previous")
    found: BusinessReview = get_object_or_404(with_keys, pk=pk)
    return found


def get_line(review: BusinessReview, pk: int) -> ReviewLine:
    """A line of a review. Raises Http404."""
    found: ReviewLine | None = (
        review.lines.select_related("action", "concern").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    found.review = review
    return found


def may_write(request: HttpRequest, review: BusinessReview) -> bool:
    """Whether the user may write the review, and it is not over."""
    rows = BusinessReview.objects.editable_by(signed_in(request))
    return review.state in OPEN and bool(rows.filter(pk=review.pk).exists())


def may_act(request: HttpRequest, review: BusinessReview) -> bool:
    """Whether the user may write the plan of a review: its lines become actions of that."""
    rows = Plan.objects.editable_by(signed_in(request))
    return review.plan_id is not None and bool(rows.filter(pk=review.plan_id).exists())


def tabs(request: HttpRequest, active: str) -> list[Tab]:
    """Reviews and what else is done together with customers."""
    ways = [
        ("review-list", _("Business reviews"), VIEW),
        ("team-list", _("Joint teams"), "plans.view"),
        ("review-template-list", _("Agendas"), "plans.configure"),
    ]
    return [
        Tab(title, reverse(f"plans:{name}"), active=name == active)
        for name, title, capability in ways
        if may(request.user, capability)
    ]


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of pages about reviews."""
    own = reverse("plans:review-list") if steps else ""
    return [(_("Business reviews"), own), *steps]


def review_crumbs(review: BusinessReview, *steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs below a review."""
    return crumbs((review.title, review.get_absolute_url() if steps else ""), *steps)
