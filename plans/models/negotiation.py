"""Negotiations with an account: what is prepared, what is given and got, which offers were made."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Position, Product
from accounts.models.shared import half_open_period, period_not_empty
from kam.core.models import Currency, Record
from kam.core.tracking import track
from plans.choices.negotiation import (
    BriefState,
    EntryState,
    OfferState,
    Side,
    Subject,
)
from plans.models import triggers
from plans.models.plans import Plan
from plans.models.shared import user_key
from plans.querysets.beside import NegotiationQuerySet, OfBriefQuerySet


def _amount(label: Any) -> models.DecimalField[Decimal | None, Decimal | None]:
    return models.DecimalField(label, max_digits=20, decimal_places=4, null=True, blank=True)


@track()
class NegotiationBrief(Record):
    """What we go into a negotiation with. Only the account's team reads it."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="negotiations", verbose_name=_("account")
    )
    plan = models.ForeignKey(
        Plan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="negotiations",
        verbose_name=_("plan"),
    )
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(
        _("state"), max_length=9, choices=BriefState, default=BriefState.PREPARING, editable=False
    )
    begins_on = models.DateField(_("begins"))
    ends_on = models.DateField(_("to be agreed by"), null=True, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    aim = models.TextField(_("what we want to reach"), max_length=4000, blank=True)
    batna = models.TextField(_("what we do without a deal"), max_length=4000, blank=True)
    their_batna = models.TextField(_("what they do without a deal"), max_length=4000, blank=True)
    trade_offs = models.TextField(_("what we trade for what"), max_length=4000, blank=True)
    owner = user_key(_("owner"), null=False, blank=False, related_name="negotiations")
    outcome = models.TextField(_("how it ended"), max_length=4000, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)

    objects = NegotiationQuerySet.as_manager()

    class Meta:
        verbose_name = _("negotiation brief")
        verbose_name_plural = _("negotiation briefs")
        ordering = ["-begins_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="brief_has_a_title",
                violation_error_message=_("A brief has a title."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=BriefState.values), name="brief_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="brief_ends_after_it_begins",
                violation_error_message=_("It ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["agreed", "ended"], ended_on__isnull=False)
                | Q(state__in=["preparing", "under_way"], ended_on__isnull=True),
                name="brief_ended_says_when",
            ),
        ]
        indexes = [models.Index(fields=["updated_at", "id"], name="brief_updated")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:negotiation-detail", args=[self.pk])


@track()
class BriefIssue(Record):
    """A point that is negotiated. Target, acceptable and walk-away are in `unit`.

    They stand in one direction: from the target over what is acceptable to where we walk away.
    """

    brief = models.ForeignKey(
        NegotiationBrief, models.CASCADE, related_name="issues", verbose_name=_("brief")
    )
    subject = models.CharField(_("about"), max_length=9, choices=Subject)
    title = models.CharField(_("issue"), max_length=200)
    their_interest = models.CharField(_("their interest"), max_length=500, blank=True)
    our_interest = models.CharField(_("our interest"), max_length=500, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    market_reference = _amount(_("market price reference"))
    market_source = models.CharField(_("source of the reference"), max_length=200, blank=True)
    market_on = models.DateField(_("day of the reference"), null=True, blank=True)
    value_proof = models.CharField(_("proof of our value"), max_length=1000, blank=True)
    target = _amount(_("target"))
    acceptable = _amount(_("acceptable"))
    walk_away = _amount(_("walk away at"))
    result = _amount(_("result"))
    place = models.PositiveSmallIntegerField(_("place"), default=0)

    objects = NegotiationQuerySet.through("brief").as_manager()

    class Meta:
        verbose_name = _("issue of a negotiation")
        verbose_name_plural = _("issues of negotiations")
        ordering = ["brief_id", "place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="brief_issue_has_a_title",
                violation_error_message=_("Say what the issue is."),
            ),
            models.CheckConstraint(
                condition=Q(subject__in=Subject.values), name="brief_issue_subject_known"
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True)
                | Q(acceptable__isnull=True)
                | Q(walk_away__isnull=True)
                | Q(target__gte=F("acceptable"), acceptable__gte=F("walk_away"))
                | Q(target__lte=F("acceptable"), acceptable__lte=F("walk_away")),
                name="brief_issue_in_one_direction",
                violation_error_message=_(
                    "What is acceptable lies between the target and where we walk away."
                ),
            ),
            models.CheckConstraint(
                condition=Q(market_reference__isnull=True)
                | ~Q(market_source="") & Q(market_on__isnull=False),
                name="brief_issue_reference_has_a_source",
                violation_error_message=_("A reference names its source and its day."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


@track()
class BriefDecider(Record):
    """Who decides on their side, from the stakeholder map."""

    brief = models.ForeignKey(
        NegotiationBrief, models.CASCADE, related_name="deciders", verbose_name=_("brief")
    )
    position = models.ForeignKey(
        Position, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    note = models.CharField(_("what matters to them"), max_length=300, blank=True)

    objects = NegotiationQuerySet.through("brief").as_manager()

    class Meta:
        verbose_name = _("decider in a negotiation")
        verbose_name_plural = _("deciders in negotiations")
        ordering = ["brief_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "position"],
                name="brief_decider_once",
                violation_error_message=_("This person is named already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.position)


@track()
class GiveGet(Record):
    """Something that one side gives the other: the ledger of what was promised, for what.

    `value` is worth a year in `currency`; NULL: nobody has said. Without a `condition` it is
    unconditional. `proof` says how one sees that it was done.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="gives_and_gets", verbose_name=_("account")
    )
    plan = models.ForeignKey(
        Plan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="gives_and_gets",
        verbose_name=_("plan"),
    )
    brief = models.ForeignKey(
        NegotiationBrief,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("negotiation"),
    )
    side = models.CharField(_("side"), max_length=4, choices=Side)
    subject = models.CharField(_("about"), max_length=9, choices=Subject)
    what = models.CharField(_("what"), max_length=300)
    value = _amount(_("value a year"))
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    condition = models.CharField(
        _("condition"), max_length=500, blank=True, help_text=_("Empty: without a condition.")
    )
    proof = models.CharField(_("proof"), max_length=500, blank=True)
    valid = half_open_period()
    state = models.CharField(
        _("state"), max_length=9, choices=EntryState, default=EntryState.PLANNED
    )
    delivered_on = models.DateField(_("delivered"), null=True, blank=True)
    created_by = user_key(_("written by"), editable=False)

    objects = OfBriefQuerySet.as_manager()

    class Meta:
        verbose_name = _("give or get")
        verbose_name_plural = _("gives and gets")
        ordering = ["side", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what=""),
                name="give_get_says_what",
                violation_error_message=_("Say what it is."),
            ),
            models.CheckConstraint(
                condition=Q(side__in=Side.values)
                & Q(subject__in=Subject.values)
                & Q(state__in=EntryState.values),
                name="give_get_known",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0),
                name="give_get_value_not_negative",
                violation_error_message=_("A value is zero or more."),
            ),
            period_not_empty("give_get_period_not_empty"),
            models.CheckConstraint(
                condition=Q(state=EntryState.DELIVERED, delivered_on__isnull=False) & ~Q(proof="")
                | ~Q(state=EntryState.DELIVERED) & Q(delivered_on__isnull=True),
                name="give_get_delivered_is_proved",
                violation_error_message=_("What was delivered has a day and a proof."),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "side"], name="give_get_of_account"),
            models.Index(fields=["updated_at", "id"], name="give_get_updated"),
        ]

    def __str__(self) -> str:
        return self.what


@track()
class Offer(Record):
    """A price offered to an account, with what it was checked against on that day.

    `price` is what they pay for a unit before conditions off the invoice, `net_net` after all of
    them; `check` holds floor, margin and what others of the channel pay, as they stood. Below the
    floor, the margin target or the mandate it waits for somebody else's approval.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="offers", verbose_name=_("account")
    )
    plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("plan")
    )
    brief = models.ForeignKey(
        NegotiationBrief,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="offers",
        verbose_name=_("negotiation"),
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", verbose_name=_("product")
    )
    unit = models.CharField(_("unit"), max_length=20)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    price = models.DecimalField(_("price"), max_digits=20, decimal_places=6)
    net_net = models.DecimalField(
        _("net-net price"), max_digits=20, decimal_places=6, null=True, editable=False
    )
    yearly_quantity = _amount(_("quantity a year"))
    offered_on = models.DateField(_("offered"))
    valid_until = models.DateField(_("open until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=OfferState, editable=False)
    check_result = models.JSONField(_("check"), encoder=DjangoJSONEncoder, editable=False)
    reason = models.CharField(_("why below"), max_length=1000, blank=True)
    offered_by = user_key(_("by"), null=False, editable=False)
    decided_by = user_key(_("decided by"), editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decision_note = models.CharField(_("decision"), max_length=1000, blank=True, editable=False)

    objects = OfBriefQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["-offered_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="offer_price_not_negative",
                violation_error_message=_("A price is zero or more."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=OfferState.values), name="offer_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=OfferState.WAITING) | ~Q(reason=""),
                name="offer_below_says_why",
                violation_error_message=_("Say why the offer goes below."),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("offered_by")),
                name="offer_decided_by_another",
                violation_error_message=_("Nobody approves their own offer."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("offered_on")),
                name="offer_open_after_it_was_made",
                violation_error_message=_("It ends before it begins."),
            ),
        ]
        indexes = [models.Index(fields=["updated_at", "id"], name="offer_updated")]
        triggers = triggers.fixed_but(
            "offer_is_fixed",
            "what was offered stays as it was offered",
            "state",
            "decided_by_id",
            "decided_at",
            "decision_note",
        )

    def __str__(self) -> str:
        return f"{self.product} {self.price} {self.currency_id}"

    def get_absolute_url(self) -> str:
        return reverse("plans:offer-detail", args=[self.pk])
