"""Tiers by decision, beside the computed ones."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Tier, TierOverride
from accounts.selectors.tiers.models import model_in_force, scored_account_id
from accounts.services.tree import refuse_merged
from kam.core.problems import RefusedError, explained
from kam.identity.models import User


@explained()
@transaction.atomic
def set_override(
    *,
    account: Account,
    tier: Tier,
    reason: str,
    approver: User,
    from_date: date,
    until: date,
    as_of: date,
) -> TierOverride:
    """Give an account a tier by decision, from a day up to (not including) another.

    The computed tier goes on beside it. Raises RefusedError without a reason, for a tier of a
    model that is not in force, a period that is empty or begins in the past, or one that meets
    another override of the account.
    """
    refuse_merged(account)
    model = model_in_force(as_of)
    if model is None or tier.model_id != model.pk:
        words = _("This tier is not one of the model in force.")
        raise RefusedError(words, field="tier", code="tier_not_in_force")
    if scored_account_id(account, model) != account.pk:
        words = _("Groups are scored: override the tier of the group.")
        raise RefusedError(words, code="not_scored")
    if not reason.strip():
        words = _("Say why the computed tier does not hold.")
        raise RefusedError(words, field="reason", code="tier_override_has_a_reason")
    if from_date < as_of:
        words = _("The past keeps its tiers: choose today or a later day.")
        raise RefusedError(words, field="from_date", code="in_the_past")
    if until <= from_date:
        words = _("It has to end after it begins.")
        raise RefusedError(words, field="until", code="tier_override_expires")
    override: TierOverride = TierOverride.objects.create(
        account=account,
        tier=tier,
        reason=reason.strip(),
        approver=approver,
        valid=DateRange(from_date, until),
    )
    return override


@explained()
@transaction.atomic
def end_override(*, override: TierOverride, as_of: date) -> None:
    """End an override with the day: from then on the computed tier holds.

    One that has not held for a day yet goes altogether; its history stays. Raises RefusedError
    for one that is over.
    """
    rows = TierOverride.objects.select_for_update(no_key=True, of=("self",))
    locked: TierOverride = rows.get(pk=override.pk)
    if locked.valid.upper <= as_of:
        raise RefusedError(_("This override is over already."), code="over")
    if locked.valid.lower >= as_of:
        locked.delete()
        return
    locked.valid = DateRange(locked.valid.lower, as_of)
    locked.save(update_fields=["valid", "updated_at"])
