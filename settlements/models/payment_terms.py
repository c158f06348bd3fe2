"""How a term is paid: instalments, and the steps from the base date to each due date."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record
from kam.core.tracking import track
from settlements.choices.terms import (
    LineKind,
    OperationKind,
    Roll,
)
from settlements.models import term_triggers as triggers
from settlements.models.term_parts import SettlementTerm
from settlements.querysets.terms import OfVersionQuerySet


@track()
class PaymentLine(Record):
    """An instalment of a payment term; the last one is what remains."""

    term = models.ForeignKey(SettlementTerm, models.CASCADE, related_name="payment_lines")
    sequence = models.PositiveSmallIntegerField(_("instalment"), default=1)
    kind = models.CharField(
        _("which part"), max_length=20, choices=LineKind, default=LineKind.REMAINDER
    )
    value = models.DecimalField(
        _("amount or %"), max_digits=20, decimal_places=4, null=True, blank=True
    )

    objects = OfVersionQuerySet.through("term__version").as_manager()

    class Meta:
        verbose_name = _("instalment of a payment term")
        verbose_name_plural = _("instalments of payment terms")
        ordering = ["term", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "sequence"],
                name="payment_line_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["term"],
                condition=Q(kind=LineKind.REMAINDER),
                name="payment_line_one_remainder",
                violation_error_message=_("One instalment is what remains, and it is the last."),
            ),
            models.CheckConstraint(
                condition=Q(kind=LineKind.REMAINDER, value__isnull=True)
                | Q(kind=LineKind.FIXED, value__gt=0)
                | Q(
                    kind__in=[LineKind.PERCENT_OF_TOTAL, LineKind.PERCENT_OF_REMAINDER],
                    value__gt=0,
                    value__lt=100,
                ),
                name="payment_line_value_fits",
                violation_error_message=_("An instalment has an amount, a share, or what remains."),
            ),
        ]
        triggers = triggers.part(
            "payment_line_of_a_draft", parent="settlements_settlementterm", key="term_id"
        )

    def __str__(self) -> str:
        return f"{self.sequence}. {self.get_kind_display()}"


@track()
class PaymentOperation(Record):
    """A step from the base date to an instalment's due date."""

    line = models.ForeignKey(PaymentLine, models.CASCADE, related_name="operations")
    sequence = models.PositiveSmallIntegerField(_("step"), default=1)
    kind = models.CharField(_("step"), max_length=12, choices=OperationKind)
    value = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    roll = models.CharField(_("goes to"), max_length=18, choices=Roll, blank=True)

    objects = OfVersionQuerySet.through("line__term__version").as_manager()

    class Meta:
        verbose_name = _("step of a payment term")
        verbose_name_plural = _("steps of payment terms")
        ordering = ["line", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "sequence"],
                name="payment_operation_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(kind=OperationKind.DAYS, value__lte=3660, roll="")
                | Q(kind=OperationKind.MONTHS, value__lte=120, roll="")
                | Q(kind=OperationKind.END_OF_MONTH, value__isnull=True, roll="")
                | Q(kind=OperationKind.DAY_OF_MONTH, value__gte=1, value__lte=31, roll="")
                | Q(kind=OperationKind.NEXT_WEEKDAY, value__lte=6, roll="")
                | Q(kind=OperationKind.BUSINESS_DAY, value__isnull=True, roll__in=Roll.values),
                name="payment_operation_value_fits",
                violation_error_message=_("The step and its number do not fit."),
            ),
        ]
        triggers = triggers.operation("payment_operation_of_a_draft")

    def __str__(self) -> str:
        return self.get_kind_display()
