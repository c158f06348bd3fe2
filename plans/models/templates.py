"""Which sections a plan of a tier has, and what it needs before it is approved."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record
from kam.core.tracking import track
from plans.choices.plan import SectionKind
from plans.querysets.plans import CompanyWideQuerySet


@track()
class PlanTemplate(Record):
    """What plans of the accounts of a tier look like.

    `tier_code` is a tier's code; empty: of any tier that has no template of its own.
    """

    name = models.CharField(_("name"), max_length=100)
    tier_code = models.SlugField(
        _("tier"), max_length=20, blank=True, help_text=_("Empty: any tier without its own.")
    )
    guide = models.TextField(_("how to write it"), max_length=2000, blank=True)
    needs_gain = models.BooleanField(
        _("needs a gain for the customer"),
        default=True,
        help_text=_("No approval before the gain for the customer is said in figures."),
    )
    loss_months = models.PositiveSmallIntegerField(
        _("loss scenario not older than … months"),
        null=True,
        blank=True,
        help_text=_("No approval without one as young as that; empty: none is needed."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan template")
        verbose_name_plural = _("plan templates")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="plan_template_has_a_name",
                violation_error_message=_("A template has a name."),
            ),
            models.UniqueConstraint(
                fields=["tier_code"],
                condition=Q(is_active=True),
                name="plan_template_once_a_tier",
                violation_error_message=_("There is a template for this tier already."),
            ),
            models.CheckConstraint(
                condition=Q(loss_months__isnull=True) | Q(loss_months__range=(1, 60)),
                name="plan_template_loss_months",
                violation_error_message=_("1 to 60 months."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:template-detail", args=[self.pk])

    @property
    def title(self) -> str:
        """The name, in the reader's language where it is one of ours."""
        return gettext(self.name)


@track()
class TemplateSection(Record):
    """A section that plans of a template have, and whether they cannot do without."""

    template = models.ForeignKey(
        PlanTemplate, models.CASCADE, related_name="sections", verbose_name=_("template")
    )
    kind = models.CharField(_("section"), max_length=12, choices=SectionKind)
    is_required = models.BooleanField(_("must be filled"), default=False)
    hint = models.CharField(_("what belongs here"), max_length=500, blank=True)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("section of a template")
        verbose_name_plural = _("sections of templates")
        ordering = ["template_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "kind"],
                name="template_section_once",
                violation_error_message=_("The template has this section already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SectionKind.values), name="template_section_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def words(self) -> str:
        """The hint, in the reader's language where it is one of ours."""
        return gettext(self.hint) if self.hint else ""
