"""What wallets and opportunities move in a merge: estimates with their history, opportunities."""

from __future__ import annotations

from django.utils.translation import ngettext

from accounts.models import Account, Opportunity, WalletEstimate
from accounts.services.merging import Mover, Part
from accounts.services.wallet_rewriting import rewriting_wallets


def _plan_estimates(keep: Account, drop: Account) -> Part:
    count = WalletEstimate.objects.filter(account=drop).count()
    lines = [ngettext("%s wallet estimate", "%s wallet estimates", count) % count] if count else []
    return Part(moves=lines)


def _move_estimates(keep: Account, drop: Account) -> None:
    """Of a cell that both had estimated the latest estimate counts, whichever account it was of."""
    with rewriting_wallets():
        WalletEstimate.objects.filter(account=drop).update(account=keep)


def _plan_opportunities(keep: Account, drop: Account) -> Part:
    count = Opportunity.objects.filter(account=drop).count()
    lines = [ngettext("%s opportunity", "%s opportunities", count) % count] if count else []
    return Part(moves=lines)


def _move_opportunities(keep: Account, drop: Account) -> None:
    for opportunity in Opportunity.objects.filter(account=drop).order_by("pk"):
        opportunity.account = keep
        opportunity.save(update_fields=["account", "updated_at"])


MOVERS = (
    Mover(key="accounts.wallets", plan=_plan_estimates, move=_move_estimates, order=85),
    Mover(
        key="accounts.opportunities", plan=_plan_opportunities, move=_move_opportunities, order=86
    ),
)
