"""What somebody saw in a store, against what was agreed; and the work that a gap makes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import CheckOutcome, CheckState, GapReason, Priority
from accounts.models import placement_triggers as triggers
from accounts.models.accounts import Account
from accounts.models.placements import Placement
from accounts.querysets import AccountScopedQuerySet, CheckLineQuerySet, CorrectionQuerySet
from kam.core.models import Record
from kam.core.tracking import track

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User

GAPS = (CheckOutcome.NOT_FOUND, CheckOutcome.OUT_OF_STOCK)


@track()
class StoreCheck(Record):
    """A visit to a store on a day; once finished it is fixed, but for corrections with a reason."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="store_checks", verbose_name=_("store")
    )
    checked_on = models.DateField(_("checked on"))
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("checked by")
    )
    state = models.CharField(_("state"), max_length=8, choices=CheckState, default=CheckState.DRAFT)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("store check")
        verbose_name_plural = _("store checks")
        ordering = ["-checked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", finished_at__isnull=True)
                | Q(state="finished", finished_at__isnull=False),
                name="store_check_finished_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["account", "checker"],
                condition=Q(state="draft"),
                name="store_check_one_draft",
                violation_error_message=_("You have begun a check of this store already."),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-checked_on", "-id"], name="store_check_latest"),
            models.Index(fields=["checker", "state"], name="store_check_drafts"),
        ]
        triggers = triggers.CHECK

    def __str__(self) -> str:
        return f"{self.account}, {self.checked_on}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:store-check", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        return self.state == CheckState.FINISHED


@track()
class StoreCheckLine(Record):
    """One placement that applies to the store: what was seen of it. Empty: it was not looked at."""

    check_of = models.ForeignKey(
        StoreCheck, models.CASCADE, related_name="lines", verbose_name=_("store check")
    )
    placement = models.ForeignKey(
        Placement, models.PROTECT, related_name="check_lines", verbose_name=_("placement")
    )
    outcome = models.CharField(_("seen"), max_length=12, choices=CheckOutcome, blank=True)
    quantity = models.PositiveSmallIntegerField(_("how many"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=13, choices=GapReason, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    photo = models.FileField(_("photo"), upload_to="store-checks/", blank=True)
    photo_kind = models.CharField(max_length=4, blank=True, editable=False)

    objects = CheckLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a store check")
        verbose_name_plural = _("lines of store checks")
        ordering = ["check_of_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["check_of", "placement"],
                name="store_check_line_once",
                violation_error_message=_("This placement is on the list already."),
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *CheckOutcome.values]),
                name="store_check_outcome_known",
                violation_error_message=_("Say found, not found or out of stock."),
            ),
            models.CheckConstraint(
                condition=Q(reason="")
                | Q(reason__in=GapReason.values, outcome__in=["not_found", "out_of_stock"]),
                name="store_check_reason_of_a_gap",
                violation_error_message=_("Only what is missing has a reason."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(outcome="found"),
                name="store_check_quantity_of_what_is_there",
                violation_error_message=_("Only what was found can be counted."),
            ),
            models.CheckConstraint(
                condition=Q(photo="", photo_kind="")
                | (~Q(photo="") & Q(photo_kind__in=["jpg", "png", "webp"])),
                name="store_check_photo_kind_known",
            ),
        ]
        indexes = [models.Index(fields=["placement", "check_of"], name="store_check_line_of")]
        triggers = triggers.LINE

    def __str__(self) -> str:
        return f"{self.check_of_id}: {self.placement_id} {self.outcome}"

    @property
    def is_gap(self) -> bool:
        return self.outcome in GAPS


class StoreCheckCorrection(models.Model):
    """A line of a finished check that was put right: what it said, what it says, why, by whom."""

    line = models.ForeignKey(
        StoreCheckLine, models.CASCADE, related_name="corrections", verbose_name=_("line")
    )
    before = models.CharField(_("before"), max_length=12, choices=CheckOutcome, blank=True)
    after = models.CharField(_("after"), max_length=12, choices=CheckOutcome, blank=True)
    why = models.CharField(_("why"), max_length=500)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction of a store check")
        verbose_name_plural = _("corrections of store checks")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(why=""),
                name="store_check_correction_says_why",
                violation_error_message=_("Say why it is put right."),
            )
        ]
        triggers = triggers.CORRECTION

    def __str__(self) -> str:
        return f"{self.line_id}: {self.before} → {self.after}"


class TaskQuerySet(AccountScopedQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Follow-ups of visible accounts, and one's own wherever they are: whoever supports an
        account or lost sight of it still reads what they have to do, though not the account."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        scope = Q(account__lead_chain__overlap=user.scope_user_ids())
        return self.filter(scope | Q(owner=user))


@track()
class Task(Record):
    """A follow-up: something to be done for an account by a day.

    One that a gap made names its placement; apps above link their own sources to it
    (`accounts.selectors.followups.sources`). History tells who moved its day or its owner.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="tasks", verbose_name=_("account")
    )
    title = models.CharField(_("what is to be done"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due on"))
    reminder_on = models.DateField(_("remind on"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority, default=Priority.NORMAL
    )
    details = models.TextField(_("details"), max_length=2000, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)
    placement = models.ForeignKey(
        Placement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("placement"),
    )
    source_line = models.ForeignKey(
        StoreCheckLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("seen in"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("created by"),
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "placement"],
                condition=Q(done_on__isnull=True, placement__isnull=False),
                name="task_one_open_of_a_gap",
                violation_error_message=_("Somebody is working on this gap already."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="task_says_what",
                violation_error_message=_("Say what is to be done."),
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=False) | Q(outcome=""),
                name="task_outcome_when_done",
                violation_error_message=_("Only what is done has an outcome."),
            ),
            models.CheckConstraint(
                condition=Q(reminder_on__isnull=True) | Q(reminder_on__lte=F("due_on")),
                name="task_reminded_before_it_is_due",
                violation_error_message=_("The reminder comes after the day it is due."),
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="task_priority_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                condition=Q(done_on__isnull=True),
                name="task_open_of_owner",
            ),
            models.Index(fields=["account", "due_on"], name="task_account_due"),
            models.Index(
                fields=["reminder_on"],
                condition=Q(done_on__isnull=True, reminder_on__isnull=False),
                name="task_reminded",
            ),
            models.Index(fields=["updated_at", "id"], name="task_updated"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("accounts:task-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.done_on is None

    def is_overdue(self, as_of: date) -> bool:
        """Tell whether its day has passed while it is open."""
        return self.is_open and self.due_on < as_of
