"""What an account gets from us beyond the goods, and what of it keeps it with us."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import RatingBasis
from accounts.models.accounts import Account
from accounts.models.shared import half_open_period, period_not_empty
from accounts.querysets import AccountScopedQuerySet, CompanyWideQuerySet
from kam.core.models import Currency, Record
from kam.core.tracking import track

SWITCHING_SCALE = (0, 5)
_AMOUNTS = ("cost", "saving", "worth")


@track()
class ProgrammeElement(Record):
    """Something that accounts can get: one line of the catalogue."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    what = models.TextField(_("what it is"), max_length=1000, blank=True)
    is_price = models.BooleanField(
        _("price only"),
        default=False,
        help_text=_("A discount or rebate: any competitor can match it."),
    )
    is_active = models.BooleanField(_("offered"), default=True)
    place = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme element")
        verbose_name_plural = _("programme elements")
        ordering = ["place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(code=""),
                name="programme_element_has_a_name",
                violation_error_message=_("An element has a name."),
            ),
            models.UniqueConstraint(
                fields=["name"],
                name="programme_element_name_once",
                violation_error_message=_("There is an element with this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name, in the reader's language where it is one of ours."""
        return gettext(self.name) if self.name else ""


@track()
class ProgrammeItem(Record):
    """An element that an account gets in a half-open period, by what it costs and is worth.

    Amounts are for a year, in `currency`. `worth` is the customer's own benefit; `switching` says
    how hard it would be for them to get it elsewhere (0 not at all, 5 very), with evidence.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="programme", verbose_name=_("account")
    )
    element = models.ForeignKey(
        ProgrammeElement, models.PROTECT, related_name="items", verbose_name=_("element")
    )
    valid = half_open_period()
    detail = models.CharField(_("what exactly"), max_length=500, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    cost = models.DecimalField(
        _("cost for us a year"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    saving = models.DecimalField(
        _("saving for us a year"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    worth = models.DecimalField(
        _("worth to them a year"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    worth_basis = models.CharField(
        _("basis"), max_length=10, choices=RatingBasis, default=RatingBasis.ASSUMED
    )
    worth_evidence = models.TextField(_("evidence of its worth"), max_length=2000, blank=True)
    switching = models.PositiveSmallIntegerField(_("switching cost"), null=True, blank=True)
    switching_evidence = models.TextField(
        _("evidence of the switching cost"), max_length=2000, blank=True
    )

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme of an account")
        verbose_name_plural = _("programmes of accounts")
        ordering = ["account_id", "element__place", "pk"]
        constraints = [
            ExclusionConstraint(
                name="programme_item_once_at_a_date",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("element", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The account gets this already in this period."),
            ),
            period_not_empty("programme_item_period_not_empty"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0}),
                    name=f"programme_item_{name}_not_negative",
                    violation_error_message=_("An amount is zero or more."),
                )
                for name in _AMOUNTS
            ),
            models.CheckConstraint(
                condition=Q(worth_basis=RatingBasis.ASSUMED)
                | Q(
                    Q(worth_basis=RatingBasis.CONFIRMED, worth__isnull=False),
                    ~Q(worth_evidence=""),
                ),
                name="programme_item_worth_confirmed_by_evidence",
                violation_error_message=_("What is confirmed needs evidence: say what shows it."),
            ),
            models.CheckConstraint(
                condition=Q(switching__isnull=True, switching_evidence="")
                | Q(
                    Q(
                        switching__isnull=False,
                        switching__gte=SWITCHING_SCALE[0],
                        switching__lte=SWITCHING_SCALE[1],
                    ),
                    ~Q(switching_evidence=""),
                ),
                name="programme_item_rating_has_evidence",
                violation_error_message=_("A switching cost is 0 to 5, with evidence."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.element_id}"
