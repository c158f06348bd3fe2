"""Who stands in for whom during an absence."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from kam.core.locks import lock_names
from kam.core.problems import RefusedError, explained
from kam.identity.models import Delegation, User


class NobodyToStandInError(RefusedError):
    """One cannot stand in for oneself, nor can a user who may not sign in."""

    code, field = "nobody_to_stand_in", "to_user"
    words = _("Somebody else, who may sign in, must stand in.")


class EmptyPeriodError(RefusedError):
    """The last day is before the first, or one of them is missing."""

    code, field = "empty_period", "last_day"
    words = _("A delegation has a first day and a last day that is not before it.")


class OverlappingDelegationError(RefusedError):
    """These two have a delegation in this period already."""

    code, field = "delegation_overlaps", "first_day"
    words = _("These two have an overlapping delegation already.")


@explained()
@transaction.atomic
def delegate(*, from_user: User, to_user: User, valid: DateRange, reason: str = "") -> Delegation:
    """Let one user see and do on accounts what another may, during a half-open period.

    Raises NobodyToStandInError, EmptyPeriodError and OverlappingDelegationError.
    """
    if from_user.pk == to_user.pk or not to_user.is_active:
        raise NobodyToStandInError
    if valid.lower is None or valid.upper is None or valid.lower >= valid.upper:
        raise EmptyPeriodError
    lock_names(f"delegations of {from_user.pk}")
    rivals = Delegation.objects.filter(from_user=from_user, to_user=to_user)
    if rivals.filter(valid__overlap=valid).exists():
        raise OverlappingDelegationError
    return Delegation.objects.create(
        from_user=from_user, to_user=to_user, valid=valid, reason=reason
    )


@transaction.atomic
def end_delegation(*, delegation: Delegation, today: date) -> None:
    """End a delegation before today; one that has not begun goes away altogether."""
    delegation = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if delegation.valid.lower >= today:
        delegation.delete()
    elif delegation.valid.upper > today:
        delegation.valid = DateRange(delegation.valid.lower, today)
        delegation.save()
