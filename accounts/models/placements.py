"""What was agreed to stand on the shelves, and how far each agreement is."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import PlacementKind, PlacementStage, ShelfLevel
from accounts.models import placement_triggers as triggers
from accounts.models.accounts import Account
from accounts.models.people import Person
from accounts.models.products import Product, ProductCategory
from accounts.models.shared import half_open_period
from accounts.querysets import OfPlacementQuerySet, PlacementQuerySet
from kam.core.models import Record
from kam.core.tracking import track
from kam.imports.models import ImportBatch


@track()
class Placement(Record):
    """A product or category that an account agreed to carry, show or promote in a period.

    Agreed at any node, it applies to every store below. `stage` and `stage_on` are the last row
    of its steps, kept by a trigger.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="placements", verbose_name=_("account")
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="placements",
        verbose_name=_("product"),
    )
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="placements",
        verbose_name=_("category"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=PlacementKind)
    quantity = models.PositiveSmallIntegerField(_("how many"), null=True, blank=True)
    shelf = models.CharField(_("shelf position"), max_length=6, choices=ShelfLevel, blank=True)
    valid = half_open_period()
    agreed_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="placements",
        verbose_name=_("agreed with"),
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    stage = models.PositiveSmallIntegerField(
        _("step"), choices=PlacementStage, default=PlacementStage.PROPOSED, editable=False
    )
    stage_on = models.DateField(_("step reached on"), null=True, editable=False)
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["-pk"]
        constraints = [
            ExclusionConstraint(
                name="placement_once_at_a_date",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    (Coalesce("product", 0), RangeOperators.EQUAL),
                    (Coalesce("category", 0), RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The same is agreed for a part of this period already."),
            ),
            models.CheckConstraint(
                condition=Q(product__isnull=True, category__isnull=False)
                | Q(product__isnull=False, category__isnull=True),
                name="placement_of_product_or_category",
                violation_error_message=_("Choose a product or a category, not both."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False) & Q(valid__lower_inf=False),
                name="placement_period_begins",
                violation_error_message=_("A placement begins on a day and ends after it."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PlacementKind.values),
                name="placement_kind_known",
                violation_error_message=_("There is no such kind of placement."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="facings") | Q(quantity__isnull=False, quantity__gte=1),
                name="placement_facings_say_how_many",
                violation_error_message=_("Say how many facings."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True)
                | Q(kind__in=["facings", "second_placement"], quantity__gte=1),
                name="placement_quantity_where_it_fits",
                violation_error_message=_("Only facings and second placements have a number."),
            ),
            models.CheckConstraint(
                condition=Q(kind="shelf_position", shelf__in=ShelfLevel.values)
                | (~Q(kind="shelf_position") & Q(shelf="")),
                name="placement_shelf_where_it_fits",
                violation_error_message=_("A shelf position says which shelf; others have none."),
            ),
            models.CheckConstraint(
                condition=Q(stage__in=PlacementStage.values), name="placement_stage_known"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "stage"], name="placement_account_stage"),
            models.Index(fields=["batch"], name="placement_batch"),
        ]
        triggers = triggers.PLACEMENT

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.item}"

    @property
    def item(self) -> str:
        """The product or category by name."""
        found = self.product or self.category
        return found.name if found is not None else ""

    def get_absolute_url(self) -> str:
        return reverse("accounts:placement-detail", args=[self.pk])


class PlacementStep(models.Model):
    """A step that a placement reached, or fell back to: when, who said so, on what evidence.

    Append-only; the database lets steps follow one another and refuses a return without evidence.
    """

    placement = models.ForeignKey(
        Placement, models.CASCADE, related_name="steps", verbose_name=_("placement")
    )
    stage = models.PositiveSmallIntegerField(_("step"), choices=PlacementStage)
    reached_on = models.DateField(_("reached on"))
    evidence = models.CharField(_("evidence"), max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("author"),
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = OfPlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement step")
        verbose_name_plural = _("placement steps")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=PlacementStage.values), name="placement_step_known"
            )
        ]
        indexes = [models.Index(F("placement"), F("id").desc(), name="placement_step_latest")]
        triggers = triggers.STEP

    def __str__(self) -> str:
        return f"{self.placement_id}: {self.get_stage_display()} {self.reached_on}"
