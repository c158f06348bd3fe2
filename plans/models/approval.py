"""What happened to a plan, what was said about it, and what was frozen of it."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record
from kam.core.tracking import track
from plans.choices.approval import PlanStepKind, SnapshotReason
from plans.choices.plan import SectionKind
from plans.models import triggers
from plans.models.plans import Plan
from plans.models.shared import user_key
from plans.querysets.plans import OfPlanQuerySet


class PlanSnapshot(models.Model):
    """Everything that a plan showed on a day, live figures with their days included: immutable.

    `content` is the document of `plans.selectors.content`, `sha256` the hash of its canonical
    JSON. A plan's snapshots are numbered from 1.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="snapshots", verbose_name=_("plan"))
    number = models.PositiveIntegerField(_("number"))
    reason = models.CharField(_("why"), max_length=8, choices=SnapshotReason)
    revision = models.PositiveSmallIntegerField(_("revision"))
    as_of = models.DateField(_("as of"))
    content = models.JSONField(_("content"), encoder=DjangoJSONEncoder)
    formula = models.PositiveSmallIntegerField(_("format"), default=1)
    sha256 = models.CharField(_("hash"), max_length=64)
    note = models.CharField(_("note"), max_length=300, blank=True)
    taken_by = user_key(_("taken by"))
    taken_at = models.DateTimeField(_("taken"), auto_now_add=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("snapshot of a plan")
        verbose_name_plural = _("snapshots of plans")
        ordering = ["plan_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_snapshot_number"),
            models.CheckConstraint(
                condition=Q(reason__in=SnapshotReason.values), name="plan_snapshot_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="plan_snapshot_has_a_hash"
            ),
        ]
        triggers = triggers.append_only(
            "plan_snapshot_is_frozen", "a snapshot of a plan never changes"
        )

    def __str__(self) -> str:
        return f"{self.plan} #{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("plans:snapshot-detail", args=[self.plan_id, self.number])


class PlanStep(models.Model):
    """A step in the life of a plan: append-only. Without an author the system took it."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="steps", verbose_name=_("plan"))
    kind = models.CharField(_("what"), max_length=9, choices=PlanStepKind)
    revision = models.PositiveSmallIntegerField(_("revision"))
    text = models.TextField(_("in words"), max_length=2000, blank=True)
    snapshot = models.ForeignKey(
        PlanSnapshot, models.PROTECT, null=True, related_name="+", verbose_name=_("snapshot")
    )
    author = user_key(_("author"))
    happened_at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a plan")
        verbose_name_plural = _("steps of plans")
        ordering = ["happened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=PlanStepKind.values), name="plan_step_known"
            ),
        ]
        triggers = triggers.append_only("plan_step_stays", "what happened to a plan stays")

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.get_kind_display()}"


@track()
class PlanComment(Record):
    """What a reader says about a section of a plan, or about all of it, until it is seen to."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="comments", verbose_name=_("plan"))
    section = models.CharField(_("section"), max_length=12, choices=SectionKind, blank=True)
    text = models.TextField(_("comment"), max_length=4000)
    author = user_key(_("author"), null=False)
    resolved_by = user_key(_("seen to by"), editable=False)
    resolved_at = models.DateTimeField(_("seen to"), null=True, editable=False)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment on a plan")
        verbose_name_plural = _("comments on plans")
        ordering = ["plan_id", "created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="plan_comment_says_something",
                violation_error_message=_("Say something."),
            ),
            models.CheckConstraint(
                condition=Q(section="") | Q(section__in=SectionKind.values),
                name="plan_comment_section_known",
            ),
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True, resolved_at__isnull=True)
                | Q(resolved_by__isnull=False, resolved_at__gte=F("created_at")),
                name="plan_comment_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]
