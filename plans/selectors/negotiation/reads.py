"""Briefs, offers and price rounds in the user's scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet

from accounts.models import Account
from accounts.querysets import of_teams
from kam.identity.choices import Role
from kam.identity.models import User
from kam.identity.permissions import CAPABILITIES
from plans.analytics.negotiation import is_beyond
from plans.choices.negotiation import (
    BriefState,
    OfferState,
    RoundAccountState,
    RoundState,
    Subject,
)
from plans.models import (
    BriefDecider,
    BriefIssue,
    NegotiationBrief,
    Offer,
    PriceRound,
    PriceRoundAccount,
)
from plans.selectors.negotiation.check import Checked
from plans.selectors.negotiation.mandates import mandate_of

APPROVE = "negotiations.approve"
OPEN = (BriefState.PREPARING, BriefState.UNDER_WAY)
STANDING = (OfferState.RECORDED, OfferState.WAITING)
SETTLED = (RoundAccountState.ACCEPTED, RoundAccountState.REFUSED, RoundAccountState.IN_FORCE)


# Briefs


def briefs_for(user: User) -> QuerySet[NegotiationBrief]:
    """Return the briefs that a user may read, with account, plan and owner."""
    rows: QuerySet[NegotiationBrief] = NegotiationBrief.objects.visible_to(user)
    return rows.select_related("account", "plan", "owner", "currency")


def counted(rows: QuerySet[NegotiationBrief]) -> QuerySet[NegotiationBrief]:
    """Annotate briefs with the number of their issues and of offers that wait."""
    return rows.annotate(
        many_issues=Count("issues", distinct=True),
        waiting=Count("offers", Q(offers__state=OfferState.WAITING), distinct=True),
    )


def issues_of(brief: NegotiationBrief) -> list[BriefIssue]:
    """Return what is negotiated, in order."""
    return list(brief.issues.order_by("place", "pk"))


def deciders_of(brief: NegotiationBrief) -> list[BriefDecider]:
    """Return who decides on their side."""
    rows = brief.deciders.select_related("position__person", "position__account")
    return list(rows.order_by("pk"))


# Offers


def offers_for(user: User) -> QuerySet[Offer]:
    """Return the offers that a user may read, with what a row shows."""
    rows: QuerySet[Offer] = Offer.objects.visible_to(user)
    return rows.select_related(
        "account", "brief", "product", "currency", "offered_by", "decided_by"
    )


def is_of_team(user: User, account_id: int) -> bool:
    """Whether the user belongs to the account's team, for whom negotiations are."""
    return Account.objects.filter(of_teams(user), pk=account_id).exists()


def sees_account(user: User, account: Account) -> bool:
    """Whether the user sees the account by scope, and with it its figures."""
    return Account.objects.visible_to(user).filter(pk=account.pk).exists()


def checked_for(offer: Offer, user: User) -> Checked:
    """Return what an offer was checked against, as far as the user may know it."""
    found = Checked.from_json(offer.check_result)
    return found.for_reader(user, sees_account=sees_account(user, offer.account))


def waiting_offers(user: User) -> QuerySet[Offer]:
    """Return offers of others that wait for somebody like the user, the longest waiting first."""
    if not user.can(APPROVE):
        return offers_for(user).none()
    rows = offers_for(user).filter(state=OfferState.WAITING).exclude(offered_by=user)
    return rows.order_by("created_at", "pk")


def may_decide(user: User, offer: Offer) -> bool:
    """Whether the user may say yes or no to an offer: in sight, not their own, by role."""
    return waiting_offers(user).filter(pk=offer.pk).exists()


def covers(user: User, offer: Offer) -> bool:
    """Whether the user's mandate for prices goes as far as the offer did."""
    reach = mandate_of(user, Subject.PRICE)
    discount = Checked.from_json(offer.check_result).discount
    return not reach.is_used or not is_beyond(discount, reach.most)


def approvers_of(offer: Offer) -> list[User]:
    """Return whom to ask: who approves by role, reads the offer and did not make it.

    Those whose mandate covers it, else all of them. Administrators may as well, but it is not
    their daily work.
    """
    roles = [role for role in CAPABILITIES[APPROVE] if role != Role.ADMINISTRATOR]
    people = User.objects.filter(is_active=True, roles__overlap=roles).exclude(
        pk=offer.offered_by_id
    )
    found = [one for one in people if offers_for(one).filter(pk=offer.pk).exists()]
    return [one for one in found if covers(one, offer)] or found


# Rounds


def rounds_for(user: User) -> QuerySet[PriceRound]:
    """Return price rounds, with the number of their accounts that the user may read.

    `many` are all of those, `settled` the ones where it is known how it ended, `late` those not
    told whose notice is due: see `late_accounts`.
    """
    rows: QuerySet[PriceRound] = PriceRound.objects.visible_to(user)
    mine = Q(accounts__in=PriceRoundAccount.objects.visible_to(user).order_by().values("pk"))
    return rows.select_related("owner").annotate(
        many=Count("accounts", mine, distinct=True),
        settled=Count("accounts", mine & Q(accounts__state__in=SETTLED), distinct=True),
    )


def round_accounts(user: User, found: PriceRound) -> QuerySet[PriceRoundAccount]:
    """Return how far a round is with each account that the user may read, the first due first."""
    rows: QuerySet[PriceRoundAccount] = PriceRoundAccount.objects.visible_to(user)
    order = F("notice_by").asc(nulls_last=True)
    return rows.filter(round=found).select_related("account__current_lead").order_by(order, "pk")


def late_accounts(rows: QuerySet[PriceRoundAccount], *, until: date) -> QuerySet[PriceRoundAccount]:
    """Return accounts of running rounds that were not told and whose notice is due by a day."""
    return rows.filter(
        round__state=RoundState.RUNNING, state=RoundAccountState.TO_TELL, notice_by__lte=until
    )


@dataclass(frozen=True, kw_only=True)
class NoticeDue:
    """An account that is to be told of a price change, by a day."""

    row: PriceRoundAccount
    is_late: bool


def notices_due(user: User, *, as_of: date, within: timedelta) -> Iterator[NoticeDue]:
    """Yield accounts that the user leads and that are to be told soon, the first due first."""
    rows: QuerySet[PriceRoundAccount] = PriceRoundAccount.objects.visible_to(user)
    mine = rows.filter(account__current_lead__in=user.acting_user_ids())
    due = late_accounts(mine, until=as_of + within).select_related("round", "account")
    for one in due.order_by("notice_by", "pk"):
        yield NoticeDue(row=one, is_late=one.notice_by is not None and one.notice_by < as_of)
