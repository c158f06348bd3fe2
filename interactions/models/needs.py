"""The needs register: what an account needs, wants to solve or to reach, and our answer."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Opportunity, Position, ProgrammeItem, Task
from interactions.choices import NeedAnswer, NeedImportance, NeedKind
from interactions.models import triggers
from interactions.models.log import Note
from interactions.models.search_triggers import NEED as SEARCHED
from interactions.querysets import NeedQuerySet
from kam.core.models import Record
from kam.core.tracking import track


@track()
class Need(Record):
    """A need, challenge or goal of an account: who voiced it, how much it matters, our answer.

    The answer is what we do for it: an element of the programme, an opportunity, a follow-up, or
    words alone. Nothing of these: it is unanswered. When what answers it goes, it is again.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="needs", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=NeedKind, default=NeedKind.NEED)
    text = models.CharField(_("what they need"), max_length=1000)
    voiced_by = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=_("voiced by"),
    )
    importance = models.PositiveSmallIntegerField(
        _("importance"), choices=NeedImportance, default=NeedImportance.MEDIUM
    )
    voiced_on = models.DateField(_("voiced on"))
    last_confirmed_on = models.DateField(_("last confirmed"))
    note = models.OneToOneField(
        Note, models.SET_NULL, null=True, editable=False, related_name="need"
    )
    programme_item = models.ForeignKey(
        ProgrammeItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=_("programme"),
    )
    opportunity = models.ForeignKey(
        Opportunity,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=_("opportunity"),
    )
    task = models.ForeignKey(
        Task,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=_("follow-up"),
    )
    answer_words = models.CharField(_("our answer in words"), max_length=1000, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_why = models.CharField(_("why it was closed"), max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("noted by")
    )

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["-importance", "last_confirmed_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="need_says_what",
                violation_error_message=_("Say what they need."),
            ),
            models.CheckConstraint(condition=Q(kind__in=NeedKind.values), name="need_kind_known"),
            models.CheckConstraint(
                condition=Q(importance__range=(1, 5)),
                name="need_importance_on_scale",
                violation_error_message=_("Importance is 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(last_confirmed_on__gte=F("voiced_on")),
                name="need_confirmed_after_it_was_voiced",
                violation_error_message=_("It is confirmed on or after the day it was voiced."),
            ),
            models.CheckConstraint(
                condition=Q(programme_item__isnull=True, opportunity__isnull=True)
                | Q(programme_item__isnull=True, task__isnull=True)
                | Q(opportunity__isnull=True, task__isnull=True),
                name="need_one_answer",
                violation_error_message=_("One answer at a time."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_why="")
                | Q(Q(closed_on__isnull=False, closed_on__gte=F("voiced_on")), ~Q(closed_why="")),
                name="need_closed_says_why",
                violation_error_message=_("Say why it is closed, on a day after it was voiced."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "-importance", "last_confirmed_on"],
                name="need_open",
                condition=Q(closed_on__isnull=True),
            ),
            models.Index(fields=["updated_at", "id"], name="need_updated"),
        ]
        triggers = [*triggers.NEED, *SEARCHED.triggers()]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("interactions:need-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it still matters."""
        return self.closed_on is None

    @property
    def answer(self) -> str:
        """What our answer is, `NeedAnswer`."""
        if self.programme_item_id is not None:
            return NeedAnswer.PROGRAMME
        if self.opportunity_id is not None:
            return NeedAnswer.OPPORTUNITY
        if self.task_id is not None:
            return NeedAnswer.TASK
        return NeedAnswer.WORDS if self.answer_words else NeedAnswer.NONE

    def is_outdated(self, before: date) -> bool:
        """Tell whether nobody confirmed it since a day."""
        return self.is_open and self.last_confirmed_on < before
