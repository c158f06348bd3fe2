"""What is known of who an account is: statements that nobody overwrites."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import PortraitHeading, RatingBasis
from accounts.models.accounts import Account
from accounts.models.people_triggers import REWRITE_SETTING
from accounts.querysets import CompanyWideQuerySet, StatementQuerySet
from kam.core.models import Record
from kam.core.tracking import track

STALE_MONTHS = 12
_REPLACED = "portrait_statement_replaces_its_like"
_APPEND_ONLY = pgtrigger.Trigger(
    name="append_only",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func=f"""
    -- Statements follow merged accounts, and go with the demo; nothing else moves them.
    IF COALESCE(current_setting('{REWRITE_SETTING}', true), '') = 'on' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        IF to_jsonb(NEW) - 'account_id' - 'updated_at'
            = to_jsonb(OLD) - 'account_id' - 'updated_at' THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'statements are replaced, never changed' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'portrait_statement_append_only', TABLE = 'accounts_portraitstatement';""",
)
_LIKE = pgtrigger.Trigger(
    name="replaces_its_like",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Q(new__replaces__isnull=False),
    func=f"""
    IF NOT EXISTS (
        SELECT 1 FROM accounts_portraitstatement s WHERE s.id = NEW.replaces_id
          AND s.account_id = NEW.account_id AND s.heading = NEW.heading AND NOT s.is_withdrawn
          AND s.said_on <= NEW.said_on
    ) THEN
        RAISE EXCEPTION 'it replaces something else' USING ERRCODE = 'check_violation',
            CONSTRAINT = '{_REPLACED}', TABLE = 'accounts_portraitstatement';
    END IF;
    RETURN NEW;""",
)


class PortraitStatement(Record):
    """What somebody wrote under a heading of an account's portrait, as of a day.

    Append-only: a later statement replaces it (`replaces`), or withdraws it without words of its
    own; what stands is derived. A confirmed one says by whom and when, with evidence. Only the
    account's team sees a confidential one.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="statements", verbose_name=_("account")
    )
    heading = models.CharField(_("heading"), max_length=14, choices=PortraitHeading)
    text = models.TextField(_("statement"), max_length=4000, blank=True)
    said_on = models.DateField(_("as of"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    evidence = models.TextField(_("evidence"), max_length=2000, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    basis = models.CharField(
        _("basis"), max_length=10, choices=RatingBasis, default=RatingBasis.ASSUMED
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    is_confidential = models.BooleanField(_("for the account's team only"), default=False)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("portrait statement")
        verbose_name_plural = _("portrait statements")
        ordering = ["-said_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(heading__in=PortraitHeading.values),
                name="portrait_statement_heading_known",
                violation_error_message=_("There is no such heading."),
            ),
            models.CheckConstraint(
                condition=Q(Q(is_withdrawn=False), ~Q(text=""))
                | Q(is_withdrawn=True, text="", replaces__isnull=False),
                name="portrait_statement_says_something",
                violation_error_message=_("A statement says something."),
            ),
            models.CheckConstraint(
                condition=Q(
                    basis=RatingBasis.ASSUMED, confirmed_by__isnull=True, confirmed_on__isnull=True
                )
                | Q(
                    Q(
                        basis=RatingBasis.CONFIRMED,
                        confirmed_by__isnull=False,
                        confirmed_on__isnull=False,
                    ),
                    ~Q(evidence=""),
                ),
                name="portrait_statement_confirmed_by_evidence",
                violation_error_message=_(
                    "What is confirmed says by whom, when, and what shows it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__iregex=r"^https?://"),
                name="portrait_statement_link_is_a_page",
                violation_error_message=_("A link begins with http:// or https://."),
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
                name="portrait_statement_not_its_own_heir",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "heading", "-said_on", "-id"], name="portrait_latest")
        ]
        triggers = [_APPEND_ONLY, _LIKE]

    def __str__(self) -> str:
        return f"{self.account_id} {self.heading} {self.said_on}"

    @property
    def is_confirmed(self) -> bool:
        """Whether evidence stands behind it."""
        return bool(self.basis == RatingBasis.CONFIRMED)


@track()
class PortraitSettings(Record):
    """How long a statement counts as fresh: one row; without it the default holds."""

    stale_months = models.PositiveSmallIntegerField(
        _("months until a statement is old"),
        default=STALE_MONTHS,
        help_text=_("Statements older than this are marked for another look."),
    )

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("portrait settings")
        verbose_name_plural = _("portrait settings")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="portrait_settings_one_row"),
            models.CheckConstraint(
                condition=Q(stale_months__range=(1, 120)),
                name="portrait_settings_months",
                violation_error_message=_("Months are between 1 and 120."),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
