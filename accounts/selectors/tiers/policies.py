"""What the tier of an account asks for, where it says something of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from accounts.models import (
    Account,
    ProgrammeElement,
    RelationshipSettings,
    Tier,
    TierAssignment,
    TierOverride,
)
from kam.core.cockpit import once_a_page


def tier_on(account: Account, *, as_of: date) -> Tier | None:
    """Return the tier that holds for an account on a day, its own or the nearest one above.

    An override goes before the computed tier of the same account. Two queries.
    """
    assigned, decided = spells(account, as_of=as_of)
    found = {pk: row.tier for pk, row in assigned.items()}
    found |= {pk: row.tier for pk, row in decided.items()}
    places = {pk: place for place, pk in enumerate(account.path or [account.pk])}
    return found[max(found, key=places.__getitem__)] if found else None


type Spells = tuple[dict[int, TierAssignment], dict[int, TierOverride]]


def spells(account: Account, *, as_of: date) -> Spells:
    """Return computed tiers and overrides on a day of an account and of those above, by account.

    Two queries, once for all questions of a page.
    """
    return once_a_page(account, f"tier spells {as_of}", lambda: _spells(account, as_of))


def _spells(account: Account, as_of: date) -> Spells:
    ids = list(account.path) or [account.pk]
    rows = TierAssignment.objects.filter(account__in=ids, valid__contains=as_of)
    overrides = TierOverride.objects.filter(account__in=ids, valid__contains=as_of)
    return (
        {row.account_id: row for row in rows.select_related("account", "tier", "model")},
        {row.account_id: row for row in overrides.select_related("account", "tier", "approver")},
    )


def promised_elements(tier: Tier, given: Collection[int]) -> list[tuple[ProgrammeElement, bool]]:
    """Return what the tier's accounts get of the programme, each with whether it is among what
    is given (ids of elements)."""
    rows = ProgrammeElement.objects.filter(code__in=tier.programme_elements or ())
    return [(row, row.pk in given) for row in rows.order_by("place", "pk")]


def required_functions(
    account: Account, settings: RelationshipSettings, *, as_of: date
) -> Sequence[str]:
    """Return in which functions an account needs people: what its tier says, else the
    organisation's own list."""
    tier = tier_on(account, as_of=as_of)
    own = tier.required_functions if tier else None
    return own if own is not None else settings.required_functions
