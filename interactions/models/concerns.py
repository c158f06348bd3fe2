"""Concerns of customers: what bothers them, who sees to it, by when, and what happened."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Position
from interactions.analytics import concerns as rules
from interactions.choices import (
    ConcernCategory,
    ConcernEntryKind,
    ConcernSeverity,
    ConcernState,
)
from interactions.models import concern_triggers as triggers
from interactions.models.log import Note
from interactions.models.search_triggers import CONCERN as SEARCHED
from interactions.querysets import ConcernQuerySet, ConcernTargetQuerySet, OfConcernQuerySet
from kam.core.models import Record
from kam.core.tracking import track

LONGEST_HOURS = 24 * 366
DONE = (ConcernState.RESOLVED, ConcernState.CLOSED)
ESCALATIONS = (
    ConcernEntryKind.RESPONSE_NEAR,
    ConcernEntryKind.RESPONSE_LATE,
    ConcernEntryKind.SOLUTION_NEAR,
    ConcernEntryKind.SOLUTION_LATE,
)
SYSTEM = (*ESCALATIONS, ConcernEntryKind.OWNER)


@track()
class ConcernTarget(Record):
    """Within how many hours concerns of a severity are answered and solved, in a period.

    `tier_code` is a tier's code; empty: of any tier that has no target of its own. Calendar
    hours. Without any row the built-in hours of `analytics.concerns` hold.
    """

    tier_code = models.SlugField(
        _("tier"), max_length=20, blank=True, help_text=_("Empty: any tier without its own.")
    )
    severity = models.PositiveSmallIntegerField(_("severity"), choices=ConcernSeverity)
    respond_hours = models.PositiveSmallIntegerField(_("hours to the first answer"))
    resolve_hours = models.PositiveSmallIntegerField(_("hours to the solution"))
    valid = DateRangeField(
        _("period"), help_text=_("From the first day up to, not including, the last date.")
    )

    objects = ConcernTargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target of concerns")
        verbose_name_plural = _("targets of concerns")
        ordering = ["tier_code", "-severity", "valid"]
        constraints = [
            ExclusionConstraint(
                name="concern_target_once_at_a_date",
                expressions=[
                    ("tier_code", RangeOperators.EQUAL),
                    ("severity", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("There is a target for this tier and severity then."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="concern_target_period_not_empty",
                violation_error_message=_("The period ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(severity__in=ConcernSeverity.values),
                name="concern_target_severity_known",
            ),
            models.CheckConstraint(
                condition=Q(respond_hours__range=(1, LONGEST_HOURS))
                & Q(resolve_hours__range=(1, LONGEST_HOURS)),
                name="concern_target_hours",
                violation_error_message=_("One hour to a year."),
            ),
            models.CheckConstraint(
                condition=Q(respond_hours__lte=F("resolve_hours")),
                name="concern_target_answer_first",
                violation_error_message=_("The answer comes before the solution."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier_code or '*'} {self.get_severity_display()}"


@track()
class Concern(Record):
    """Something that bothers a customer, from being raised until it is solved or dropped.

    `respond_by` and `resolve_by` come from the targets of the day it was raised and stay, unless
    its severity changes. `raised_on` is the day in the organisation's time zone.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="concerns", verbose_name=_("account")
    )
    category = models.CharField(_("category"), max_length=8, choices=ConcernCategory)
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=ConcernSeverity, default=ConcernSeverity.MEDIUM
    )
    title = models.CharField(_("in one line"), max_length=200)
    description = models.TextField(_("what happened"), max_length=5000, blank=True)
    is_confidential = models.BooleanField(
        _("confidential"),
        default=False,
        help_text=_("Only the account's team, the owner and who noted it can read it."),
    )
    raised_at = models.DateTimeField(_("raised"))
    raised_on = models.DateField(_("day"), editable=False)
    raised_by = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="concerns",
        verbose_name=_("raised by"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="concerns", verbose_name=_("owner")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("noted by")
    )
    note = models.ForeignKey(
        Note,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="concerns",
        verbose_name=_("note of the contact"),
    )
    state = models.CharField(
        _("state"), max_length=9, choices=ConcernState, default=ConcernState.OPEN, editable=False
    )
    reopened = models.PositiveSmallIntegerField(_("times reopened"), default=0, editable=False)
    respond_by = models.DateTimeField(_("answer by"), editable=False)
    resolve_by = models.DateTimeField(_("solve by"), editable=False)
    first_response_at = models.DateTimeField(_("first answer"), null=True, editable=False)
    resolved_at = models.DateTimeField(_("resolved"), null=True, editable=False)
    ended_at = models.DateTimeField(_("closed or cancelled"), null=True, editable=False)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="concern_says_what",
                violation_error_message=_("Say in one line what bothers them."),
            ),
            models.CheckConstraint(
                condition=Q(category__in=ConcernCategory.values), name="concern_category_known"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=ConcernSeverity.values), name="concern_severity_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ConcernState.values), name="concern_state_known"
            ),
            models.CheckConstraint(
                condition=Q(raised_at__lt=F("respond_by")) & Q(respond_by__lte=F("resolve_by")),
                name="concern_answered_before_solved",
                violation_error_message=_("The answer comes before the solution."),
            ),
            models.CheckConstraint(
                condition=Q(first_response_at__isnull=True)
                | Q(first_response_at__gte=F("raised_at")),
                name="concern_answered_after_it_was_raised",
                violation_error_message=_("This lies before the concern was raised."),
            ),
            models.CheckConstraint(
                condition=Q(first_response_at__isnull=False)
                | ~Q(state__in=[ConcernState.WAITING, *DONE]),
                name="concern_done_is_answered",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=DONE, resolved_at__isnull=False, resolved_at__gte=F("raised_at")
                )
                | (~Q(state__in=DONE) & Q(resolved_at__isnull=True)),
                name="concern_resolved_says_when",
                violation_error_message=_("This lies before the concern was raised."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=rules.ENDED, ended_at__isnull=False, ended_at__gte=F("raised_at")
                )
                | (~Q(state__in=rules.ENDED) & Q(ended_at__isnull=True)),
                name="concern_ended_says_when",
                violation_error_message=_("This lies before the concern was raised."),
            ),
            models.UniqueConstraint(
                fields=["note"],
                name="concern_one_of_a_note",
                violation_error_message=_("A concern was raised of this note already."),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-raised_at"], name="concern_of_account"),
            models.Index(
                fields=["resolve_by"], name="concern_unsolved", condition=Q(resolved_at=None)
            ),
            models.Index(fields=["owner", "resolve_by"], name="concern_of_owner"),
            models.Index(fields=["updated_at", "id"], name="concern_updated"),
        ]
        triggers = [*triggers.CONCERN, *SEARCHED.triggers()]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("interactions:concern-detail", args=[self.pk])

    @property
    def is_unsolved(self) -> bool:
        """Whether it still has to be solved."""
        return self.state in rules.UNSOLVED

    @property
    def awaits(self) -> rules.Phase | None:
        """What has to come next: the first answer, the solution, or nothing."""
        if not self.is_unsolved:
            return None
        return "response" if self.first_response_at is None else "solution"

    @property
    def next_target(self) -> datetime | None:
        """By when that has to come."""
        if self.awaits is None:
            return None
        return self.respond_by if self.awaits == "response" else self.resolve_by

    def standing(self, now: datetime) -> rules.Standing | None:
        """How the nearest open target stands; late beats near. None where it is solved."""
        if not self.is_unsolved:
            return None
        targets = [self.resolve_by]
        if self.first_response_at is None:
            targets.append(self.respond_by)
        found = {rules.standing(self.raised_at, target, now) for target in targets}
        return "late" if "late" in found else "near" if "near" in found else "in_time"


