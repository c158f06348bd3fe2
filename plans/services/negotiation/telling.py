"""Who hears of offers and price rounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.identity.models import User
from kam.notifications.choices import Mail
from kam.notifications.registry import NotificationKind, Told, kinds
from kam.notifications.services import Telling, notify, notify_each
from plans.models import Offer, PriceRoundAccount
from plans.selectors.negotiation.reads import approvers_of, late_accounts

WAITS, DECIDED, NOTICE = "plans.offer_waits", "plans.offer_decided", "plans.round_notice"
SOON = timedelta(days=7)


def tell_of_waiting(offer: Offer, *, at: datetime) -> None:
    """Tell who approves it that an offer waits."""
    _tell(WAITS, offer, approvers_of(offer), by=offer.offered_by, at=at)


def tell_of_decided(offer: Offer, *, at: datetime) -> None:
    """Tell who made an offer what was decided."""
    _tell(DECIDED, offer, [offer.offered_by_id], by=offer.decided_by, at=at)


def _tell(
    kind: str, offer: Offer, users: Iterable[User | int | None], *, by: User | None, at: datetime
) -> None:
    notify(
        kind=kind,
        users=users,
        url=offer.get_absolute_url(),
        dedupe=f"{offer.pk}:{offer.state}",
        occurred_at=at,
        params={
            "account": offer.account.name,
            "product": offer.product.name,
            "by": str(by or ""),
            "state": offer.state,
            "text": offer.decision_note[:500] or offer.reason[:500],
        },
        subject_id=offer.pk,
        by=by,
    )


@transaction.atomic
def tell_notices(*, as_of: date, now: datetime) -> int:
    """Tell leads of accounts that are to be told of a price change within a week, or late.

    Once for each account and day; safe to repeat. Answers how many were told of something new.
    """
    rows = late_accounts(PriceRoundAccount.objects.all(), until=as_of + SOON)
    found = rows.select_related("round", "account").order_by("pk")
    tellings = [telling for row in found for telling in _tellings(row)]
    return notify_each(kind=NOTICE, tellings=tellings, occurred_at=now)


def _tellings(row: PriceRoundAccount) -> Iterator[Telling]:
    if row.account.current_lead_id is not None:
        yield Telling(
            user_id=row.account.current_lead_id,
            url=row.round.get_absolute_url(),
            dedupe=f"{row.pk}:{row.notice_by}",
            params={
                "account": row.account.name,
                "round": row.round.title,
                "due_on": row.notice_by.isoformat() if row.notice_by else "",
            },
            subject_id=row.pk,
        )


def _offers(user: User) -> Any:
    return Offer.objects.visible_to(user).values("pk")


def _accounts(user: User) -> Any:
    return PriceRoundAccount.objects.visible_to(user).values("pk")


def _told_waits(params: Mapping[str, Any]) -> Told:
    words = {name: params[name] for name in ("account", "product", "by")}
    title = _("%(account)s: an offer for %(product)s waits for your approval") % words
    return Told(title, _("By %(by)s: %(why)s") % {"by": params["by"], "why": params["text"]})


def _told_decided(params: Mapping[str, Any]) -> Told:
    words = {name: params[name] for name in ("account", "product")}
    title = (
        _("%(account)s: your offer for %(product)s was approved")
        if params["state"] == "recorded"
        else _("%(account)s: your offer for %(product)s was refused")
    )
    return Told(title % words, params["text"])


def _told_notice(params: Mapping[str, Any]) -> Told:
    title = _("%(account)s is to be told of a price change") % {"account": params["account"]}
    day = formats.date(date.fromisoformat(params["due_on"])) if params["due_on"] else "–"
    return Told(title, _("%(round)s; by %(day)s.") % {"round": params["round"], "day": day})


KINDS = (
    NotificationKind(
        key=WAITS,
        title=gettext_lazy("An offer waits for approval"),
        explains=gettext_lazy("When an offer goes below the floor, the margin or a mandate."),
        told=_told_waits,
        visible=_offers,
        capability="negotiations.approve",
        icon="tag",
        mail=Mail.AT_ONCE,
        order=89,
    ),
    NotificationKind(
        key=DECIDED,
        title=gettext_lazy("Your offer was decided on"),
        explains=gettext_lazy("When somebody approves or refuses an offer of yours."),
        told=_told_decided,
        visible=_offers,
        capability="negotiations.view",
        icon="tag",
        mail=Mail.AT_ONCE,
        order=90,
    ),
    NotificationKind(
        key=NOTICE,
        title=gettext_lazy("An account is to be told of a price change"),
        explains=gettext_lazy("A week before the notice that its agreement asks for is due."),
        told=_told_notice,
        visible=_accounts,
        capability="negotiations.view",
        icon="speakerphone",
        mail=Mail.DIGEST,
        order=91,
    ),
)


def register() -> None:
    """Register the kinds."""
    kinds.register(*KINDS)
