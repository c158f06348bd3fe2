from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.models import Currency


class AccountPosition(models.Model):
    """What the business with an account left open on the day of the last overdue run.

    Accounts with a ledger are never deleted, so nothing needs to go with them.

    As `Position`, by account instead of payer, so that a board adds up what each user may see.
    Derived: any other date, and any doubt, is answered by `selectors.ageing`.
    """

    account = models.ForeignKey(
        Account,
        models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("account"),
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("currency"),
    )  # fmt: skip
    buckets = ArrayField(
        models.DecimalField(max_digits=22, decimal_places=4),
        help_text=_("Open by the default bands, in the order of their names."),
    )
    open = models.DecimalField(_("open"), max_digits=22, decimal_places=4)
    overdue = models.DecimalField(_("overdue"), max_digits=22, decimal_places=4)
    open_items = models.PositiveIntegerField(_("open items"))
    overdue_items = models.PositiveIntegerField(_("overdue items"))
    unapplied = models.DecimalField(_("unapplied cash"), max_digits=22, decimal_places=4)
    open_credits = models.DecimalField(_("open credits"), max_digits=22, decimal_places=4)

    class Meta:
        verbose_name = _("position of an account")
        verbose_name_plural = _("positions of accounts")
        constraints = [
            models.UniqueConstraint(fields=["account", "currency"], name="account_position_once")
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.overdue} of {self.open} {self.currency_id}"


class OpenBalance(models.Model):
    """Gross receivables on a day, and sales of the 90 days ending with it: what DSO is made of.

    Kept for the last days of months and for the day of the last overdue run, by account, and
    without an account for the whole company. Derived from the whole ledger, so back-dated
    postings are in it from the next run on.
    """

    day = models.DateField(_("day"))
    account = models.ForeignKey(
        Account,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("account"),
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("currency"),
    )  # fmt: skip
    open = models.DecimalField(_("open"), max_digits=24, decimal_places=4)
    sold = models.DecimalField(_("sold"), max_digits=24, decimal_places=4)

    class Meta:
        verbose_name = _("balance on a day")
        verbose_name_plural = _("balances on days")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "day", "currency"],
                nulls_distinct=False,
                name="open_balance_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}: {self.open} {self.currency_id}"
