"""Reviews and joint teams in a merge of two accounts: all of them go along."""

from __future__ import annotations

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.services.merging import Mover, Part
from kam.core import formats
from plans.models import BusinessReview, JointTeam

_MODELS: tuple[type[Model], ...] = (BusinessReview, JointTeam)


def _plan(keep: Account, drop: Account) -> Part:
    del keep
    reviews, teams = (one._default_manager.filter(account=drop).count() for one in _MODELS)
    found = [
        (ngettext("%(count)s business review", "%(count)s business reviews", reviews), reviews),
        (ngettext("%(count)s joint team", "%(count)s joint teams", teams), teams),
    ]
    return Part(moves=[words % {"count": formats.number(n)} for words, n in found if n])


def _move(keep: Account, drop: Account) -> None:
    for model in _MODELS:
        model._default_manager.filter(account=drop).update(account=keep, updated_at=timezone.now())


MOVER = Mover(key="plans.reviews", plan=_plan, move=_move, order=96)
