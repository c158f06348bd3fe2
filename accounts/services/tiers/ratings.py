"""Rated measures of an account: dated records with author and evidence, never overwritten."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import RatedMeasure
from accounts.models import Account, TierRating
from accounts.models.tier_records import SCALE
from accounts.services.tree import refuse_merged
from kam.core.problems import RefusedError, explained
from kam.identity.models import User


@explained()
@transaction.atomic
def rate_account(
    *,
    account: Account,
    measure: str,
    value: int,
    evidence: str,
    rated_on: date,
    author: User,
    as_of: date,
) -> TierRating:
    """Keep somebody's rating of an account as of a day; the last one up to a day counts.

    Raises RefusedError for a value outside 1 to 5, without evidence, for a day to come, an
    unknown measure or a merged account.
    """
    refuse_merged(account)
    if measure not in RatedMeasure.values:
        words = _("There is no such measure.")
        raise RefusedError(words, field="measure", code="unknown_measure")
    if not SCALE[0] <= value <= SCALE[1]:
        words = _("A rating is 1 to 5.")
        raise RefusedError(words, field="value", code="tier_rating_on_its_scale")
    if not evidence.strip():
        words = _("Say what the rating rests on.")
        raise RefusedError(words, field="evidence", code="tier_rating_has_evidence")
    if rated_on > as_of:
        words = _("This day is still to come.")
        raise RefusedError(words, field="rated_on", code="in_the_future")
    rating: TierRating = TierRating.objects.create(
        account=account,
        measure=measure,
        value=value,
        evidence=evidence.strip(),
        rated_on=rated_on,
        author=author,
    )
    return rating
