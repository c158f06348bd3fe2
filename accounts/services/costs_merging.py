"""What a merge does with costs: entries move, volumes of the same month and kind add up."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Account, ActivityDriver, CostEntry
from accounts.services.merging import Mover, Part


def _plan_costs(keep: Account, drop: Account) -> Part:
    entries = CostEntry.objects.filter(account=drop).count()
    volumes = ActivityDriver.objects.filter(account=drop).count()
    lines = []
    if entries:
        lines.append(ngettext("%s cost entry", "%s cost entries", entries) % entries)
    if volumes:
        lines.append(ngettext("%s activity volume", "%s activity volumes", volumes) % volumes)
    return Part(moves=lines)


def _move_costs(keep: Account, drop: Account) -> None:
    CostEntry.objects.filter(account=drop).update(account=keep, updated_at=timezone.now())
    for driver in ActivityDriver.objects.filter(account=drop).order_by("pk"):
        own = ActivityDriver.objects.filter(account=keep, kind=driver.kind, month=driver.month)
        if own.update(volume=F("volume") + driver.volume, updated_at=timezone.now()):
            driver.delete()
        else:
            driver.account = keep
            driver.save()


MOVERS = (Mover(key="accounts.costs", plan=_plan_costs, move=_move_costs, order=75),)