class ConcernEntry(models.Model):
    """What happened to a concern: append-only. Without an author the system noted it.

    `round` is how often the concern had been reopened: each reminder comes once a round.
    """

    concern = models.ForeignKey(
        Concern, models.CASCADE, related_name="entries", verbose_name=_("concern")
    )
    kind = models.CharField(_("what"), max_length=13, choices=ConcernEntryKind)
    from_state = models.CharField(max_length=9, choices=ConcernState, blank=True)
    to_state = models.CharField(max_length=9, choices=ConcernState, blank=True)
    text = models.TextField(_("in words"), max_length=4000, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("author"),
    )
    happened_at = models.DateTimeField(_("when"))
    round = models.PositiveSmallIntegerField(default=0, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = OfConcernQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a concern")
        verbose_name_plural = _("entries of concerns")
        ordering = ["happened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ConcernEntryKind.values), name="concern_entry_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(text="")
                | ~(
                    Q(
                        kind__in=[
                            ConcernEntryKind.ANSWER,
                            ConcernEntryKind.COMMENT,
                            ConcernEntryKind.REOPENED,
                        ]
                    )
                    | Q(to_state__in=rules.NEEDS_WORDS)
                ),
                name="concern_entry_in_words",
                violation_error_message=_("Say it in words."),
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=False) | Q(kind__in=SYSTEM),
                name="concern_entry_has_an_author",
            ),
            models.UniqueConstraint(
                fields=["concern", "kind", "round"],
                condition=Q(kind__in=ESCALATIONS),
                name="concern_reminded_once",
            ),
        ]
        indexes = [models.Index(fields=["concern", "happened_at"], name="concern_entry_order")]
        triggers = triggers.EVENT

    def __str__(self) -> str:
        return f"{self.concern_id}: {self.get_kind_display()}"
