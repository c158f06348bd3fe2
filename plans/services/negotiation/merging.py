"""Negotiations in a merge of two accounts: all of it goes along."""

from __future__ import annotations

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.services.merging import Mover, Part
from kam.core import formats
from plans.models import GiveGet, NegotiationBrief, Offer, PriceRoundAccount
from plans.services.rewriting import rewriting_plans

_MODELS: tuple[type[Model], ...] = (NegotiationBrief, GiveGet, Offer, PriceRoundAccount)


def _plan(keep: Account, drop: Account) -> Part:
    del keep
    briefs, entries, offers, rounds = (
        one._default_manager.filter(account=drop).count() for one in _MODELS
    )
    found = [
        (ngettext("%(count)s negotiation", "%(count)s negotiations", briefs), briefs),
        (ngettext("%(count)s give or get", "%(count)s gives and gets", entries), entries),
        (ngettext("%(count)s offer", "%(count)s offers", offers), offers),
        (ngettext("%(count)s price round", "%(count)s price rounds", rounds), rounds),
    ]
    return Part(moves=[words % {"count": formats.number(n)} for words, n in found if n])


def _move(keep: Account, drop: Account) -> None:
    """A round that both are in keeps the row of the account that is kept."""
    both = PriceRoundAccount.objects.filter(account=keep).values("round")
    PriceRoundAccount.objects.filter(account=drop, round__in=both).delete()
    with rewriting_plans():
        for model in _MODELS:
            rows = model._default_manager.filter(account=drop)
            rows.update(account=keep, updated_at=timezone.now())


MOVER = Mover(key="plans.negotiations", plan=_plan, move=_move, order=97)
