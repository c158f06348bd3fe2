"""Who stands in for whom during an absence."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from psycopg.types.range import DateRange

from kam.core.locks import lock_names
from kam.identity.models import Delegation, User


class DelegationError(Exception):
    """A delegation that cannot be."""


class NobodyToStandInError(DelegationError):
    """One cannot stand in for oneself, nor can a user who may not sign in."""


class EmptyPeriodError(DelegationError):
    """The last day is before the first."""


class OverlappingDelegationError(DelegationError):
    """These two have a delegation in this period already."""


@transaction.atomic
def delegate(*, from_user: User, to_user: User, valid: DateRange, reason: str = "") -> Delegation:
    """Let one user see and do on accounts what another may, during a half-open period.

    Raises NobodyToStandInError, EmptyPeriodError and OverlappingDelegationError.
    """
    if from_user.pk == to_user.pk or not to_user.is_active:
        raise NobodyToStandInError
    if valid.isempty or valid.lower is None or valid.upper is None:
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
