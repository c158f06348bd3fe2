"""Joint teams with a customer and what they work on: members of both sides."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Position
from kam.core.models import Record
from kam.core.tracking import track
from plans.choices.joint import JointState, JointTopic
from plans.models.plans import Plan
from plans.models.shared import percent, percent_in_range, user_key
from plans.querysets.beside import BesidePlanQuerySet


@track()
class JointTeam(Record):
    """People of ours and of the customer who work on something together."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="joint_teams", verbose_name=_("account")
    )
    plan = models.ForeignKey(
        Plan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="joint_teams",
        verbose_name=_("plan"),
    )
    topic = models.CharField(_("topic"), max_length=8, choices=JointTopic)
    title = models.CharField(_("title"), max_length=200)
    aim = models.TextField(_("aim"), max_length=2000, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=JointState, default=JointState.PROPOSED
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    owner = user_key(_("led by"), null=False, blank=False)
    is_shareable = models.BooleanField(_("may be shown to the customer"), default=True)

    objects = BesidePlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("joint team")
        verbose_name_plural = _("joint teams")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="joint_team_has_a_title",
                violation_error_message=_("A team has a title."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=JointState.values) & Q(topic__in=JointTopic.values),
                name="joint_team_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="joint_team_ends_after_it_begins",
                violation_error_message=_("It ends before it begins."),
            ),
        ]
        indexes = [models.Index(fields=["updated_at", "id"], name="joint_team_updated")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:team-detail", args=[self.pk])


@track()
class JointMember(Record):
    """Somebody of ours, or of theirs, in a joint team."""

    team = models.ForeignKey(
        JointTeam, models.CASCADE, related_name="members", verbose_name=_("team")
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
    role = models.CharField(_("does what"), max_length=100, blank=True)

    objects = BesidePlanQuerySet.through("team").as_manager()

    class Meta:
        verbose_name = _("member of a joint team")
        verbose_name_plural = _("members of joint teams")
        ordering = ["team_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(position__isnull=True),
                name="joint_member_of_one_side",
                violation_error_message=_("Name a colleague or a person of theirs."),
            ),
            models.UniqueConstraint(
                fields=["team", "user"],
                condition=Q(user__isnull=False),
                name="joint_colleague_once",
                violation_error_message=_("This person is in the team already."),
            ),
            models.UniqueConstraint(
                fields=["team", "position"],
                condition=Q(position__isnull=False),
                name="joint_person_once",
                violation_error_message=_("This person is in the team already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.position)


@track()
class JointInitiative(Record):
    """What a joint team works on: what both sides gain by it, and how far it is."""

    team = models.ForeignKey(
        JointTeam, models.CASCADE, related_name="initiatives", verbose_name=_("team")
    )
    title = models.CharField(_("initiative"), max_length=200)
    our_gain = models.CharField(_("what we gain"), max_length=500, blank=True)
    their_gain = models.CharField(_("what they gain"), max_length=500, blank=True)
    measure = models.CharField(_("how one sees it"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=JointState, default=JointState.PROPOSED
    )
    due_on = models.DateField(_("by"), null=True, blank=True)
    percent = percent(_("progress, percent"))
    result = models.CharField(_("result"), max_length=500, blank=True)

    objects = BesidePlanQuerySet.through("team").as_manager()

    class Meta:
        verbose_name = _("joint initiative")
        verbose_name_plural = _("joint initiatives")
        ordering = ["team_id", F("due_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="joint_initiative_has_a_title",
                violation_error_message=_("An initiative has a title."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=JointState.values), name="joint_initiative_state_known"
            ),
            percent_in_range("joint_initiative_percent", "percent"),
        ]

    def __str__(self) -> str:
        return self.title
