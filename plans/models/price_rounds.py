"""Rounds of price changes across accounts: why, what, from when, and where each account stands."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product, ProductCategory
from kam.core.models import Record
from kam.core.tracking import track
from plans.choices.negotiation import RoundAccountState, RoundReason, RoundState
from plans.models.plans import Plan
from plans.models.shared import user_key
from plans.querysets.beside import NegotiationQuerySet
from plans.querysets.plans import CompanyWideQuerySet


@track()
class PriceRound(Record):
    """A change of prices that many accounts are told of; everybody in sales may know of it."""

    title = models.CharField(_("title"), max_length=200)
    reason = models.CharField(_("reason"), max_length=9, choices=RoundReason)
    explanation = models.TextField(_("what accounts are told"), max_length=4000, blank=True)
    effective_on = models.DateField(_("from"))
    state = models.CharField(
        _("state"), max_length=9, choices=RoundState, default=RoundState.DRAFT, editable=False
    )
    owner = user_key(_("owner"), null=False, blank=False)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("price change round")
        verbose_name_plural = _("price change rounds")
        ordering = ["-effective_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="price_round_has_a_title",
                violation_error_message=_("A round has a title."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=RoundState.values) & Q(reason__in=RoundReason.values),
                name="price_round_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:round-detail", args=[self.pk])


@track()
class PriceRoundStep(Record):
    """By how many percent the prices of a product, or of a category, change."""

    round = models.ForeignKey(
        PriceRound, models.CASCADE, related_name="steps", verbose_name=_("round")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    percent = models.DecimalField(_("change, percent"), max_digits=6, decimal_places=2)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a price round")
        verbose_name_plural = _("steps of price rounds")
        ordering = ["round_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=True) ^ Q(category__isnull=True),
                name="price_round_step_of_one_thing",
                violation_error_message=_("Name a product or a category."),
            ),
            models.CheckConstraint(
                condition=Q(percent__gt=-100) & ~Q(percent=0),
                name="price_round_step_changes_something",
                violation_error_message=_("A change is above −100 percent and not zero."),
            ),
            models.UniqueConstraint(
                fields=["round", "product"],
                condition=Q(product__isnull=False),
                name="price_round_product_once",
                violation_error_message=_("The round names this already."),
            ),
            models.UniqueConstraint(
                fields=["round", "category"],
                condition=Q(category__isnull=False),
                name="price_round_category_once",
                violation_error_message=_("The round names this already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product or self.category} {self.percent}"


@track()
class PriceRoundAccount(Record):
    """How far a round is with an account; `notice_by` comes from the agreement in force."""

    round = models.ForeignKey(
        PriceRound, models.CASCADE, related_name="accounts", verbose_name=_("round")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="price_rounds", verbose_name=_("account")
    )
    plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("plan")
    )
    state = models.CharField(
        _("state"), max_length=11, choices=RoundAccountState, default=RoundAccountState.TO_TELL
    )
    notice_by = models.DateField(_("to be told by"), null=True, blank=True)
    told_on = models.DateField(_("told"), null=True, blank=True)
    effective_on = models.DateField(_("in force from"), null=True, blank=True)
    agreed_percent = models.DecimalField(
        _("agreed, percent"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    note = models.CharField(_("note"), max_length=1000, blank=True)

    objects = NegotiationQuerySet.as_manager()

    class Meta:
        verbose_name = _("account in a price round")
        verbose_name_plural = _("accounts in price rounds")
        ordering = ["round_id", F("notice_by").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "account"],
                name="price_round_account_once",
                violation_error_message=_("The account is in the round already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=RoundAccountState.values), name="price_round_account_known"
            ),
            models.CheckConstraint(
                condition=Q(state=RoundAccountState.TO_TELL) | Q(told_on__isnull=False),
                name="price_round_account_was_told",
                violation_error_message=_("Say when they were told."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: {self.account}"
