"""What customers contest of settlement statements, and who may post how much."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record
from kam.core.tracking import track
from kam.identity.choices import Role
from settlements.choices.settling import DocumentRole, StatementDisputeReason
from settlements.models import settling_triggers as triggers
from settlements.models.documents import Document
from settlements.models.settling import SettlementStatement, StatementLine
from settlements.querysets.settling import OfStatementQuerySet


class StatementDocument(models.Model):
    """A document of the ledger that a statement posted, and for which of its lines."""

    statement = models.ForeignKey(SettlementStatement, models.PROTECT, related_name="documents")
    document = models.OneToOneField(Document, models.PROTECT, related_name="from_statement")
    role = models.CharField(_("role"), max_length=10, choices=DocumentRole)
    line = models.ForeignKey(StatementLine, models.PROTECT, null=True, related_name="documents")

    objects = OfStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of a settlement statement")
        verbose_name_plural = _("documents of settlement statements")
        ordering = ["statement", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "role", "line"],
                nulls_distinct=False,
                condition=~Q(role=DocumentRole.REVERSAL),
                name="statement_document_once",
            ),
            models.CheckConstraint(
                condition=Q(role__in=DocumentRole.values), name="statement_document_role_known"
            ),
        ]
        triggers = triggers.DOCUMENT

    def __str__(self) -> str:
        return f"{self.statement_id}: {self.document_id}"


@track()
class StatementDispute(Record):
    """What the customer contests of an issued statement: an amount, why, of which line."""

    statement = models.ForeignKey(SettlementStatement, models.PROTECT, related_name="disputes")
    line = models.ForeignKey(
        StatementLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disputes",
        verbose_name=_("line"),
    )
    amount = models.DecimalField(_("amount contested"), max_digits=20, decimal_places=4)
    reason = models.CharField(_("reason"), max_length=15, choices=StatementDisputeReason)
    note = models.CharField(_("note"), max_length=500, blank=True)
    raised_on = models.DateField(_("raised"))
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    settled_on = models.DateField(_("settled"), null=True, editable=False)
    is_granted = models.BooleanField(_("granted"), null=True, editable=False)
    settled_note = models.CharField(_("how it ended"), max_length=500, blank=True, editable=False)

    objects = OfStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute of a settlement statement")
        verbose_name_plural = _("disputes of settlement statements")
        ordering = ["statement", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=StatementDisputeReason.values),
                name="statement_dispute_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="statement_dispute_amount",
                violation_error_message=_("An amount contested is above zero."),
            ),
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True, is_granted__isnull=True)
                | Q(settled_on__gte=F("raised_on"), is_granted__isnull=False),
                name="statement_dispute_settled_how",
                violation_error_message=_("A dispute is not settled before it was raised."),
            ),
        ]
        triggers = triggers.DISPUTE

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.amount}"


@track()
class PostingLimit(Record):
    """The largest statement that people of a role may post, in the base currency.

    A role without a row posts any amount; of several roles the one that may more counts.
    """

    role = models.CharField(_("role"), max_length=20, choices=Role, unique=True)
    amount = models.DecimalField(_("posts up to"), max_digits=20, decimal_places=4)

    class Meta:
        verbose_name = _("limit for posting")
        verbose_name_plural = _("limits for posting")
        ordering = ["role"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values) & Q(amount__gte=0),
                name="posting_limit_not_negative",
                violation_error_message=_("A limit is zero or more."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.amount}"
