"""What customers say of us: ratings by person and function, and surveys that ask for them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Function
from accounts.models import Account, Position, Task
from accounts.querysets import CompanyWideQuerySet
from interactions.choices import VoiceSource, VoiceTopic
from interactions.models import triggers
from interactions.querysets import VoiceQuerySet
from kam.core.models import Record
from kam.core.tracking import track
from kam.imports.models import DataSource, ImportBatch

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


@track()
class Survey(Record):
    """A short list of topics that people of customers are asked about, one to five each."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    topics = ArrayField(
        models.CharField(max_length=13, choices=VoiceTopic), verbose_name=_("topics")
    )
    days_valid = models.PositiveSmallIntegerField(_("a link holds for … days"), default=21)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="survey_has_a_name",
                violation_error_message=_("A survey needs a name."),
            ),
            models.CheckConstraint(
                condition=Q(topics__contained_by=VoiceTopic.values) & Q(topics__len__range=(1, 8)),
                name="survey_asks_about_something",
                violation_error_message=_("Choose one to eight topics."),
            ),
            models.CheckConstraint(
                condition=Q(days_valid__range=(1, 90)),
                name="survey_link_holds_for_a_while",
                violation_error_message=_("A link holds for 1 to 90 days."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@track(exclude=["token_hash"])
class Invitation(Record):
    """A survey sent to somebody: a link that works once, until it runs out or is taken back.

    Only a hash of the link's secret is kept.
    """

    survey = models.ForeignKey(
        Survey, models.PROTECT, related_name="invitations", verbose_name=_("survey")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="invitations", verbose_name=_("account")
    )
    position = models.ForeignKey(
        Position, models.PROTECT, related_name="invitations", verbose_name=_("person")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("holds until"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )

    objects = VoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey link")
        verbose_name_plural = _("survey links")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_answered_or_taken_back",
                violation_error_message=_("This link was answered: it cannot be taken back."),
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__lt=F("expires_at")),
                name="invitation_answered_in_time",
            ),
            models.CheckConstraint(
                condition=Q(language__in=LANGUAGES), name="invitation_language_known"
            ),
            models.UniqueConstraint(
                fields=["survey", "position"],
                condition=Q(answered_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open",
                violation_error_message=_("This person has an open link of this survey already."),
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="invitation_of_account")]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.position_id}"


@track()
class Feedback(Record):
    """How somebody at a customer, or a function of theirs, rates us in one topic on a day.

    The value keeps its own scale; `points` are it as 0 to 100. Who answered a survey by the link
    is `position`; a supplier scorecard often names a function alone, or nobody.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="feedback", verbose_name=_("account")
    )
    position = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="feedback",
        verbose_name=_("person"),
    )
    function = models.CharField(
        _("function"),
        max_length=14,
        choices=Function,
        blank=True,
        help_text=_("Empty: the customer as a whole."),
    )
    topic = models.CharField(
        _("about"), max_length=13, choices=VoiceTopic, default=VoiceTopic.OVERALL
    )
    value = models.DecimalField(_("rating"), max_digits=7, decimal_places=2)
    lowest = models.DecimalField(_("worst of the scale"), max_digits=7, decimal_places=2, default=1)
    highest = models.DecimalField(_("best of the scale"), max_digits=7, decimal_places=2, default=5)
    points = models.GeneratedField(
        expression=Round(
            (F("value") - F("lowest")) * 100 / (F("highest") - F("lowest")), precision=2
        ),
        output_field=models.DecimalField(max_digits=7, decimal_places=2),
        db_persist=True,
        verbose_name=_("points of 100"),
    )
    given_on = models.DateField(_("given on"))
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    source = models.CharField(_("source"), max_length=9, choices=VoiceSource)
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, null=True, editable=False, related_name="answers"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("noted by"),
    )
    task = models.ForeignKey(
        Task, models.SET_NULL, null=True, editable=False, related_name="feedback"
    )
    data_source = models.ForeignKey(
        DataSource, models.PROTECT, null=True, editable=False, related_name="+"
    )
    source_key = models.CharField(max_length=200, blank=True, editable=False)
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = VoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating of us")
        verbose_name_plural = _("ratings of us")
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lowest__lt=F("highest")),
                name="feedback_scale_has_a_length",
                violation_error_message=_("The best of the scale is above the worst."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=F("lowest"), value__lte=F("highest")),
                name="feedback_on_its_scale",
                violation_error_message=_("The rating is not on its scale."),
            ),
            models.CheckConstraint(
                condition=Q(function="") | Q(function__in=Function.values),
                name="feedback_function_known",
                violation_error_message=_("There is no such function."),
            ),
            models.CheckConstraint(
                condition=Q(topic__in=VoiceTopic.values),
                name="feedback_topic_known",
                violation_error_message=_("There is no such topic."),
            ),
            models.CheckConstraint(
                condition=Q(source=VoiceSource.SURVEY, invitation__isnull=False)
                | (
                    Q(source__in=[one for one in VoiceSource.values if one != "survey"])
                    & Q(invitation__isnull=True)
                ),
                name="feedback_source_known",
            ),
            models.UniqueConstraint(
                fields=["invitation", "topic"],
                condition=Q(invitation__isnull=False),
                name="feedback_topic_once_an_answer",
            ),
            models.UniqueConstraint(
                fields=["data_source", "source_key"],
                condition=~Q(source_key=""),
                name="feedback_once_per_source",
                violation_error_message=_("The source has sent a line with this key already."),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-given_on", "-id"], name="feedback_of_account"),
            models.Index(fields=["position", "-given_on"], name="feedback_of_place"),
            models.Index(fields=["batch"], name="feedback_batch"),
        ]
        triggers = triggers.FEEDBACK

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.value}"

    def get_absolute_url(self) -> str:
        return reverse("interactions:feedback-detail", args=[self.pk])


@track()
class VoiceSettings(Record):
    """When a rating is low, and what then: one row; without it the defaults hold."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    low_points = models.PositiveSmallIntegerField(
        _("low at … points or less"),
        default=40,
        help_text=_("A rating so low opens a follow-up for the account's lead."),
    )
    answer_days = models.PositiveSmallIntegerField(_("follow up within … days"), default=7)

    class Meta:
        verbose_name = _("settings of customers' ratings")
        verbose_name_plural = _("settings of customers' ratings")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="voice_settings_one_row"),
            models.CheckConstraint(
                condition=Q(low_points__lte=100),
                name="voice_settings_points",
                violation_error_message=_("Points are 0 to 100."),
            ),
            models.CheckConstraint(
                condition=Q(answer_days__range=(1, 90)),
                name="voice_settings_days",
                violation_error_message=_("1 to 90 days."),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
