"""Accounts that a statement is worth sending to: those with something open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Account
from kam.identity.models import User
from settlements.models import AccountPosition, OverdueRun, Position


def last_run() -> date | None:
    """Return the day that the list is as of."""
    last: date | None = OverdueRun.objects.aggregate(last=Max("as_of"))["last"]
    return last


def owing(user: User) -> QuerySet[Account]:
    """Return accounts in the user's scope with open items at the last overdue run.

    Who sees the whole company gets payers, whose statement has everything below them; who sees a
    part of it gets each account there that has something open, as its payer may be another's.
    Annotates `overdue`, the largest overdue amount in any one currency: nothing is added across.
    """
    paid = Position.objects.filter(party=OuterRef("pk"), open_items__gt=0).order_by()
    own = AccountPosition.objects.filter(account=OuterRef("pk"), open_items__gt=0).order_by()
    rows: QuerySet[Account] = Account.objects.visible_to(user).not_merged()
    owes = Q(Exists(paid)) if user.sees_everything() else Q(Exists(paid)) | Q(Exists(own))
    return (
        rows.filter(owes)
        .annotate(overdue=Coalesce(_largest(paid), _largest(own)))
        .select_related("current_lead")
    )


def _largest(positions: QuerySet[Any]) -> Subquery:
    return Subquery(positions.order_by("-overdue").values("overdue")[:1])


def open_by_account(account_ids: Iterable[int]) -> dict[int, list[Position | AccountPosition]]:
    """Return what is open at each account, one row per currency, as payer where it pays."""
    ids = list(account_ids)
    found: dict[int, list[Position | AccountPosition]] = {}
    for one in Position.objects.filter(party__in=ids).order_by("currency_id"):
        found.setdefault(one.party_id, []).append(one)
    own = AccountPosition.objects.filter(account__in=[key for key in ids if key not in found])
    for each in own.order_by("currency_id"):
        found.setdefault(each.account_id, []).append(each)
    return found
