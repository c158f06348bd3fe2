"""What users choose: the ways of each kind, and when mails may reach them."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from kam.notifications.choices import Mail
from kam.notifications.models import Delivery, Notification, Preference
from kam.notifications.registry import kind_of

ONE_WORKING_DAY = _("Leave at least one day on which e-mail may come.")


@dataclass(frozen=True)
class Ways:
    """How somebody is told of a kind."""

    in_app: bool
    mail: Mail


@explained()
@transaction.atomic
def choose_ways(*, user: User, ways: Mapping[str, Ways]) -> None:
    """Set the ways of several kinds; what was not mailed yet follows them.

    Raises UnknownKindError for a kind that nobody registered.
    """
    rows = [
        Preference(user=user, kind=kind_of(key).key, in_app=chosen.in_app, mail=chosen.mail)
        for key, chosen in ways.items()
    ]
    kept = {row.kind: row for row in Preference.objects.filter(user=user)}
    for row in rows:
        former = kept.get(row.kind)
        if former is None:
            row.save()
        elif (former.in_app, former.mail) != (row.in_app, row.mail):
            former.in_app, former.mail = row.in_app, row.mail
            former.save()
        waiting = Notification.objects.filter(user=user, kind=row.kind, mailed_at__isnull=True)
        waiting.exclude(mail=row.mail).update(mail=row.mail)


@explained()
@transaction.atomic
def choose_delivery(
    *, user: User, wants_digest: bool, digest_hour: int, quiet_days: Sequence[int], time_zone: str
) -> Delivery:
    """Set when mails may reach a user.

    Raises RefusedError for a time zone that does not exist and where every day is quiet.
    """
    if time_zone and time_zone not in zoneinfo.available_timezones():
        raise RefusedError(_("There is no such time zone."), field="time_zone")
    if len(set(quiet_days)) == 7:
        raise RefusedError(ONE_WORKING_DAY, field="quiet_days")
    delivery = delivery_of(user)
    delivery.wants_digest, delivery.digest_hour = wants_digest, digest_hour
    delivery.quiet_days, delivery.time_zone = sorted(set(quiet_days)), time_zone
    delivery.save()
    return delivery


def delivery_of(user: User) -> Delivery:
    """Return the user's row, making it where nobody asked before; call it in a transaction."""
    row, _is_new = Delivery.objects.get_or_create(user=user)
    return row


@transaction.atomic
def switch_off(*, user: User, channel: str) -> None:
    """Send no more mails of a kind (its key), or no digest (`digest`); nothing else changes.

    A kind that is no longer registered is nothing to switch off.
    """
    if channel == DIGEST:
        delivery = delivery_of(user)
        delivery.wants_digest = False
        delivery.save()
        return
    kept = Preference.objects.filter(user=user, kind=channel).first()
    in_app = kept.in_app if kept else kind_of(channel).in_app
    choose_ways(user=user, ways={channel: Ways(in_app, Mail.NEVER)})


DIGEST = "digest"
