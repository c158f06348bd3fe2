from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.models import Currency, Record
from kam.core.tracking import track
from settlements.choices import WorkAct, WorkOutcome, WorkRole, WorkState
from settlements.querysets import ControllerQuerySet, WorkQuerySet


@track()
class ControllerAssignment(Record):
    """Who watches over what the account owes in a half-open period: one person at a date.

    A node without an assignment of its own has the controller of the nearest node above it; where
    there is none, work goes to the default queue.
    """

    account = models.ForeignKey(
        Account,
        models.CASCADE,
        related_name="controller_assignments",
        verbose_name=_("account"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="controller_assignments",
        verbose_name=_("credit controller"),
    )
    valid = DateRangeField(
        _("period"), help_text=_("From the first day up to, not including, the last date.")
    )

    objects = ControllerQuerySet.as_manager()

    class Meta:
        verbose_name = _("controller assignment")
        verbose_name_plural = _("controller assignments")
        ordering = ["account_id", "valid", "pk"]
        constraints = [
            ExclusionConstraint(
                name="controller_assignment_one_at_a_date",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Somebody else is the controller in this period."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="controller_assignment_period_not_empty",
                violation_error_message=_("The period ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.account_id} {self.valid}"


class WorkItem(models.Model):
    """Work on what a payer owes overdue in one currency, for its lead or its controller.

    Without a user it lies in the default queue. The overdue job opens it, keeps amount and age up
    to date, and closes it when nothing is overdue; people put it off or say how it ended. Rows
    that are done stay.
    """

    party = models.ForeignKey(
        Account, models.PROTECT, related_name="receivables_work", verbose_name=_("payer")
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", db_index=False, verbose_name=_("currency")
    )
    role = models.CharField(_("for"), max_length=10, choices=WorkRole)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="receivables_work",
        verbose_name=_("who"),
        help_text=_("Nobody: the default queue."),
    )
    is_taken = models.BooleanField(
        _("taken"),
        default=False,
        help_text=_("Somebody took it by hand: the overdue run leaves it with them."),
    )
    amount = models.DecimalField(_("overdue"), max_digits=22, decimal_places=4)
    overdue_items = models.PositiveIntegerField(_("overdue items"))
    oldest_due_on = models.DateField(_("oldest due date"))
    opened_on = models.DateField(_("opened on"))
    state = models.CharField(_("state"), max_length=7, choices=WorkState, default=WorkState.OPEN)
    snoozed_until = models.DateField(_("put off until"), null=True, blank=True)
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    last_contact_on = models.DateField(_("last contact"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=WorkOutcome, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("closed by"),
    )

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("receivables work")
        verbose_name_plural = _("receivables work")
        ordering = ["-amount", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "currency", "role"],
                condition=~Q(state="done"),
                name="work_item_one_not_done",
            ),
            models.CheckConstraint(
                condition=Q(role__in=WorkRole.values), name="work_item_role_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", snoozed_until__isnull=True)
                | Q(state="snoozed", snoozed_until__isnull=False)
                | Q(state="done", closed_on__isnull=False, outcome__in=WorkOutcome.values),
                name="work_item_state_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-amount"], condition=~Q(state="done"), name="work_item_list"
            ),
            models.Index(
                fields=["-amount", "-id"], condition=~Q(state="done"), name="work_item_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.amount} {self.currency_id}"


class WorkEvent(models.Model):
    """What a person did on a piece of work: kept for good, written by the services."""

    work = models.ForeignKey(
        WorkItem, models.CASCADE, related_name="events", verbose_name=_("work")
    )
    act = models.CharField(_("what"), max_length=9, choices=WorkAct)
    day = models.DateField(_("day"), null=True, blank=True, help_text=_("Which the act is about."))
    text = models.CharField(_("words"), max_length=500, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("step of receivables work")
        verbose_name_plural = _("steps of receivables work")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(act__in=WorkAct.values), name="work_event_act_known")
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.words}"

    @property
    def words(self) -> str:
        """What was said, the outcome that it ended with in the reader's language."""
        first, colon, rest = self.text.partition(": ")
        if self.act != WorkAct.FINISHED or first not in WorkOutcome.values:
            return self.text
        return f"{WorkOutcome(first).label}{colon}{rest}"
