"""Applications for credit: what is known of a customer, and what was decided."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.models import Currency, Record
from kam.core.tracking import track
from settlements.choices.credit import ApplicationFileKind, ApplicationState, ChecklistItem
from settlements.models import credit_triggers as triggers
from settlements.models.acting import user_key
from settlements.querysets.credit import ApplicationQuerySet, OfApplicationQuerySet

DECIDED = (ApplicationState.APPROVED, ApplicationState.REFUSED)


@track()
class CreditApplication(Record):
    """A request for credit with what supports it; somebody else decides on it."""

    party = models.ForeignKey(
        Account, models.PROTECT, related_name="credit_applications", verbose_name=_("account")
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    requested_limit = models.DecimalField(_("limit asked for"), max_digits=20, decimal_places=4)
    requested_days = models.PositiveSmallIntegerField(_("term asked for, days"))
    registered_name = models.CharField(_("registered name"), max_length=300, blank=True)
    registry_number = models.CharField(_("registry number"), max_length=60, blank=True)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=60, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=32, blank=True)
    registry_checked_on = models.DateField(_("registry looked at on"), null=True, blank=True)
    rating_agency = models.CharField(_("rating agency"), max_length=100, blank=True)
    rating_grade = models.CharField(_("its grade"), max_length=30, blank=True)
    rating_points = models.DecimalField(
        _("as points from 0 to 100"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    rated_on = models.DateField(_("rated on"), null=True, blank=True)
    rating_expires = models.DateField(_("rating holds until"), null=True, blank=True)
    references = models.TextField(_("references"), max_length=3000, blank=True)
    security = models.TextField(_("security offered"), max_length=3000, blank=True)
    note = models.TextField(_("note"), max_length=3000, blank=True)
    state = models.CharField(
        _("state"),
        max_length=9,
        choices=ApplicationState,
        default=ApplicationState.DRAFT,
        editable=False,
    )
    applicant = user_key(_("written by"), null=False)
    submitted_by = user_key(_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    checklist_score = models.DecimalField(
        _("checklist score"), max_digits=5, decimal_places=2, null=True, editable=False
    )
    checklist_confidence = models.DecimalField(
        _("share of the checklist answered"),
        max_digits=3,
        decimal_places=2,
        null=True,
        editable=False,
    )
    decided_by = user_key(_("decided by"))
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    granted_limit = models.DecimalField(
        _("limit granted"), max_digits=20, decimal_places=4, null=True, editable=False
    )
    granted_days = models.PositiveSmallIntegerField(
        _("term granted, days"), null=True, editable=False
    )
    review_on = models.DateField(_("review on"), null=True, editable=False)
    decision_note = models.CharField(_("note on the decision"), max_length=1000, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit application")
        verbose_name_plural = _("credit applications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "currency"],
                condition=Q(state__in=[ApplicationState.DRAFT, ApplicationState.SUBMITTED]),
                name="credit_application_one_open",
                violation_error_message=_("Another application of this account is not decided."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ApplicationState.values),
                name="credit_application_state_known",
            ),
            models.CheckConstraint(
                condition=Q(requested_limit__gte=0)
                & (Q(granted_limit__isnull=True) | Q(granted_limit__gte=0)),
                name="credit_application_not_below_zero",
                violation_error_message=_("A limit cannot be below zero. 0 means prepay only."),
            ),
            models.CheckConstraint(
                condition=Q(rating_points__isnull=True) | Q(rating_points__range=(0, 100)),
                name="credit_application_points",
                violation_error_message=_("Points lie between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(rating_points__isnull=True)
                | (Q(rated_on__isnull=False, rating_expires__gt=F("rated_on"))),
                name="credit_application_rating_dated",
                violation_error_message=_("Points of a rating need its day and when it ends."),
            ),
            models.CheckConstraint(
                condition=Q(state=ApplicationState.DRAFT)
                | Q(state=ApplicationState.WITHDRAWN)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="credit_application_submitted_says_who",
            ),
            models.CheckConstraint(
                condition=(~Q(state__in=DECIDED) & Q(decided_by__isnull=True))
                | (
                    Q(state__in=DECIDED, decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("applicant"))
                    & ~Q(decided_by=F("submitted_by"))
                ),
                name="credit_application_decided_by_another",
                violation_error_message=_("Somebody else decides on what one applies for."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.APPROVED)
                | Q(
                    granted_limit__isnull=False,
                    granted_days__isnull=False,
                    review_on__isnull=False,
                ),
                name="credit_application_approved_says_what",
                violation_error_message=_("Say the limit, the term and the day of review."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.REFUSED) | ~Q(decision_note=""),
                name="credit_application_refused_says_why",
                violation_error_message=_("Say why."),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-submitted_at"], name="credit_application_state"),
            models.Index(fields=["updated_at", "id"], name="credit_application_updated"),
        ]
        triggers = triggers.APPLICATION

    def __str__(self) -> str:
        return _("Application of %(account)s") % {"account": self.party.name}

    def get_absolute_url(self) -> str:
        return reverse("settlements:credit-application", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == ApplicationState.DRAFT


@track()
class FinancialStatement(Record):
    """Figures of a year of the applicant, as its statements say; what is not known is null."""

    application = models.ForeignKey(
        CreditApplication, models.CASCADE, related_name="statements", verbose_name=_("application")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    turnover = models.DecimalField(
        _("turnover"), max_digits=20, decimal_places=2, null=True, blank=True
    )
    equity = models.DecimalField(
        _("equity"), max_digits=20, decimal_places=2, null=True, blank=True
    )
    result = models.DecimalField(
        _("result"), max_digits=20, decimal_places=2, null=True, blank=True
    )

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("financial statement")
        verbose_name_plural = _("financial statements")
        ordering = ["application", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "year"],
                name="financial_statement_once_a_year",
                violation_error_message=_("There are figures of this year already."),
            ),
            models.CheckConstraint(
                condition=Q(year__range=(1950, 2199)),
                name="financial_statement_year",
                violation_error_message=_("A year lies between 1950 and 2199."),
            ),
            models.CheckConstraint(
                condition=Q(turnover__isnull=True) | Q(turnover__gte=0),
                name="financial_statement_turnover",
                violation_error_message=_("Turnover cannot be below zero."),
            ),
        ]
        triggers = triggers.part("financial_statement_of_a_draft")

    def __str__(self) -> str:
        return str(self.year)


@track()
class ChecklistAnswer(Record):
    """What one item of the checklist is worth; without points it was not answered."""

    application = models.ForeignKey(
        CreditApplication, models.CASCADE, related_name="answers", verbose_name=_("application")
    )
    item = models.CharField(_("what"), max_length=10, choices=ChecklistItem)
    points = models.PositiveSmallIntegerField(_("points"), null=True, blank=True)
    weight = models.DecimalField(
        _("weight"), max_digits=5, decimal_places=2, default=Decimal(1), editable=False
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer of a checklist")
        verbose_name_plural = _("answers of checklists")
        ordering = ["application", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "item"],
                name="checklist_answer_once",
                violation_error_message=_("This is answered already."),
            ),
            models.CheckConstraint(
                condition=Q(item__in=ChecklistItem.values), name="checklist_item_known"
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__range=(0, 5)),
                name="checklist_points",
                violation_error_message=_("Points lie between 0 and 5."),
            ),
            models.CheckConstraint(condition=Q(weight__gte=0), name="checklist_weight"),
        ]
        triggers = triggers.part("checklist_answer_of_a_draft")

    def __str__(self) -> str:
        return f"{self.get_item_display()}: {self.points}"


@track()
class ApplicationFile(Record):
    """A paper that supports an application: told by its content, answered as a download alone.

    Files can be added until the decision; from the submission on none is removed or changed.
    """

    application = models.ForeignKey(
        CreditApplication, models.CASCADE, related_name="files", verbose_name=_("application")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ApplicationFileKind)
    title = models.CharField(_("title"), max_length=200, blank=True)
    file = models.FileField(_("file"), upload_to="credit/", editable=False)
    name = models.CharField(_("name"), max_length=200, editable=False)
    content_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveIntegerField(_("size, bytes"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = user_key(_("uploaded by"), null=False)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a credit application")
        verbose_name_plural = _("files of credit applications")
        ordering = ["application", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "sha256"],
                name="application_file_once",
                violation_error_message=_("This file is kept with the application already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ApplicationFileKind.values),
                name="application_file_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(file="") & Q(size__gt=0),
                name="application_file_is_one",
                violation_error_message=_("The file is empty."),
            ),
        ]
        triggers = triggers.FILE

    def __str__(self) -> str:
        return self.title or self.name
