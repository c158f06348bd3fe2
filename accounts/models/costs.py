"""What it costs to serve customers: entries, rates of activities, volumes of them, pools."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import CostKind, SpreadRule
from accounts.models.accounts import Account
from accounts.models.pool_weights import marking
from accounts.querysets import AccountScopedQuerySet, CompanyWideQuerySet, SnapshotQuerySet
from kam.core.models import Currency, Record
from kam.core.tracking import track
from kam.imports.models import DataSource, ImportBatch


@track()
class CostEntry(Record):
    """One cost of serving an account, in document currency and in base currency, 4 decimals.

    A positive amount is a cost, a negative one a cost that came back. From a source it has a key,
    unique there: a re-sent line replaces. Without a source it was entered by hand. `base_amount`
    is null while the rate is missing.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="cost_entries", verbose_name=_("account")
    )
    kind = models.CharField(_("kind of cost"), max_length=12, choices=CostKind)
    booked_on = models.DateField(_("date"))
    amount = models.DecimalField(
        _("amount"),
        max_digits=18,
        decimal_places=4,
        help_text=_("A cost is positive; what comes back is negative."),
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10, null=True)
    base_amount = models.DecimalField(
        _("amount in base currency"), max_digits=20, decimal_places=4, null=True
    )
    note = models.CharField(_("what for"), max_length=300, blank=True)
    source = models.ForeignKey(
        DataSource, models.PROTECT, null=True, related_name="+", verbose_name=_("source")
    )
    source_key = models.CharField(_("key in the source"), max_length=200, blank=True)
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, related_name="+", verbose_name=_("import")
    )

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost entry")
        verbose_name_plural = _("cost entries")
        ordering = ["-booked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CostKind.values),
                name="cost_entry_kind_known",
                violation_error_message=_("There is no such kind of cost."),
            ),
            models.CheckConstraint(
                condition=~Q(amount=0),
                name="cost_entry_not_zero",
                violation_error_message=_("An amount of zero costs nothing: leave it out."),
            ),
            models.CheckConstraint(
                condition=Q(rate__isnull=True, base_amount__isnull=True)
                | Q(rate__isnull=False, rate__gt=0, base_amount__isnull=False),
                name="cost_entry_base_has_a_rate",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=True, source_key="", batch__isnull=True)
                | Q(source__isnull=False) & ~Q(source_key=""),
                name="cost_entry_of_a_source_has_a_key",
                violation_error_message=_("What comes from a source has a key there."),
            ),
            models.UniqueConstraint(
                fields=["source", "source_key"],
                condition=Q(source__isnull=False),
                name="cost_entry_unique_in_source",
                violation_error_message=_("The source has another entry with this key."),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "booked_on"], name="cost_entry_account_date"),
            models.Index(fields=["booked_on"], name="cost_entry_date"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.kind} {self.amount} {self.currency_id}"


@track()
class ActivityRate(Record):
    """What one unit of an activity costs, in base currency, in a half-open period.

    A month's volume is valued at the rate in force on the month's first day.
    """

    kind = models.CharField(_("kind of cost"), max_length=12, choices=CostKind)
    unit = models.CharField(
        _("unit"), max_length=40, help_text=_("What is counted: order, pallet, visit, hour.")
    )
    amount = models.DecimalField(_("cost of one unit"), max_digits=18, decimal_places=6)
    valid = DateRangeField(_("period"))
    note = models.CharField(_("what it rests on"), max_length=300, blank=True)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity rate")
        verbose_name_plural = _("activity rates")
        ordering = ["kind", "-valid", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CostKind.values),
                name="activity_rate_kind_known",
                violation_error_message=_("There is no such kind of cost."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="activity_rate_not_negative",
                violation_error_message=_("A rate is zero or more."),
            ),
            models.CheckConstraint(condition=~Q(unit=""), name="activity_rate_has_a_unit"),
            models.CheckConstraint(
                condition=Q(valid__isempty=False) & Q(valid__lower_inf=False),
                name="activity_rate_period_is_half_open",
                violation_error_message=_("A rate begins on a day and ends after it begins."),
            ),
            ExclusionConstraint(
                name="activity_rate_one_at_a_time",
                expressions=[("kind", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("Another rate of this kind holds on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.amount} / {self.unit}"


@track()
class ActivityDriver(Record):
    """How much of an activity an account caused in a month; with a rate it becomes a cost."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="activity_drivers", verbose_name=_("account")
    )
    kind = models.CharField(_("kind of cost"), max_length=12, choices=CostKind)
    month = models.DateField(_("month"))
    volume = models.DecimalField(_("volume"), max_digits=18, decimal_places=4)
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, related_name="+", verbose_name=_("import")
    )

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity volume")
        verbose_name_plural = _("activity volumes")
        ordering = ["-month", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CostKind.values),
                name="activity_driver_kind_known",
                violation_error_message=_("There is no such kind of cost."),
            ),
            models.CheckConstraint(
                condition=Q(volume__gte=0),
                name="activity_driver_not_negative",
                violation_error_message=_("A volume is zero or more."),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="activity_driver_month_is_a_first",
                violation_error_message=_("A month is given by its first day."),
            ),
            models.UniqueConstraint(
                fields=["account", "kind", "month"],
                name="activity_driver_once_a_month",
                violation_error_message=_("The account has a volume of this kind for the month."),
            ),
        ]
        indexes = [models.Index(fields=["month", "kind"], name="activity_driver_month_kind")]
        triggers = marking("activity_driver")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}: {self.volume}"


@track()
class CostPool(Record):
    """A month's cost of the whole company, in base currency, spread over accounts by a rule.

    It goes to the accounts that bought in the month and have no activity volume of its kind: where
    the volume is known, rate times volume says what serving cost. Nobody sees it without the
    whole company.
    """

    month = models.DateField(_("month"))
    kind = models.CharField(_("kind of cost"), max_length=12, choices=CostKind)
    name = models.CharField(
        _("name"), max_length=100, help_text=_("What is in it: warehouse, service desk.")
    )
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    rule = models.CharField(_("spread by"), max_length=8, choices=SpreadRule)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost pool")
        verbose_name_plural = _("cost pools")
        ordering = ["-month", "kind", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CostKind.values),
                name="cost_pool_kind_known",
                violation_error_message=_("There is no such kind of cost."),
            ),
            models.CheckConstraint(
                condition=Q(rule__in=SpreadRule.values),
                name="cost_pool_rule_known",
                violation_error_message=_("There is no such rule."),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="cost_pool_month_is_a_first",
                violation_error_message=_("A month is given by its first day."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="cost_pool_positive",
                violation_error_message=_("A pool is above zero."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="cost_pool_has_a_name"),
            models.UniqueConstraint(
                fields=["month", "kind", "name"],
                name="cost_pool_once_a_month",
                violation_error_message=_("The month has a pool of this kind and name already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.name}: {self.amount}"
