from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.models import JobRun, Record
from kam.imports.choices import BatchState
from kam.imports.querysets import BatchQuerySet, SourceQuerySet


@pghistory.track(exclude=["mappings", "data_as_of", "updated_at"])
class DataSource(Record):
    """A system that sends us data, with what it was last told about its columns."""

    code = models.CharField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=200)
    mappings = models.JSONField(_("remembered columns by kind"), default=dict, editable=False)
    expected_every_days = models.PositiveSmallIntegerField(
        _("expected every … days"), null=True, blank=True
    )
    data_as_of = models.DateField(_("data as of"), null=True, blank=True, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("data source")
        verbose_name_plural = _("data sources")
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return self.name or self.code


class ImportBatch(models.Model):
    """One file on its way in: the audit unit of everything that it created or changed."""

    kind = models.CharField(_("kind"), max_length=30)
    source = models.ForeignKey(
        DataSource, models.PROTECT, related_name="batches", verbose_name=_("source")
    )
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/", blank=True)
    file_name = models.CharField(_("file name"), max_length=255, blank=True)
    file_size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    control_totals = models.JSONField(_("control totals"), default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=BatchState, default=BatchState.UPLOADED
    )
    rows = models.PositiveBigIntegerField(_("rows"), null=True)
    created = models.PositiveBigIntegerField(_("created"), null=True)
    updated = models.PositiveBigIntegerField(_("updated"), null=True)
    unchanged = models.PositiveBigIntegerField(_("unchanged"), null=True)
    rejected = models.PositiveBigIntegerField(_("rejected"), null=True)
    summary = models.JSONField(default=dict)
    data_as_of = models.DateField(_("data as of"), null=True)
    error = models.TextField(_("error"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="import_batches",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    committed_at = models.DateTimeField(_("imported"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)

    job_run = models.ForeignKey(
        JobRun,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        help_text=_("The latest job that works or worked on it."),
    )

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BatchState.values), name="import_batch_state_known"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.file_name}"


class ImportReject(models.Model):
    """A row that was left out of a batch, with the reason and the row as it came."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rejects")
    line = models.PositiveBigIntegerField(_("line"))
    reason = models.CharField(_("reason"), max_length=50)
    message = models.CharField(_("what is wrong"), max_length=500)
    amount = models.DecimalField(_("amount"), max_digits=22, decimal_places=4, null=True)
    cells = models.JSONField(default=list)

    class Meta:
        verbose_name = _("rejected row")
        verbose_name_plural = _("rejected rows")
        ordering = ["batch_id", "line", "pk"]
        indexes = [models.Index(fields=["batch", "line"], name="import_reject_batch_line")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class ImportChange(models.Model):
    """A row that a batch created (nothing before) or changed, with what it was: the way back.

    Ledger-sized tables keep their own revisions; this is for master data.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="changes")
    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "table", "row_id"], name="import_change_once")
        ]
        indexes = [models.Index(fields=["table", "row_id"], name="import_change_row")]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id} in batch {self.batch_id}"
