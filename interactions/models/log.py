"""The contact log: who spoke with whom, when and how, and what was heard."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, CompetitorMove, CompetitorPrice, Position, Promise, Task
from interactions.choices import (
    Direction,
    InteractionKind,
    InteractionSource,
    NoteKind,
    Sentiment,
)
from interactions.models import triggers
from interactions.querysets import InteractionQuerySet, OfInteractionQuerySet, OwnQuerySet
from kam.core.models import Record
from kam.core.tracking import track
from kam.imports.models import ImportBatch

DAY_MINUTES = 24 * 60


@track()
class Interaction(Record):
    """One contact with a customer.

    `occurred_on` is the day of `occurred_at` in the organisation's time zone: days are counted
    by it. `source_key` says which mail, calendar entry or line of a file it came from, so that
    the same one does not come twice.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="interactions", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=11, choices=InteractionKind)
    direction = models.CharField(
        _("direction"), max_length=8, choices=Direction, default=Direction.TWO_WAY
    )
    occurred_at = models.DateTimeField(_("when"))
    occurred_on = models.DateField(_("day"), editable=False)
    minutes = models.PositiveSmallIntegerField(_("duration, minutes"), null=True, blank=True)
    place = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("store or place"),
    )
    summary = models.CharField(_("in one line"), max_length=300)
    text = models.TextField(_("what was said"), max_length=20_000, blank=True)
    is_confidential = models.BooleanField(
        _("confidential"),
        default=False,
        help_text=_("Only the account's team and you can read it."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="interactions",
        verbose_name=_("logged by"),
    )
    source = models.CharField(
        _("source"),
        max_length=8,
        choices=InteractionSource,
        default=InteractionSource.TYPED,
        editable=False,
    )
    source_key = models.CharField(max_length=255, blank=True, editable=False)
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = InteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(summary=""),
                name="interaction_says_what",
                violation_error_message=_("Say in one line what it was about."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=InteractionKind.values),
                name="interaction_kind_known",
                violation_error_message=_("There is no such kind of contact."),
            ),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="interaction_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=InteractionSource.values), name="interaction_source_known"
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__range=(1, DAY_MINUTES)),
                name="interaction_minutes_of_a_day",
                violation_error_message=_("A contact lasts 1 minute to 24 hours."),
            ),
            models.UniqueConstraint(
                fields=["source", "source_key"],
                condition=~Q(source_key=""),
                name="interaction_once_per_source",
                violation_error_message=_("This contact is in the log already."),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-occurred_at", "-id"], name="interaction_of_account"),
            models.Index(fields=["author", "-occurred_at", "-id"], name="interaction_of_author"),
            models.Index(fields=["-occurred_at", "-id"], name="interaction_latest"),
            models.Index(fields=["updated_at", "id"], name="interaction_updated"),
            models.Index(
                fields=["account", "occurred_on"],
                name="interaction_two_way",
                condition=Q(direction=Direction.TWO_WAY),
            ),
        ]
        triggers = triggers.INTERACTION

    def __str__(self) -> str:
        return self.summary

    def get_absolute_url(self) -> str:
        return reverse("interactions:interaction-detail", args=[self.pk])


@track()
class Participant(models.Model):
    """Somebody of theirs who took part, by the place held on that day; how they sounded."""

    interaction = models.ForeignKey(
        Interaction, models.CASCADE, related_name="participants", verbose_name=_("contact")
    )
    position = models.ForeignKey(
        Position, models.PROTECT, related_name="participations", verbose_name=_("person")
    )
    sentiment = models.SmallIntegerField(
        _("how they sounded"), choices=Sentiment, null=True, blank=True
    )

    objects = OfInteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant of theirs")
        verbose_name_plural = _("participants of theirs")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "position"],
                name="participant_once",
                violation_error_message=_("This person is on the list already."),
            ),
            models.CheckConstraint(
                condition=Q(sentiment__isnull=True) | Q(sentiment__range=(-2, 2)),
                name="participant_sentiment_on_scale",
                violation_error_message=_("Sentiment is −2 to +2."),
            ),
        ]
        indexes = [models.Index(fields=["position", "interaction"], name="participant_of_place")]
        triggers = triggers.PARTICIPANT

    def __str__(self) -> str:
        return f"{self.interaction_id}: {self.position_id}"


