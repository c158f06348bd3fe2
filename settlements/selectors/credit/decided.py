"""Limits in force, applications, holds and checks of an account, and who needs a decision."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import Account
from kam.identity.models import User
from settlements.choices.credit import ApplicationRule, ApplicationState
from settlements.models import (
    Collateral,
    CreditApplication,
    CreditCheck,
    CreditHold,
    CreditLimit,
    CreditScoreSnapshot,
    CreditSettings,
    Document,
)


def needs_decision(party: Account, rules: CreditSettings) -> bool:
    """Whether the account stays prepay only until an application of it is approved.

    Asked of accounts without any limit on their way up. By the settings: nobody, who never had a
    posted document, or everybody; an approved application of it or above it is a decision.
    """
    if rules.application_rule == ApplicationRule.NEVER:
        return False
    decided = CreditApplication.objects.filter(
        party__in=party.path, state=ApplicationState.APPROVED
    )
    if decided.exists():
        return False
    if rules.application_rule == ApplicationRule.ALWAYS:
        return True
    return not Document.objects.filter(party=party).exists()


def limits_of(account: Account, user: User) -> QuerySet[CreditLimit]:
    """Limits of an account and of those above it that the user sees, nearest and latest first."""
    rows: QuerySet[CreditLimit] = CreditLimit.objects.visible_to(user)
    rows = rows.filter(party__in=account.path)
    rows = rows.select_related("party", "approved_by", "revoked_by", "application")
    return rows.annotate(starts=Lower("valid")).order_by("-party", "currency", "-starts", "-pk")


def holds_of(account: Account, user: User) -> QuerySet[CreditHold]:
    """Holds of an account and of those above it that the user sees, the latest first."""
    rows: QuerySet[CreditHold] = CreditHold.objects.visible_to(user).filter(party__in=account.path)
    return rows.select_related("party", "proposed_by", "activated_by", "released_by")


def collateral_of(account: Account, user: User) -> QuerySet[Collateral]:
    """What secures an account and those below it, what ends last first."""
    rows: QuerySet[Collateral] = Collateral.objects.visible_to(user).within(account.pk)
    rows = rows.select_related("party")
    return rows.order_by("-valid", "-pk")


def checks_of(account: Account, user: User) -> QuerySet[CreditCheck]:
    """Checks of an account and those below it that the user may see, the latest first."""
    rows: QuerySet[CreditCheck] = CreditCheck.objects.visible_to(user)
    rows = rows.filter(account__path__contains=[account.pk])
    return rows.select_related("account", "created_by", "decisive").order_by("-pk")


def applications_for(user: User) -> QuerySet[CreditApplication]:
    """Applications of accounts in the user's scope."""
    rows: QuerySet[CreditApplication] = CreditApplication.objects.visible_to(user)
    return rows.select_related("party", "applicant", "submitted_by", "decided_by")


def scores_of(account: Account) -> QuerySet[CreditScoreSnapshot]:
    """Scores of a payer, the latest month first."""
    rows: QuerySet[CreditScoreSnapshot] = CreditScoreSnapshot.objects.filter(party=account)
    return rows.order_by("-month")


def reviews_due(user: User, *, as_of: date, days: int) -> QuerySet[CreditLimit]:
    """Limits in force in the user's scope whose day of review is near or past."""
    rows: QuerySet[CreditLimit] = CreditLimit.objects.visible_to(user).in_force(as_of)
    rows = rows.filter(review_on__lte=as_of + timedelta(days=days))
    return rows.select_related("party").order_by("review_on", "pk")
