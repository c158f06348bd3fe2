"""Offers: checked before they are recorded, decided on by somebody else where they go below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product
from accounts.services import tree
from kam.core.clock import organisation_zone
from kam.core.models import Currency
from kam.core.problems import Blocker, RefusedError, explained, refuse
from kam.identity.models import User
from plans.choices.negotiation import OfferState
from plans.models import NegotiationBrief, Offer, Plan
from plans.selectors.negotiation.check import Checked, check
from plans.selectors.negotiation.reads import covers
from plans.selectors.negotiation.words import problems_of
from plans.services.negotiation import problems, telling
from plans.services.negotiation.briefs import open_brief
from plans.services.problems import check_plan
from settlements.selectors.prices import UnknownUnitError


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is offered: the price of one unit on the invoice, before what is paid back later."""

    product: Product
    price: Decimal
    currency: Currency
    offered_on: date
    unit: str = ""
    yearly_quantity: Decimal | None = None
    valid_until: date | None = None
    brief: NegotiationBrief | None = None
    plan: Plan | None = None
    reason: str = ""


def check_draft(*, account: Account, draft: Draft, by: User, today: date) -> Checked:
    """Hold an offer against everything known on its day and today; what either asks is asked.

    So nobody goes round a floor or a mandate with an earlier or a later day. Figures are today's,
    the discount is the larger of both. Raises RefusedError for a unit in which the product is not
    sold.
    """
    now = _checked(account, draft, by, today)
    if draft.offered_on == today:
        return now
    then = _checked(account, draft, by, draft.offered_on)
    discounts = [one for one in (then.discount, now.discount) if one is not None]
    return replace(
        now,
        stops=tuple(dict.fromkeys((*then.stops, *now.stops))),
        needs=tuple(dict.fromkeys((*then.needs, *now.needs))),
        discount=max(discounts, default=None),
    )


def _checked(account: Account, draft: Draft, by: User, day: date) -> Checked:
    try:
        return check(
            account,
            draft.product,
            price=draft.price,
            unit=draft.unit,
            currency=draft.currency.pk,
            by=by,
            as_of=day,
        )
    except UnknownUnitError as error:
        words = _("The product is not sold to the account in this unit.")
        raise RefusedError(words, field="unit", code="offer_unit_unknown") from error


@explained()
@transaction.atomic
def record_offer(*, account: Account, draft: Draft, by: User, now: datetime) -> Offer:
    """Record an offer with its check. One that goes below the floor, the margin target, what
    others of the channel pay or the mandate needs a reason and waits for somebody else.

    Raises ReasonNeededError, BriefOverError, ForeignPlanError and RefusedError for an offer that
    is none.
    """
    tree.refuse_merged(account)
    plan = _beside(account, draft)
    if draft.valid_until is not None and draft.valid_until < draft.offered_on:
        words = _("It ends before it begins.")
        raise RefusedError(words, field="valid_until", code="offer_open_after_it_was_made")
    today = now.astimezone(organisation_zone()).date()
    checked = check_draft(account=account, draft=draft, by=by, today=today)
    said = problems_of(checked, draft.currency.pk)
    refuse(one for one in said if isinstance(one, Blocker))
    if checked.needs and not draft.reason.strip():
        raise problems.ReasonNeededError
    offer: Offer = Offer.objects.create(
        account=account,
        brief=draft.brief,
        plan=plan,
        product=draft.product,
        unit=draft.unit.strip(),
        currency=draft.currency,
        price=draft.price,
        net_net=checked.net_net,
        yearly_quantity=draft.yearly_quantity,
        offered_on=draft.offered_on,
        valid_until=draft.valid_until,
        state=OfferState.WAITING if checked.needs else OfferState.RECORDED,
        check_result=checked.as_json(),
        reason=draft.reason.strip(),
        offered_by=by,
    )
    if checked.needs:
        telling.tell_of_waiting(offer, at=now)
    return offer


def _beside(account: Account, draft: Draft) -> Plan | None:
    """The plan of an offer: what was told, else that of its negotiation."""
    plan = draft.plan
    if draft.brief is not None:
        brief = open_brief(draft.brief)
        if brief.account_id not in {*account.path, account.pk}:
            words = _("The negotiation is of another account.")
            raise RefusedError(words, field="brief", code="offer_foreign_brief")
        plan = plan or brief.plan
    check_plan(account, plan)
    return plan


@explained()
@transaction.atomic
def decide_offer(
    *, offer: Offer, is_approved: bool, by: User, now: datetime, note: str = ""
) -> Offer:
    """Say yes or no to an offer that waits; a no says why.

    Raises NotWaitingError, OwnOfferError, BeyondMandateError and RefusedError for a no without
    words. Who may decide at all is the caller's to know: `selectors.negotiation.reads`.
    """
    row = _locked(offer)
    if row.state != OfferState.WAITING:
        raise problems.NotWaitingError
    if row.offered_by_id == by.pk:
        raise problems.OwnOfferError
    if not by.can("negotiations.approve"):
        raise RefusedError(_("Your role does not approve offers."), code="offer_not_an_approver")
    if is_approved and not covers(by, row):
        raise problems.BeyondMandateError
    if not is_approved and not note.strip():
        words = _("Say why not.")
        raise RefusedError(words, field="note", code="offer_refused_without_words")
    row.state = OfferState.RECORDED if is_approved else OfferState.REFUSED
    row.decided_by, row.decided_at, row.decision_note = by, now, note.strip()
    row.save()
    telling.tell_of_decided(row, at=now)
    return row


@explained()
@transaction.atomic
def withdraw_offer(*, offer: Offer) -> Offer:
    """Take an offer back that is recorded or waits. Raises WrongStateError."""
    row = _locked(offer)
    if row.state not in (OfferState.RECORDED, OfferState.WAITING):
        raise problems.WrongStateError
    row.state = OfferState.WITHDRAWN
    row.save(update_fields=["state", "updated_at"])
    return row


def _locked(offer: Offer) -> Offer:
    rows = Offer.objects.select_for_update(no_key=True, of=("self",))
    found: Offer = rows.select_related("account", "offered_by", "product").get(pk=offer.pk)
    return found
