"""Promises between us and people at an account, in both directions, with their outcome."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import PromiseOutcome, PromiseSide
from accounts.models import team_triggers as triggers
from accounts.models.accounts import Account
from accounts.models.people import Position
from accounts.querysets import PartOfPromiseQuerySet, PromiseQuerySet
from kam.core.models import Record
from kam.core.tracking import track


@track()
class Promise(Record):
    """What one side promised the other, by when, and what became of it.

    Ours: `user` promised, to `position` or to the account as a whole. Theirs: `position`
    promised, to `user`. `missed_on` is the first day it was agreed for and passed.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="promises", verbose_name=_("account")
    )
    side = models.CharField(_("who promised"), max_length=6, choices=PromiseSide)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("our colleague")
    )
    position = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="promises",
        verbose_name=_("their person"),
    )
    what = models.CharField(_("what was promised"), max_length=300)
    made_on = models.DateField(_("promised on"))
    due_on = models.DateField(_("due"))
    note = models.TextField(_("evidence or note"), max_length=2000, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=9, choices=PromiseOutcome, default=PromiseOutcome.OPEN
    )
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    outcome_note = models.TextField(_("what became of it"), max_length=2000, blank=True)
    missed_on = models.DateField(null=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("noted by")
    )

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what=""),
                name="promise_says_what",
                violation_error_message=_("Say what was promised."),
            ),
            models.CheckConstraint(
                condition=Q(side__in=PromiseSide.values), name="promise_side_known"
            ),
            models.CheckConstraint(
                condition=Q(side=PromiseSide.OURS) | Q(position__isnull=False),
                name="promise_of_theirs_says_whose",
                violation_error_message=_("Say who of theirs promised it."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("made_on")),
                name="promise_due_after_it_was_made",
                violation_error_message=_("It is due before it was promised."),
            ),
            models.CheckConstraint(
                condition=Q(outcome=PromiseOutcome.OPEN, settled_on__isnull=True)
                | (
                    Q(outcome__in=[one for one in PromiseOutcome.values if one != "open"])
                    & Q(settled_on__isnull=False)
                    & Q(settled_on__gte=F("made_on"))
                ),
                name="promise_settled_says_when",
                violation_error_message=_("It is settled on a day after it was promised."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome=PromiseOutcome.KEPT)
                | Q(settled_on__lte=F("due_on"), missed_on__isnull=True),
                name="promise_kept_in_time",
                violation_error_message=_("It was kept after the day agreed: that is late."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[PromiseOutcome.BROKEN, PromiseOutcome.WITHDRAWN])
                | ~Q(outcome_note=""),
                name="promise_not_kept_says_why",
                violation_error_message=_("Say why it was not kept."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "due_on"], name="promise_open", condition=Q(outcome="open")
            ),
            models.Index(fields=["account", "outcome", "due_on"], name="promise_account"),
            models.Index(fields=["updated_at", "id"], name="promise_updated"),
        ]
        triggers = triggers.PROMISE

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("accounts:promise-detail", args=[self.pk])

    @property
    def is_ours(self) -> bool:
        """Whether we promised it."""
        return self.side == PromiseSide.OURS

    @property
    def is_open(self) -> bool:
        """Whether nothing became of it yet."""
        return self.outcome == PromiseOutcome.OPEN

    def is_overdue(self, as_of: date) -> bool:
        """Tell whether its day has passed and nothing became of it."""
        return self.is_open and self.due_on < as_of


class PromiseMove(models.Model):
    """Another day was agreed for a promise: append-only."""

    promise = models.ForeignKey(
        Promise, models.CASCADE, related_name="moves", verbose_name=_("promise")
    )
    from_day = models.DateField(_("due before"))
    to_day = models.DateField(_("due now"))
    reason = models.CharField(_("reason"), max_length=300)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("moved by")
    )
    moved_on = models.DateField(_("agreed on"))
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = PartOfPromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("new day of a promise")
        verbose_name_plural = _("new days of promises")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="promise_move_says_why",
                violation_error_message=_("Say why another day was agreed."),
            ),
            models.CheckConstraint(
                condition=~Q(from_day=F("to_day")),
                name="promise_move_changes_the_day",
                violation_error_message=_("This is the day it is due already."),
            ),
        ]
        triggers = triggers.append_only(
            "promise_move_append_only", "new days of promises are append-only"
        )

    def __str__(self) -> str:
        return f"{self.from_day} → {self.to_day}"
