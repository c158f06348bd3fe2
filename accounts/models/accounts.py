from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import AccountKind, AccountStatus, Channel
from accounts.models import triggers
from accounts.models.shared import half_open_period, period_not_empty
from accounts.querysets import AccountQuerySet
from kam.core.models import Currency, Record
from kam.core.tracking import track

# Kept by `accounts.services.tree` and by triggers; a history of them would repeat the links'.
DERIVED = ["current_parent", "current_group", "path", "current_lead", "lead_chain", "updated_at"]


@track(exclude=DERIVED)
class Account(Record):
    """A node of the customer tree: group, banner, legal entity, store or distribution centre.

    `current_*`, `path` and `lead_chain` are today's state, derived from the dated links and lead
    assignments; figures of the past read the dated rows.
    """

    name = models.CharField(_("name"), max_length=300)
    name_key = models.CharField(max_length=300, editable=False, db_index=True)
    kind = models.CharField(_("kind"), max_length=12, choices=AccountKind)
    status = models.CharField(
        _("status"), max_length=8, choices=AccountStatus, default=AccountStatus.ACTIVE
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    channel = models.CharField(_("sales channel"), max_length=14, choices=Channel, blank=True)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    insolvent_since = models.DateField(_("insolvent since"), null=True, blank=True)
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("currency"),
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("merged into"),
    )
    current_parent = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="current_children"
    )
    current_group = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="current_members"
    )
    path = ArrayField(models.BigIntegerField(), default=list, editable=False)
    current_lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="led_accounts",
        verbose_name=_("lead"),
    )
    lead_chain = ArrayField(models.BigIntegerField(), default=list, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["name_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="account_has_a_name",
                violation_error_message=_("An account needs a name."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AccountKind.values), name="account_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=AccountStatus.values), name="account_status_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["", *Channel.values]), name="account_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"),
                name="account_country_is_iso",
                violation_error_message=_("A country is a two-letter ISO code."),
            ),
            models.CheckConstraint(
                condition=(Q(merged_into__isnull=True) & ~Q(status="merged"))
                | (Q(merged_into__isnull=False, status="merged") & ~Q(merged_into=F("id"))),
                name="account_merged_says_into_what",
            ),
        ]
        indexes = [
            GinIndex(fields=["path"], name="account_path"),
            GinIndex(fields=["lead_chain"], name="account_lead_chain"),
            GinIndex(fields=["name_key"], opclasses=["gin_trgm_ops"], name="account_name_trigrams"),
            models.Index(fields=["country", "name_key", "id"], name="account_country_name"),
            models.Index(fields=["status", "name_key", "id"], name="account_status_name"),
            models.Index(fields=["name_key", "id"], name="account_name_order"),
            models.Index(
                fields=["insolvent_since"],
                condition=Q(insolvent_since__isnull=False),
                name="account_insolvent",
            ),
        ]
        triggers = triggers.ACCOUNT

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:account-detail", args=[self.pk])


@track()
class AccountIdentifier(Record):
    """What another system calls the account: ERP number, GLN, VAT number …"""

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="identifiers", verbose_name=_("account")
    )
    system = models.CharField(_("system"), max_length=50)
    value = models.CharField(_("identifier"), max_length=200)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        ordering = ["system", "value", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "value"],
                name="account_identifier_unique",
                violation_error_message=_("Another account has this identifier already."),
            ),
            models.CheckConstraint(
                condition=~Q(value="") & ~Q(system=""), name="account_identifier_not_empty"
            ),
        ]
        indexes = [models.Index(fields=["value"], name="account_identifier_value")]

    def __str__(self) -> str:
        return f"{self.system}: {self.value}"


@track()
class ParentLink(Record):
    """`account` belongs under `parent` in a half-open period; no period means a root.

    The database refuses overlapping parents and cycles at any date, and re-attributes revenue
    roll-ups when links change.
    """

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="parent_links", verbose_name=_("account")
    )
    parent = models.ForeignKey(
        Account, models.PROTECT, related_name="child_links", verbose_name=_("parent")
    )
    valid = half_open_period()

    class Meta:
        verbose_name = _("parent link")
        verbose_name_plural = _("parent links")
        ordering = ["account_id", "valid", "pk"]
        constraints = [
            ExclusionConstraint(
                name="parent_link_one_parent_at_a_date",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The account has another parent in this period."),
            ),
            models.CheckConstraint(
                condition=~Q(account=F("parent")),
                name="parent_link_not_to_itself",
                violation_error_message=_("An account cannot be its own parent."),
            ),
            period_not_empty("parent_link_period_not_empty"),
        ]
        triggers = triggers.PARENT_LINK

    def __str__(self) -> str:
        return f"{self.account_id} ⊂ {self.parent_id} {self.valid}"


@track()
class LeadAssignment(Record):
    """Who leads the account in a half-open period: exactly one person at a date.

    A node without an assignment of its own has the lead of the nearest node above it.
    """

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="lead_assignments", verbose_name=_("account")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="lead_assignments",
        verbose_name=_("lead"),
    )
    valid = half_open_period()

    class Meta:
        verbose_name = _("lead assignment")
        verbose_name_plural = _("lead assignments")
        ordering = ["account_id", "valid", "pk"]
        constraints = [
            ExclusionConstraint(
                name="lead_assignment_one_at_a_date",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Somebody else leads the account in this period."),
            ),
            period_not_empty("lead_assignment_period_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} leads {self.account_id} {self.valid}"


class GroupPeriod(models.Model):
    """The ultimate parent of an account in a period: derived from the links by a trigger.

    Only accounts that ever had a parent have rows; at any other date an account is its own
    group. Rows of one account cover all time without gaps.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="group_periods")
    group = models.ForeignKey(Account, models.CASCADE, related_name="+")
    valid = DateRangeField()

    class Meta:
        indexes = [models.Index(fields=["account"], name="group_period_account")]

    def __str__(self) -> str:
        return f"{self.account_id} in {self.group_id} {self.valid}"


class AccountFigure(models.Model):
    """Figures of an account and everything below it, for lists; see `services.figures`.

    Amounts are in the organisation's base currency over entries that have a rate; `unconverted`
    counts those left out for want of one. A trigger gives every account its row, so that lists
    can sort all of them by an index.
    """

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="figure")
    as_of = models.DateField()
    net_12m = models.DecimalField(max_digits=20, decimal_places=4)
    net_previous_12m = models.DecimalField(max_digits=20, decimal_places=4)
    last_entry_on = models.DateField(null=True)
    unconverted = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-net_12m", "-account"], name="account_figure_net")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.net_12m}"
