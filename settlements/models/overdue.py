from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.models import Currency
from kam.imports.models import ImportBatch
from settlements.choices import GapOutcome
from settlements.models.documents import Document
from settlements.models.ledger import LedgerItem
from settlements.querysets import GapQuerySet, PartyQuerySet


class OverdueRun(models.Model):
    """A day for which the overdue job ran; a second run for the day adds to what the first noted.

    Counted is what changed since the run before: `flagged` became overdue, `cured` no longer are,
    `passed` did both in days without a run.
    """

    as_of = models.DateField(_("as of"), unique=True)
    flagged = models.PositiveBigIntegerField(_("became overdue"), default=0)
    cured = models.PositiveBigIntegerField(_("cured"), default=0)
    passed = models.PositiveBigIntegerField(_("became overdue and cured between runs"), default=0)
    ledger_mark = models.CharField(
        max_length=70,
        blank=True,
        default="",
        editable=False,
        help_text=_("What the ledger held: a run that finds the same has nothing to read."),
    )
    balances_mark = models.CharField(
        max_length=70,
        blank=True,
        db_default="",
        editable=False,
        help_text=_("What the ledger held when balances of month ends were last computed."),
    )
    ran_at = models.DateTimeField(_("first run"), auto_now_add=True)

    class Meta:
        verbose_name = _("overdue run")
        verbose_name_plural = _("overdue runs")
        ordering = ["-as_of"]

    def __str__(self) -> str:
        return str(self.as_of)


class OverdueSpell(models.Model):
    """Days in a row on which an item was overdue: [overdue_since, cured_on).

    The dates come from due dates and allocations, not from when the job ran; `noted_on` and
    `cure_noted_on` say for which day a run noted it. An item whose payment is taken back has a
    second spell. A payment that was noted late and dated before the spell ends it on its first
    day.
    """

    item = models.ForeignKey(
        LedgerItem,
        models.PROTECT,
        related_name="overdue_spells",
        db_index=False,
        db_constraint=False,
        verbose_name=_("item"),
    )
    party = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("payer")
    )
    overdue_since = models.DateField(_("overdue since"))
    noted_on = models.DateField(_("noted on"))
    cured_on = models.DateField(_("cured on"), null=True)
    cure_noted_on = models.DateField(_("cure noted on"), null=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("overdue spell")
        verbose_name_plural = _("overdue spells")
        ordering = ["-overdue_since", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "overdue_since"], name="overdue_spell_once"),
            models.CheckConstraint(
                condition=Q(cured_on__isnull=True, cure_noted_on__isnull=True)
                | Q(cured_on__gte=F("overdue_since"), cure_noted_on__isnull=False),
                name="overdue_spell_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(
                fields=["item"], condition=Q(cured_on__isnull=True), name="overdue_spell_running"
            ),
            models.Index(fields=["noted_on"], name="overdue_spell_noted"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.overdue_since} – {self.cured_on or '…'}"


class Position(models.Model):
    """What a payer owes in one currency on the day of the last overdue run, kept for lists.

    `open` is gross: debits before unapplied cash and open credits. Derived: any other date, and
    any doubt, is answered by `selectors.ageing`.
    """

    party = models.ForeignKey(
        Account, models.PROTECT, related_name="positions", verbose_name=_("payer")
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    as_of = models.DateField(_("as of"))
    open = models.DecimalField(_("open"), max_digits=22, decimal_places=4)
    overdue = models.DecimalField(_("overdue"), max_digits=22, decimal_places=4)
    buckets = ArrayField(
        models.DecimalField(max_digits=22, decimal_places=4),
        default=list,
        help_text=_("Open by the default bands, in the order of their names."),
    )
    open_items = models.PositiveIntegerField(_("open items"))
    overdue_items = models.PositiveIntegerField(_("overdue items"))
    oldest_due_on = models.DateField(_("oldest overdue since"), null=True)
    oldest_days = models.PositiveIntegerField(_("days overdue at most"), default=0)
    unapplied = models.DecimalField(_("unapplied cash"), max_digits=22, decimal_places=4)
    open_credits = models.DecimalField(_("open credits"), max_digits=22, decimal_places=4)
    computed_at = models.DateTimeField(_("computed"))

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["-overdue", "pk"]
        constraints = [models.UniqueConstraint(fields=["party", "currency"], name="position_once")]
        indexes = [models.Index(fields=["-overdue", "-id"], name="position_overdue")]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.overdue} of {self.open} {self.currency_id}"

    @property
    def net(self) -> Decimal:
        """What is owed once unapplied cash and open credits are taken off."""
        return self.open - self.unapplied - self.open_credits


class ExtractGap(models.Model):
    """An item that is open here and missing from a file that said to hold all open items."""

    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="+", verbose_name=_("batch")
    )
    document = models.ForeignKey(
        Document,
        models.PROTECT,
        related_name="extract_gaps",
        db_constraint=False,
        verbose_name=_("document"),
    )
    party = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("payer")
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", db_index=False, verbose_name=_("currency")
    )
    open_amount = models.DecimalField(_("open then"), max_digits=20, decimal_places=4)
    outcome = models.CharField(_("outcome"), max_length=10, choices=GapOutcome, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True, db_default="")
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("reviewed by"),
    )
    answered_by = models.ForeignKey(
        ImportBatch,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("batch that named it again"),
    )

    objects = GapQuerySet.as_manager()

    class Meta:
        verbose_name = _("item missing from an extract")
        verbose_name_plural = _("items missing from extracts")
        ordering = ["-batch_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "document"], name="extract_gap_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *GapOutcome.values]),
                name="extract_gap_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} missing from #{self.batch_id}"
