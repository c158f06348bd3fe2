"""Which paper is made of what, and whose papers there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import QuerySet

from kam.core.models import JobRun
from kam.identity.models import User
from plans.analytics.papers import Paper
from plans.models import BusinessReview, JointTeam, Plan, PlanPaper, PlanSnapshot
from plans.selectors.content import content_of, shown_to
from plans.selectors.papers.customer import customer_plan_paper, customer_review_paper
from plans.selectors.papers.plan import plan_paper
from plans.selectors.papers.review import review_paper

JOB = "plans.make_paper"
SHOWN = 20

type Subject = Plan | PlanSnapshot | BusinessReview
type Report = Callable[[int, int, str], None]

SUBJECTS: dict[str, type[Subject]] = {
    "plan": Plan,
    "snapshot": PlanSnapshot,
    "review": BusinessReview,
}


def subject_key(subject: Subject) -> str:
    """Return which of the three it is."""
    return next(key for key, model in SUBJECTS.items() if isinstance(subject, model))


def subject_for(user: User, key: str, pk: int) -> Subject | None:
    """Return a plan, snapshot or review that a user may read today."""
    rows = SUBJECTS[key]._default_manager.visible_to(user)
    keys = {
        "plan": ("account", "owner", "sponsor", "template", "parent"),
        "snapshot": ("plan__account",),
        "review": ("account", "plan", "owner", "previous"),
    }
    found: Subject | None = rows.select_related(*keys[key]).filter(pk=pk).first()
    return found


def paper_of(
    subject: Subject,
    *,
    user: User,
    as_of: date,
    is_for_customer: bool,
    report: Report | None = None,
) -> Paper:
    """Return the paper of a plan, snapshot or review, of what the user may read of it.

    A snapshot is drawn from what was frozen alone, so it names no joint teams.
    """
    if isinstance(subject, BusinessReview):
        if is_for_customer:
            return customer_review_paper(subject)
        return review_paper(subject, user=user)
    if isinstance(subject, PlanSnapshot):
        plan, whole = subject.plan, subject.content
    else:
        plan, whole = subject, content_of(subject, as_of=as_of, report=report)
    document = shown_to(whole, plan=plan, user=user)
    if not is_for_customer:
        return plan_paper(document)
    is_live = isinstance(subject, Plan)
    return customer_plan_paper(document, list(_teams(plan, user)) if is_live else [])


def _teams(plan: Plan, user: User) -> QuerySet[JointTeam]:
    rows: QuerySet[JointTeam] = JointTeam.objects.visible_to(user)
    return rows.filter(plan=plan, is_shareable=True).order_by("starts_on", "pk")


def papers_of(subject: Subject, user: User) -> QuerySet[PlanPaper]:
    """Return the papers that the user made of this, the latest first."""
    rows: QuerySet[PlanPaper] = PlanPaper.objects.visible_to(user)
    return rows.filter(**{subject_key(subject): subject.pk}).order_by("-pk")[:SHOWN]


def run_for(user: User, pk: int) -> JobRun | None:
    """Return a run that makes a paper for this user, of what they may still read."""
    found = JobRun.objects.filter(name=JOB, requested_by=user, pk=pk).first()
    if found is None:
        return None
    facts = found.arguments
    subject = subject_for(user, facts["subject"], facts["pk"])
    return found if subject is not None else None