@track()
class Colleague(models.Model):
    """Somebody of ours who took part; the author is not one unless listed."""

    interaction = models.ForeignKey(
        Interaction, models.CASCADE, related_name="colleagues", verbose_name=_("contact")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="participations",
        verbose_name=_("colleague"),
    )

    objects = OfInteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant of ours")
        verbose_name_plural = _("participants of ours")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "user"],
                name="colleague_once",
                violation_error_message=_("This colleague is on the list already."),
            )
        ]
        indexes = [models.Index(fields=["user", "interaction"], name="colleague_of_user")]

    def __str__(self) -> str:
        return f"{self.interaction_id}: {self.user_id}"


@track()
class Note(Record):
    """One thing heard in a contact, by its kind, and what it became."""

    interaction = models.ForeignKey(
        Interaction, models.CASCADE, related_name="notes", verbose_name=_("contact")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=NoteKind)
    text = models.CharField(_("note"), max_length=1000)
    position = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("said by"),
    )
    task = models.ForeignKey(Task, models.SET_NULL, null=True, editable=False, related_name="notes")
    promise = models.ForeignKey(
        Promise, models.SET_NULL, null=True, editable=False, related_name="notes"
    )
    move = models.ForeignKey(
        CompetitorMove, models.SET_NULL, null=True, editable=False, related_name="notes"
    )
    price = models.ForeignKey(
        CompetitorPrice, models.SET_NULL, null=True, editable=False, related_name="notes"
    )

    objects = OfInteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("note of a contact")
        verbose_name_plural = _("notes of contacts")
        ordering = ["interaction_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="interaction_note_says_what",
                violation_error_message=_("Say what was heard."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=NoteKind.values),
                name="interaction_note_kind_known",
                violation_error_message=_("There is no such kind of note."),
            ),
        ]
        indexes = [models.Index(fields=["kind", "interaction"], name="interaction_note_kind")]
        triggers = triggers.NOTE

    def __str__(self) -> str:
        return self.text

    @property
    def became(self) -> list[models.Model]:
        """What grew out of it; read it along, or each costs a query."""
        own = (getattr(self, "need", None), self.promise, self.move, self.price, self.task)
        return [one for one in (*own, *self.concerns.all()) if one is not None]


@track()
class Attachment(Record):
    """A file kept with a contact: told by its content, answered as a download alone."""

    interaction = models.ForeignKey(
        Interaction, models.CASCADE, related_name="attachments", verbose_name=_("contact")
    )
    file = models.FileField(_("file"), upload_to="contacts/")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveIntegerField(_("size, bytes"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )

    objects = OfInteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a contact")
        verbose_name_plural = _("files of contacts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "sha256"],
                name="attachment_once",
                violation_error_message=_("This file is kept with the contact already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="attachment_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Correction(models.Model):
    """A contact that was put right after its time of editing: what it said, why, by whom."""

    interaction = models.ForeignKey(
        Interaction, models.CASCADE, related_name="corrections", verbose_name=_("contact")
    )
    before = models.JSONField(_("before"))
    why = models.CharField(_("why"), max_length=500)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = OfInteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction of a contact")
        verbose_name_plural = _("corrections of contacts")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(why=""),
                name="correction_says_why",
                violation_error_message=_("Say why it is put right."),
            )
        ]
        triggers = triggers.CORRECTION

    def __str__(self) -> str:
        return f"{self.interaction_id}: {self.why}"


class Draft(models.Model):
    """What somebody is typing and has not logged yet; one for each form that is open."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="contact_drafts"
    )
    key = models.CharField(max_length=64)
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    content = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a contact")
        verbose_name_plural = _("drafts of contacts")
        ordering = ["-updated_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_once")]

    def __str__(self) -> str:
        return self.key


@track()
class LogSettings(Record):
    """How the log is kept in this organisation: one row; without it the defaults hold."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    edit_hours = models.PositiveSmallIntegerField(
        _("editable for … hours"),
        default=24,
        help_text=_("The author may change a contact so long; later it is corrected."),
    )

    class Meta:
        verbose_name = _("settings of the contact log")
        verbose_name_plural = _("settings of the contact log")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="log_settings_one_row"),
            models.CheckConstraint(
                condition=Q(edit_hours__range=(1, 720)),
                name="log_settings_hours",
                violation_error_message=_("1 hour to 30 days."),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
