"""Agreements' share in a merge of two accounts: they become the kept account's, all of them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services.merging import Mover, Part
from kam.core.problems import Caution
from settlements.choices.terms import VersionState
from settlements.models import TradingAgreement

_ALIVE = (VersionState.DRAFT, VersionState.IN_APPROVAL, VersionState.ACTIVE)


def _of(account: Account) -> QuerySet[TradingAgreement]:
    return TradingAgreement.objects.filter(account=account).select_related("selling_company")


def _plan(keep: Account, drop: Account) -> Part:
    lines = [_("Agreement %(agreement)s") % {"agreement": one} for one in _of(drop)]
    return Part(moves=lines, cautions=[*_cautions(keep, drop)])


def _cautions(keep: Account, drop: Account) -> Iterator[Caution]:
    """Say where both have agreements with one of our companies: then both hold at the node."""
    own = {one.selling_company_id: one for one in _of(keep).filter(versions__state__in=_ALIVE)}
    for one in _of(drop).filter(versions__state__in=_ALIVE).distinct():
        if twin := own.get(one.selling_company_id):
            words = _(
                "Both have an agreement with %(company)s: %(kept)s and %(other)s. Both hold "
                "afterwards; terminate the one that is wrong."
            )
            named = {"company": one.selling_company.name, "kept": twin, "other": one}
            yield Caution(words % named, "agreements_of_both")


def _move(keep: Account, drop: Account) -> None:
    _of(drop).update(account=keep, updated_at=timezone.now())


MOVER = Mover(key="settlements.agreements", plan=_plan, move=_move, order=83)
