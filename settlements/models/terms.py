"""Agreements with customers and their versions: what was agreed, from when to when, by whom."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.models import Currency, Record, SellingCompany
from kam.core.tracking import track
from settlements.choices.terms import Bearer, Renewal, Subject, VersionState
from settlements.models import term_triggers as triggers
from settlements.querysets.terms import AgreementQuerySet, OfVersionQuerySet, VersionQuerySet

FIXED = (VersionState.ACTIVE, VersionState.SUPERSEDED, VersionState.TERMINATED)
"""States in which a version was approved: it never changes again."""


@track()
class TradingAgreement(Record):
    """An agreement between one of our companies and a node of a customer's tree.

    It holds for the account and everything below it that has no agreement of its own with the
    same company. What it says is in its versions.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="agreements", verbose_name=_("account")
    )
    selling_company = models.ForeignKey(
        SellingCompany,
        models.PROTECT,
        related_name="agreements",
        verbose_name=_("selling company"),
    )
    number = models.CharField(_("number"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    note = models.CharField(_("note"), max_length=1000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("made by"),
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["selling_company", "number"],
                name="agreement_number_once",
                violation_error_message=_("There is an agreement with this number already."),
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(name=""),
                name="agreement_has_number_and_name",
                violation_error_message=_("An agreement needs a number and a name."),
            ),
        ]
        triggers = triggers.AGREEMENT

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("settlements:agreement-detail", args=[self.pk])


@track()
class AgreementVersion(Record):
    """What an agreement says in a period; fixed from the moment that somebody else approved it.

    Approved versions of an agreement never cover the same day; what was computed from one names
    it. The last day of a version in force may come earlier (termination, the next version), its
    words and figures never change.
    """

    agreement = models.ForeignKey(
        TradingAgreement, models.PROTECT, related_name="versions", verbose_name=_("agreement")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=11, choices=VersionState, default=VersionState.DRAFT, editable=False
    )
    valid = DateRangeField(
        _("period"), help_text=_("From the first day up to, not including, the last date.")
    )
    renewal = models.CharField(_("renewal"), max_length=10, choices=Renewal, default=Renewal.ENDS)
    renewal_months = models.PositiveSmallIntegerField(
        _("goes on for months"), null=True, blank=True
    )
    notice_days = models.PositiveSmallIntegerField(
        _("notice, days"), null=True, blank=True, help_text=_("Days before the end.")
    )
    note = models.TextField(_("what else was agreed"), max_length=5000, blank=True)
    file = models.FileField(_("signed file"), upload_to="agreements/", blank=True)
    file_name = models.CharField(_("name of the file"), max_length=200, blank=True, editable=False)
    file_type = models.CharField(max_length=100, blank=True, editable=False)
    file_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    comparison = models.JSONField(_("comparison of methods"), null=True, blank=True, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("written by"),
    )
    writer_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        editable=False,
        help_text=_("Everybody who wrote in the draft: none of them approves it."),
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    decision_note = models.CharField(_("note on the decision"), max_length=500, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("ended by"),
    )
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    end_reason = models.CharField(_("why it ends"), max_length=500, blank=True, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of an agreement")
        verbose_name_plural = _("versions of agreements")
        ordering = ["agreement", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "version"],
                name="agreement_version_once",
                violation_error_message=_("There is such a version already."),
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(state__in=[VersionState.DRAFT, VersionState.IN_APPROVAL]),
                name="agreement_one_draft",
                violation_error_message=_("Another version is being worked on."),
            ),
            ExclusionConstraint(
                name="agreement_versions_in_force_apart",
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=FIXED),
                violation_error_message=_("Another approved version covers some of these days."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__startswith__isnull=False),
                name="agreement_version_period",
                violation_error_message=_("A version needs a first day, and ends after it."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=VersionState.values) & Q(renewal__in=Renewal.values),
                name="agreement_version_choices_known",
            ),
            models.CheckConstraint(
                condition=~Q(renewal=Renewal.SILENT)
                | Q(renewal_months__gt=0, valid__endswith__isnull=False),
                name="agreement_silent_renewal_says_how_long",
                violation_error_message=_(
                    "A version that goes on by itself needs a last day and a number of months."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[VersionState.DRAFT, VersionState.IN_APPROVAL])
                | (
                    Q(
                        submitted_by__isnull=False,
                        approved_by__isnull=False,
                        approved_at__isnull=False,
                    )
                    & ~Q(approved_by=F("submitted_by"))
                ),
                name="agreement_approved_by_another",
                violation_error_message=_("Somebody else approves what one submits."),
            ),
        ]
        indexes = [models.Index(fields=["state", "agreement"], name="agreement_version_state")]
        triggers = triggers.VERSION

    def __str__(self) -> str:
        return _("%(agreement)s, version %(version)s") % {
            "agreement": self.agreement.number,
            "version": self.version,
        }

    def get_absolute_url(self) -> str:
        return reverse("settlements:agreement-version", args=[self.agreement_id, self.version])

    @property
    def is_editable(self) -> bool:
        return self.state == VersionState.DRAFT

    @property
    def notice_by(self) -> date | None:
        """The last day on which notice can be given; None: no end or no notice agreed."""
        if self.valid.upper is None or self.notice_days is None:
            return None
        last: date = self.valid.upper - timedelta(days=self.notice_days + 1)
        return last

    def covers(self, day: date) -> bool:
        """Whether the version is in force on the day."""
        return self.state in FIXED and day in self.valid


@track()
class Responsibility(Record):
    """Who bears one thing under a version; what is not named was not agreed."""

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="responsibilities")
    subject = models.CharField(_("what"), max_length=10, choices=Subject)
    bearer = models.CharField(_("who bears it"), max_length=8, choices=Bearer)
    our_share = models.DecimalField(
        _("our share, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = OfVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        ordering = ["version", "subject"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "subject"],
                name="responsibility_once",
                violation_error_message=_("Who bears this is said already."),
            ),
            models.CheckConstraint(
                condition=Q(subject__in=Subject.values, bearer__in=Bearer.values),
                name="responsibility_choices_known",
            ),
            models.CheckConstraint(
                condition=Q(bearer=Bearer.SHARED, our_share__gt=0, our_share__lt=100)
                | (~Q(bearer=Bearer.SHARED) & Q(our_share__isnull=True)),
                name="responsibility_shared_says_how",
                violation_error_message=_("Say our share where both share it, and only there."),
            ),
        ]
        triggers = triggers.part("responsibility_of_a_draft")

    def __str__(self) -> str:
        return f"{self.get_subject_display()}: {self.get_bearer_display()}"
