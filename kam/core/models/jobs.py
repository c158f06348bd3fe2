from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kam.core.choices import JobState
from kam.core.querysets import JobRunQuerySet


class JobRun(models.Model):
    """One run of a long job: the outbox row that is sent to the broker and what became of it.

    Written in the transaction that asks for the work, so that work is never lost while the
    broker is down; `kam.core.jobs` sends it, and sends it again when a worker died.
    """

    name = models.CharField(_("job"), max_length=100)
    arguments = models.JSONField(_("arguments"), default=dict)
    key = models.CharField(
        _("key"),
        max_length=200,
        blank=True,
        help_text=_("While a run with the same key waits, asking again answers that run."),
    )
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="job_runs",
        verbose_name=_("asked for by"),
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sends = models.PositiveSmallIntegerField(_("times sent"), default=0)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("of"), null=True, blank=True)
    message = models.CharField(_("now"), max_length=300, blank=True)
    outcome = models.JSONField(_("outcome"), default=dict)
    error = models.TextField(_("error"), blank=True)
    queued_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=JobState.values), name="job_run_state_known"
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(done__lte=F("total")),
                name="job_run_done_within_total",
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state=JobState.QUEUED) & ~Q(key=""),
                name="job_run_one_waiting_per_key",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "sent_at"],
                condition=Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="job_run_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.state in {JobState.SUCCEEDED, JobState.FAILED}
