"""Strategic account plans: whose, for which period, who answers for them, and what they say."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.models.shared import half_open_period, period_not_empty
from kam.core.models import Currency, Record
from kam.core.tracking import track
from plans.choices.plan import (
    Confidentiality,
    Origin,
    PlanRole,
    PlanState,
    SectionKind,
    SwotKind,
)
from plans.models import triggers
from plans.models.shared import user_key
from plans.models.templates import PlanTemplate
from plans.querysets.plans import LIVE, OPEN, OfPlanQuerySet, PlanQuerySet

REVIEWED = (PlanState.IN_REVIEW, *LIVE, PlanState.CLOSED)
"""States in which a plan has a sponsor and a day of review."""


@track()
class Plan(Record):
    """The plan for an account, or a whole group, and a half-open period of days.

    What it says (header, sections, objectives, targets, figures) changes in a draft alone; an
    active one goes on with its actions and progress. A revision of an approved plan is a draft
    again, with a higher `revision`; what was approved stays in its snapshot. Two plans of one
    account never cover the same day unless one is cancelled. Amounts are in `currency`.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="plans", verbose_name=_("account")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("plan above"),
        help_text=_("The plan of an account above this one."),
    )
    template = models.ForeignKey(
        PlanTemplate, models.PROTECT, related_name="plans", verbose_name=_("template")
    )
    title = models.CharField(_("title"), max_length=200)
    period = DateRangeField(
        _("period"), help_text=_("From the first day up to, not including, the last date.")
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    owner = user_key(_("owner"), null=False, blank=False, related_name="owned_plans")
    sponsor = user_key(_("sponsor"), related_name="sponsored_plans")
    review_on = models.DateField(_("next review"), null=True, blank=True)
    confidentiality = models.CharField(
        _("who may read it"), max_length=5, choices=Confidentiality, default=Confidentiality.OPEN
    )
    state = models.CharField(
        _("state"), max_length=9, choices=PlanState, default=PlanState.DRAFT, editable=False
    )
    revision = models.PositiveSmallIntegerField(_("revision"), default=1, editable=False)
    created_by = user_key(_("written by"), editable=False)
    writer_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        editable=False,
        help_text=_("Everybody who wrote in this revision: none of them approves it."),
    )
    submitted_by = user_key(_("submitted by"), editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    approved_by = user_key(_("approved by"), editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    ended_by = user_key(_("ended by"), editable=False)
    ended_at = models.DateTimeField(_("closed or cancelled"), null=True, editable=False)
    end_reason = models.CharField(_("why it ended"), max_length=1000, blank=True, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-period", "-pk"]
        constraints = [
            ExclusionConstraint(
                name="plan_once_at_a_date",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=~Q(state=PlanState.CANCELLED),
                violation_error_message=_("The account has a plan for some of these days."),
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False)
                & Q(period__startswith__isnull=False)
                & Q(period__endswith__isnull=False),
                name="plan_period_has_both_ends",
                violation_error_message=_("The period ends before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="plan_has_a_title",
                violation_error_message=_("A plan has a title."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=PlanState.values), name="plan_state_known"
            ),
            models.CheckConstraint(
                condition=Q(confidentiality__in=Confidentiality.values),
                name="plan_confidentiality_known",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="plan_not_above_itself",
                violation_error_message=_("A plan is not above itself."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=REVIEWED)
                | Q(sponsor__isnull=False, review_on__isnull=False, submitted_by__isnull=False),
                name="plan_submitted_is_answered_for",
                violation_error_message=_("A plan needs a sponsor and a day of review."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*LIVE, PlanState.CLOSED])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="plan_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at__isnull=True)
                | Q(
                    state__in=[PlanState.CLOSED, PlanState.CANCELLED],
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                ),
                name="plan_ended_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=PlanState.CANCELLED) | ~Q(end_reason=""),
                name="plan_cancelled_says_why",
                violation_error_message=_("Say why the plan is cancelled."),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "state"], name="plan_of_owner"),
            models.Index(fields=["review_on"], name="plan_review", condition=Q(state__in=LIVE)),
            models.Index(fields=["updated_at", "id"], name="plan_updated"),
        ]
        triggers = triggers.PLAN

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:plan-detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        """Whether what it says may change."""
        return self.state == PlanState.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether it is neither closed nor cancelled."""
        return self.state in OPEN


@track()
class PlanMember(Record):
    """Somebody of ours who takes part in a plan, in a half-open period; who is named reads it."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="members", verbose_name=_("plan"))
    user = user_key(_("colleague"), null=False, blank=False, related_name="plan_memberships")
    role = models.CharField(_("role"), max_length=8, choices=PlanRole, default=PlanRole.READER)
    valid = half_open_period()

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a plan")
        verbose_name_plural = _("members of plans")
        ordering = ["plan_id", "role", "pk"]
        constraints = [
            ExclusionConstraint(
                name="plan_member_once_at_a_date",
                expressions=[
                    ("plan", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This colleague has this role in that period already."),
            ),
            period_not_empty("plan_member_period_not_empty"),
            models.CheckConstraint(
                condition=Q(role__in=PlanRole.values), name="plan_member_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"


@track()
class PlanSection(Record):
    """What a plan says in one of its sections, beside what the system shows there by itself."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sections", verbose_name=_("plan"))
    kind = models.CharField(_("section"), max_length=12, choices=SectionKind)
    is_required = models.BooleanField(_("must be filled"), default=False)
    is_shareable = models.BooleanField(
        _("may be shown to the customer"),
        default=False,
        help_text=_("Only what is marked goes into the customer's version."),
    )
    text = models.TextField(_("text"), max_length=20000, blank=True)
    owner = user_key(_("written by"), help_text=_("Who keeps it fresh; empty: the plan's owner."))
    checked_on = models.DateField(_("looked at"), null=True, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("section of a plan")
        verbose_name_plural = _("sections of plans")
        ordering = ["plan_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "kind"],
                name="plan_section_once",
                violation_error_message=_("The plan has this section already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SectionKind.values), name="plan_section_known"
            ),
        ]
        triggers = triggers.part("plan_section_fixed")

    def __str__(self) -> str:
        return self.get_kind_display()


@track()
class SwotItem(Record):
    """A strength, weakness, opportunity or threat, with what shows it; it may become an action.

    `origin` and `origin_key` say what of the system it was proposed from, so that it is proposed
    once.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="swot_items", verbose_name=_("plan")
    )
    kind = models.CharField(_("kind"), max_length=11, choices=SwotKind)
    text = models.CharField(_("what"), max_length=500)
    evidence = models.CharField(_("what shows it"), max_length=500, blank=True)
    place = models.PositiveSmallIntegerField(_("place"), default=0)
    origin = models.CharField(
        _("comes from"), max_length=10, choices=Origin, default=Origin.TYPED, editable=False
    )
    origin_key = models.CharField(max_length=100, blank=True, editable=False)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("SWOT item")
        verbose_name_plural = _("SWOT items")
        ordering = ["plan_id", "kind", "place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="swot_item_says_what",
                violation_error_message=_("Say what it is."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SwotKind.values) & Q(origin__in=Origin.values),
                name="swot_item_known",
            ),
            models.UniqueConstraint(
                fields=["plan", "origin", "origin_key"],
                condition=~Q(origin_key=""),
                name="swot_item_proposed_once",
            ),
        ]
        triggers = triggers.part("swot_item_fixed")

    def __str__(self) -> str:
        return self.text
