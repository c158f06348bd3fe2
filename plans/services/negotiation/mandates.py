"""Mandates: how far each role may go alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from kam.core.problems import RefusedError, explained
from kam.identity.choices import Role
from kam.identity.permissions import CAPABILITIES
from plans.choices.negotiation import MANDATED
from plans.models import Mandate


def mandate_roles() -> list[Role]:
    """Roles that negotiate, approve or grant terms and credit."""
    asked = ("negotiations.edit", "negotiations.approve", "credit.decide")
    found = {role for name in asked for role in CAPABILITIES[name]}
    return [one for one in Role if one in found]


@explained()
@transaction.atomic
def give_mandate(*, role: str, subject: str, most: Decimal) -> Mandate:
    """Give a role its mandate in a subject. Raises RefusedError where it has one already.

    Also for roles and subjects that know no mandates.
    """
    if role not in mandate_roles():
        raise RefusedError(_("This role has no mandates."), field="role")
    if subject not in MANDATED:
        raise RefusedError(_("There are no mandates for this."), field="subject")
    return Mandate.objects.create(role=role, subject=subject, most=most)


@explained()
@transaction.atomic
def set_mandates(*, subject: str, most: Mapping[str, Decimal | None]) -> None:
    """Set how far roles may go in a subject; None takes a role's mandate away.

    Once any role has one, mandates are in use for the subject, and a role without one has none.
    """
    rows = {one.role: one for one in Mandate.objects.select_for_update().filter(subject=subject)}
    for role, value in most.items():
        row = rows.get(role)
        if value is None:
            if row is not None:
                row.delete()
        elif row is None:
            Mandate.objects.create(role=role, subject=subject, most=value)
        elif row.most != value:
            row.most = value
            row.save(update_fields=["most", "updated_at"])
