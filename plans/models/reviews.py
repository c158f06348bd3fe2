"""Business reviews with a customer: agenda, who took part, what was said and what became of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Position
from interactions.models import Concern
from kam.core.models import Record
from kam.core.tracking import track
from plans.choices.joint import LineKind, ReviewState
from plans.models.approval import PlanSnapshot
from plans.models.plans import Plan
from plans.models.shared import user_key
from plans.models.work import PlanAction
from plans.querysets.beside import ReviewQuerySet
from plans.querysets.plans import CompanyWideQuerySet

RATINGS = (1, 5)
DONE = (ReviewState.DONE,)


@track()
class ReviewTemplate(Record):
    """An agenda that reviews begin with: one line for each item, in minutes where it says so."""

    name = models.CharField(_("name"), max_length=100)
    agenda = models.JSONField(_("agenda"), default=list)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("review template")
        verbose_name_plural = _("review templates")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="review_template_name_once",
                violation_error_message=_("There is a template of this name already."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="review_template_has_a_name",
                violation_error_message=_("A template has a name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


def _rating(label: Any) -> models.PositiveSmallIntegerField[int | None, int | None]:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


def _in_range(column: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__range": RATINGS}),
        name=f"review_{column}_in_range",
        violation_error_message=_("A rating is 1 to 5."),
    )


@track()
class BusinessReview(Record):
    """A review of the business with a customer, from being planned until its summary is sent."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="business_reviews", verbose_name=_("account")
    )
    plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="reviews", verbose_name=_("plan")
    )
    title = models.CharField(_("title"), max_length=200)
    held_on = models.DateField(_("day"))
    stage = models.CharField(
        _("stage"), max_length=100, blank=True, help_text=_("As: half-year, before the tender.")
    )
    place = models.CharField(_("place"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ReviewState, default=ReviewState.PLANNED, editable=False
    )
    summary = models.TextField(_("summary"), max_length=8000, blank=True)
    is_summary_shareable = models.BooleanField(
        _("the summary may be shown to the customer"), default=False
    )
    our_rating = _rating(_("our rating, 1 to 5"))
    their_rating = _rating(_("their rating, 1 to 5"))
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="following",
        verbose_name=_("review before"),
    )
    snapshot = models.ForeignKey(
        PlanSnapshot,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("snapshot of the plan"),
    )
    owner = user_key(_("held by"), null=False, blank=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("business review")
        verbose_name_plural = _("business reviews")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="review_has_a_title",
                violation_error_message=_("A review has a title."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ReviewState.values), name="review_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=DONE) | ~Q(summary=""),
                name="review_done_has_a_summary",
                violation_error_message=_("Write a summary first."),
            ),
            models.CheckConstraint(
                condition=Q(previous__isnull=True) | ~Q(previous=F("id")),
                name="review_not_before_itself",
            ),
            _in_range("our_rating"),
            _in_range("their_rating"),
        ]
        indexes = [
            models.Index(fields=["account", "-held_on"], name="review_of_account"),
            models.Index(fields=["updated_at", "id"], name="review_updated"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:review-detail", args=[self.pk])


@track()
class AgendaItem(Record):
    """A point of a review's agenda."""

    review = models.ForeignKey(
        BusinessReview, models.CASCADE, related_name="agenda", verbose_name=_("review")
    )
    title = models.CharField(_("point"), max_length=200)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    is_shareable = models.BooleanField(_("may be shown to the customer"), default=True)
    place = models.PositiveSmallIntegerField(_("place"), default=0)

    objects = ReviewQuerySet.through("review").as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["review_id", "place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="agenda_item_has_a_title",
                violation_error_message=_("Say what it is about."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


@track()
class ReviewParticipant(Record):
    """Somebody of ours, or of theirs, who is asked to a review, and whether they came."""

    review = models.ForeignKey(
        BusinessReview, models.CASCADE, related_name="participants", verbose_name=_("review")
    )
    user = user_key(_("colleague"))
    position = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person of theirs"),
    )
    has_attended = models.BooleanField(_("was there"), null=True, blank=True)

    objects = ReviewQuerySet.through("review").as_manager()

    class Meta:
        verbose_name = _("participant of a review")
        verbose_name_plural = _("participants of reviews")
        ordering = ["review_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(position__isnull=True),
                name="review_participant_of_one_side",
                violation_error_message=_("Name a colleague or a person of theirs."),
            ),
            models.UniqueConstraint(
                fields=["review", "user"],
                condition=Q(user__isnull=False),
                name="review_colleague_once",
                violation_error_message=_("This person takes part already."),
            ),
            models.UniqueConstraint(
                fields=["review", "position"],
                condition=Q(position__isnull=False),
                name="review_person_once",
                violation_error_message=_("This person takes part already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.position)


@track()
class ReviewLine(Record):
    """A line of what was said; it may become an action of the plan, or a concern."""

    review = models.ForeignKey(
        BusinessReview, models.CASCADE, related_name="lines", verbose_name=_("review")
    )
    item = models.ForeignKey(
        AgendaItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("agenda item"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=LineKind, default=LineKind.NOTE)
    text = models.CharField(_("what was said"), max_length=1000)
    is_shareable = models.BooleanField(_("may be shown to the customer"), default=False)
    action = models.ForeignKey(
        PlanAction,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="review_lines",
        verbose_name=_("action"),
    )
    concern = models.ForeignKey(
        Concern,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("concern"),
    )
    author = user_key(_("noted by"), editable=False)

    objects = ReviewQuerySet.through("review").as_manager()

    class Meta:
        verbose_name = _("line of a review")
        verbose_name_plural = _("lines of reviews")
        ordering = ["review_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="review_line_says_something",
                violation_error_message=_("Say something."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LineKind.values), name="review_line_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.text
