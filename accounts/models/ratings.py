"""What we think of people at accounts: dated records that nobody overwrites."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import LEVEL_KINDS, Function, RatingBasis, RatingKind
from accounts.models import people_triggers as triggers
from accounts.models.people import Position
from accounts.querysets import CompanyWideQuerySet, RatingQuerySet
from kam.core.models import Record
from kam.core.tracking import track
from kam.imports.models import ImportBatch


def default_functions() -> list[str]:
    """Return the functions that every account needs people in unless somebody chose others."""
    return [Function.MERCHANDISING, Function.OPERATIONS, Function.MARKETING]


class StakeholderRating(models.Model):
    """What a colleague thought of somebody at an account on a day.

    Append-only: the database refuses changes and deletions, and a rating of somebody who is not
    at the account on that day. A relationship level is that of one of us (`team_member`).
    """

    position = models.ForeignKey(
        Position, models.PROTECT, related_name="ratings", verbose_name=_("person")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="stakeholder_ratings",
        verbose_name=_("rated by"),
    )
    kind = models.CharField(_("kind"), max_length=14, choices=RatingKind)
    team_member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("whose relationship"),
    )
    value = models.SmallIntegerField(_("value"))
    rated_on = models.DateField(_("date"))
    basis = models.CharField(
        _("basis"), max_length=10, choices=RatingBasis, default=RatingBasis.ASSUMED
    )
    evidence = models.TextField(_("evidence"), max_length=2000, blank=True)
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-rated_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=RatingKind.INFLUENCE, value__range=(1, 5))
                | Q(kind=RatingKind.SUPPORT, value__range=(-2, 2))
                | Q(kind__in=LEVEL_KINDS, value__range=(0, 4)),
                name="rating_within_its_scale",
                violation_error_message=_("This value is not on the scale."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LEVEL_KINDS, team_member__isnull=False)
                | Q(~Q(kind__in=LEVEL_KINDS), team_member__isnull=True),
                name="rating_of_a_level_says_whose",
                violation_error_message=_("A relationship level is that of one of us: say whose."),
            ),
            models.CheckConstraint(
                condition=Q(basis=RatingBasis.ASSUMED)
                | Q(Q(basis=RatingBasis.CONFIRMED), ~Q(evidence="")),
                name="rating_confirmed_by_evidence",
                violation_error_message=_("What is confirmed needs evidence: say what shows it."),
            ),
        ]
        indexes = [
            models.Index(fields=["position", "kind", "-rated_on", "-id"], name="rating_latest")
        ]
        triggers = triggers.RATING

    def __str__(self) -> str:
        return f"{self.kind} {self.value}, {self.rated_on}"


@track()
class RelationshipSettings(Record):
    """How relationships are judged in this organisation: one row; without it the defaults hold."""

    required_functions = ArrayField(
        models.CharField(max_length=14, choices=Function),
        default=default_functions,
        blank=True,
        verbose_name=_("required functions"),
        help_text=_("In each of these every account needs somebody whom we know."),
    )
    has_blind_first_rating = models.BooleanField(
        _("first rating without seeing others"),
        default=True,
        help_text=_("Who has not rated somebody yet does not see how colleagues did."),
    )
    half_life_days = models.PositiveSmallIntegerField(
        _("half-life of a contact, days"),
        default=45,
        help_text=_("After so many days a contact counts half."),
    )
    window_days = models.PositiveSmallIntegerField(
        _("recent contact, days"),
        default=90,
        help_text=_("A function without contact for longer is a gap."),
    )
    strong_from = models.PositiveSmallIntegerField(
        _("strong from"),
        default=50,
        help_text=_("From this strength on somebody's influence counts as covered."),
    )

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("relationship settings")
        verbose_name_plural = _("relationship settings")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="relationship_settings_one_row"),
            models.CheckConstraint(
                condition=Q(required_functions__contained_by=Function.values),
                name="relationship_settings_functions_known",
                violation_error_message=_("There is no such function."),
            ),
            models.CheckConstraint(
                condition=Q(half_life_days__range=(1, 1000), window_days__range=(1, 1000)),
                name="relationship_settings_days",
                violation_error_message=_("Days are between 1 and 1,000."),
            ),
            models.CheckConstraint(
                condition=Q(strong_from__lte=100),
                name="relationship_settings_strength",
                violation_error_message=_("Strength is between 0 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
