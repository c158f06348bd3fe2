"""Who supports the lead at an account, and what the lead asks of them."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Priority, RequestStatus, TeamFunction
from accounts.models import team_triggers as triggers
from accounts.models.accounts import Account
from accounts.models.shared import half_open_period, period_not_empty
from accounts.querysets import (
    RequestCommentQuerySet,
    TeamMemberQuerySet,
    TeamRequestQuerySet,
)
from kam.core.models import Record
from kam.core.tracking import track

OPEN_REQUESTS = (RequestStatus.SENT, RequestStatus.ACCEPTED)


@track()
class TeamMember(Record):
    """Somebody of ours stands for a function at an account in a half-open period.

    As leads are, a member is inherited by every account below.
    """

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="team_members", verbose_name=_("account")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="team_memberships",
        verbose_name=_("colleague"),
    )
    function = models.CharField(_("function"), max_length=16, choices=TeamFunction)
    note = models.CharField(_("note"), max_length=200, blank=True)
    valid = half_open_period()

    objects = TeamMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of an account team")
        verbose_name_plural = _("members of account teams")
        ordering = ["account_id", "function", "valid", "pk"]
        constraints = [
            ExclusionConstraint(
                name="team_member_once_at_a_date",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("function", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "This colleague stands for this function in that period already."
                ),
            ),
            period_not_empty("team_member_period_not_empty"),
            models.CheckConstraint(
                condition=Q(function__in=TeamFunction.values),
                name="team_member_function_known",
                violation_error_message=_("There is no such function."),
            ),
        ]
        indexes = [models.Index(fields=["user"], name="team_member_user")]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_function_display()}"


@track()
class TeamRequest(Record):
    """What the lead of an account asks of a supporting function, or of one person, by a date.

    Without `to_user` it waits for whoever of the function takes it first. The database lets a
    request move on only: sent → accepted → declined, done or cancelled.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="team_requests", verbose_name=_("account")
    )
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("from")
    )
    function = models.CharField(_("function"), max_length=16, choices=TeamFunction)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to"),
    )
    title = models.CharField(_("what is asked"), max_length=200)
    text = models.TextField(_("details"), max_length=4000, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority, default=Priority.NORMAL
    )
    sent_on = models.DateField(_("sent on"))
    due_on = models.DateField(_("due"))
    status = models.CharField(
        _("status"), max_length=9, choices=RequestStatus, default=RequestStatus.SENT
    )
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = TeamRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to the team")
        verbose_name_plural = _("requests to the team")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="team_request_says_what",
                violation_error_message=_("Say what is asked."),
            ),
            models.CheckConstraint(
                condition=Q(function__in=TeamFunction.values),
                name="team_request_function_known",
                violation_error_message=_("There is no such function."),
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="team_request_priority_known"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("sent_on")),
                name="team_request_due_after_it_was_sent",
                violation_error_message=_("It is due before it was sent."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=OPEN_REQUESTS, closed_on__isnull=True)
                | Q(
                    status__in=[
                        RequestStatus.DECLINED,
                        RequestStatus.DONE,
                        RequestStatus.CANCELLED,
                    ],
                    closed_on__isnull=False,
                ),
                name="team_request_closed_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[RequestStatus.DECLINED, RequestStatus.DONE])
                | ~Q(answer=""),
                name="team_request_answered_in_words",
                violation_error_message=_("Say why, or what came of it."),
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.ACCEPTED) | Q(to_user__isnull=False),
                name="team_request_accepted_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["to_user", "due_on"],
                name="team_request_open",
                condition=Q(status__in=OPEN_REQUESTS),
            ),
            models.Index(fields=["sender", "due_on"], name="team_request_sender"),
            models.Index(fields=["account", "due_on"], name="team_request_account"),
        ]
        triggers = triggers.REQUEST

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("accounts:request-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer or for its work."""
        return self.status in OPEN_REQUESTS

    def is_overdue(self, as_of: date) -> bool:
        """Tell whether its day has passed while it is open."""
        return self.is_open and self.due_on < as_of


class RequestComment(models.Model):
    """What somebody said about a request: append-only."""

    request = models.ForeignKey(
        TeamRequest, models.CASCADE, related_name="comments", verbose_name=_("request")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("comment"), max_length=4000)
    recorded_at = models.DateTimeField(_("written"), auto_now_add=True)

    objects = RequestCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment on a request")
        verbose_name_plural = _("comments on requests")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="request_comment_not_empty",
                violation_error_message=_("Write something."),
            )
        ]
        triggers = triggers.append_only("request_comment_append_only", "comments are append-only")

    def __str__(self) -> str:
        return f"#{self.pk}"
