"""Whom we meet at accounts, what they do there, and what is known of markets."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Channel, CompetitorMoveKind, MarketMeasure, WalletConfidence
from accounts.models.accounts import Account
from accounts.models.shared import any_category, half_open_period, period_not_empty
from accounts.querysets import AccountScopedQuerySet, CompanyWideQuerySet, OpenOrScopedQuerySet
from kam.core.models import Currency, Record
from kam.core.tracking import track

_COUNTRY = r"^[A-Z]{2}$"
_PAGE = Q(link="") | Q(link__iregex=r"^https?://")
_PAGE_WORDS = _("A link begins with http:// or https://.")
_AUTHOR = settings.AUTH_USER_MODEL


@track()
class Competitor(Record):
    """Another supplier whom our accounts buy from; a merged duplicate says into whom."""

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False, db_index=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    note = models.TextField(_("note"), max_length=4000, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("merged into"),
    )

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")
        ordering = ["name_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="competitor_has_a_name",
                violation_error_message=_("A competitor needs a name."),
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=_COUNTRY),
                name="competitor_country_code",
                violation_error_message=_("A country is a code of two letters."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="competitor_not_merged_into_itself",
            ),
            models.UniqueConstraint(
                fields=["name_key", "country"],
                condition=Q(merged_into__isnull=True),
                name="competitor_name_once_a_country",
                violation_error_message=_("There is a competitor with this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:competitor-detail", args=[self.pk])


@track()
class CompetitorPresence(Record):
    """A competitor at an account in a half-open period, in a category (none: all of them).

    `share` is what part of the account's purchases it is thought to have; an estimate says its
    source, day and confidence.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="competitor_presences", verbose_name=_("account")
    )
    competitor = models.ForeignKey(
        Competitor, models.PROTECT, related_name="presences", verbose_name=_("competitor")
    )
    category = any_category()
    valid = half_open_period()
    share = models.DecimalField(
        _("estimated share"), max_digits=5, decimal_places=4, null=True, blank=True
    )
    share_source = models.CharField(_("source"), max_length=300, blank=True)
    share_on = models.DateField(_("estimated on"), null=True, blank=True)
    confidence = models.PositiveSmallIntegerField(
        _("confidence"), choices=WalletConfidence, null=True, blank=True
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence of a competitor")
        verbose_name_plural = _("presences of competitors")
        ordering = ["account_id", "competitor_id", "pk"]
        constraints = [
            ExclusionConstraint(
                name="competitor_presence_once_at_a_date",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("competitor", RangeOperators.EQUAL),
                    (Coalesce("category_id", 0), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "This competitor is noted in the category already in this period."
                ),
            ),
            period_not_empty("competitor_presence_period_not_empty"),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=0, share__lte=1),
                name="competitor_presence_share_in_range",
                violation_error_message=_("A share is 0 to 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(
                    share__isnull=True,
                    share_source="",
                    share_on__isnull=True,
                    confidence__isnull=True,
                )
                | Q(
                    Q(
                        share__isnull=False,
                        share_on__isnull=False,
                        confidence__isnull=False,
                        confidence__in=WalletConfidence.values,
                    ),
                    ~Q(share_source=""),
                ),
                name="competitor_presence_estimate_says_whence",
                violation_error_message=_("An estimate says its source, day and confidence."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competitor_id} @ {self.account_id}"


@track()
class CompetitorPrice(Record):
    """A price or terms of a competitor that somebody saw: for what, when and where."""

    competitor = models.ForeignKey(
        Competitor, models.PROTECT, related_name="prices", verbose_name=_("competitor")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="competitor_prices", verbose_name=_("account")
    )
    category = any_category()
    product = models.CharField(_("product"), max_length=200, blank=True)
    price = models.DecimalField(_("price"), max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("currency"),
    )
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    terms = models.CharField(_("terms"), max_length=500, blank=True)
    seen_on = models.DateField(_("seen on"))
    seen_where = models.CharField(_("where"), max_length=200)
    author = models.ForeignKey(
        _AUTHOR, models.PROTECT, related_name="+", verbose_name=_("noted by")
    )

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("price seen")
        verbose_name_plural = _("prices seen")
        ordering = ["-seen_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(price__isnull=False) | ~Q(terms=""),
                name="competitor_price_says_something",
                violation_error_message=_("Give a price, or terms, or both."),
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True, currency__isnull=True)
                | Q(Q(price__isnull=False, price__gt=0, currency__isnull=False), ~Q(unit="")),
                name="competitor_price_has_currency_and_unit",
                violation_error_message=_("A price is above zero, with its currency and unit."),
            ),
            models.CheckConstraint(
                condition=~Q(product="") | Q(category__isnull=False),
                name="competitor_price_of_something",
                violation_error_message=_("Say of which product or category."),
            ),
            models.CheckConstraint(
                condition=~Q(seen_where=""),
                name="competitor_price_seen_somewhere",
                violation_error_message=_("Say where it was seen."),
            ),
        ]
        indexes = [models.Index(fields=["account", "-seen_on"], name="competitor_price_at")]

    def __str__(self) -> str:
        return f"{self.competitor_id} {self.product} {self.seen_on}"


