"""What losing customers would do: scenarios with their assumptions, and results of runs.

An assumption with a range is an array of three: low, base and high *of the assumption*. Shares
are fractions of one. NULL: not known, which is not zero; the result then says what it left out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, ProductCategory
from kam.core.models import Currency, JobRun, Record
from kam.core.tracking import track
from plans.choices.loss import METHOD_LABELS, SECURITY_LABELS, LossKind, RateSubject
from plans.models import loss_triggers as triggers
from plans.models.plans import Plan
from plans.models.shared import user_key
from plans.querysets.loss import OfScenarioQuerySet, ScenarioQuerySet

LONGEST = 60
"""Months that a scenario looks ahead at most."""


def _range(label: Any, *, digits: int = 7, **options: Any) -> ArrayField:  # type: ignore[type-arg]
    inner: Any = models.DecimalField(max_digits=digits, decimal_places=4)
    return ArrayField(inner, verbose_name=label, size=3, **({"null": True} | options))


def _months(label: Any, **options: Any) -> Any:
    return models.PositiveSmallIntegerField(label, **options)


def _ascends(name: str, column: str, top: int | None = None) -> models.CheckConstraint:
    """Three values that ascend from zero or more, up to `top` where there is one."""
    low, base, high = (f"{column}__{place}" for place in range(3))
    rule = Q(**{f"{column}__len": 3, f"{low}__gte": 0})
    rule &= Q(**{f"{low}__lte": F(base), f"{base}__lte": F(high)})
    if top is not None:
        rule &= Q(**{f"{high}__lte": top})
    words = _("Low, base and high ascend, from 0 to 1.") if top else _("Low, base, high ascend.")
    return models.CheckConstraint(
        condition=Q(**{f"{column}__isnull": True}) | rule,
        name=name,
        violation_error_message=words,
    )


@track()
class LossScenario(Record):
    """Losing one or several customers from a day on, in one currency, on the ledger of `as_of`.

    Who is lost are the accounts of `accounts` with everything below them: one shock, not the sum
    of several. `run_off` is the share of their business that is gone in each month from the start
    on; the last value stays. `lost_share` says how much of it goes in the end (a partial loss),
    narrowed to a category or a region where given.
    """

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(
        _("what happens"), max_length=12, choices=LossKind, default=LossKind.DELISTING
    )
    accounts: models.ManyToManyField[Account, ScenarioAccount] = models.ManyToManyField(
        Account,
        through="ScenarioAccount",
        related_name="loss_scenarios",
        verbose_name=_("accounts"),
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    as_of = models.DateField(_("ledger as of"))
    starts_on = models.DateField(_("starts on"))
    notice_days = models.PositiveSmallIntegerField(
        _("notice, days"),
        null=True,
        blank=True,
        help_text=_("Business goes on for so long after the start. Empty: no notice."),
    )
    horizon_months = _months(
        _("months looked ahead"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
    )
    run_off = ArrayField(
        models.DecimalField(max_digits=5, decimal_places=4),
        verbose_name=_("gone by month"),
        default=list,
        help_text=_("The share that is gone in the first month, the second, and so on."),
    )
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    region = models.CharField(_("region"), max_length=100, blank=True)
    lost_share = _range(_("share lost"), null=False)
    contribution = _range(_("contribution rate"))
    avoidable = _range(_("avoidable cost to serve a month"), digits=20)
    avoidable_lag = _months(_("months until it is avoided"), default=0)
    recovery = _range(_("share won back"), null=False)
    default_probability = _range(_("probability that they do not pay"))
    extra_days = _range(_("days paid later"))
    stock_recoverable = _range(_("stock that can be sold elsewhere"))
    clawback_days = models.PositiveSmallIntegerField(
        _("claw-back, days"),
        default=0,
        help_text=_("Receipts of so many days before the start may have to be paid back."),
    )
    fixed_cost = models.DecimalField(
        _("fixed cost a month"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    cash_in_hand = models.DecimalField(
        _("cash in hand"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    note = models.TextField(_("note"), max_length=4000, blank=True)
    plan = models.ForeignKey(
        Plan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="loss_scenarios",
        verbose_name=_("plan"),
    )
    attached_at = models.DateTimeField(_("attached"), null=True, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)
    inputs = models.JSONField(
        _("where the defaults came from"), default=dict, encoder=DjangoJSONEncoder, editable=False
    )
    formula = models.PositiveSmallIntegerField(_("formula"), default=1, editable=False)
    author = user_key(_("author"), null=False, editable=False)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("loss scenario")
        verbose_name_plural = _("loss scenarios")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="loss_scenario_has_a_title",
                violation_error_message=_("A scenario has a title."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LossKind.values), name="loss_scenario_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(horizon_months__range=(1, LONGEST)),
                name="loss_scenario_horizon",
                violation_error_message=_("1 to 60 months."),
            ),
            models.CheckConstraint(
                condition=Q(run_off__0__gte=0) & Q(run_off__len__range=(1, LONGEST)),
                name="loss_scenario_run_off",
                violation_error_message=_("Say what is gone in the first month."),
            ),
            _ascends("loss_scenario_lost_share", "lost_share", 1),
            models.CheckConstraint(
                condition=Q(contribution__isnull=True)
                | Q(
                    contribution__len=3,
                    contribution__0__gte=-1,
                    contribution__0__lte=F("contribution__1"),
                    contribution__1__lte=F("contribution__2"),
                    contribution__2__lte=1,
                ),
                name="loss_scenario_contribution",
                violation_error_message=_("Low, base and high ascend, from −1 to 1."),
            ),
            _ascends("loss_scenario_avoidable", "avoidable"),
            _ascends("loss_scenario_recovery", "recovery", 1),
            _ascends("loss_scenario_default", "default_probability", 1),
            _ascends("loss_scenario_days", "extra_days"),
            _ascends("loss_scenario_stock", "stock_recoverable", 1),
            models.CheckConstraint(
                condition=Q(fixed_cost__isnull=True) | Q(fixed_cost__gt=0),
                name="loss_scenario_fixed_cost",
                violation_error_message=_("Above zero; empty where it is not known."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=LossKind.INSOLVENCY) | Q(default_probability__isnull=False),
                name="loss_scenario_insolvency_needs_a_probability",
                violation_error_message=_("Say how probable it is that they do not pay."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=LossKind.LONGER_TERMS) | Q(extra_days__isnull=False),
                name="loss_scenario_longer_terms_need_days",
                violation_error_message=_("Say how many days later they pay."),
            ),
            models.CheckConstraint(
                condition=Q(plan__isnull=True, attached_at__isnull=True)
                | Q(plan__isnull=False, attached_at__isnull=False),
                name="loss_scenario_attached_says_when",
            ),
        ]
        indexes = [models.Index(fields=["updated_at", "id"], name="loss_scenario_updated")]
        triggers = triggers.SCENARIO

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:loss-detail", args=[self.pk])

    @property
    def is_insolvency(self) -> bool:
        return self.kind == LossKind.INSOLVENCY

    @property
    def run_off_values(self) -> list[Decimal]:
        """The share gone in each month of the horizon."""
        curve: list[Decimal] = list(self.run_off)[: self.horizon_months]
        rest: list[Decimal] = curve[-1:] * (self.horizon_months - len(curve))
        return [*curve, *rest]


class ScenarioAccount(models.Model):
    """An account that is lost in a scenario, with everything below it."""

    scenario = models.ForeignKey(
        LossScenario, models.CASCADE, related_name="account_rows", verbose_name=_("scenario")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="scenario_rows", verbose_name=_("account")
    )

    objects = OfScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("account of a loss scenario")
        verbose_name_plural = _("accounts of loss scenarios")
        ordering = ["scenario_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "account"],
                name="loss_account_once",
                violation_error_message=_("The scenario has this account already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id}: {self.account_id}"


class LossRate(models.Model):
    """The share of a claim that is lost if they do not pay, by settlement method or security.

    Of a security: the share of the secured amount that is lost all the same.
    """

    scenario = models.ForeignKey(
        LossScenario, models.CASCADE, related_name="rates", verbose_name=_("scenario")
    )
    subject = models.CharField(_("about"), max_length=8, choices=RateSubject)
    key = models.CharField(_("which"), max_length=20)
    share = _range(_("share lost"), null=False)

    objects = OfScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("loss given default")
        verbose_name_plural = _("losses given default")
        ordering = ["scenario_id", "subject", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "subject", "key"],
                name="loss_rate_once",
                violation_error_message=_("The scenario has this share already."),
            ),
            models.CheckConstraint(
                condition=Q(subject=RateSubject.METHOD, key__in=list(METHOD_LABELS))
                | Q(subject=RateSubject.SECURITY, key__in=list(SECURITY_LABELS)),
                name="loss_rate_known",
            ),
            _ascends("loss_rate_share", "share", 1),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.share}"


class LossResult(models.Model):
    """What a run of a scenario came to: append-only, with the inputs that it was computed from.

    `result` is the document of `plans.selectors.loss.result`; amounts in the scenario's currency
    at the rates of `as_of`.
    """

    scenario = models.ForeignKey(
        LossScenario, models.CASCADE, related_name="results", verbose_name=_("scenario")
    )
    as_of = models.DateField(_("ledger as of"))
    computed_at = models.DateTimeField(_("computed"), auto_now_add=True)
    formula = models.PositiveSmallIntegerField(_("formula"), default=1)
    inputs = models.JSONField(_("inputs"), encoder=DjangoJSONEncoder)
    result = models.JSONField(_("result"), encoder=DjangoJSONEncoder)
    job = models.ForeignKey(
        JobRun, models.SET_NULL, null=True, related_name="+", verbose_name=_("job")
    )
    author = user_key(_("asked for by"))

    objects = OfScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of a loss scenario")
        verbose_name_plural = _("results of loss scenarios")
        ordering = ["scenario_id", "-pk"]
        get_latest_by = "pk"
        triggers = triggers.RESULT

    def __str__(self) -> str:
        return f"{self.scenario_id}: {self.as_of}"
