"""Telling leads and controllers: a limit exceeded, a review near, a cover that ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.urls import reverse

from accounts.models import Account
from kam.core.dates import last_day
from kam.notifications.services import Telling, notify_each
from settlements.models import Collateral, CreditLimit, CreditPosition
from settlements.selectors.controllers import controllers_of
from settlements.selectors.credit.rules import credit_settings


def tell_of_credit(*, as_of: date, at: datetime) -> int:
    """Tell of limits exceeded (once a month each), reviews near and covers that end (once each)."""
    days = timedelta(days=credit_settings().alert_days)
    over = CreditPosition.objects.filter(available__lt=0).select_related("party")
    reviews = CreditLimit.objects.in_force(as_of).filter(review_on__lte=as_of + days)
    covers = Collateral.objects.filter(
        valid__contains=as_of, valid__endswith__lte=as_of + days, valid__upper_inf=False
    )
    told = _tell(
        "settlements.credit_over",
        ((one.party, f"{one.party_id}:{one.currency_id}:{as_of:%Y-%m}",
          {"over": str(-(one.available or 0)), "currency": one.currency_id}) for one in over),
        as_of, at,
    )  # fmt: skip
    told += _tell(
        "settlements.credit_review",
        ((one.party, f"{one.pk}:{one.review_on}", {"day": str(one.review_on)})
         for one in reviews.select_related("party")),
        as_of, at,
    )  # fmt: skip
    return told + _tell(
        "settlements.credit_cover",
        ((one.party, f"{one.pk}:{one.valid.upper}",
          {"day": str(last_day(one.valid)), "kind": one.kind})
         for one in covers.select_related("party")),
        as_of, at,
    )  # fmt: skip


def _tell(
    kind: str, found: Iterable[tuple[Account, str, dict[str, str]]], as_of: date, at: datetime
) -> int:
    rows = list(found)
    controllers = controllers_of([account for account, _key, _params in rows], on=as_of)
    tellings = []
    for account, key, params in rows:
        controller = controllers.get(account.pk)
        people = {account.current_lead_id, controller.user_id if controller else None} - {None}
        tellings += [
            Telling(
                user_id=user_id,
                params={"account": account.name, **params},
                subject_id=account.pk,
                url=reverse("settlements:credit-account", args=[account.pk]),
                dedupe=key,
            )
            for user_id in sorted(pk for pk in people if pk is not None)
        ]
    return notify_each(kind=kind, tellings=tellings, occurred_at=at)