@track()
class CompetitorMove(Record):
    """What a competitor did: at one account, or in the market as a whole (no account)."""

    competitor = models.ForeignKey(
        Competitor, models.PROTECT, related_name="moves", verbose_name=_("competitor")
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="competitor_moves",
        verbose_name=_("account"),
    )
    category = any_category()
    kind = models.CharField(_("kind"), max_length=10, choices=CompetitorMoveKind)
    happened_on = models.DateField(_("date"))
    text = models.TextField(_("what happened"), max_length=2000)
    source = models.CharField(_("source"), max_length=300)
    link = models.URLField(_("link"), max_length=500, blank=True)
    author = models.ForeignKey(
        _AUTHOR, models.PROTECT, related_name="+", verbose_name=_("noted by")
    )

    objects = OpenOrScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("move of a competitor")
        verbose_name_plural = _("moves of competitors")
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CompetitorMoveKind.values), name="competitor_move_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(source=""),
                name="competitor_move_says_what_and_whence",
                violation_error_message=_("Say what happened and how we know."),
            ),
            models.CheckConstraint(
                condition=_PAGE,
                name="competitor_move_link_is_a_page",
                violation_error_message=_PAGE_WORDS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competitor_id} {self.kind} {self.happened_on}"


@track()
class MarketFact(Record):
    """A figure or trend of a country's market in a category and channel (none: over all)."""

    country = models.CharField(_("country"), max_length=2)
    category = any_category()
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, blank=True)
    measure = models.CharField(_("what"), max_length=11, choices=MarketMeasure)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    text = models.TextField(_("in words"), max_length=1000, blank=True)
    period = DateRangeField(_("period"))
    source = models.CharField(_("source"), max_length=300)
    link = models.URLField(_("link"), max_length=500, blank=True)
    noted_on = models.DateField(_("date of the source"))
    confidence = models.PositiveSmallIntegerField(_("confidence"), choices=WalletConfidence)
    author = models.ForeignKey(
        _AUTHOR, models.PROTECT, related_name="+", verbose_name=_("noted by")
    )

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("market fact")
        verbose_name_plural = _("market facts")
        ordering = ["-noted_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(country__regex=_COUNTRY),
                name="market_fact_country_code",
                violation_error_message=_("A country is a code of two letters."),
            ),
            models.CheckConstraint(
                condition=Q(measure__in=MarketMeasure.values), name="market_fact_measure_known"
            ),
            models.CheckConstraint(
                condition=Q(channel="") | Q(channel__in=Channel.values),
                name="market_fact_channel_known",
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=WalletConfidence.values),
                name="market_fact_confidence_known",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | Q(Q(measure=MarketMeasure.TREND), ~Q(text="")),
                name="market_fact_says_something",
                violation_error_message=_("Give a value; a trend may be told in words instead."),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | ~Q(unit=""),
                name="market_fact_value_has_a_unit",
                violation_error_message=_("A value has a unit."),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True)
                | ~Q(measure__in=[MarketMeasure.SIZE, MarketMeasure.PRICE_LEVEL])
                | Q(value__gte=0),
                name="market_fact_size_not_negative",
                violation_error_message=_("A size or price level is zero or more."),
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False)
                & Q(period__lower_inf=False)
                & Q(period__upper_inf=False),
                name="market_fact_period_known",
                violation_error_message=_("A period begins and ends on days that are known."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="market_fact_has_a_source",
                violation_error_message=_("Say where the figure is from."),
            ),
            models.CheckConstraint(
                condition=_PAGE,
                name="market_fact_link_is_a_page",
                violation_error_message=_PAGE_WORDS,
            ),
        ]
        indexes = [models.Index(fields=["country", "measure", "-noted_on"], name="market_fact_of")]

    def __str__(self) -> str:
        return f"{self.country} {self.measure} {self.noted_on}"
