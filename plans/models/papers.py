"""Files made of plans and reviews, for whoever asked for them."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.models import JobRun
from plans.choices.papers import PaperKind
from plans.models import triggers
from plans.models.approval import PlanSnapshot
from plans.models.plans import Plan
from plans.models.reviews import BusinessReview
from plans.models.shared import user_key
from plans.querysets.papers import PaperQuerySet

_CHANGED = "(to_jsonb(NEW) - 'job_id') IS DISTINCT FROM (to_jsonb(OLD) - 'job_id')"


class PlanPaper(models.Model):
    """A plan, a snapshot of one, or a business review as a file: written once, kept for a month.

    It shows what its maker might read on that day, so it is the maker's alone. One that is for
    the customer holds only what is marked as shareable.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, null=True, related_name="papers", verbose_name=_("plan")
    )
    snapshot = models.ForeignKey(
        PlanSnapshot, models.CASCADE, null=True, related_name="papers", verbose_name=_("snapshot")
    )
    review = models.ForeignKey(
        BusinessReview, models.CASCADE, null=True, related_name="papers", verbose_name=_("review")
    )
    kind = models.CharField(_("format"), max_length=4, choices=PaperKind)
    is_for_customer = models.BooleanField(_("for the customer"), default=False)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    as_of = models.DateField(_("as of"))
    file = models.FileField(_("file"), upload_to="papers/")
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(_("hash"), max_length=64)
    job = models.ForeignKey(
        JobRun, models.SET_NULL, null=True, related_name="+", verbose_name=_("job")
    )
    made_by = user_key(_("made by"), null=False)
    made_at = models.DateTimeField(_("made"))

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a plan")
        verbose_name_plural = _("files of plans")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(plan__isnull=False, snapshot__isnull=True, review__isnull=True)
                | Q(plan__isnull=True, snapshot__isnull=False, review__isnull=True)
                | Q(plan__isnull=True, snapshot__isnull=True, review__isnull=False),
                name="plan_paper_of_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PaperKind.values)
                & Q(language__in=[code for code, _name in settings.LANGUAGES]),
                name="plan_paper_known",
            ),
            models.CheckConstraint(
                condition=~Q(file="")
                & ~Q(name="")
                & Q(size__gt=0)
                & Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="plan_paper_is_a_file",
            ),
            models.UniqueConstraint(fields=["job"], name="plan_paper_once_a_job"),
        ]
        indexes = [models.Index(fields=["made_at"], name="plan_paper_age")]
        triggers = [
            pgtrigger.Trigger(
                name="plan_paper_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"({_CHANGED} AND {triggers.UNLESS_REWRITING})"),
                func=triggers.refuse("plan_paper_stays", "a paper is made anew, not changed"),
            )
        ]

    def __str__(self) -> str:
        return self.name
