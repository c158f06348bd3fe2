"""What we could win at accounts: opportunities, and the stages they went through."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.analytics.pipeline import CLOSED, OPEN
from accounts.choices import LostReason, OpportunityKind, OpportunityOrigin, OpportunityStage
from accounts.models import wallet_triggers as triggers
from accounts.models.accounts import Account
from accounts.models.shared import any_category
from accounts.querysets import OpportunityQuerySet
from kam.core.models import Currency, Record
from kam.core.tracking import track


@track()
class Opportunity(Record):
    """Business that an account could give us: worth so much a year, with this probability."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="opportunities", verbose_name=_("account")
    )
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=11, choices=OpportunityKind)
    origin = models.CharField(
        _("comes from"), max_length=6, choices=OpportunityOrigin, default=OpportunityOrigin.NEED
    )
    need = models.TextField(_("need"), max_length=2000, blank=True)
    category = any_category()
    value = models.DecimalField(_("value a year"), max_digits=18, decimal_places=4)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    margin = models.DecimalField(
        _("margin, percent"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    stage = models.CharField(
        _("stage"),
        max_length=10,
        choices=OpportunityStage,
        default=OpportunityStage.IDENTIFIED,
    )
    probability = models.PositiveSmallIntegerField(_("probability, percent"))
    lost_reason = models.CharField(
        _("why it was lost"), max_length=10, choices=LostReason, blank=True
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    expected_close = models.DateField(_("expected close"))
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    next_step_on = models.DateField(_("next step by"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="opportunities",
        verbose_name=_("owner"),
    )

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        ordering = ["expected_close", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="opportunity_has_a_title",
                violation_error_message=_("An opportunity has a title."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OpportunityKind.values), name="opportunity_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=OpportunityOrigin.values), name="opportunity_origin_known"
            ),
            models.CheckConstraint(
                condition=Q(origin=OpportunityOrigin.NEED) | Q(category__isnull=False),
                name="opportunity_category_of_its_origin",
                violation_error_message=_("Whitespace and lapses are of a category: say which."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="opportunity_value_not_negative",
                violation_error_message=_("A value is zero or more."),
            ),
            models.CheckConstraint(
                condition=Q(margin__isnull=True) | Q(margin__gte=-100, margin__lte=100),
                name="opportunity_margin_in_range",
                violation_error_message=_("A margin is −100 to 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(stage__in=OPEN, probability__lte=100)
                | Q(stage=OpportunityStage.WON, probability=100)
                | Q(stage=OpportunityStage.LOST, probability=0),
                name="opportunity_probability_of_its_stage",
                violation_error_message=_(
                    "A probability is 0 to 100 percent; won is 100, lost is 0."
                ),
            ),
            models.CheckConstraint(
                condition=Q(stage__in=OPEN, closed_on__isnull=True)
                | Q(stage__in=CLOSED, closed_on__isnull=False),
                name="opportunity_closed_says_when",
                violation_error_message=_("What is won or lost has a day, what is open has none."),
            ),
            models.CheckConstraint(
                condition=Q(stage=OpportunityStage.LOST, lost_reason__in=LostReason.values)
                | Q(~Q(stage=OpportunityStage.LOST), lost_reason=""),
                name="opportunity_lost_says_why",
                violation_error_message=_("Say why it was lost."),
            ),
            models.CheckConstraint(
                condition=Q(next_step_on__isnull=True) | ~Q(next_step=""),
                name="opportunity_next_step_named",
                violation_error_message=_("A day alone is no next step: say what is to be done."),
            ),
        ]
        indexes = [
            models.Index(fields=["stage", "expected_close"], name="opportunity_by_close"),
            models.Index(fields=["updated_at", "id"], name="opportunity_updated"),
        ]
        triggers = triggers.OPPORTUNITY

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it is neither won nor lost."""
        return self.stage in OPEN

    @property
    def chance(self) -> Decimal:
        """The probability as a fraction."""
        return Decimal(self.probability) / 100

    def get_absolute_url(self) -> str:
        return reverse("accounts:opportunity-detail", args=[self.pk])


class OpportunityStageChange(models.Model):
    """A step of an opportunity between stages: who, when, why. Append-only."""

    opportunity = models.ForeignKey(
        Opportunity, models.CASCADE, related_name="changes", verbose_name=_("opportunity")
    )
    from_stage = models.CharField(_("from"), max_length=10, choices=OpportunityStage, blank=True)
    to_stage = models.CharField(_("to"), max_length=10, choices=OpportunityStage)
    probability = models.PositiveSmallIntegerField(_("probability, percent"))
    note = models.TextField(_("note"), max_length=2000, blank=True)
    changed_on = models.DateField(_("day"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("stage change")
        verbose_name_plural = _("stage changes")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_stage__in=OpportunityStage.values)
                & Q(from_stage__in=["", *OpportunityStage.values]),
                name="opportunity_stage_change_known",
            )
        ]
        triggers = triggers.STAGE_CHANGE

    def __str__(self) -> str:
        return f"{self.opportunity_id}: {self.from_stage} → {self.to_stage}"

    @property
    def chance(self) -> Decimal:
        """The probability as a fraction."""
        return Decimal(self.probability) / 100
